"""Files that travel beside a document: it names their digest, and they come sealed on their own way."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import LanguageTag, Line, Part, Sha256
from schemas.care_codes import AttachmentType
from schemas.facts import Level, Need, fact

MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024
MediaType = Annotated[
    str, StringConstraints(pattern=r"^(application/pdf|image/(jpeg|png|webp|tiff)|audio/(mpeg|ogg|mp4))$")
]
"""What a scanner, a camera or a recorder makes; nothing that can run."""


class Attachment(Part):
    """One file: what it is and which bytes they are, never a file name."""

    type: Annotated[AttachmentType | None, fact(Level.L1, "Kind of file", need=Need.BASIC)] = None
    sha256: Annotated[Sha256 | None, fact(Level.L1, "SHA-256", "The digest of the bytes.", need=Need.BASIC)] = None
    media_type: Annotated[MediaType | None, fact(Level.L1, "Media type", need=Need.BASIC)] = None
    pages: Annotated[Annotated[int, Field(ge=1, le=500)] | None, fact(Level.L1, "Pages")] = None
    bytes: Annotated[
        Annotated[int, Field(ge=1, le=MAX_ATTACHMENT_BYTES)] | None, fact(Level.L1, "Size in bytes", need=Need.BASIC)
    ] = None
    language: Annotated[LanguageTag | None, fact(Level.L1, "Language")] = None


class OriginalFile(Part):
    """Where the paper original is, how many pages it has, and its seal (004 1.6)."""

    location: Annotated[Line | None, fact(Level.L1, "Where the original is")] = None
    page_count: Annotated[Annotated[int, Field(ge=0, le=500)] | None, fact(Level.L1, "Pages of the original")] = None
    seal_no: Annotated[Line | None, fact(Level.L1, "Number of the seal")] = None
