"""Leave that was granted beyond the access matrix, as one agency sees it."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select, tuple_

from api.store.case_tables import AssignmentRow, GrantRow


def find_grant(session: Session, agency_id: str, grant_id: str) -> GrantRow | None:
    """Return a grant of this agency, or ``None``."""
    row = session.get(GrantRow, grant_id)
    return row if row is not None and row.agency_id == agency_id else None


def list_grants(
    session: Session,
    agency_id: str,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
    known_to: str | None = None,
) -> list[GrantRow]:
    """Return grants, newest first, after the one that the cursor names.

    With ``known_to`` only those of cases that this client works on, and those that it asked for or approved.
    """
    query = select(GrantRow).where(GrantRow.agency_id == agency_id)
    if known_to is not None:
        on_it = select(AssignmentRow.case_uid).where(
            AssignmentRow.agency_id == agency_id, AssignmentRow.client_id == known_to
        )
        theirs = (col(GrantRow.client_id) == known_to) | (col(GrantRow.approved_by) == known_to)
        query = query.where(theirs | col(GrantRow.case_uid).in_(on_it))
    if after is not None:
        query = query.where(tuple_(col(GrantRow.asked_at), col(GrantRow.grant_id)) < tuple_(*after))
    query = query.order_by(col(GrantRow.asked_at).desc(), col(GrantRow.grant_id).desc()).limit(limit)
    return list(session.exec(query))


def list_waiting(session: Session, agency_id: str, what: str, but_of: str, now: datetime) -> list[GrantRow]:
    """Return what others than one client asked for and nobody has approved yet, newest first."""
    query = select(GrantRow).where(
        GrantRow.agency_id == agency_id,
        GrantRow.what == what,
        GrantRow.client_id != but_of,
        col(GrantRow.expires_at) > now,
        col(GrantRow.approved_at).is_(None),
    )
    return list(session.exec(query.order_by(col(GrantRow.asked_at).desc(), col(GrantRow.grant_id).desc())))


def list_approvals(session: Session, agency_id: str, what: str, recipient: str, now: datetime) -> list[GrantRow]:
    """Return what somebody approved to be sent to a recipient and nobody has made use of, oldest first."""
    query = select(GrantRow).where(
        GrantRow.agency_id == agency_id,
        GrantRow.case_uid == "",
        GrantRow.what == what,
        GrantRow.recipient == recipient,
        col(GrantRow.expires_at) > now,
        col(GrantRow.used_at).is_(None),
    )
    return list(session.exec(query.order_by(col(GrantRow.grant_id))))


def list_in_force(
    session: Session, agency_id: str, client_id: str, case_uids: Collection[str], now: datetime
) -> list[GrantRow]:
    """Return what a client may make use of now in these cases, whoever else has to have approved it."""
    query = select(GrantRow).where(
        GrantRow.agency_id == agency_id,
        GrantRow.client_id == client_id,
        col(GrantRow.case_uid).in_(case_uids),
        col(GrantRow.expires_at) > now,
        col(GrantRow.used_at).is_(None),
    )
    return list(session.exec(query.order_by(col(GrantRow.grant_id)))) if case_uids else []
