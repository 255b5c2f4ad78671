"""How a database is opened: SQLite by default, PostgreSQL by setting a URL. The same code runs on both.

SQLite runs in WAL mode with ``synchronous=FULL``: what was committed survives a power cut. A connection that writes
begins with ``BEGIN IMMEDIATE``, so that it waits for its turn at once and never fails half-way.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import OperationalError as DatabaseAway
from sqlalchemy.pool import NullPool, QueuePool
from sqlmodel import Session, SQLModel

from api.errors import NodeError

__all__ = ["Database", "DatabaseAway", "Session", "open_database", "table_of"]


def table_of(row: type[SQLModel]) -> Table:
    """Return the table behind a class of rows, for statements that need no objects: they cost a fifth."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


@dataclass(frozen=True)
class Database:
    """Two engines on one database: one to read, one for the writer."""

    url: str
    reading: Engine
    writing: Engine

    @property
    def is_sqlite(self) -> bool:
        """Tell SQLite, which has one writer, from PostgreSQL, which has a few."""
        return self.writing.dialect.name == "sqlite"

    @property
    def shared_file(self) -> str | None:
        """Return the path of a SQLite, into which one process can write at a time; ``None`` for any other database."""
        path = self.writing.url.database or ":memory:"
        return None if not self.is_sqlite or path.startswith((":memory:", "file:")) else path

    def reader(self) -> Session:
        """Open a session for reading; close it after use (``with``)."""
        return Session(self.reading, expire_on_commit=False, autoflush=False)

    def close(self) -> None:
        """Give all connections back."""
        self.reading.dispose()
        self.writing.dispose()


def open_database(url: str, *, pool_size: int = 8) -> Database:
    """Open a database by its URL: ``sqlite:///PATH`` or ``postgresql://...`` (psycopg 3)."""
    if url.startswith("sqlite"):
        return Database(url, _sqlite(url, "BEGIN"), _sqlite(url, "BEGIN IMMEDIATE"))
    url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    if not url.startswith("postgresql+psycopg://"):
        raise NodeError("database_unknown", "HOMEWARD_DATABASE_URL is sqlite:///PATH or postgresql://...")
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": pool_size, "max_overflow": 0, "poolclass": QueuePool}
    return Database(url, create_engine(url, **options), create_engine(url, **options))


def _sqlite(url: str, begin: str) -> Engine:
    pool: dict[str, Any] = (
        {"poolclass": NullPool} if ":memory:" in url else {"poolclass": QueuePool, "pool_size": 8, "max_overflow": 32}
    )
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
