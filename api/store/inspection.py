"""Looking a database over: whether it is whole, how much is in it, its log line by line."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel, col, func, select

from api.store.engine import Database
from api.store.tables import DocumentRow, LogRow

CHUNK = 2_000
"""Lines of the log that are held in memory at a time."""


class LogLine(NamedTuple):
    """A line as it is stored: its place, what was hashed, and the hash."""

    seq: int
    entry: bytes
    leaf: bytes


def find_damage(database: Database) -> list[str]:
    """Return what the database itself finds wrong with its file or its tables; nothing where all is well.

    SQLite checks every page (``quick_check``); on PostgreSQL every table is read once, which its checksums watch.
    """
    try:
        with database.reading.connect() as connection:
            if database.is_sqlite:
                told = [str(line) for (line,) in connection.execute(text("PRAGMA quick_check(5)"))]
                return [] if told == ["ok"] else told
            for table in SQLModel.metadata.sorted_tables:
                connection.execute(select(func.count()).select_from(table))
    except SQLAlchemyError as error:
        return [type(error).__name__]
    return []


def iter_log(session: Session, size: int) -> Iterator[LogLine]:
    """Return the first ``size`` lines of the log in order, a chunk in memory at a time."""
    after = -1
    while True:
        query = select(LogRow.seq, LogRow.entry, LogRow.leaf).where(col(LogRow.seq) > after, col(LogRow.seq) < size)
        lines = [LogLine(*row) for row in session.exec(query.order_by(col(LogRow.seq)).limit(CHUNK))]
        if not lines:
            return
        yield from lines
        after = lines[-1].seq


def list_samples(session: Session, agency_id: str, *, limit: int) -> list[DocumentRow]:
    """Return the oldest and the newest documents of an agency that were not erased, up to ``limit`` of each."""
    query = select(DocumentRow).where(DocumentRow.agency_id == agency_id, col(DocumentRow.body_key).is_not(None))
    oldest = list(session.exec(query.order_by(col(DocumentRow.seq)).limit(limit)))
    newest = list(session.exec(query.order_by(col(DocumentRow.seq).desc()).limit(limit)))
    return list({row.seq: row for row in (*oldest, *newest)}.values())
