"""A stolen disk tells nothing: the raw files are scanned for every text of the first journey."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import text

from api.store.engine import Database
from tests.flow.secrets_of_a_person import found_in, secrets_in
from tests.flow.steps import outbox_of, play_first_journey
from tests.support import World

PAGE = 8192


def _sqlite_files(database: Database) -> bytes:
    path = Path(database.url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def _pages(files: Iterable[Path]) -> set[bytes]:
    whole = (file.read_bytes() for file in files if file.is_file())
    return {data[start : start + PAGE] for data in whole for start in range(0, len(data), PAGE)}


def _next_log(database: Database) -> str:
    """Let PostgreSQL end its file of the write-ahead log, and return the name of the next one; nothing for SQLite."""
    if database.is_sqlite:
        return ""
    with database.writing.begin() as connection:
        connection.execute(text("SELECT pg_switch_wal()"))
    with database.writing.begin() as connection:
        connection.execute(text("SELECT pg_logical_emit_message(true, '', '')"))  # so that there is one
        return str(connection.execute(text("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")).scalar())


def _postgres_files(database: Database, since: str) -> bytes:
    """Return every page of the database's own folder that PostgreSQL did not bring itself, and the write-ahead log.

    Of the log, what was written since a file of it began: other tests' lines lie before, and in files to be used again.
    """
    until = _next_log(database)
    with database.writing.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        folder = Path(str(connection.execute(text("SHOW data_directory")).scalar()))
        written = _pages(file for file in (folder / "pg_wal").iterdir() if since <= file.name < until)
        connection.execute(text("CHECKPOINT"))  # which gives files of the log that are done another name
        query = "SELECT oid FROM pg_database WHERE datname IN (current_database(), 'template0') ORDER BY datname"
        own, brought = (str(oid) for (oid,) in connection.execute(text(query)))
    assert written
    ours = _pages((folder / "base" / own).iterdir()) - _pages((folder / "base" / brought).iterdir())
    return b"".join(ours | written)


def _raw(database: Database, since: str) -> bytes:
    return _sqlite_files(database) if database.is_sqlite else _postgres_files(database, since)


def test_the_raw_files_hold_nothing_that_somebody_entered(world: World) -> None:
    """Drafts, documents, receipts and outbox on both sides; the scan finds an agency's id, so it works."""
    since = _next_log(world.shelter.node.database)
    uid, entered = play_first_journey(world)
    secrets = secrets_in(entered)
    assert {"Thidar Wai", "case_file"} < secrets
    assert len(secrets) > 40
    for office in (world.shelter, world.department):
        raw = _raw(office.node.database, since)
        assert found_in(raw, secrets) == []
        assert found_in(raw, {world.department.agency, uid}) == sorted({world.department.agency, uid}), "the scan works"
        wire = b"\n".join(row.data for row in outbox_of(office))
        assert found_in(wire, secrets) == []


@pytest.mark.parametrize("spelling", ["utf-8", "utf-16-le", "utf-16-be", "escaped", "base64"])
def test_the_scan_finds_every_spelling(spelling: str) -> None:
    """A name in Burmese script is found however a database spells it."""
    name = "သီတာဝေ"
    spelt = {
        "escaped": json.dumps({"a": name}).encode(),
        "base64": base64.urlsafe_b64encode(f'{{"name": "{name}"}}'.encode()),
    }.get(spelling) or name.encode(spelling)
    assert found_in(b"before" + spelt + b"after", {name}) == [name]
    assert found_in(b"before and after", {name}) == []
