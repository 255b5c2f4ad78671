"""The migrations make exactly the tables that the code writes into, on both databases, and can be taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, select

from api.errors import NodeError
from api.store import attachment_tables, case_tables, tables
from api.store.engine import Database, open_database
from api.store.migrate import _config, get_revision, is_current, migrate
from api.store.tables import AssertionRow, CaseRow
from api.store.writer import Writer


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.writing).get_table_names())


def test_the_migrations_make_what_the_code_declares(new_database: Callable[[], Database]) -> None:
    """Alembic finds no difference between the migrated database and the table classes."""
    database = new_database()
    with database.writing.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_down_and_up_again(new_database: Callable[[], Database]) -> None:
    """Downgraded nothing is left but Alembic's own table; upgraded everything is there again."""
    database = new_database()
    before = tables_of(database)
    assert is_current(database)
    command.downgrade(_config(database), "base")
    assert tables_of(database) == {"alembic_version"}
    assert (get_revision(database), is_current(database)) == (None, False)
    assert migrate(database) == get_revision(database)
    assert tables_of(database) == before
    assert migrate(database), "a second time does nothing"


def test_tables_have_no_foreign_words(new_database: Callable[[], Database]) -> None:
    """No table is named after a kind of document: kinds are data."""
    names = tables_of(new_database()) - {"alembic_version"}
    assert names == {
        row.__tablename__
        for room in (tables, case_tables, attachment_tables)
        for row in vars(room).values()
        if hasattr(row, "__table__")
    }


def test_an_instant_keeps_its_meaning(new_database: Callable[[], Database]) -> None:
    """Written with the offset of Yangon, it is read back in UTC, aware, to the microsecond."""
    database = new_database()
    yangon = datetime(2025, 3, 14, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=6, minutes=30)))
    writer = Writer(database)
    writer.start()
    writer.write(lambda session: session.add(AssertionRow(client_id="a", jti="b", expires_at=yangon)))
    writer.stop()
    with database.reader() as session:
        (read,) = session.exec(select(AssertionRow.expires_at))
    assert (read, read.tzinfo) == (yangon, UTC)


def test_sqlite_survives_a_power_cut(tmp_path: Path) -> None:
    """Write-ahead log and full synchronisation, on both engines' connections."""
    database = open_database(f"sqlite:///{tmp_path / 'node.db'}")
    for engine in (database.reading, database.writing):
        with engine.connect() as connection:
            told = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
            assert told == ["wal", 2]
    database.close()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("mysql://user:secret@host/name", "database_unknown", id="another database"),
        pytest.param("postgresql://u:secret@127.0.0.1:1/name", "database_unreachable", id="nobody listens"),
        pytest.param("sqlite:////nowhere/at/all/node.db", "database_unreachable", id="no such folder"),
    ],
)
def test_a_database_that_is_away_is_said_without_its_password(url: str, code: str) -> None:
    """One line with a code and what to look at; the driver's text, which can hold the password, never leaves."""
    with pytest.raises(NodeError, match=code) as caught:
        migrate(open_database(url))
    assert "secret" not in caught.value.hint + str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_what_was_there_before_is_there_after(new_database: Callable[[], Database]) -> None:
    """A case of the version before keeps everything, and is looked at anew since nothing was worked out for it yet."""
    database = new_database()
    command.downgrade(_config(database), "0001")
    with database.writing.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "case" (agency_id, case_uid, side, destination, origin, state, opened_at, moved_at) '
                "VALUES ('TH-ONE', '01JQ', 'destination', 'TH', 'MM', 'NEW', '2025-03-14 09:00', '2025-03-14 09:00')"
            )
        )
    migrate(database)
    with database.reader() as session:
        row = session.get(CaseRow, ("TH-ONE", "01JQ"))
    assert row is not None
    assert (row.state, row.is_watched) == ("NEW", False)
