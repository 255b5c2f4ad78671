"""A backup of a whole node in one stream: its key files and every row, as they stood at one moment.

The stream is lines of JSON: what made it, the key files, the rows, and a count at the end. It is taken while the node
runs; who calls seals it under a passphrase before it touches a disk.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from api.errors import InvalidInput
from api.store.dump import dump, load, require_empty
from api.store.engine import Database
from api.store.migrate import get_revision, migrate

FORM = 1


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself before its rows, with the key files; ``lines`` are still to be read."""

    revision: str
    made_at: str
    keys: Mapping[str, str]
    lines: Iterator[bytes]


def pack(database: Database, keys: Mapping[str, str], now: datetime) -> Iterator[bytes]:
    """Return a node as lines, the rows from one consistent moment."""
    head = {"homeward_backup": FORM, "revision": get_revision(database), "made_at": now.isoformat(), "keys": keys}
    yield json.dumps(head).encode() + b"\n"
    yield from dump(database)


def unpack(chunks: Iterable[bytes]) -> Contents:
    """Read the head of a backup; raises ``InvalidInput`` ``backup_malformed`` where it is none of a node."""
    lines = _lines(chunks)
    try:
        head = json.loads(next(lines))
        form = head["homeward_backup"]
        contents = Contents(str(head["revision"]), str(head["made_at"]), dict(head["keys"]), lines)
    except (StopIteration, ValueError, KeyError, TypeError):
        raise InvalidInput("backup_malformed", "this is not a backup of a node") from None
    if form != FORM:
        raise InvalidInput("backup_too_new", "it was made by a newer version: restore it with that one")
    return contents


def put_back(database: Database, contents: Contents) -> dict[str, int]:
    """Bring an empty database to the backup's revision, load its rows, then bring it to this version's.

    Returns how many rows each table got. Raises ``NodeError`` ``database_not_empty`` where somebody's rows are there.
    """
    if get_revision(database) is not None:
        require_empty(database)  # before anything: a node that is there is not even migrated
    migrate(database, to=contents.revision)
    counts = load(database, contents.lines)
    migrate(database)
    return counts


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks into lines."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    yield from chain([rest] if rest else [])
