"""Cases and the drafts of their forms, as one agency sees them."""

from datetime import datetime

from sqlmodel import Session, col, select, tuple_

from api.store.tables import CaseRow, DraftRow


def find_case(session: Session, agency_id: str, case_uid: str) -> CaseRow | None:
    """Return the case, or ``None`` where this agency has none of that id."""
    return session.get(CaseRow, (agency_id, case_uid))


def list_cases(
    session: Session,
    agency_id: str,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
    state: str | None = None,
    side: str | None = None,
    country: str | None = None,
) -> list[CaseRow]:
    """Return cases, newest first, after the case that the cursor names."""
    query = select(CaseRow).where(CaseRow.agency_id == agency_id)
    if after is not None:
        query = query.where(tuple_(col(CaseRow.opened_at), col(CaseRow.case_uid)) < tuple_(*after))
    if state is not None:
        query = query.where(CaseRow.state == state)
    if side is not None:
        query = query.where(CaseRow.side == side)
    if country is not None:
        query = query.where((col(CaseRow.destination) == country) | (col(CaseRow.origin) == country))
    query = query.order_by(col(CaseRow.opened_at).desc(), col(CaseRow.case_uid).desc()).limit(limit)
    return list(session.exec(query))


def find_draft(session: Session, agency_id: str, case_uid: str, form: int) -> DraftRow | None:
    """Return the draft of a form of a case, or ``None``."""
    return session.get(DraftRow, (agency_id, case_uid, form))
