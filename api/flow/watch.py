"""What follows from the documents of a case is worked out again whenever one came: deadlines, and whatever plugs in.

A case is read outside the writer; what follows from it is stored only if no document came meanwhile, and in the same
commit it is marked as watched. So a node that is killed at any moment begins anew, and nothing is done twice. A
deadline that passed is told in the log exactly once: silence is evidence too (promise 6). Whatever breaks in one case
holds up no other one: no document that a peer sends stops the lists of an agency.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from api.errors import HomewardError
from api.flow import shelf
from api.flow.evidence import Action, Entry, note
from api.flow.matching import derive_keys
from api.flow.node import Node
from api.flow.policies import find_policies
from api.flow.standing import was_opened_here
from api.rules.agreements import Policies
from api.rules.watch.case import Watched
from api.rules.watch.clock import day_of
from api.rules.watch.deadline import ONLY_INFORM, Deadline, Rule
from api.rules.watch.table import deadlines_of
from api.rules.watch.yearly import yearly
from api.sealing.silence import Silence
from api.sealing.statement import sign_statement
from api.store import deadlines, documents, log, watch
from api.store.deadlines import Key, NewDeadline
from api.store.engine import Session
from api.store.groups import groups_of
from api.store.tables import CaseRow, DocumentRow
from schemas.base import AgencyId, CaseUid, country_of
from schemas.document import CaseState, Document

_log = structlog.get_logger("homeward.watch")

Derivation = Callable[[Node, Session, CaseRow, Sequence[Document], datetime], None]
"""Stores what follows from the documents of a case; may run again, with the same result."""
AT_ONCE = 100
"""So many cases of an agency are looked at in one turn; whoever asks for a list waits for no more."""
TOGETHER = 8
"""So many are held in memory at a time, and committed together."""
_ULID = 26


@dataclass(frozen=True)
class Look:
    """A case as it was read, and the newest document that was there."""

    row: CaseRow
    held: Sequence[Document]
    newest: int


def look_anew(node: Node, agencies: Collection[str] = (), *, limit: int = AT_ONCE) -> int:
    """Work out what follows from cases to which a document came, tell what passed, and return how many were looked at.

    Without agencies it is done for all that are served here.
    """
    whose = sorted(agencies or node.keyring)
    now = node.clock()
    with node.database.reader() as session:
        receipted = watch.list_receipted(session, whose, now, rule=Rule.RECEIPT, limit=limit)
    if receipted:
        node.writer.write(lambda session: watch.unwatch(session, receipted))
    found = 0
    for agency in whose:
        rows = _next_unwatched(node, agency, limit)
        for some in groups_of(TOGETHER, rows):
            _look_at(node, some, now)
        with _alone("years_unwatched", agency=agency):
            _look_at_years(node, agency, now)
        found += len(rows)
    _tell(node, whose, now, limit)
    return found


def _next_unwatched(node: Node, agency: str, limit: int) -> list[CaseRow]:
    """Return the cases of an agency whose turn it is, and keep on the node where the next turn begins.

    Each comes in its turn, however often others are due anew, and one that can't be read stands in nobody's way.
    """
    with node.database.reader() as session:
        rows = watch.list_unwatched(session, agency, after=node.looked_up_to.get(agency, ""), limit=limit)
    if rows:
        node.looked_up_to[agency] = rows[-1].case_uid
    return rows


def _look_at(node: Node, rows: Sequence[CaseRow], now: datetime) -> None:
    """Read some cases, and store what follows from them; one that breaks is left for another turn."""
    looks = list[Look]()
    with node.database.reader() as session:
        for row in rows:
            with _alone("case_unreadable", agency=row.agency_id, case_uid=row.case_uid):
                looks.append(read_for_look(node, session, row))
    for one, waiting in [(one, node.writer.submit(prepare_look(node, one, now))) for one in looks]:
        with _alone("case_unwatched", agency=one.row.agency_id, case_uid=one.row.case_uid):
            waiting.result()


@contextmanager
def _alone(event: str, **about: str) -> Iterator[None]:
    """Let what breaks for one hold up none of the others; the log names the class of the error, and no text of it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # a mistake of ours too: nothing that a peer sent may stop an agency
        code = error.code if isinstance(error, HomewardError) else None
        _log.error(event, error=type(error).__name__, code=code, **about)


def read_for_look(node: Node, session: Session, row: CaseRow) -> Look:
    """Read a case; raises ``HomewardError`` where a document of it can't be read.

    What tells whether a document came meanwhile is read first, then where the case stands, then its documents.
    """
    newest = watch.newest_document(session, row.agency_id, row.case_uid)
    fresh = session.get_one(CaseRow, (row.agency_id, row.case_uid), populate_existing=True)
    return Look(fresh, shelf.read_case(node, session, row.agency_id, row.case_uid), newest)


