"""Uploads with their parts, sealed files, and which documents name them, as one agency sees them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVarTuple

import sqlalchemy as sql
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from api.store.attachment_tables import AttachmentRow, AttachmentUseRow, UploadPartRow, UploadRow
from api.store.outbox import OutboxState
from api.store.tables import AgencyRow, DraftRow, OutboxRow

_Columns = TypeVarTuple("_Columns")
NAMES = (col(AttachmentUseRow.agency_id) == col(AttachmentRow.agency_id)) & (
    col(AttachmentUseRow.sealed_sha256) == col(AttachmentRow.sealed_sha256)
)
"""Joins a sealed file with the documents that name it."""


def find_upload(session: Session, agency_id: str, attachment_id: str) -> UploadRow | None:
    """Return an upload of an agency, or ``None``."""
    return session.get(UploadRow, (agency_id, attachment_id))


def list_parts(session: Session, agency_id: str, attachment_id: str) -> list[UploadPartRow]:
    """Return the parts of an upload that have come, in order."""
    query = select(UploadPartRow).where(
        UploadPartRow.agency_id == agency_id, UploadPartRow.attachment_id == attachment_id
    )
    return list(session.exec(query.order_by(col(UploadPartRow.start))))


def find_sealed(session: Session, agency_id: str, sealed_sha256: str) -> AttachmentRow | None:
    """Return a sealed file that an agency holds or waits for, or ``None``."""
    return session.get(AttachmentRow, (agency_id, sealed_sha256))


def lock_sealed(session: Session, agency_id: str, sealed_sha256: str) -> AttachmentRow | None:
    """Return a sealed file as it stands now, until the end of the unit for nobody else to change, or ``None``."""
    return session.get(AttachmentRow, (agency_id, sealed_sha256), with_for_update=True)


def has_use(session: Session, agency_id: str, sealed_sha256: str) -> bool:
    """Say whether any document that was sent or received names a sealed file."""
    query = select(AttachmentUseRow.document_id).where(
        AttachmentUseRow.agency_id == agency_id, AttachmentUseRow.sealed_sha256 == sealed_sha256
    )
    return session.exec(query.limit(1)).first() is not None


def get_use(session: Session, agency_id: str, sealed_sha256: str, peer: str) -> AttachmentUseRow:
    """Return the newest document of a peer that named a sealed file; raises ``KeyError`` where none did."""
    query = select(AttachmentUseRow).where(
        AttachmentUseRow.agency_id == agency_id,
        AttachmentUseRow.sealed_sha256 == sealed_sha256,
        AttachmentUseRow.peer == peer,
        ~col(AttachmentUseRow.is_sent),
    )
    found = session.exec(query.order_by(col(AttachmentUseRow.document_id).desc()).limit(1)).first()
    if found is None:
        raise KeyError(sealed_sha256)
    return found


def add_use(session: Session, use: AttachmentUseRow) -> None:
    """Note that a document names a sealed file; named in two places it is noted once."""
    if session.get(AttachmentUseRow, (use.agency_id, use.sealed_sha256, use.peer, use.document_id)) is None:
        session.add(use)
        session.flush()


def find_sent_to(session: Session, peer: str, sealed_sha256: str) -> AttachmentRow | None:
    """Return a sealed file that a document names which an agency served here sent to a peer, or ``None``."""
    query = (
        select(AttachmentRow)
        .join(AttachmentUseRow, NAMES)
        .where(
            AttachmentUseRow.peer == peer,
            AttachmentUseRow.sealed_sha256 == sealed_sha256,
            col(AttachmentUseRow.is_sent),
            col(AttachmentRow.held_at).is_not(None),
        )
    )
    return session.exec(query.limit(1)).first()


def list_awaited_from(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Return who waits for files that are due, and which peer they come from."""
    query = (
        select(AttachmentRow.agency_id, AttachmentRow.peer)
        .join(AgencyRow, col(AgencyRow.agency_id) == col(AttachmentRow.peer))
        .where(
            col(AttachmentRow.held_at).is_(None),
            col(AttachmentRow.due_at) <= now,
            col(AgencyRow.endpoint).is_not(None) | col(AgencyRow.is_local),
        )
        .distinct()
    )
    return [(agency, peer) for agency, peer in session.exec(query) if peer is not None]


