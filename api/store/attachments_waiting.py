"""Files that wait: those that documents named and that are not here yet, and those that we have to bring ourselves."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sql
from sqlmodel import Session, col, func, update

from api.store.attachment_tables import AttachmentRow, AttachmentUseRow
from api.store.attachments import NAMES, unbrought
from api.store.tables import AgencyRow, DocumentRow


class FileDirection(StrEnum):
    """Where a file that waits goes."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


Place = tuple[datetime, str, str]
"""Where a file stands among those that wait: since when, the document that names it, its digest."""


@dataclass(frozen=True)
class WaitingFiles:
    """Some files that wait on the way from or to one agency for the same reason."""

    peer: str
    direction: str
    reason: str
    count: int
    oldest: datetime


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits, and the first document that names it; ``since`` is when that was sent or came.

    ``due_at`` is when it is fetched next; nobody fetches what is brought.
    """

    agency_id: str
    sealed_sha256: str
    peer: str
    direction: str
    reason: str
    document_id: str
    since: datetime
    attempts: int
    due_at: datetime | None

    @property
    def place(self) -> Place:
        """Where it stands among the files of its agency that wait."""
        return self.since, self.document_id, self.sealed_sha256


_IS_CALLED = col(AgencyRow.endpoint).is_not(None) | col(AgencyRow.is_local)
_FIRST = func.min(col(DocumentRow.document_id)), func.min(col(DocumentRow.at))
_OF_DOCUMENT = sql.and_(
    col(DocumentRow.agency_id) == col(AttachmentUseRow.agency_id),
    col(DocumentRow.peer) == col(AttachmentUseRow.peer),
    col(DocumentRow.document_id) == col(AttachmentUseRow.document_id),
    col(DocumentRow.is_sent) == col(AttachmentUseRow.is_sent),
)
_INBOUND = (
    sql.select(
        col(AttachmentRow.agency_id),
        col(AttachmentRow.sealed_sha256),
        col(AttachmentRow.peer),
        sql.literal(FileDirection.INBOUND.value).label("direction"),
        func.coalesce(col(AttachmentRow.reason), sql.case((_IS_CALLED, "new"), else_="peer_brings")).label("reason"),
        _FIRST[0].label("document_id"),
        _FIRST[1].label("since"),
        col(AttachmentRow.attempts),
        sql.case((_IS_CALLED, col(AttachmentRow.due_at))).label("due_at"),
    )
    .join(
        AttachmentUseRow,
        NAMES & (col(AttachmentUseRow.peer) == col(AttachmentRow.peer)) & ~col(AttachmentUseRow.is_sent),
    )
    .join(DocumentRow, _OF_DOCUMENT)
    .join(AgencyRow, col(AgencyRow.agency_id) == col(AttachmentRow.peer))
    .where(col(AttachmentRow.held_at).is_(None), col(AttachmentRow.due_at).is_not(None))
    .group_by(col(AttachmentRow.agency_id), col(AttachmentRow.sealed_sha256), col(AgencyRow.agency_id))
)
_OUTBOUND = unbrought(
    sql.select(
        col(AttachmentUseRow.agency_id),
        col(AttachmentUseRow.sealed_sha256),
        col(AttachmentUseRow.peer),
        sql.literal(FileDirection.OUTBOUND.value),
        sql.literal("to_be_brought"),
        *_FIRST,
        sql.literal(0),
        sql.null(),
    ).join(DocumentRow, _OF_DOCUMENT)
).group_by(col(AttachmentUseRow.agency_id), col(AttachmentUseRow.peer), col(AttachmentUseRow.sealed_sha256))
_WAITING = sql.union_all(_INBOUND, _OUTBOUND).subquery()


def count_files_by_reason(session: Session) -> list[WaitingFiles]:
    """Return how many files wait, from or for whom and why, by agency."""
    groups = _WAITING.c.peer, _WAITING.c.direction, _WAITING.c.reason
    query = sql.select(*groups, func.count(), func.min(_WAITING.c.since)).group_by(*groups).order_by(*groups)
    return [WaitingFiles(*row) for row in session.connection().execute(query)]


def list_waiting_files(
    session: Session, *, limit: int, agency_id: str | None = None, after: Place | None = None
) -> list[WaitingFile]:
    """Return files that wait, those that have waited for longest first, from behind a place on."""
    places = _WAITING.c.since, _WAITING.c.document_id, _WAITING.c.sealed_sha256
    query = sql.select(*_WAITING.c)
    if agency_id is not None:
        query = query.where(_WAITING.c.agency_id == agency_id)
    if after is not None:
        query = query.where(sql.tuple_(*places) > after)
    query = query.order_by(*places).limit(limit)
    return [WaitingFile(*row) for row in session.connection().execute(query)]


def make_files_due(session: Session, now: datetime) -> None:
    """Let files be fetched now that were put off, or that somebody fetched who was killed.

    Nobody knows here whether somebody still does: two who fetch the same pieces do no harm.
    """
    change = update(AttachmentRow).where(col(AttachmentRow.held_at).is_(None), col(AttachmentRow.due_at) > now)
    session.connection().execute(change.values(due_at=now))
