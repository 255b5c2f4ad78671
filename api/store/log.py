"""The append-only log: lines, leaf hashes and the tree head. What is hashed, and how, is made elsewhere."""

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from api.store.tables import LogHeadRow, LogRow

_HEAD = "log_head"


def take_head(session: Session) -> LogHeadRow:
    """Take the tree head to append to it; nobody else appends until this transaction ends.

    It is taken once for all units that are committed together; the writer forgets it when a unit is rolled back.
    """
    held: LogHeadRow | None = session.info.get(_HEAD)
    if held is None:
        held = session.exec(select(LogHeadRow).where(LogHeadRow.one == 1).with_for_update()).one()
        session.info[_HEAD] = held
    return held


def add_lines(session: Session, lines: list[dict[str, object]]) -> None:
    """Append lines: the columns of ``LogRow``, in the order of the log."""
    session.execute(insert(LogRow), lines)


def get_head(session: Session) -> LogHeadRow:
    """Return the tree head as it stands; the migration made that of the empty log."""
    return session.exec(select(LogHeadRow).where(LogHeadRow.one == 1)).one()


def list_leaves(session: Session, size: int) -> list[bytes]:
    """Return the first ``size`` leaf hashes in order."""
    return list(session.exec(select(LogRow.leaf).where(col(LogRow.seq) < size).order_by(col(LogRow.seq))))


def list_entries_of(session: Session, *, case_uid: str, document_ids: list[str]) -> list[LogRow]:
    """Return the lines about a case or one of its documents, in order."""
    query = select(LogRow).where((col(LogRow.case_uid) == case_uid) | col(LogRow.document_id).in_(document_ids))
    return list(session.exec(query.order_by(col(LogRow.seq))))


def count_log(session: Session) -> int:
    """Return how many lines the log has."""
    return session.exec(select(func.count()).select_from(LogRow)).one()
