"""All rows as lines of JSON, read in one transaction: consistent while the node runs, and the same on both databases.

Each line is one row; a line that names a table comes before its rows, and the last line counts them all. So what was
dumped from SQLite can be loaded into PostgreSQL and the other way round, without any tool of a server.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from api.errors import InvalidInput, NodeError
from api.store import attachment_tables, case_tables, tables  # noqa: F401  # their tables belong to what is dumped
from api.store.blobs import is_name
from api.store.engine import Database, table_of
from api.store.named_blobs import forget_blobs

_ALEMBIC = "alembic_version"
_AT_A_TIME = 500


def dump(
    database: Database, seen: Callable[[str, Mapping[Any, Any]], None] = lambda _table, _row: None
) -> Iterator[bytes]:
    """Return every row of every table as it stood at one moment, a few in memory at a time; ``seen`` is told each.

    Raises ``NodeError`` ``table_unknown`` rather than leave out a table.
    """
    level = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.reading.connect().execution_options(**level) as connection:
        known = SQLModel.metadata.sorted_tables
        unknown = set(inspect(connection).get_table_names()) - {table.name for table in known} - {_ALEMBIC}
        if unknown:
            raise NodeError("table_unknown", f"back it up with the version that made {min(unknown)}")
        counts: Counter[str] = Counter()
        for table in known:
            yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
            rows = connection.execution_options(stream_results=True, yield_per=_AT_A_TIME).execute(_in_order(table))
            for row in rows.mappings():
                counts[table.name] += 1
                seen(table.name, row)
                yield _line([_written(value) for value in row.values()])
        yield _line({"rows": dict(counts)})


def load(
    database: Database,
    lines: Iterable[bytes],
    take_rest: Callable[[Iterator[bytes]], Sequence[str]] = lambda _lines: (),
) -> dict[str, int]:
    """Put dumped rows into an empty, migrated database, all or none; returns how many each table got.

    ``take_rest`` takes the lines behind the rows, in the same transaction, and returns the blobs that were removed
    while they were copied: what named them is forgotten.

    Raises ``InvalidInput`` ``backup_incomplete`` where the count at the end does not fit, ``NodeError``
    ``backup_not_loaded`` where the database refuses.
    """
    try:
        with database.writing.begin() as connection:
            connection.execute(table_of(tables.LogHeadRow).delete())  # the migration made that of an empty log
            rest = iter(lines)
            counts = _load_all(connection, rest)
            forget_blobs(connection, take_rest(rest))
            if not database.is_sqlite:
                _set_sequences(connection)
    except SQLAlchemyError:
        raise NodeError("backup_not_loaded", "the database did not take the rows; look at its space") from None
    return counts


def require_empty(database: Database) -> None:
    """See to it that a database has nobody's rows; raises ``NodeError`` ``database_not_empty``."""
    with database.reading.connect() as connection:
        for row in (tables.AgencyRow, tables.DocumentRow, tables.LogRow):
            if connection.execute(select(func.count()).select_from(table_of(row))).scalar():
                raise NodeError("database_not_empty", "restore into an empty database and folder")


def _load_all(connection: Connection, lines: Iterator[bytes]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    table, columns, held = None, list[Column[Any]](), list[dict[str, Any]]()
    for line in lines:
        content = _read(line)
        if isinstance(content, list):
            row = {column.name: _meant(column, value) for column, value in zip(columns, content, strict=True)}
            if "blob" in row and not is_name(row["blob"]):
                raise InvalidInput("backup_malformed", "it names a blob like none is named")
            held.append(row)
        if table is not None and held and (len(held) == _AT_A_TIME or isinstance(content, dict)):
            connection.execute(table.insert(), held)
            counts[table.name] += len(held)
            held = []
        if isinstance(content, dict) and "rows" in content:
            if content["rows"] != counts:
                break
            return dict(counts)
        if isinstance(content, dict):
            table, columns = _named(content)
    raise InvalidInput("backup_incomplete", "take another backup: this one does not hold what it counts")


def _named(content: Mapping[str, Any]) -> tuple[Table, list[Column[Any]]]:
    """Return the table and the columns that a line names."""
    try:
        table = SQLModel.metadata.tables[content["table"]]
        return table, [table.columns[name] for name in content["columns"]]
    except (KeyError, TypeError):
        raise InvalidInput("backup_malformed", "it holds what no version of this table had") from None


def _set_sequences(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind those that were loaded."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.primary_key.columns:
            whose = {"name": f'"{table.name}"', "column": column.name}
            if connection.execute(text("SELECT pg_get_serial_sequence(:name, :column)"), whose).scalar() is None:
                continue
            highest = connection.execute(select(func.max(column))).scalar() or 0
            query = text("SELECT setval(pg_get_serial_sequence(:name, :column), :next, false)")
            connection.execute(query, {**whose, "next": highest + 1})


def _in_order(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


def _line(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes) -> dict[str, Any] | list[Any]:
    try:
        content = json.loads(line)
    except ValueError:
        content = None
    if not isinstance(content, dict | list):
        raise InvalidInput("backup_malformed", "this is not a backup of a node")
    return content


def _written(value: object) -> object:
    """Write a value so that its column can read it."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def _meant(column: Column[Any], value: Any) -> Any:
    """Read a value as its column means it."""
    if value is None:
        return None
    kind = getattr(column.type, "impl_instance", column.type).python_type  # what a type of our own stands on
    if kind is bytes:
        return base64.b64decode(value)
    return kind.fromisoformat(value) if kind in {date, datetime} else value
