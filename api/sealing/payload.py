"""What a document's signed bytes say about the document itself: kind, id, sender, recipient and time.

Sealing knows nothing else of a document; the schemas check the rest. The bytes are parsed once, and the parsed view
travels beside them.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.sealing.codes import seal_error
from api.sealing.strict import parse_object
from schemas.document import Document

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


@dataclass(frozen=True)
class Payload:
    """The five things that the envelope repeats or that routing needs, and the whole document as a parsed view."""

    kind: str
    id: str
    sender: str
    recipient: str
    issued_at: datetime
    content: dict[str, object] = field(repr=False)


def document_bytes(document: Document) -> bytes:
    """Return a document as the bytes that are signed: UTF-8 JSON without escapes and without empty members."""
    return document.model_dump_json(exclude_none=True).encode("utf-8")


def read_payload(data: bytes) -> Payload:
    """Return what a document's bytes say; raises ``SealError`` when they are not strict JSON or say too little."""
    content = parse_object(data, "payload")
    kind, own_id, sender, recipient, created_at = (
        _text(content.get(name)) for name in ("kind", "id", "sender", "recipient", "created_at")
    )
    return Payload(kind, own_id, sender, recipient, _instant(created_at), content)


def _text(value: object) -> str:
    """Return the text; a document that does not name it is not complete."""
    if not isinstance(value, str):
        raise seal_error("payload_incomplete")
    return value


def _instant(text: str) -> datetime:
    """Return an RFC 3339 instant with an offset as UTC in whole seconds, rounded down as ``iat`` is."""
    if not _RFC3339.match(text):
        raise seal_error("created_at_invalid")
    try:
        return datetime.fromisoformat(text.upper()).replace(microsecond=0).astimezone(UTC)
    except (ValueError, OverflowError):
        raise seal_error("created_at_invalid") from None
