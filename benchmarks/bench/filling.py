"""A database is filled as fast as it takes rows: by COPY, in the order of the tables, a thousand cases at a time."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice

import psycopg
from psycopg.sql import SQL, Identifier

from api.demo.nodes import NodeProcess
from api.sealing.keys import PrivateKeySet
from benchmarks.bench.archive import COLUMNS, Archive, Row, templates
from benchmarks.bench.nodes import DEPARTMENT, SHELTER

AT_ONCE = 20_000
"""So many rows are in memory at a time."""
MINE = 50
"""So many of the newest cases are one worker's."""


def fill(
    department: NodeProcess, shelter: NodeProcess, documents: int, worker: str, tell: Callable[[str], None]
) -> Archive:
    """Fill an empty node on PostgreSQL with so many documents, and return what was made."""
    keys = PrivateKeySet.from_json((shelter.as_settings().keys_dir / f"{SHELTER}.jwks").read_text())
    began = time.monotonic()
    with department.opened() as node:
        archive = Archive(node, templates(node, keys, keys.public()), documents)
        with psycopg.connect(department.as_settings().url, autocommit=True) as connection:
            connection.execute("SET synchronous_commit = off")
            _begin_log_anew(connection)
            rows = archive.rows()
            while some := list(islice(rows, AT_ONCE)):
                _copy(connection, some)
                tell(f"lists: {archive.frontier.size:,} of {documents:,} documents in {time.monotonic() - began:.0f} s")
            _finish(connection, archive, worker)
    come_to_rest(department)
    return archive


def come_to_rest(node: NodeProcess) -> None:
    """Let a database do at once what it would do by itself after so much work, while somebody measures."""
    with psycopg.connect(node.as_settings().url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _begin_log_anew(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Take away what founding the node wrote, so that the log that is made begins at its first line."""
    connection.execute("DELETE FROM log")


def _copy(connection: "psycopg.Connection[tuple[object, ...]]", rows: Iterable[tuple[str, Row]]) -> None:
    groups: dict[str, list[Row]] = {}
    for table, row in rows:
        groups.setdefault(table, []).append(row)
    with connection.cursor() as cursor, connection.transaction():
        for table, some in groups.items():
            columns = SQL(", ").join(map(Identifier, COLUMNS[table].split()))
            statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), columns)
            with cursor.copy(statement) as copy:
                for row in some:
                    copy.write_row(row)


def _finish(connection: "psycopg.Connection[tuple[object, ...]]", archive: Archive, worker: str) -> None:
    """Assign some cases, and set the head of the log and the counters."""
    now = datetime.now(UTC)
    _copy(connection, [("assignment", (DEPARTMENT, uid, worker, "CM", now, worker)) for uid in archive.recent[-MINE:]])
    head = (archive.frontier.size, archive.frontier.to_bytes())
    connection.execute("UPDATE log_head SET size = %s, peaks = %s", head)
    for table in ("document", "outbox"):
        connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'seq'), max(seq)) FROM {table}")  # noqa: S608
