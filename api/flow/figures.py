"""The figures of a year: one pass over the cases of an agency, page by page, and what others reported to it.

Rows are made of decrypted documents and held as codes and numbers only; nothing of them is stored but what is frozen.
A return that was told twice is counted once (``rules/figures/sieve.py``). What a statistician filled in of an own row
(form 27) fills what the documents leave unknown; a row of one's own agency that belongs to no case counts nothing.

Figures for whoever may not see every case stand still for a month: they are read from what was there when the last one
ended (``month_end``), so that two looks differ by a month and not by one return.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.flow import shelf
from api.flow.assigning import get_known_case
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.policies import find_policies
from api.rules.access import Principal
from api.rules.agreements import Policies
from api.rules.figures.episode import NEVER, CaseHeld
from api.rules.figures.measures import Reading, Tally
from api.rules.figures.metrics import METRICS
from api.rules.figures.returns import rows_of
from api.rules.figures.row import FigureRow, ReportedRow
from api.rules.figures.sieve import Sieve
from api.rules.zones import local_time
from api.store import documents, snapshots
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import AgencyId, CaseUid, country_of
from schemas.document import Document, Side
from schemas.earlier import unreplaced
from schemas.statistics_record import StatisticsRecord

PAGE = 200
_BEFORE = 2
"""How many years before the year a case may have moved last and still be owed a visit in it."""


@dataclass(frozen=True)
class Year:
    """Everything that was read of one year, or of what was there at an instant: its returns, samples of its metrics."""

    year: int
    rows: tuple[FigureRow, ...]
    dropped: int
    tally: Tally
    until: datetime | None = None

    @property
    def counted_only(self) -> int:
        """How many returns are no row, because the person did not agree to be one."""
        return sum(not row.may_be_a_row for row in self.rows)


def read_year(
    node: Node, agency: AgencyId, year: int, side: Side = Side.ORIGIN, *, until: datetime | None = None
) -> Year:
    """Return the figures of a year: of who came home to the agency's country, or of who went home from it.

    With ``until`` they are those of that instant: what came later is not there yet.
    """
    tally, sieve = Tally(METRICS), Sieve()
    today = local_time(until or node.clock(), country_of(agency)).date()
    reported = dict(_reported(node, agency, year, until or NEVER)) if side is Side.ORIGIN else {}
    rows = list[FigureRow]()
    for case in _cases(node, agency, year, side, until or NEVER):
        tally.take(Reading(case, year, today))
        for row in rows_of(case):
            if row.year == year and sieve.keeps(row, agency):
                told = reported.pop((agency, row.stat_id), None)
                rows.append(row if told is None else row.filled_from(told))
    rows += [row for row in reported.values() if row.told_by != agency and sieve.keeps(row, row.told_by)]
    in_order = sorted(rows, key=lambda row: (row.return_date, row.stat_id))
    return Year(year, tuple(in_order), sieve.dropped, tally, until)


def read_case(node: Node, caller: Principal, case_uid: str) -> tuple[FigureRow, ...]:
    """Return the rows of one case, and note the look; raises ``NotFound`` for one that the caller may not know of."""
    agency = caller.agency
    with node.database.reader() as session:
        row = get_known_case(session, caller, case_uid)
        case = _case(node, row, shelf.read_case(node, session, agency, case_uid), find_policies(node, session, agency))
    now = node.clock()
    line = Entry(Action.FIGURES_READ, agency=agency, by=caller.role, case_uid=case_uid)
    node.writer.write(lambda session: note(session, now, line))
    return rows_of(case)


def note_look(node: Node, agency: AgencyId, by: str, year: int) -> None:
    """Note that somebody looked at the rows of a year."""
    now = node.clock()
    line = Entry(Action.FIGURES_READ, agency=agency, by=by, code=str(year))
    node.writer.write(lambda session: note(session, now, line))


def month_end(node: Node, agency: AgencyId) -> datetime:
    """Return the last moment of the month that ended last where the agency works."""
    begin = local_time(node.clock(), country_of(agency)).replace(day=1, hour=0, minute=0, second=0)
    return begin - timedelta(microseconds=1)


def _cases(node: Node, agency: AgencyId, year: int, side: Side, until: datetime) -> Iterator[CaseHeld]:
    """Yield the cases that may have anything to do with a year, read page by page."""
    since, after, country = datetime(year - _BEFORE, 1, 1, tzinfo=UTC), "", country_of(agency)
    with node.database.reader() as session:
        agreed = find_policies(node, session, agency)
    while True:
        with node.database.reader() as session:
            page = snapshots.list_moved_cases(session, agency, since=since, limit=PAGE, after=after)
            held = [
                _case(node, row, _held(node, session, row, until), agreed)
                for row in page
                if _is_on_side(row, country, side)
            ]
        yield from held
        if len(page) < PAGE:
            return
        after = page[-1].case_uid


def _held(node: Node, session: Session, row: CaseRow, until: datetime) -> list[Document]:
    """Return the documents of a case that were there at an instant."""
    there = [one for one in documents.list_of_case(session, row.agency_id, row.case_uid) if one.at <= until]
    return shelf.read_all(node, there)


def _is_on_side(row: CaseRow, country: str, side: Side) -> bool:
    """Say whether a case came home to a country, or went home from it; inside one country it came home."""
    return (row.origin == country) == (side is Side.ORIGIN)


def _case(node: Node, row: CaseRow, held: list[Document], agreed: Policies) -> CaseHeld:
    """Return a case as the rules read it, with the key under which its returns are pseudonyms."""
    agency = AgencyId(row.agency_id)
    key = bytes.fromhex(node.vault.lookup("pseudonyms of figures", agency))
    return CaseHeld(CaseUid(row.case_uid), agency, row.destination, row.origin, held, key, policies=agreed)


def _reported(
    node: Node, agency: AgencyId, year: int, until: datetime
) -> Iterator[tuple[tuple[str, str], ReportedRow]]:
    """Yield what was reported of a year in form 27, by whom and under which pseudonym; the newest version of each."""
    since = datetime(year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    records, after = list[StatisticsRecord](), 0
    while True:
        with node.database.reader() as session:
            form = StatisticsRecord.facts.form
            page = documents.list_of_form(session, agency, form, since=since, limit=PAGE, after=after)
            held = shelf.read_all(node, [row for row in page if row.at <= until])
        records += [one for one in held if isinstance(one, StatisticsRecord) and _counts(one, agency, year)]
        if len(page) < PAGE:
            break
        after = page[-1].seq or 0
    for record in sorted(unreplaced(records), key=lambda one: (one.reporting_body, one.created_at, one.id)):
        yield (record.sender, record.stat_id), ReportedRow.model_validate(record)


def _counts(record: StatisticsRecord, agency: AgencyId, year: int) -> bool:
    """Say whether a row is of the year and of a body of the agency's own country; others have figures of their own."""
    return record.year == year and country_of(record.sender) == country_of(agency)
