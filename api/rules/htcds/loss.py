"""What could not be said: on the way out a loss, on the way in a problem; where and why, never what.

A loss names the place in our document. A problem names the row and the column of the table that came in: by its
name in the standard if it has one, or else by its number, since people type names into the strangest places.
"""

from dataclasses import dataclass
from enum import StrEnum


class LossReason(StrEnum):
    """Why something in a document is not, or not wholly, in the exported record."""

    NO_FIELD_IN_STANDARD = "no_field_in_standard"
    """The standard does not ask this."""
    REASON_FOR_BLANK = "reason_for_blank"
    """Nobody answered, and the standard has no place for the reason why."""
    PARTIAL_DATE = "partial_date"
    """The standard knows whole days only; a date that is not exact is left out, never filled up."""
    CODE_COARSER = "code_coarser"
    """The standard's code says less; it was written."""
    CODE_NOT_IN_STANDARD = "code_not_in_standard"
    """The standard has no code for it; nothing was written."""
    LANGUAGE_COARSER = "language_coarser"
    """ISO 639-2 knows only the group of languages; it was written."""
    SEVERAL_NAMES = "several_names"
    """One name fits."""
    NAME_SPLIT = "name_split"
    """First and second name do not tell in which order the whole name is written."""
    SEVERAL_VALUES = "several_values"
    """One value fits."""
    NOT_SAFE_TO_CALL = "not_safe_to_call"
    """The standard cannot say that a number is unsafe, so only safe ones are written."""
    LEVEL_RESTRICTED = "level_restricted"
    """The reader may not see it, or did not ask for it."""


@dataclass(frozen=True)
class Loss:
    """One thing that the record does not say: our field as a JSON pointer, the standard's name if there is one."""

    field: str
    htcds: str | None
    reason: LossReason


class Trouble(StrEnum):
    """Why something in a table that came in is not in the form."""

    UNKNOWN_COLUMN = "unknown_column"
    AMBIGUOUS_COLUMN = "ambiguous_column"
    """Several fields of the standard are called so; use the full name, ``hte_Type``."""
    DUPLICATE_COLUMN = "duplicate_column"
    NO_FIELD_IN_FORM = "no_field_in_form"
    NO_CODE_IN_FORM = "no_code_in_form"
    """The standard has the code, our list has nothing like it; choose by hand."""
    UNKNOWN_CODE = "unknown_code"
    CODE_COARSER = "code_coarser"
    """The code may mean several of ours; choose by hand."""
    LANGUAGE_COARSER = "language_coarser"
    """The code means a group of languages; choose by hand."""
    SEVERAL_VALUES = "several_values"
    """The form holds one; the further ones were left out."""
    TOO_MANY_ROWS = "too_many_rows"
    """The form holds so many rows of a repeat; the further ones were left out."""
    EVENT_WITHOUT_TYPE = "event_without_type"
    CONSENT_NOT_TAKEN_OVER = "consent_not_taken_over"
    """A tick is no record of a consent; it is asked and recorded here."""
    FORMULA = "formula"
    """A cell computes instead of saying; save the table as values."""
    BAD_VALUE = "bad_value"
    """The form would refuse it; ``code`` says why."""


@dataclass(frozen=True)
class Problem:
    """One thing that was not taken over: the row as the table counts it (the header is row 1), the column, why."""

    row: int
    column: str
    reason: Trouble
    code: str | None = None
