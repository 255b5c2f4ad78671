"""A backup of a whole node in one stream: its key files, every row, and the attachments, as they stood at one moment.

The stream is lines of JSON: what made it, the key files, the rows and their count, the pieces of the blobs that rows
name and their count. It is taken while the node runs; who calls seals it under a passphrase before it touches a disk.
Blobs never change, so they are copied after the rows; one that was collected in between is gone with its row.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from api.errors import HomewardError, InvalidInput, NodeError
from api.store.attachments import known_blobs
from api.store.blobs import Blobs, is_name
from api.store.dump import dump, load, require_empty
from api.store.engine import Database
from api.store.groups import groups_of
from api.store.migrate import get_revision, migrate
from api.store.named_blobs import blob_of

FORM = 2
WITHOUT_BLOBS = 1
"""The form of earlier versions, which can still be read."""
AT_A_TIME = 500


@dataclass
class Copied:
    """What was copied of the attachments so far: how many blobs, of how many bytes, and how many were not there."""

    blobs: int = 0
    bytes: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself before its rows, with the key files; ``lines`` are still to be read."""

    revision: str
    made_at: str
    keys: Mapping[str, str] = field(repr=False)
    has_blobs: bool
    lines: Iterator[bytes] = field(repr=False)


@dataclass(frozen=True)
class Piece:
    """A line behind the rows: a piece of a blob."""

    blob: str
    number: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class End:
    """The last line: how many pieces there were, and which blobs were gone when they were copied."""

    pieces: int
    gone: tuple[str, ...]


def pack(
    database: Database, keys: Mapping[str, str], now: datetime, blobs: Blobs | None, copied: Copied | None = None
) -> Iterator[bytes]:
    """Return a node as lines, the rows from one consistent moment, with every blob that they name.

    ``blobs`` is left out where they have a backup of their own; ``copied`` is told what was copied. A blob that is
    lost here keeps no row out of the backup.
    """
    head = {"homeward_backup": FORM, "revision": get_revision(database), "made_at": now.isoformat()}
    yield _line({**head, "keys": keys, "has_blobs": blobs is not None})
    named = dict[str, int]()

    def see(table: str, row: Mapping[Any, Any]) -> None:
        found = blob_of(table, row)
        if found is not None:
            blob, pieces = found
            named[blob] = pieces

    yield from dump(database, see)
    if blobs is not None:
        yield from _copy(database, blobs, named, copied or Copied())


def _copy(database: Database, blobs: Blobs, named: Mapping[str, int], copied: Copied) -> Iterator[bytes]:
    """Return the pieces of blobs as lines, one in memory at a time, and how many they are."""
    count, gone = 0, list[str]()
    for name, pieces in named.items():
        try:
            for number in range(pieces):
                data = blobs.get(name, number)
                yield _line({"blob": name, "number": number, "data": base64.b64encode(data).decode()})
                count += 1
                copied.bytes += len(data)
        except NodeError as error:
            if error.code != "blob_missing":
                raise
            gone.append(name)
    copied.blobs += len(named) - len(gone)
    with database.reader() as session:
        lost = {name for names in groups_of(AT_A_TIME, gone) for name in known_blobs(session, names)}
    copied.lost += len(lost)
    yield _line({"pieces": count, "gone": [name for name in gone if name not in lost]})


def unpack(chunks: Iterable[bytes]) -> Contents:
    """Read the head of a backup; raises ``InvalidInput`` ``backup_malformed`` where it is none of a node."""
    lines = _lines(chunks)
    try:
        head = json.loads(next(lines))
        form, has_blobs = head["homeward_backup"], bool(head.get("has_blobs"))
        contents = Contents(str(head["revision"]), str(head["made_at"]), dict(head["keys"]), has_blobs, lines)
    except (StopIteration, ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput("backup_malformed", "this is not a backup of a node") from None
    if form not in {FORM, WITHOUT_BLOBS}:
        raise InvalidInput("backup_too_new", "it was made by a newer version: restore it with that one")
    return contents


def put_back(database: Database, contents: Contents, blobs: Blobs) -> dict[str, int]:
    """Bring an empty database to the backup's revision, load its rows and blobs, then bring it to this version's.

    Returns how many rows each table got. Raises ``NodeError`` ``database_not_empty`` where somebody's rows are there.
    """
    if get_revision(database) is not None:
        require_empty(database)  # before anything: a node that is there is not even migrated
    migrate(database, to=contents.revision)
    put = set[str]()
    try:
        if contents.has_blobs:
            counts = load(database, contents.lines, partial(_put_blobs, blobs=blobs, put=put))
        else:
            counts = load(database, contents.lines)
    except BaseException:
        with suppress(HomewardError):
            for name in put:
                blobs.remove(name)
        raise
    migrate(database)
    return counts


def _put_blobs(lines: Iterable[bytes], blobs: Blobs, put: set[str]) -> Sequence[str]:
    """Put the pieces behind the rows where they lay, and return the blobs that were gone when they were copied."""
    for count, found in enumerate(map(_read, lines)):
        if isinstance(found, Piece):
            put.add(found.blob)
            blobs.put(found.blob, found.number, found.data)
            continue
        if found.pieces != count:
            break
        for name in put.intersection(found.gone):
            blobs.remove(name)
        return found.gone
    raise InvalidInput("backup_incomplete", "take another backup: this one does not hold what it counts")


def _read(line: bytes) -> Piece | End:
    """Read a line behind the rows; nothing in it is a path."""
    try:
        content = json.loads(line)
        if "pieces" in content:
            return End(content["pieces"], tuple(map(str, content["gone"])))
        name, number = content["blob"], content["number"]
        if is_name(name) and isinstance(number, int):
            return Piece(name, number, base64.b64decode(content["data"], validate=True))
    except (ValueError, KeyError, TypeError):
        pass
    raise InvalidInput("backup_malformed", "this is not a backup of a node")


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content).encode() + b"\n"


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks into lines."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    yield from chain([rest] if rest else [])
