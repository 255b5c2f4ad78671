"""Where a case stands, seen by one agency: which side it is on, and the plain columns that lists are sorted by."""

from collections.abc import Iterable
from datetime import datetime

from api.flow import shelf
from api.flow.node import Node
from api.rules.deadlines import find_return_due
from api.rules.lifecycle import fold, step
from api.store import cases, documents, log
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import CaseUid, country_of
from schemas.case_file import CaseFile
from schemas.document import CaseState, Document, Side


def find_case_file(held: Iterable[Document]) -> CaseFile | None:
    """Return the newest version of the case file among the documents of a case."""
    newest: CaseFile | None = None
    for document in held:
        if isinstance(document, CaseFile) and (newest is None or document.created_at >= newest.created_at):
            newest = document
    return newest


def side_in(destination: str, origin: str, country: str, *, default: Side) -> Side:
    """Tell which side a country is on in a corridor; inside one country, or in a third, the default."""
    if destination == origin:
        return default
    if country == destination:
        return Side.DESTINATION
    return Side.ORIGIN if country == origin else default


def find_side(session: Session, document: Document, referred: Iterable[Document] = ()) -> Side | None:
    """Return which side the sender of a document is on, or ``None`` where nothing that is held says so.

    The document names its corridor, or one that it answers or corrects does, or its case is known.
    """
    corridor = next((named for held in (document, *referred) if (named := held.find_corridor())), None)
    if corridor is not None:
        country = country_of(document.sender)
        return side_in(corridor.destination, corridor.origin, country, default=Side.DESTINATION)
    row = next((row for uid in document.case_uids() if (row := cases.find_case(session, document.sender, uid))), None)
    return Side(row.side) if row is not None else None


def move_cases(node: Node, session: Session, document: Document, holder: str, side: Side | None, now: datetime) -> None:
    """Move every case that a document speaks of, opening those that its holder has not heard of.

    The document is stored before. The log's head is taken first, so that two documents of one case never move it at
    the same instant.
    """
    log.take_head(session)
    corridor = document.find_corridor()
    is_corrected = bool(documents.list_superseding(session, holder, document.id))
    for case_uid in document.case_uids():
        row, is_late = cases.find_case(session, holder, case_uid), False
        if row is None:
            if corridor is None or side is None:
                continue
            row = CaseRow(
                agency_id=holder,
                case_uid=case_uid,
                side=side,
                destination=corridor.destination,
                origin=corridor.origin,
                state=CaseState.NEW,
                opened_at=now,
                moved_at=now,
            )
            is_late = len(documents.list_of_case(session, holder, case_uid)) > 1  # others came before it was opened
        if country_of(document.sender) not in {row.destination, row.origin}:
            continue  # somebody who has no part in the case moves nothing
        state = None if is_late else step(CaseState(row.state), document, case_uid, is_corrected=is_corrected)
        row.state = _fold_all(node, session, row) if state is None else state
        row.moved_at = now
        _take_return_due(row, document)
        session.add(row)


def _fold_all(node: Node, session: Session, row: CaseRow) -> CaseState:
    """Return the state that all documents of a case tell together, those of the two countries that have part in it."""
    held = shelf.read_case(node, session, row.agency_id, row.case_uid)
    parties = {row.destination, row.origin}
    return fold(CaseUid(row.case_uid), [document for document in held if country_of(document.sender) in parties])


def _take_return_due(row: CaseRow, document: Document) -> None:
    """Take the due day from the newest document that names one, in whatever order they arrive."""
    due = find_return_due(document)
    if due is not None and (row.return_due_told_at is None or row.return_due_told_at <= document.created_at):
        row.return_due, row.return_due_told_at = due, document.created_at
