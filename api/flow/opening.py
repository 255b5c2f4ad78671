"""A document is looked at.

The first look at a received one is proven to its sender by a signed receipt that names the role.
"""

from dataclasses import dataclass
from datetime import datetime

from api.errors import NotFound
from api.flow import receipts, shelf
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.rules.access import Principal
from api.sealing.receipt import ReceiptStatus
from api.store import documents
from api.store.engine import Session
from api.store.tables import DocumentRow, ReceiptRow
from schemas.document import Document


@dataclass(frozen=True)
class Opened:
    """A document with everything that proves its way."""

    document: Document
    row: DocumentRow
    receipts: list[ReceiptRow]


def look_at(node: Node, principal: Principal, document_id: str) -> Opened:
    """Return a document of the caller's agency and note the look.

    Raises ``NotFound`` like for an id that does not exist.
    """
    now = node.clock()
    with node.database.reader() as session:
        row = documents.find_document(session, principal.agency, document_id)
    if row is None:
        raise NotFound
    document = shelf.read_document(node, row)
    if not principal.may_read(type(document)):
        raise NotFound
    role = principal.role_for(type(document))
    node.writer.write(lambda session: _note_look(node, session, row.seq or 0, role, now))
    with node.database.reader() as session:
        return Opened(document, row, documents.list_receipts(session, principal.agency, document_id))


def _note_look(node: Node, session: Session, seq: int, role: str, now: datetime) -> None:
    row = session.get(DocumentRow, seq)
    if row is None:
        raise NotFound
    line = Entry(Action.LOOKED_AT, agency=row.agency_id, by=role, document_id=row.document_id)
    if row.is_sent or row.opened_at is not None:
        note(session, now, line)
        return
    row.opened_at = now
    session.add(row)
    opened = Entry(Action.OPENED, agency=row.agency_id, by=role, document_id=row.document_id)
    receipts.prove(node, session, row, ReceiptStatus.OPENED, line, opened, role=role, now=now)