def prepare_look(node: Node, look: Look, now: datetime) -> Callable[[Session], None]:
    """Return the unit of work that stores what follows from a case, unless a document came since it was read."""

    def unit(session: Session) -> None:
        log.take_head(session)  # whoever moves a case takes it too: no document comes from here to the commit
        agency, case_uid = look.row.agency_id, look.row.case_uid
        if watch.is_watched(session, agency, case_uid):
            return
        if watch.newest_document(session, agency, case_uid) != look.newest:
            return
        for derive in DERIVATIONS:
            derive(node, session, look.row, look.held, now)
        watch.mark_watched(session, agency, case_uid)

    return unit


def derive_deadlines(node: Node, session: Session, row: CaseRow, held: Sequence[Document], _now: datetime) -> None:
    """Store what is due in a case."""
    found = deadlines_of(watched_as(session, row, held, find_policies(node, session, row.agency_id)))
    deadlines.put_deadlines(session, row.agency_id, row.case_uid, map(_row, found))
    for one in found:
        if one.rule is Rule.RETURN:  # by the numbers that were agreed, which no single document tells
            watch.put_return_due(session, row.agency_id, row.case_uid, day_of(one.due_at, row.destination))


def watched_as(session: Session, row: CaseRow, held: Sequence[Document], policies: Policies) -> Watched:
    """Return a case as the rules look at it, with what is held of it and what its agency agreed."""
    return Watched(
        case_uid=CaseUid(row.case_uid),
        agency=AgencyId(row.agency_id),
        destination=row.destination,
        origin=row.origin,
        opened_at=row.opened_at,
        state=CaseState(row.state),
        held=tuple(held),
        arrived=_arrivals(session, documents.list_of_case(session, row.agency_id, row.case_uid), row.agency_id),
        policies=policies,
        is_opened_here=was_opened_here(session, AgencyId(row.agency_id), CaseUid(row.case_uid), held),
    )


def _arrivals(session: Session, rows: Sequence[DocumentRow], agency: str) -> dict[str, datetime]:
    """Return when each document came to its recipient: here, or there by the receipt."""
    here = {row.document_id: row.at for row in rows if not row.is_sent}
    return here | watch.list_arrivals(session, agency, [row.document_id for row in rows if row.is_sent])


def _row(one: Deadline) -> NewDeadline:
    owners = "+".join(one.owners)
    return NewDeadline(one.rule, one.subject, one.warn_at, one.due_at, owners, one.met_at, one.met_by)


DERIVATIONS: tuple[Derivation, ...] = (derive_deadlines, derive_keys)
"""Everything that is worked out from the documents of a case."""


def _look_at_years(node: Node, agency: str, now: datetime) -> None:
    """Store what an agency owes for this year and the one before, as soon as it had a case in it."""
    this_year = day_of(now, country_of(agency)).year
    with node.database.reader() as session:
        years = [year for year in (this_year - 1, this_year) if watch.has_case_until(session, agency, year)]
        frozen = {year: watch.find_frozen_at(session, agency, year) for year in years}
        found = [_row(one) for year in years for one in yearly(agency, year, frozen[year])]
        if deadlines.is_stored(session, agency, "", found):
            return
    node.writer.write(lambda session: deadlines.put_deadlines(session, agency, "", found))


def _tell(node: Node, agencies: Collection[str], now: datetime, limit: int) -> None:
    """Note every deadline that passed since somebody last looked, with a statement that the agency signs."""
    with node.database.reader() as session:
        keys = deadlines.list_untold(session, agencies, now, informing=ONLY_INFORM, limit=limit)
    for waiting in [node.writer.submit(partial(_tell_once, node, key=key, now=now)) for key in keys]:
        with _alone("deadline_untold"):  # our keys may be over: it is told as soon as there are new ones
            waiting.result()


def _tell_once(node: Node, session: Session, key: Key, now: datetime) -> None:
    """Write the line with the signed statement in it, unless what was due came, or somebody told it."""
    log.take_head(session)
    row = deadlines.find_deadline(session, key)
    if row is None or row.told_at is not None or row.met_at is not None or row.due_at >= now:
        return
    agency = AgencyId(key.agency_id)
    silence = Silence(
        rule=row.rule,
        case_uid=row.case_uid or None,
        document_id=row.subject if len(row.subject) == _ULID else None,
        due_at=row.due_at,
        at=now,
        by=agency,
    )
    statement = sign_statement(silence, node.keys_of(agency), now).decode("ascii")
    about = {"document_id": silence.document_id, "case_uid": silence.case_uid}
    deadlines.mark_told(session, key, now)
    note(session, now, Entry(Action.DEADLINE_PASSED, agency, agency, **about, code=row.rule, statement=statement))
