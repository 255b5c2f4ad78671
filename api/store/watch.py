"""Which cases have to be looked at anew, and what besides the documents themselves is needed to do it."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sql
from sqlmodel import Session, col, select

from api.store.case_tables import DeadlineRow, SnapshotRow
from api.store.engine import table_of
from api.store.tables import CaseRow, DocumentCaseRow, ReceiptRow

_CASE = table_of(CaseRow)


def list_unwatched(session: Session, agency_id: str, *, after: str = "", limit: int) -> list[CaseRow]:
    """Return cases to which a document came since what follows from them was last worked out.

    They begin after the case where somebody ended before, and go round to it.
    """
    uid = col(CaseRow.case_uid)
    query = select(CaseRow).where(~col(CaseRow.is_watched), CaseRow.agency_id == agency_id).order_by(uid)
    rows = list(session.exec(query.where(uid > after).limit(limit)))
    return rows + list(session.exec(query.where(uid <= after).limit(limit - len(rows))))


def is_watched(session: Session, agency_id: str, case_uid: str) -> bool:
    """Say whether what follows from a case's documents is worked out; so it is for a case that is not there."""
    query = sql.select(_CASE.c.is_watched).where(_CASE.c.agency_id == agency_id, _CASE.c.case_uid == case_uid)
    return session.connection().execute(query).scalar() is not False


def mark_watched(session: Session, agency_id: str, case_uid: str) -> None:
    """Keep that what follows from a case's documents is worked out."""
    this = (_CASE.c.agency_id == agency_id, _CASE.c.case_uid == case_uid)
    session.connection().execute(sql.update(_CASE).where(*this).values(is_watched=True))


def put_return_due(session: Session, agency_id: str, case_uid: str, day: date) -> None:
    """Keep by which day a person should be home."""
    this = (_CASE.c.agency_id == agency_id, _CASE.c.case_uid == case_uid)
    session.connection().execute(sql.update(_CASE).where(*this, _CASE.c.return_due != day).values(return_due=day))


def unwatch(session: Session, cases: Iterable[tuple[str, str]]) -> None:
    """Let cases be worked out anew, given as agency and case."""
    for agency_id, case_uid in cases:
        this = (_CASE.c.agency_id == agency_id, _CASE.c.case_uid == case_uid)
        session.connection().execute(sql.update(_CASE).where(*this).values(is_watched=False))


def unwatch_corridor(session: Session, agency_id: str, destination: str, origin: str) -> None:
    """Let every case of a corridor be worked out anew."""
    ends = (_CASE.c.agency_id == agency_id, _CASE.c.destination == destination, _CASE.c.origin == origin)
    session.connection().execute(sql.update(_CASE).where(*ends).values(is_watched=False))


def newest_document(session: Session, agency_id: str, case_uid: str) -> int:
    """Return the number of the newest document that speaks of a case; 0 where there is none."""
    query = select(sql.func.max(DocumentCaseRow.document_seq)).where(
        DocumentCaseRow.agency_id == agency_id, DocumentCaseRow.case_uid == case_uid
    )
    return session.exec(query).one() or 0


def list_arrivals(session: Session, agency_id: str, sent: Collection[str]) -> dict[str, datetime]:
    """Return when each of these sent documents came to its recipient, by the receipts that are held."""
    query = (
        select(ReceiptRow.document_id, sql.func.min(ReceiptRow.at))
        .where(ReceiptRow.agency_id == agency_id, ~col(ReceiptRow.is_issued), col(ReceiptRow.document_id).in_(sent))
        .group_by(col(ReceiptRow.document_id))
    )
    return dict(session.exec(query).all()) if sent else {}


def list_receipted(
    session: Session, agencies: Collection[str], now: datetime, *, rule: str, limit: int
) -> list[tuple[str, str]]:
    """Return the cases in which somebody would be reminded of a receipt that is held by now."""
    is_held = sql.exists().where(
        col(ReceiptRow.agency_id) == col(DeadlineRow.agency_id),
        col(ReceiptRow.document_id) == col(DeadlineRow.subject),
        ~col(ReceiptRow.is_issued),
    )
    query = (
        select(DeadlineRow.agency_id, DeadlineRow.case_uid)
        .where(col(DeadlineRow.agency_id).in_(agencies), col(DeadlineRow.met_at).is_(None))
        .where(col(DeadlineRow.due_at) <= now + timedelta(days=14), col(DeadlineRow.warn_at) <= now)
        .where(DeadlineRow.rule == rule, is_held)
        .distinct()
        .limit(limit)
    )
    return [(agency_id, case_uid) for agency_id, case_uid in session.exec(query)]


def has_case_until(session: Session, agency_id: str, year: int) -> bool:
    """Say whether an agency had a case by the end of a year."""
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    query = select(CaseRow.case_uid).where(CaseRow.agency_id == agency_id, CaseRow.opened_at < end)
    return session.exec(query.limit(1)).first() is not None


def find_frozen_at(session: Session, agency_id: str, year: int) -> datetime | None:
    """Return when the figures of a year were frozen, or ``None``."""
    row = session.get(SnapshotRow, (agency_id, year, 0))
    return None if row is None else row.made_at
