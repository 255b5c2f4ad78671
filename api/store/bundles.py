"""What goes to one agency in a bundle: what each item that waits is, its bytes page by page, and the sealed files."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sql
from sqlmodel import Session, col, select

from api.store.attachment_tables import AttachmentRow, AttachmentUseRow
from api.store.attachments import NAMES
from api.store.engine import table_of
from api.store.outbox import OutboxState
from api.store.tables import LogRow, OutboxRow

_OUTBOX, _FILE, _USE = table_of(OutboxRow), table_of(AttachmentRow), table_of(AttachmentUseRow)
_WAITING = sql.and_(
    _OUTBOX.c.agency_id == sql.bindparam("agency"),
    _OUTBOX.c.peer == sql.bindparam("peer"),
    _OUTBOX.c.state == OutboxState.WAITING,
)
_LIST = (
    sql.select(
        *(_OUTBOX.c[name] for name in ("seq", "document_id", "what", "sha256")),
        sql.func.length(_OUTBOX.c.data).label("size"),
    )
    .where(_WAITING)
    .order_by(_OUTBOX.c.seq)
    .limit(sql.bindparam("most"))
)
_COUNT = sql.select(sql.func.count()).select_from(_OUTBOX).where(_WAITING)
_DATA = (
    sql.select(_OUTBOX.c.data).where(_OUTBOX.c.seq.in_(sql.bindparam("seqs", expanding=True))).order_by(_OUTBOX.c.seq)
)


_FILES = (
    sql.select(_FILE.c.sealed_sha256, _FILE.c.blob, _FILE.c.size, _USE.c.document_id, _OUTBOX.c.state)
    .join(_USE, NAMES)
    .join(
        _OUTBOX,
        sql.and_(
            _OUTBOX.c.agency_id == _USE.c.agency_id,
            _OUTBOX.c.peer == _USE.c.peer,
            _OUTBOX.c.document_id == _USE.c.document_id,
            _OUTBOX.c.what == "envelope",
        ),
    )
    .where(
        _USE.c.agency_id == sql.bindparam("agency"),
        _USE.c.peer == sql.bindparam("peer"),
        _USE.c.is_sent,
        _USE.c.brought_at.is_(None),
        _FILE.c.held_at.is_not(None),
        _OUTBOX.c.state != OutboxState.REFUSED,
    )
    .order_by(_OUTBOX.c.seq)
)


class Waiting(NamedTuple):
    """Something that waits for a peer, without its bytes."""

    seq: int
    document_id: str
    what: str
    sha256: str
    size: int


class SentFile(NamedTuple):
    """A sealed file that a document names which a peer was sent, or is about to be."""

    sealed_sha256: str
    blob: str
    size: int
    document_id: str
    state: str

    @property
    def has_arrived(self) -> bool:
        """Whether the document's own receipt is back."""
        return self.state == OutboxState.DONE


def list_waiting(session: Session, agency_id: str, peer: str, *, most: int) -> list[Waiting]:
    """Return what an agency has waiting for a peer, oldest first."""
    found = session.connection().execute(_LIST, {"agency": agency_id, "peer": peer, "most": most})
    return [Waiting._make(row) for row in found]


def count_waiting(session: Session, agency_id: str, peer: str) -> int:
    """Return how many items an agency has waiting for a peer."""
    return int(session.connection().execute(_COUNT, {"agency": agency_id, "peer": peer}).scalar_one())


def read_data(session: Session, seqs: Sequence[int]) -> list[bytes]:
    """Return the bytes of some items, oldest first, whatever has become of them meanwhile."""
    return [bytes(data) for (data,) in session.connection().execute(_DATA, {"seqs": seqs})]


def list_files(session: Session, agency_id: str, peer: str) -> list[SentFile]:
    """Return the sealed files of an agency's documents of which a peer has not said that it needs them no more.

    A file stands once for each document that names it, in the order in which these were sent.
    """
    found = session.connection().execute(_FILES, {"agency": agency_id, "peer": peer})
    return [SentFile._make(row) for row in found]


def list_waiting_receipts(session: Session, agency_id: str, peer: str, hashes: Collection[str]) -> list[OutboxRow]:
    """Return the receipts that wait for a peer and are named by these hashes."""
    query = select(OutboxRow).where(
        OutboxRow.agency_id == agency_id,
        OutboxRow.peer == peer,
        OutboxRow.state == OutboxState.WAITING,
        OutboxRow.what != "envelope",
        col(OutboxRow.sha256).in_(hashes),
    )
    return list(session.exec(query))


def list_lines(session: Session, document_ids: Collection[str]) -> list[bytes]:
    """Return the lines of the log about some documents, in order."""
    query = select(LogRow.entry).where(col(LogRow.document_id).in_(document_ids))
    return list(session.exec(query.order_by(col(LogRow.seq))))
