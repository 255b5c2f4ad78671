"""A document is looked at: the caller sees what they need to know, and the look stands in the log.

The line names the purpose wherever anything sensitive (L3 or L4) was shown. The first look at a received document that
shows more than flags and codes is proven to its sender by a signed receipt that names the role; a look at the mask
alone proves nothing to anybody, since nobody has read anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.errors import NotFound
from api.flow import receipts, shelf
from api.flow.clearance import reader_of
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.timeline import is_kept_from
from api.rules.access import Principal
from api.rules.masks import View, masked
from api.rules.need_to_know import LookPurpose
from api.rules.references import named_in
from api.sealing.receipt import ReceiptStatus
from api.store import documents
from api.store.engine import Session
from api.store.tables import DocumentRow, ReceiptRow
from schemas.document import Document
from schemas.facts import Level
from schemas.needs import pointer


@dataclass(frozen=True)
class Opened:
    """What the caller sees of a document, with everything that proves the way of the whole."""

    view: View
    row: DocumentRow
    receipts: list[ReceiptRow]
    superseded: Mapping[str, str]
    """By place, the newest version of a document that is named there and that its own sender corrected since."""
    superseded_by: str | None
    """The newest version of this very document, where it is not the newest."""


def look_at(node: Node, caller: Principal, document_id: str, purpose: LookPurpose = LookPurpose.CASE_WORK) -> Opened:
    """Return what the caller may see of a document of their agency and note the look.

    Raises ``NotFound``, like for an id that does not exist, where that is nothing at all.
    """
    now = node.clock()
    with node.database.reader() as session:
        row = documents.find_document(session, caller.agency, document_id)
        if row is None:
            raise NotFound
        document = shelf.read_document(node, row)
        if not caller.may_read(type(document)):
            raise NotFound
        view = masked(document, reader_of(node, session, caller, document, purpose))
    if view.is_nothing:
        raise NotFound
    line = _line(document, caller, view, purpose)
    seq, is_read = row.seq or 0, view.is_read
    node.writer.write(lambda session: _note_look(node, session, seq, line, now, is_read=is_read))
    with node.database.reader() as session:
        receipts_held = documents.list_receipts(session, caller.agency, document_id)
        named = named_in(type(document), view.content)
        found = ((pointer(place), _find_newer(node, session, caller, one)) for place, one in named)
        superseded = {place: newer for place, newer in found if newer is not None}
        return Opened(view, row, receipts_held, superseded, _find_newer(node, session, caller, document_id))


def _find_newer(node: Node, session: Session, caller: Principal, document_id: str) -> str | None:
    """Find the newest version of a document that was corrected, where the caller may learn of it."""
    newest = documents.find_newest_version(session, caller.agency, document_id)
    if newest is None or newest.document_id == document_id or is_kept_from(node, session, caller, newest):
        return None
    return newest.document_id


def _line(document: Document, caller: Principal, view: View, purpose: LookPurpose) -> Entry:
    """Return the line of the log: who by role, what by id, and for what where it was sensitive."""
    is_sensitive = view.level is not None and view.level >= Level.L3
    return Entry(
        Action.LOOKED_AT,
        agency=caller.agency,
        by=caller.role_for(type(document)),
        document_id=document.id,
        case_uid=document.case_uid,
        code=purpose if is_sensitive else None,
    )


def _note_look(node: Node, session: Session, seq: int, line: Entry, now: datetime, *, is_read: bool) -> None:
    row = session.get(DocumentRow, seq)
    if row is None:
        raise NotFound
    if row.is_sent or row.opened_at is not None or not is_read:
        note(session, now, line)
        return
    row.opened_at = now
    session.add(row)
    opened = Entry(Action.OPENED, agency=row.agency_id, by=line.by, document_id=row.document_id)
    receipts.prove(node, session, row, ReceiptStatus.OPENED, line, opened, role=line.by, now=now)
