"""Blobs by the rows that name them: what a backup copies, what a proof looks for, and what a restore forgets.

Only what is whole counts: a file that is still on its way is fetched anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlalchemy import Connection
from sqlmodel import Session

from api.store.attachment_tables import AttachmentRow, UploadPartRow, UploadRow
from api.store.blobs import pieces_of
from api.store.engine import table_of
from api.store.groups import groups_of

_FILE, _PART, _UPLOAD = table_of(AttachmentRow), table_of(UploadPartRow), table_of(UploadRow)
_AT_A_TIME = 500


class HeldFile(NamedTuple):
    """A sealed file that an agency holds: its digest and size, and the blob it lies in."""

    agency_id: str
    sealed_sha256: str
    blob: str
    size: int


def blob_of(table: str, row: Mapping[Any, Any]) -> tuple[str, int] | None:
    """Return the blob that has to be there for a row of a table, and how many pieces it has; ``None`` for no blob."""
    if table == _FILE.name and row["held_at"] is not None:
        return row["blob"], len(pieces_of(row["size"]))
    return (row["blob"], 1) if table == _PART.name else None


def iter_held(session: Session) -> Iterator[HeldFile]:
    """Yield every sealed file that is here, some in memory at a time."""
    columns = [_FILE.c[name] for name in HeldFile._fields]
    query, after = sql.select(*columns).where(_FILE.c.held_at.is_not(None)), ("", "")
    while True:
        page = query.where(sql.tuple_(*columns[:2]) > after).order_by(*columns[:2]).limit(_AT_A_TIME)
        found = [HeldFile._make(row) for row in session.connection().execute(page)]
        if not found:
            return
        yield from found
        after = found[-1][:2]


def list_part_blobs(session: Session) -> list[str]:
    """Return the blob of every part of an upload that is not finished."""
    return list(session.connection().scalars(sql.select(_PART.c.blob)))


def forget_blobs(connection: Connection, blobs: Sequence[str]) -> None:
    """Remove the rows of uploads and files whose blobs are gone, as collecting them did."""
    for gone in groups_of(_AT_A_TIME, blobs):
        parts = sql.select(_PART.c.agency_id, _PART.c.attachment_id).where(_PART.c.blob.in_(gone))
        files = sql.select(_FILE.c.agency_id, _FILE.c.sealed_sha256).where(_FILE.c.blob.in_(gone))
        uploads = sql.tuple_(_UPLOAD.c.agency_id, _UPLOAD.c.attachment_id).in_(parts)
        sealed = sql.tuple_(_UPLOAD.c.agency_id, _UPLOAD.c.sealed_sha256).in_(files)
        connection.execute(_UPLOAD.delete().where(uploads | sealed))
        connection.execute(_PART.delete().where(sql.tuple_(_PART.c.agency_id, _PART.c.attachment_id).in_(parts)))
        connection.execute(_FILE.delete().where(_FILE.c.blob.in_(gone)))
