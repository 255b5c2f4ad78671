"""An agenda is drawn up from what an agency holds, page by page, and its references are resolved for who may know.

Nothing is recorded by drawing one up; a name that was resolved was looked at, and the log says so.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from api.flow import shelf
from api.flow.clearance import reader_of
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.policies import find_policies
from api.flow.watch import look_anew, watched_as
from api.rules.access import Principal
from api.rules.agenda.agenda import Agenda, agenda_of
from api.rules.agenda.brought import Brought, Occasion
from api.rules.masks import Reader, masked
from api.rules.watch.deadline import Rule
from api.store import agendas
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import AgencyId, CaseUid
from schemas.case_file import CaseFile
from schemas.corridor import Corridor
from schemas.dates import add_months
from schemas.document import ENDED, CaseState
from schemas.earlier import find_newest
from schemas.figures_codes import Barrier, Meeting
from schemas.names import primary_name

PAGE = 100
_REMEMBERED_MONTHS = 12
"""A visit after a closure that nobody made for so long is no longer brought up."""


def plan_meeting(
    node: Node, agency: AgencyId, meeting: Meeting, corridor: Corridor, *, on: date, since: date | None
) -> Occasion:
    """Return a meeting with the numbers that hold in its corridor on its day."""
    with node.database.reader() as session:
        policy = find_policies(node, session, agency).on(corridor.destination, corridor.origin, on)
    return Occasion(meeting, corridor, on, since, policy)


def draw_up(node: Node, agency: AgencyId, meeting: Occasion, *, page: int = PAGE) -> Agenda:
    """Return the agenda of a meeting from every case of its corridor that an agency holds and that has not ended.

    What follows from the documents is worked out first, as for a list of alerts: what is late is told in the log.
    """
    look_anew(node, [agency])
    return agenda_of(meeting, _brought(node, agency, meeting, page))


def _brought(node: Node, agency: AgencyId, meeting: Occasion, page: int) -> Iterator[Brought]:
    """Yield the cases of a corridor one by one, read a page at a time."""
    oldest = add_months(meeting.on, -(meeting.policy.revisit_months + _REMEMBERED_MONTHS))
    ends, after = (meeting.corridor.destination, meeting.corridor.origin), ""
    while True:
        with node.database.reader() as session:
            rows = agendas.list_corridor(
                session,
                agency,
                ends,
                ended=ENDED,
                closed=CaseState.CLOSED,
                closed_since=datetime.combine(oldest, datetime.min.time(), UTC),
                disputed=Rule.CLOSED_ELSEWHERE,
                after=after,
                limit=page,
            )
            yield from _page(node, session, agency, rows)
        if len(rows) < page:
            return
        after = rows[-1].case_uid


def _page(node: Node, session: Session, agency: AgencyId, rows: list[CaseRow]) -> Iterator[Brought]:
    policies = find_policies(node, session, agency)
    barriers = agendas.list_barriers(session, agency, [row.case_uid for row in rows], rule=Rule.RETURN)
    for row in rows:
        barrier = barriers.get(row.case_uid)
        held = shelf.find_case(node, session, agency, row.case_uid)
        if held is None:  # it holds up no meeting about the others
            continue
        case = watched_as(session, row, held, policies)
        yield Brought(case, Barrier(barrier) if barrier in set(Barrier) else None)


def resolve_names(node: Node, caller: Principal, case_uids: Iterable[CaseUid]) -> dict[CaseUid, str]:
    """Return the main name of each person whose name the caller may see, and note each look.

    The access matrix decides, as for the file itself: who is not assigned may know the reference and not the name.
    """
    if not caller.may_read(CaseFile):
        return {}
    now, role = node.clock(), caller.role_for(CaseFile)
    names: dict[CaseUid, str] = {}
    looks: list[Entry] = []
    with node.database.reader() as session:
        for uid in case_uids:
            file = find_newest(CaseFile, shelf.read_case(node, session, caller.agency, uid), uid)
            name = None if file is None else _visible_name(file, reader_of(node, session, caller, file))
            if file is None or name is None:
                continue
            names[uid] = name
            look = Entry(Action.LOOKED_AT, caller.agency, role, document_id=file.id, case_uid=uid, code="agenda_names")
            looks.append(look)
    if looks:
        node.writer.write(lambda session: note(session, now, *looks))
    return names


def _visible_name(file: CaseFile, reader: Reader) -> str | None:
    """Return the main name in a file as far as the reader sees who it is."""
    is_seen = "names" in masked(file, reader).content.get("person", {})
    return primary_name(file.person.names).full_text if is_seen and file.person and file.person.names else None
