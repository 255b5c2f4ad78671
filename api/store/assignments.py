"""Who works on which case, as one agency sees it."""

from collections.abc import Collection

import sqlalchemy as sql
from sqlmodel import Session, col, select

from api.store.case_tables import AssignmentRow
from api.store.engine import table_of

_ASSIGNMENT = table_of(AssignmentRow)
_ANY = (
    sql.select(_ASSIGNMENT.c.client_id)
    .where(_ASSIGNMENT.c.agency_id == sql.bindparam("agency"), _ASSIGNMENT.c.case_uid == sql.bindparam("uid"))
    .limit(1)
)


def find_assignment(session: Session, agency_id: str, case_uid: str, client_id: str) -> AssignmentRow | None:
    """Return the assignment of a client to a case, or ``None``."""
    return session.get(AssignmentRow, (agency_id, case_uid, client_id))


def list_assignments(session: Session, agency_id: str, case_uid: str) -> list[AssignmentRow]:
    """Return everybody who works on a case, by client."""
    query = select(AssignmentRow).where(AssignmentRow.agency_id == agency_id, AssignmentRow.case_uid == case_uid)
    return list(session.exec(query.order_by(col(AssignmentRow.client_id))))


def has_assignments(session: Session, agency_id: str, case_uid: str) -> bool:
    """Say whether anybody of the agency works on a case."""
    return session.connection().execute(_ANY, {"agency": agency_id, "uid": case_uid}).first() is not None


def cases_of(session: Session, agency_id: str, client_id: str, case_uids: Collection[str]) -> frozenset[str]:
    """Return to which of these cases a client is assigned."""
    query = select(AssignmentRow.case_uid).where(
        AssignmentRow.agency_id == agency_id,
        AssignmentRow.client_id == client_id,
        col(AssignmentRow.case_uid).in_(case_uids),
    )
    return frozenset(session.exec(query)) if case_uids else frozenset()
