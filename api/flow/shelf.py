"""Documents lie on the shelf as the bytes that were signed, each locked under a data key of its own.

Only here are rows turned into documents and documents into rows.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog

from api.errors import HomewardError, NotFound
from api.flow.kept import Kept
from api.flow.node import Node
from api.rules.checking import check_from_peer
from api.sealing.digest import sha256_hex
from api.sealing.unseal import payload_of
from api.store import documents
from api.store.documents import NewDocument
from api.store.engine import Session
from api.store.tables import DocumentRow
from schemas.base import AgencyId
from schemas.document import Document

_log = structlog.get_logger("homeward.shelf")

T = TypeVar("T")


def context_of(agency: str, peer: str, document_id: str) -> str:
    """Name the place of a locked document, so that it opens nowhere else (table, row, column, version)."""
    return f"document,{agency}/{peer}/{document_id},body,1"


def locked(
    node: Node, document: Document, signed: bytes, *, at: datetime, agency: AgencyId, envelope_sha256: str
) -> NewDocument:
    """Return a document as it will lie in an agency's part of the database, its signed bytes locked.

    Where the agency did not write it itself, it stands in the list that its kind may have for what came in.
    """
    is_sent = agency == document.sender
    peer, feed_on = (document.recipient, None) if is_sent else (document.sender, document.facts.feed_on)
    body = node.vault.lock(signed, context_of(agency, peer, document.id))
    return NewDocument(
        agency_id=agency,
        peer=peer,
        document_id=document.id,
        is_sent=is_sent,
        at=at,
        envelope_sha256=envelope_sha256,
        signed_sha256=sha256_hex(signed),
        supersedes=document.supersedes,
        reply_to=document.reply_to,
        form=document.facts.form,
        feed_on=getattr(document, feed_on) if feed_on else None,
        body=body.body,
        body_key=body.key,
    )


def read_signed(node: Node, row: DocumentRow) -> bytes:
    """Return the bytes that were signed; raises ``NotFound`` where the document was erased."""
    if row.body_key is None:
        raise NotFound("erased")
    return node.vault.unlock(row.body, row.body_key, context_of(row.agency_id, row.peer, row.document_id))


def read_document(node: Node, row: DocumentRow) -> Document:
    """Return the document that a row holds."""
    return check_from_peer(payload_of(read_signed(node, row))).document


def read_case(node: Node, session: Session, agency: str, case_uid: str) -> list[Document]:
    """Return every document of a case that this agency holds, in the order in which they came."""
    return read_all(node, documents.list_of_case(session, agency, case_uid))


def find_case(node: Node, session: Session, agency: str, case_uid: str) -> list[Document] | None:
    """Return every document of a case, or ``None`` where one can't be read: no case holds up a list of others."""
    try:
        return read_case(node, session, agency, case_uid)
    except HomewardError as error:
        _log.error("case_unreadable", agency=agency, case_uid=case_uid, code=error.code)
        return None


def read_form(
    node: Node,
    session: Session,
    agency: str,
    kind: type[Document],
    kept: Kept[T],
    work_out: Callable[[Sequence[Document]], T],
) -> T:
    """Return what is worked out of an agency's documents of a kind; they are read again only if there are others.

    One that can't be read is left out: it holds up nothing that the others say.
    """
    form = kind.facts.form
    mark = documents.mark_of_form(session, agency, form)
    return kept.get(agency, mark, lambda: work_out(read_readable(node, documents.list_of_form(session, agency, form))))


def read_all(node: Node, rows: Iterable[DocumentRow]) -> list[Document]:
    """Return the documents of several rows, leaving out what was erased."""
    return [read_document(node, row) for row in rows if row.body_key is not None]


def read_readable(node: Node, rows: Iterable[DocumentRow]) -> list[Document]:
    """Return the documents of several rows, leaving out what was erased, and with a line in the log what is broken."""
    held = (find_document(node, row) for row in rows if row.body_key is not None)
    return [document for document in held if document is not None]


def find_document(node: Node, row: DocumentRow) -> Document | None:
    """Return the document that a row holds, or ``None`` where it can't be read, which the log tells by its id."""
    try:
        return read_document(node, row)
    except HomewardError as error:
        _log.error("document_unreadable", agency=row.agency_id, document_id=row.document_id, code=error.code)
        return None
