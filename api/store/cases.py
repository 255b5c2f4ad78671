"""Cases and the drafts of their forms, as one agency sees them."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sql
from sqlmodel import Session, col, select, tuple_
from sqlmodel.sql.expression import SelectOfScalar

from api.store.case_tables import AssignmentRow, DeadlineRow
from api.store.engine import table_of
from api.store.tables import CaseRow, DraftRow


@dataclass(frozen=True)
class Standing:
    """Where a case stands for one agency: what a document may change, and between which countries it is."""

    destination: str
    origin: str
    state: str
    moved_at: datetime
    return_due: date | None = None


_CASE = table_of(CaseRow)
_THIS = (_CASE.c.agency_id == sql.bindparam("agency"), _CASE.c.case_uid == sql.bindparam("uid"))
_STANDING = sql.select(*(_CASE.c[name] for name in Standing.__dataclass_fields__)).where(*_THIS)
_OPEN = sql.insert(_CASE)
_MOVE = sql.update(_CASE).where(*_THIS)


def find_case(session: Session, agency_id: str, case_uid: str) -> CaseRow | None:
    """Return the case, or ``None`` where this agency has none of that id."""
    return session.get(CaseRow, (agency_id, case_uid))


def find_standing(session: Session, agency_id: str, case_uid: str) -> Standing | None:
    """Return where a case stands, or ``None`` where this agency has none of that id."""
    found = session.connection().execute(_STANDING, {"agency": agency_id, "uid": case_uid}).one_or_none()
    return None if found is None else Standing(*found)


def put_standing(
    session: Session, agency_id: str, case_uid: str, standing: Standing, *, opened_as: str | None = None
) -> None:
    """Store where a case stands after a document came; one that is opened by it is on that side.

    What was worked out from the case's documents before is due anew.
    """
    changed = {**vars(standing), "is_watched": False}
    if opened_as is None:
        session.connection().execute(_MOVE, {"agency": agency_id, "uid": case_uid, **changed})
        return
    opened = {"agency_id": agency_id, "case_uid": case_uid, "side": opened_as, "opened_at": standing.moved_at}
    session.connection().execute(_OPEN, {**opened, **changed})


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list is about; ``assigned_to`` names the client who works on them."""

    state: str | None = None
    side: str | None = None
    country: str | None = None
    assigned_to: str | None = None


def list_cases(
    session: Session,
    agency_id: str,
    wanted: CaseFilter = CaseFilter(),
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[CaseRow]:
    """Return cases, newest first, after the case that the cursor names."""
    query = _wanted(agency_id, wanted)
    if after is not None:
        query = query.where(tuple_(col(CaseRow.opened_at), col(CaseRow.case_uid)) < tuple_(*after))
    query = query.order_by(col(CaseRow.opened_at).desc(), col(CaseRow.case_uid).desc()).limit(limit)
    return list(session.exec(query))


def list_due_cases(
    session: Session,
    agency_id: str,
    wanted: CaseFilter = CaseFilter(),
    *,
    by: date,
    rule: str,
    limit: int,
    after: tuple[date, str] | None = None,
) -> list[CaseRow]:
    """Return cases whose return is due by a day and still waited for (by that rule), soonest due first."""
    is_open = sql.exists().where(
        col(DeadlineRow.agency_id) == col(CaseRow.agency_id),
        col(DeadlineRow.case_uid) == col(CaseRow.case_uid),
        col(DeadlineRow.rule) == rule,
        col(DeadlineRow.met_at).is_(None),
    )
    query = _wanted(agency_id, wanted).where(col(CaseRow.return_due) <= by, is_open)
    if after is not None:
        query = query.where(tuple_(col(CaseRow.return_due), col(CaseRow.case_uid)) > tuple_(*after))
    return list(session.exec(query.order_by(col(CaseRow.return_due), col(CaseRow.case_uid)).limit(limit)))


def _wanted(agency_id: str, wanted: CaseFilter) -> SelectOfScalar[CaseRow]:
    query = select(CaseRow).where(CaseRow.agency_id == agency_id)
    if wanted.state is not None:
        query = query.where(CaseRow.state == wanted.state)
    if wanted.side is not None:
        query = query.where(CaseRow.side == wanted.side)
    if wanted.country is not None:
        query = query.where((col(CaseRow.destination) == wanted.country) | (col(CaseRow.origin) == wanted.country))
    if wanted.assigned_to is not None:
        own = select(AssignmentRow.case_uid).where(
            AssignmentRow.agency_id == agency_id, AssignmentRow.client_id == wanted.assigned_to
        )
        query = query.where(col(CaseRow.case_uid).in_(own))
    return query


def find_draft(session: Session, agency_id: str, case_uid: str, form: int) -> DraftRow | None:
    """Return the draft of a form of a case, or ``None``."""
    return session.get(DraftRow, (agency_id, case_uid, form))
