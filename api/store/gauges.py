"""Counts for the metrics, each a single question to an index."""

from sqlmodel import Session, col, func, select

from api.store.case_tables import DeadlineRow
from api.store.tables import LogHeadRow, ReceiptRow


def count_receipts(session: Session) -> dict[str, int]:
    """Return how many signed receipts there are of each status."""
    query = select(ReceiptRow.status, func.count()).group_by(ReceiptRow.status)
    return {status: count for status, count in session.exec(query)}  # noqa: C416  # a row is no pair to mypy


def count_open_deadlines(session: Session) -> int:
    """Return how many deadlines are not met yet."""
    return session.exec(select(func.count()).where(col(DeadlineRow.met_at).is_(None))).one()


def log_size(session: Session) -> int:
    """Return how many lines the log has, by its head: it is not counted."""
    return session.exec(select(LogHeadRow.size).where(LogHeadRow.one == 1)).first() or 0
