"""Where a case stands, seen by one agency: which side it is on, and the plain columns that lists are sorted by."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
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


def find_case_file(held: Iterable[Document], document: Document, row: CaseRow | None) -> CaseFile | None:
    """Return the newest case file of a case that may speak for its consents when a document is sent.

    It was written on the sender's own side: nobody who receives something supplies the consent to send it. Only where
    the origin side wrote none, it answers under what the person agreed to at the shelter, whose case it is: ``row`` is
    what the sender itself knows about who is on which side.
    """
    files = [file for file in held if isinstance(file, CaseFile)]
    country = country_of(document.sender)
    ours = [file for file in files if country_of(file.sender) == country and file.sender != document.recipient]
    if not ours and row is not None and row.origin == country != row.destination:
        ours = [file for file in files if country_of(file.sender) == row.destination]
    return max(ours, key=lambda file: (file.created_at, file.id), default=None)


def side_in(destination: str, origin: str, country: str, *, default: Side) -> Side:
    """Tell which side a country is on in a corridor; inside one country, or in a third, the default."""
    if destination == origin:
        return default
    if country == destination:
        return Side.DESTINATION
    return Side.ORIGIN if country == origin else default


def find_side(session: Session, document: Document, holder: str, referred: Iterable[Document] = ()) -> Side | None:
    """Return which side the sender of a document is on, or ``None`` where nothing that its holder has says so.

    The document names its corridor, or one that it answers or corrects does, or its case is known. Inside one country
    there are no sides.
    """
    corridor = next((named for held in (document, *referred) if (named := held.find_corridor())), None)
    row = next((row for uid in document.case_uids() if (row := cases.find_case(session, holder, uid))), None)
    ends = (row.destination, row.origin) if row else None
    if corridor is not None:
        ends = (corridor.destination, corridor.origin)
    if ends is None or ends[0] == ends[1]:
        return None
    sides = {ends[0]: Side.DESTINATION, ends[1]: Side.ORIGIN}
    return sides.get(country_of(document.sender))


def move_cases(node: Node, session: Session, document: Document, holder: str, side: Side | None, now: datetime) -> None:
    """Move every case that a document speaks of, opening those that its holder has not heard of.

    The document is stored before. The log's head is taken first, so that two documents of one case never move it at
    the same instant.
    """
    log.take_head(session)
    corridor = document.find_corridor()
    is_corrected = documents.is_superseded(session, holder, document.id)
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
    """Return the state that all documents of a case tell together, as far as their senders may move it."""
    held = shelf.read_case(node, session, row.agency_id, row.case_uid)
    asked = {(one.id, one.recipient) for one in held if one.sender == row.agency_id}
    return fold(CaseUid(row.case_uid), [one for one in held if _may_move(row, one, asked)])


def _may_move(row: CaseRow, document: Document, asked: AbstractSet[tuple[str, str]]) -> bool:
    """Say whether a document counts: of a country and a side that has part, and no answer that nobody asked for.

    ``asked`` are the documents that the holder sent, each with whom it asked.
    """
    parties = {row.destination, row.origin}
    country = country_of(document.sender)
    side = Side.DESTINATION if country == row.destination else Side.ORIGIN
    if country not in parties or (len(parties) > 1 and side not in document.facts.senders):
        return False
    is_own = document.sender == row.agency_id
    return is_own or document.reply_to is None or (document.reply_to, document.sender) in asked


def _take_return_due(row: CaseRow, document: Document) -> None:
    """Take the due day from the newest document that names one, in whatever order they arrive."""
    due = find_return_due(document)
    if due is not None and (row.return_due_told_at is None or row.return_due_told_at <= document.created_at):
        row.return_due, row.return_due_told_at = due, document.created_at
