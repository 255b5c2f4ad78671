"""The append-only log: lines, leaf hashes and the tree head. What is hashed, and how, is made elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sql
from sqlmodel import Session, col, select

from api.store.engine import table_of
from api.store.tables import LogHeadRow, LogRow

_LOG, _HEAD = table_of(LogRow), table_of(LogHeadRow)
_TAKE = sql.select(_HEAD.c.size, _HEAD.c.peaks).where(_HEAD.c.one == 1).with_for_update()
_PUT = sql.update(_HEAD).where(_HEAD.c.one == 1)
_ADD = sql.insert(_LOG)
_OPEN = "log"


@dataclass(frozen=True)
class Line:
    """A line that is to be appended: the columns of ``LogRow``."""

    seq: int
    at: datetime
    document_id: str | None
    case_uid: str | None
    entry: bytes
    leaf: bytes


class Open(NamedTuple):
    """The log while a group of units appends to it: where it stands with their lines, and the lines themselves."""

    size: int
    peaks: bytes
    lines: tuple[Line, ...] = ()


def take_head(session: Session) -> Open:
    """Take the tree head to append to it; nobody else appends until this transaction ends.

    It is taken once for all units that are committed together, and ``write_lines`` stores what they appended.
    """
    held: Open | None = session.info.get(_OPEN)
    if held is None:
        held = session.info[_OPEN] = Open(*session.connection().execute(_TAKE).one())
    return held


def append(session: Session, lines: Sequence[Line], size: int, peaks: bytes) -> None:
    """Append lines, after which the head is that; the transaction stores them at its end."""
    session.info[_OPEN] = Open(size, peaks, (*take_head(session).lines, *lines))


def write_lines(session: Session) -> None:
    """Store what was appended in this transaction, in the order of the log, and the head that covers it."""
    held: Open | None = session.info.pop(_OPEN, None)
    if held is not None and held.lines:
        session.connection().execute(_ADD, [vars(line) for line in held.lines])
        session.connection().execute(_PUT, {"size": held.size, "peaks": held.peaks})


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
