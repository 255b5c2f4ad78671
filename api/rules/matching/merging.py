"""When a person may say that two cases are one person's: never in a chain, never in a circle, always to be taken back.

A case is merged into one that stands for itself, so that there are two floors and no more: a root and what was merged
into it. No document changes, and no programme ever merges.
"""

from enum import StrEnum

from api.errors import Conflict, InvalidInput


class MergeReason(StrEnum):
    """What convinced the person who merges."""

    PERSON_CONFIRMS = "person_confirms"
    SAME_NUMBER = "same_number"
    FAMILY_CONFIRMS = "family_confirms"
    PHOTO_RECOGNISED = "photo_recognised"
    TRANSFER_OPENED_TWICE = "transfer_opened_twice"
    ENTERED_TWICE = "entered_twice"
    OTHER = "other"


def check_merge(case_uid: str, into: str, *, merged_into: str | None, root_of_into: str | None, is_root: bool) -> None:
    """Refuse what would be a circle or a chain.

    ``merged_into`` and ``root_of_into`` say where the two cases went before, ``is_root`` that others were merged into
    the first. Raises ``InvalidInput`` ``merge_into_itself``, ``Conflict`` ``already_merged``, ``merge_into_root`` or
    ``merged_cases_here``.
    """
    if case_uid == into:
        raise InvalidInput("merge_into_itself", "name another case")
    if merged_into is not None:
        raise Conflict("already_merged", "this case was merged before; take that back first")
    if root_of_into is not None:
        raise Conflict("merge_into_root", "the other case was merged itself; merge into the case that it went into")
    if is_root:
        raise Conflict("merged_cases_here", "others were merged into this case; merge the other way round")
