"""The small types that every kind of document is built from.

``Part`` is the parent of everything inside a document: frozen, no unknown fields, text in NFC without invisible
characters. An unanswered field may carry a reason instead of a blank (``absent``); *unknown*, *declined* and *not
asked* are different answers and are never guessed from an empty field.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NewType

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from schemas.years import WithinYears

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u2060\ufeff"), None)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _tidy(value: object) -> object:
    """Text in NFC, without zero-width spaces, non-joiners and byte-order marks; control characters are refused."""
    if not isinstance(value, str):
        return value
    if _CONTROL.search(value):
        raise PydanticCustomError("control_character", "control characters are not text; remove them")
    if value.isascii():
        return value.strip()
    return unicodedata.normalize("NFC", value).translate(_INVISIBLE).strip()


Text = Annotated[str, StringConstraints(min_length=1, max_length=600), BeforeValidator(_tidy)]
"""Free text of a form: 1 to 600 characters, so that the form stays short."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_tidy)]
"""A name, a reference, a place: one line of 1 to 200 characters."""
Summary = Annotated[str, StringConstraints(min_length=1, max_length=1500), BeforeValidator(_tidy)]
"""The one narrative of the form: up to 1,500 characters."""

_ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
CaseUid = NewType("CaseUid", str)
DocumentId = NewType("DocumentId", str)
AgencyId = NewType("AgencyId", str)
CaseUidField = Annotated[CaseUid, StringConstraints(pattern=_ULID)]
"""A case's id: a random ULID without any meaning, minted once, the same on both sides."""
DocumentIdField = Annotated[DocumentId, StringConstraints(pattern=_ULID)]
"""A document's id: a ULID. With its recipient it names an envelope."""
AttachmentIdField = Annotated[str, StringConstraints(pattern=_ULID)]
"""A file's id: a ULID. No document has it."""
AgencyIdField = Annotated[AgencyId, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,16}){1,4}$", max_length=64)]
"""An agency's id: the country's two letters, then short groups: ``TH-SHELTER-N1``."""
WorkerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""Who did it, as the agency's own worker number; never a name (000: safety measures for practitioners)."""
RoleMailbox = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+@[a-z0-9.-]+$", max_length=120)]
"""An address that belongs to a role, never to a person (000 policy challenge 4)."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""BCP 47."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
"""ISO 639-3."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""


def country_of(agency: str) -> str:
    """Return the country of an agency, ISO 3166-1 alpha-2: its id begins with it, and there is no other source."""
    return agency[:2]


def _whole_second(value: datetime) -> datetime:
    """Instants travel in whole seconds, so that an envelope's ``iat`` can equal them."""
    return value.replace(microsecond=0)


Instant = Annotated[datetime, AwareDatetime, AfterValidator(_whole_second), WithinYears]
"""RFC 3339 with an offset, in whole seconds; the offset that was written is kept."""


class AbsentReason(StrEnum):
    """Why a question has no answer. A blank is not an answer."""

    ASKED_UNKNOWN = "asked_unknown"
    ASKED_DECLINED = "asked_declined"
    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"
    WITHHELD = "withheld"


class YesNoUnknown(StrEnum):
    """A question that is never a plain boolean: unknown is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Frozen(BaseModel):
    """A value that nobody edits and that knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, ser_json_inf_nan="constants")

    def __repr__(self) -> str:
        """Name the class and nothing else: a value that is printed by accident tells nothing about a person."""
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class Part(Frozen):
    """A group of questions inside a document, each answered, absent with a reason, or still blank.

    ``absent`` maps the name of a question of this very group to the reason why it has no answer. A question can't
    have both.
    """

    absent: Annotated[Mapping[str, AbsentReason], AfterValidator(dict)] = Field(
        default_factory=dict,
        description="Why a question has no answer; the keys are names of fields of this same object that are left out",
        json_schema_extra={"default": {}},
    )  # a default that is a dict would be copied deeply for every group of every document

    @model_validator(mode="before")
    @classmethod
    def _absent_only_for_blanks(cls, data: Any) -> Any:
        """Refuse a reason for a question that does not exist here or that has an answer."""
        absent = data.get("absent") if isinstance(data, Mapping) else None
        if absent is None or not isinstance(absent, Mapping):
            return data
        for name in absent:
            if name not in cls.model_fields or name == "absent":
                raise PydanticCustomError(
                    "absent_unknown_question", "a reason was given for a question that is not part of this group"
                )
            if data.get(name) is not None:
                raise PydanticCustomError(
                    "absent_but_answered", "a question has an answer and a reason for having none; keep one"
                )
        return data
