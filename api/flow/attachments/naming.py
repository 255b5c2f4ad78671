"""A document names attachments: the node fills in how they are opened, and remembers who names which.

What a document names is never collected: naming and collecting take the head of the log first, so that one is over
before the other begins.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from api.errors import Conflict, Finding, InvalidInput, NotFound
from api.flow.attachments.upload import Told, read_upload
from api.flow.node import Node
from api.sealing.stream import sealed_size
from api.store import attachments, log
from api.store.attachment_tables import AttachmentRow, AttachmentUseRow
from api.store.blobs import new_name
from api.store.engine import Session
from schemas.attachments import SealedFile, files_in, fill_in
from schemas.document import Document
from schemas.needs import Location, pointer

_HINTS: Mapping[str, str] = {
    "set_by_node": "the node sets this by itself; leave it out",
    "attachment_not_found": "hand the file in for this case first",
    "attachment_incomplete": "hand in the rest of the file first",
    "attachment_differs": "leave out digest, media type and size, or copy those of the file",
}


def sealed_files(document: Document) -> tuple[SealedFile, ...]:
    """Return every sealed file that a document names, each once."""
    return tuple(dict.fromkeys(file.sealed for file in files_in(document) if file.sealed is not None))


def name_files(
    node: Node, agency: str, kind: type[Document], content: Mapping[str, Any], case_uid: str | None
) -> Mapping[str, Any]:
    """Return what staff wrote with how each file that it names is opened.

    Raises ``InvalidInput`` where a file is not there, not complete, of another case, or not the one that is described.
    """
    filled: Mapping[str, Any] = fill_in(kind, dict(content), partial(_filled, node, agency, case_uid))
    return filled


def name_known_files(
    node: Node, agency: str, kind: type[Document], content: Mapping[str, Any], case_uid: str
) -> Mapping[str, Any]:
    """Return a form that is being filled in like ``name_files``, and as it stands where a file is not there yet."""
    with suppress(InvalidInput):
        return name_files(node, agency, kind, content, case_uid)
    return content


def _filled(node: Node, agency: str, case_uid: str | None, file: Mapping[str, Any], at: Location) -> Mapping[str, Any]:
    if "sealed" in file:
        raise _wrong("set_by_node", (*at, "sealed"))
    wanted = file.get("attachment_id")
    if not isinstance(wanted, str):
        return file
    try:
        with node.database.reader() as session:
            upload = read_upload(node, session, agency, case_uid or "", wanted)
    except NotFound:
        raise _wrong("attachment_not_found", (*at, "attachment_id")) from None
    if upload.sealed_sha256 is None:
        raise _wrong("attachment_incomplete", (*at, "attachment_id"))
    facts = _facts(upload.told)
    for name in facts:
        if file.get(name) not in {None, facts[name]}:
            raise _wrong("attachment_differs", (*at, name))
    sealed = {"key": upload.told.key, "sha256": upload.sealed_sha256, "bytes": upload.told.sealed_size}
    return {**file, **facts, "sealed": sealed}


def _facts(told: Told) -> dict[str, object]:
    return {"sha256": told.sha256, "media_type": told.media_type, "bytes": told.size}


def _wrong(code: str, at: Location) -> InvalidInput:
    return InvalidInput(
        hint="mend the findings and send it again", findings=(Finding(pointer(at), code, _HINTS[code]),)
    )


def refer(session: Session, document: Document) -> None:
    """Note that a document of ours names files, before it is stored.

    Raises ``Conflict`` ``attachment_gone`` where one was collected meanwhile.
    """
    files = sealed_files(document)
    if not files:
        return
    log.take_head(session)
    for file in files:
        if attachments.find_sealed(session, document.sender, file.sha256) is None:
            raise Conflict("attachment_gone", "nobody named it for long and it was removed; hand the file in again")
        attachments.add_use(session, _use(document, document.sender, document.recipient, file, is_sent=True))


def expect(session: Session, document: Document, holder: str, largest: int, now: datetime) -> None:
    """Note that a document of a peer names files, and that those which are not here are fetched, if not too large.

    One that was refused is tried once more: the sender may have mended what was wrong with the first document.
    """
    for file in sealed_files(document):
        row = attachments.find_sealed(session, holder, file.sha256)
        if row is None or (row.held_at is None and row.due_at is None):
            row = row or AttachmentRow(agency_id=holder, sealed_sha256=file.sha256, blob="", size=file.bytes)
            is_too_large = row.size > sealed_size(largest)
            row.peer, row.blob, row.attempts = document.sender, new_name(now), 0
            row.due_at, row.reason = (None, "attachment_too_large") if is_too_large else (now, None)
            session.add(row)
            session.flush()
        attachments.add_use(session, _use(document, holder, document.sender, file, is_sent=False))


def _use(document: Document, agency: str, peer: str, file: SealedFile, *, is_sent: bool) -> AttachmentUseRow:
    return AttachmentUseRow(
        agency_id=agency, sealed_sha256=file.sha256, peer=peer, document_id=document.id, is_sent=is_sent
    )
