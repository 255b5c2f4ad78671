"""Who works on a case: whoever opens it, and whom a case manager, focal or welfare officer puts on it.

An assignment is what most readings hang on (``r`` in the access matrix), so each stands in the log, with the role only.
"""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from datetime import datetime

from api.errors import InvalidInput, NotFound
from api.flow.clients import find_client
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.rules.access import ASSIGNABLE, CASES_ASSIGN, Principal
from api.store import assignments, cases
from api.store.case_tables import AssignmentRow
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.document import Role


def case_not_found() -> NotFound:
    """Return the answer about a case that is not there, and about one that the caller may not know of."""
    hint = "open the case first, or wait until its first document has come in; then be assigned to it; check the id"
    return NotFound("case_not_found", hint)


def prepare_assign(
    node: Node, caller: Principal, case_uid: str, client_id: str, role: Role, *, knows_people: bool
) -> Callable[[Session], AssignmentRow]:
    """Return the unit that puts a client of the caller's agency on a case; done again, it changes the role.

    ``knows_people`` says that people sign in by an issuer: who is no client of this node may be one of them, and the
    assignment opens nothing to anybody of another agency. Raises ``NotFound`` for a case or client that is not this
    agency's and ``InvalidInput`` ``role_not_held`` where the client does not have the role.
    """
    caller.require(CASES_ASSIGN)
    now = node.clock()
    with node.database.reader() as session:
        if cases.find_case(session, caller.agency, case_uid) is None:
            raise NotFound
        _check_client(node, session, caller, client_id, role, knows_people=knows_people)

    def unit(session: Session) -> AssignmentRow:
        row = assignments.find_assignment(session, caller.agency, case_uid, client_id)
        row = row or AssignmentRow(
            agency_id=caller.agency, case_uid=case_uid, client_id=client_id, role="", assigned_at=now, assigned_by=""
        )
        row.role, row.assigned_at, row.assigned_by = role, now, caller.client_id
        session.add(row)
        note(session, now, Entry(Action.ASSIGNED, caller.agency, caller.role, case_uid=case_uid, code=role))
        return row

    return unit


def prepare_unassign(node: Node, caller: Principal, case_uid: str, client_id: str) -> Callable[[Session], None]:
    """Return the unit that takes a client off a case; raises ``NotFound`` in the unit where it was not on it."""
    caller.require(CASES_ASSIGN)
    now = node.clock()

    def unit(session: Session) -> None:
        row = assignments.find_assignment(session, caller.agency, case_uid, client_id)
        if row is None:
            raise NotFound
        session.delete(row)
        note(session, now, Entry(Action.UNASSIGNED, caller.agency, caller.role, case_uid=case_uid, code=row.role))

    return unit


def assign_first(session: Session, caller: Principal, case_uid: str | None, now: datetime) -> None:
    """Put the caller on a case that nobody of the agency works on yet; called in the unit that begins the work.

    The caller knows of the case: an officer, or whoever opens it.
    """
    if case_uid is None or not caller.roles & ASSIGNABLE:
        return
    if assignments.has_assignments(session, caller.agency, case_uid):
        return
    role = caller.role
    row = AssignmentRow(
        agency_id=caller.agency,
        case_uid=case_uid,
        client_id=caller.client_id,
        role=role,
        assigned_at=now,
        assigned_by=caller.client_id,
    )
    session.add(row)
    note(session, now, Entry(Action.ASSIGNED, caller.agency, role, case_uid=case_uid, code=role))


def is_assigned(session: Session, caller: Principal, case_uid: str) -> bool:
    """Say whether the caller works on a case."""
    return assignments.find_assignment(session, caller.agency, case_uid, caller.client_id) is not None


def get_known_case(session: Session, caller: Principal, case_uid: str, *, is_known: bool = False) -> CaseRow:
    """Return a case that the caller may know of: every one of the agency, or only those assigned, by role.

    ``is_known`` says that the caller knows of it for another reason. Raises ``NotFound`` like for an id that does not
    exist.
    """
    row = cases.find_case(session, caller.agency, case_uid)
    if row is None or not (is_known or caller.sees_every_case or is_assigned(session, caller, case_uid)):
        raise NotFound
    return row


def known_of(session: Session, caller: Principal, case_uids: Collection[str]) -> AbstractSet[str]:
    """Return those of the cases that the caller may know of: all of them, or only those assigned, by role."""
    if caller.sees_every_case:
        return frozenset(case_uids)
    return assignments.cases_of(session, caller.agency, caller.client_id, case_uids)


def require_known(session: Session, caller: Principal, case_uids: Collection[str]) -> None:
    """Refuse to write about cases of the agency that the caller may not know of.

    Raises ``NotFound`` like for a case that was never opened.
    """
    for uid in set(case_uids) - known_of(session, caller, case_uids):
        if cases.find_case(session, caller.agency, uid) is not None:
            raise case_not_found()


def _check_client(
    node: Node, session: Session, caller: Principal, client_id: str, role: Role, *, knows_people: bool
) -> None:
    """Refuse somebody of another agency, or a role that the client does not have."""
    if role not in ASSIGNABLE:
        raise InvalidInput("role_not_assignable", "this role does not work on cases")
    row = find_client(node, session, client_id)
    if row is None and knows_people:
        return
    if row is None or row.agency_id != caller.agency:
        raise NotFound
    if role not in row.roles.split():
        raise InvalidInput("role_not_held", "choose a role that this client has")