def claim_awaited(session: Session, agency_id: str, peer: str, now: datetime, until: datetime) -> AttachmentRow | None:
    """Take the file that has been due for longest, until a time at which somebody else may; ``None`` if none is."""
    query = (
        select(AttachmentRow)
        .where(
            AttachmentRow.agency_id == agency_id,
            AttachmentRow.peer == peer,
            col(AttachmentRow.held_at).is_(None),
            col(AttachmentRow.due_at) <= now,
        )
        .order_by(col(AttachmentRow.due_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.exec(query).first()
    if row is not None:
        row.due_at, row.attempts = until, row.attempts + 1
        session.add(row)
    return row


def list_awaited_of(session: Session, peer: str) -> list[AttachmentRow]:
    """Return the files that agencies served here wait for from a peer."""
    query = select(AttachmentRow).where(
        AttachmentRow.peer == peer, col(AttachmentRow.held_at).is_(None), col(AttachmentRow.due_at).is_not(None)
    )
    return list(session.exec(query))


def list_unbrought(session: Session) -> list[tuple[str, str]]:
    """Return which agencies without an address have sent files to peers that have one and may not hold them yet."""
    query = unbrought(sql.select(col(AttachmentUseRow.agency_id), col(AttachmentUseRow.peer))).distinct()
    return [(agency, peer) for agency, peer in session.connection().execute(query)]


def unbrought(query: sql.Select[*_Columns]) -> sql.Select[*_Columns]:
    """Narrow a query of uses to files that have to be brought: those of agencies that can't be called."""
    own, other = aliased(AgencyRow), aliased(AgencyRow)
    return (
        query.join(own, col(own.agency_id) == col(AttachmentUseRow.agency_id))
        .join(other, col(other.agency_id) == col(AttachmentUseRow.peer))
        .where(
            col(AttachmentUseRow.is_sent),
            col(AttachmentUseRow.brought_at).is_(None),
            col(own.endpoint).is_(None),
            col(other.endpoint).is_not(None),
            ~col(other.is_local),
        )
    )


def list_sent(session: Session, agency_id: str, peer: str) -> list[AttachmentRow]:
    """Return the sealed files of documents that have arrived at a peer, which it may not hold yet."""
    query = (
        select(AttachmentRow)
        .join(AttachmentUseRow, NAMES)
        .where(
            AttachmentUseRow.agency_id == agency_id,
            AttachmentUseRow.peer == peer,
            col(AttachmentUseRow.is_sent),
            col(AttachmentUseRow.brought_at).is_(None),
            _has_arrived(),
        )
        .distinct()
    )
    return list(session.exec(query))


def mark_brought(session: Session, agency_id: str, peer: str, files: Collection[str], now: datetime) -> None:
    """Note that a peer waits for these files no more, as far as the documents that name them have arrived."""
    query = select(AttachmentUseRow).where(
        AttachmentUseRow.agency_id == agency_id,
        AttachmentUseRow.peer == peer,
        col(AttachmentUseRow.sealed_sha256).in_(files),
        col(AttachmentUseRow.is_sent),
        _has_arrived(),
    )
    for row in session.exec(query).all():
        row.brought_at = now
        session.add(row)


def _has_arrived() -> ColumnElement[bool]:
    """Say in a query whether the envelope of the document that names a file has arrived."""
    return (
        select(OutboxRow.seq)
        .where(
            OutboxRow.agency_id == col(AttachmentUseRow.agency_id),
            OutboxRow.peer == col(AttachmentUseRow.peer),
            OutboxRow.document_id == col(AttachmentUseRow.document_id),
            OutboxRow.what == "envelope",
            OutboxRow.state == OutboxState.DONE,
        )
        .exists()
    )


def list_untouched(session: Session, before: datetime, *, limit: int) -> list[UploadRow]:
    """Return uploads that nobody went on with since, and that no document names."""
    named = select(AttachmentUseRow.document_id).where(
        col(AttachmentUseRow.agency_id) == col(UploadRow.agency_id),
        col(AttachmentUseRow.sealed_sha256) == col(UploadRow.sealed_sha256),
    )
    query = select(UploadRow).where(col(UploadRow.touched_at) < before, ~named.exists())
    return list(session.exec(query.order_by(col(UploadRow.touched_at)).limit(limit)))


def list_drafts(session: Session, agency_id: str, case_uid: str) -> list[DraftRow]:
    """Return every draft of a case."""
    return list(session.exec(select(DraftRow).where(DraftRow.agency_id == agency_id, DraftRow.case_uid == case_uid)))


def known_blobs(session: Session, blobs: Collection[str]) -> set[str]:
    """Return those of the blobs that a row names."""
    found: set[str] = set()
    for query in (
        select(UploadPartRow.blob).where(col(UploadPartRow.blob).in_(blobs)),
        select(AttachmentRow.blob).where(col(AttachmentRow.blob).in_(blobs)),
    ):
        found |= set(session.exec(query))
    return found


def remove(session: Session, rows: Sequence[UploadRow | UploadPartRow | AttachmentRow]) -> None:
    """Remove rows."""
    for row in rows:
        session.delete(row)
