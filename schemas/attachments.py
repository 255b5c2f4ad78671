"""Files that travel beside a document: it names their digest, and they come sealed on their own way.

A file that was handed in to a node has an ``attachment_id``; the node that sends the document adds how the file is
opened (``sealed``), which nodes tell each other and nobody else. A file without one comes on paper or a stick.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import AttachmentIdField, Frozen, LanguageTag, Line, Part, Sha256
from schemas.care_codes import AttachmentType
from schemas.facts import Level, Need, fact, group_of, types_behind
from schemas.needs import Location, Problem, refuse

MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024
_MEDIA_TYPE = r"^(application/pdf|image/(jpeg|png|webp|tiff)|audio/(mpeg|ogg|mp4))$"


def _is_media_type(value: object) -> object:
    """Refuse text that names another type in words, since the pattern is for programs."""
    if isinstance(value, str) and not re.match(_MEDIA_TYPE, value):
        raise PydanticCustomError(
            "bad_format",
            "a PDF (application/pdf), a picture (image/jpeg, image/png, image/webp or image/tiff), or a recording "
            "(audio/mpeg, audio/ogg or audio/mp4)",
        )
    return value


MediaType = Annotated[str, StringConstraints(pattern=_MEDIA_TYPE), BeforeValidator(_is_media_type)]
"""What a scanner, a camera or a recorder makes; nothing that can run."""
FileKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""256 bits in base64url: it opens one file."""


@dataclass(frozen=True)
class BetweenNodes:
    """Marks a field that nodes tell each other: no reader is shown it, and no writer sets it."""


class SealedFile(Frozen):
    """How a file is fetched and opened: the digest and size of its sealed bytes, and its key."""

    key: Annotated[FileKey, fact(Level.L1, "Key", "Opens this one file; shown to nobody.")]
    sha256: Annotated[Sha256, fact(Level.L1, "SHA-256 when sealed", "By it the file is fetched.")]
    bytes: Annotated[
        Annotated[int, Field(ge=1, le=MAX_ATTACHMENT_BYTES + (1 << 16))], fact(Level.L1, "Size when sealed")
    ]


class Attachment(Part):
    """One file: what it is and which bytes they are, never a file name."""

    type: Annotated[AttachmentType | None, fact(Level.L1, "Kind of file", need=Need.BASIC)] = None
    attachment_id: Annotated[
        AttachmentIdField | None, fact(Level.L1, "Attachment", "The id under which the file was handed in.")
    ] = None
    sha256: Annotated[Sha256 | None, fact(Level.L1, "SHA-256", "The digest of the bytes.", need=Need.BASIC)] = None
    media_type: Annotated[MediaType | None, fact(Level.L1, "Media type", need=Need.BASIC)] = None
    pages: Annotated[Annotated[int, Field(ge=1, le=500)] | None, fact(Level.L1, "Pages")] = None
    bytes: Annotated[
        Annotated[int, Field(ge=1, le=MAX_ATTACHMENT_BYTES)] | None, fact(Level.L1, "Size in bytes", need=Need.BASIC)
    ] = None
    language: Annotated[LanguageTag | None, fact(Level.L1, "Language")] = None
    sealed: Annotated[
        SealedFile | None,
        fact(Level.L1, "Sealed file", "Set by the node that sends it; shown to nobody."),
        BetweenNodes(),
    ] = None

    @model_validator(mode="after")
    def _sealed_is_told_whole(self) -> Self:
        if self.sealed is not None and None in {self.attachment_id, self.sha256, self.media_type, self.bytes}:
            hint = "what can be fetched has an id, a digest, a media type and a size"
            refuse([Problem(("sealed",), "sealed_incomplete", hint)])
        return self


class OriginalFile(Part):
    """Where the paper original is, how many pages it has, and its seal (004 1.6)."""

    location: Annotated[Line | None, fact(Level.L1, "Where the original is")] = None
    page_count: Annotated[Annotated[int, Field(ge=0, le=500)] | None, fact(Level.L1, "Pages of the original")] = None
    seal_no: Annotated[Line | None, fact(Level.L1, "Number of the seal")] = None


@cache
def ways_to_files(model: type[Frozen]) -> tuple[str, ...]:
    """Return the fields of a group in which, or below which, a file may be named."""
    return tuple(name for name in model.model_fields if Attachment in types_behind(model, name))


def files_in(group: Frozen) -> Iterator[Attachment]:
    """Yield every file that a group names, wherever it does."""
    if isinstance(group, Attachment):
        yield group
    for name in ways_to_files(type(group)):
        value = getattr(group, name)
        for row in value if isinstance(value, tuple) else (value,):
            if row is not None:
                yield from files_in(row)


def files_told(model: type[Frozen], data: Any) -> set[str]:
    """Return the ids of the files that JSON data of a group, or of a part of it, names."""
    found = set[str]()

    def keep(file: Mapping[str, Any], _at: Location) -> Mapping[str, Any]:
        found.update(str(file[name]) for name in ("attachment_id",) if name in file)
        return file

    fill_in(model, data, keep)
    return found


def fill_in(
    model: type[Frozen], data: Any, found: Callable[[Mapping[str, Any], Location], Mapping[str, Any]], at: Location = ()
) -> Any:
    """Return JSON data of a group with what ``found`` says in place of each file that it names; data may be anything.

    ``found`` is given a file and its place. What does not have the form of the group is left for the check to refuse.
    """
    if isinstance(data, list):
        return [fill_in(model, row, found, (*at, number)) for number, row in enumerate(data)]
    if not isinstance(data, dict):
        return data
    if model is Attachment:
        return found(data, at)
    inner = {name: group_of(model, name) for name in ways_to_files(model) if name in data}
    filled = {name: fill_in(group, data[name], found, (*at, name)) for name, group in inner.items() if group}
    return {**data, **filled} if filled else data
