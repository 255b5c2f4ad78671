"""A case is opened: the corridor, a random id without any meaning, and a line in the log; nothing about the person.

And what goes on in it is told, as far as a caller need know.
"""

from collections.abc import Callable
from functools import partial

from ulid import ULID

from api.errors import InvalidInput
from api.flow import shelf
from api.flow.assigning import assign_first
from api.flow.clearance import reader_of_case
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.policies import find_policies
from api.flow.watch import watched_as
from api.rules.access import Principal
from api.rules.parties import find_side
from api.rules.streams import Streams, seen_by, streams_of
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import CaseUid, country_of
from schemas.corridor import Corridor
from schemas.document import CaseState, Side


def prepare_open(node: Node, principal: Principal, destination: str, origin: str) -> Callable[[Session], CaseRow]:
    """Return the unit of work that opens a case for the caller's agency.

    Raises ``InvalidInput`` ``corridor_not_ours`` where neither country of the corridor is the agency's own.
    """
    now, country = node.clock(), country_of(principal.agency)
    if country not in {destination, origin}:
        raise InvalidInput("corridor_not_ours", "one of the two countries has to be your agency's own")
    new_row = partial(
        CaseRow,
        agency_id=principal.agency,
        case_uid=str(ULID()),
        side=find_side(Corridor(destination=destination, origin=origin), principal.agency) or Side.DESTINATION,
        destination=destination,
        origin=origin,
        state=CaseState.NEW,
        opened_at=now,
        moved_at=now,
    )

    def unit(session: Session) -> CaseRow:
        row = new_row()
        session.add(row)
        note(session, now, Entry(Action.CASE_OPENED, row.agency_id, principal.role, case_uid=row.case_uid))
        assign_first(session, principal, row.case_uid, now)
        return row

    return unit


def find_streams(node: Node, session: Session, caller: Principal, row: CaseRow) -> Streams | None:
    """Return what goes on in a case beside the way home, as far as the caller may know it.

    ``None`` where a document of it can't be read: what the others alone say might be what it takes back.
    """
    held = shelf.find_case(node, session, row.agency_id, row.case_uid)
    if held is None:
        return None
    case = watched_as(session, row, held, find_policies(node, session, row.agency_id))
    reader = reader_of_case(node, session, caller, CaseUid(row.case_uid))
    return seen_by(reader, case, streams_of(case, node.clock()))
