"""What the figures are read from, and what was frozen of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from api.store.case_tables import SnapshotRow
from api.store.tables import CaseRow


def list_moved_cases(
    session: Session, agency_id: str, *, since: datetime, limit: int, after: str = ""
) -> Sequence[CaseRow]:
    """Return cases to which a document came since then, in the order of their ids."""
    query = select(CaseRow).where(
        CaseRow.agency_id == agency_id, col(CaseRow.case_uid) > after, col(CaseRow.moved_at) >= since
    )
    return session.exec(query.order_by(col(CaseRow.case_uid)).limit(limit)).all()


def list_snapshots(session: Session, agency_id: str, year: int) -> Sequence[SnapshotRow]:
    """Return what was frozen of a year: the snapshot, then its errata in order."""
    query = select(SnapshotRow).where(SnapshotRow.agency_id == agency_id, SnapshotRow.year == year)
    return session.exec(query.order_by(col(SnapshotRow.number))).all()


def find_snapshot(session: Session, agency_id: str, year: int, number: int) -> SnapshotRow | None:
    """Return one of them, or ``None``."""
    return session.get(SnapshotRow, (agency_id, year, number))


def add_snapshot(session: Session, row: SnapshotRow) -> None:
    """Keep the snapshot of a year, or one more erratum."""
    session.add(row)
