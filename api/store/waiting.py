"""What waits in the outbox: how much, why, since when; and how it is made due before its time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql
from sqlmodel import Session, col, func, select, update

from api.store.outbox import OutboxState
from api.store.tables import AgencyRow, OutboxRow


@dataclass(frozen=True)
class Waiting:
    """Some items that wait for one recipient for the same reason; ``reason`` is ``None`` before the first try."""

    peer: str
    reason: str | None
    is_fetched: bool
    """The recipient comes for it: it has no address, and is not served here."""
    count: int
    oldest: datetime


def count_waiting_by_reason(session: Session) -> list[Waiting]:
    """Return how many items wait for whom and why, by recipient."""
    is_fetched = col(AgencyRow.endpoint).is_(None) & ~col(AgencyRow.is_local)
    query = (
        sql.select(col(OutboxRow.peer), col(OutboxRow.reason), is_fetched, func.count(), func.min(OutboxRow.created_at))
        .join(AgencyRow, col(AgencyRow.agency_id) == col(OutboxRow.peer))
        .where(col(OutboxRow.state) == OutboxState.WAITING)
        .group_by(col(OutboxRow.peer), col(OutboxRow.reason), is_fetched)
        .order_by(col(OutboxRow.peer), col(OutboxRow.reason))
    )
    return [Waiting(*row) for row in session.connection().execute(query)]


def list_waiting(session: Session, *, limit: int, agency_id: str | None = None) -> list[OutboxRow]:
    """Return items that wait, oldest first."""
    query = select(OutboxRow).where(OutboxRow.state == OutboxState.WAITING)
    if agency_id is not None:
        query = query.where(OutboxRow.agency_id == agency_id)
    return list(session.exec(query.order_by(col(OutboxRow.seq)).limit(limit)))


def make_due(
    session: Session,
    now: datetime,
    *,
    peer: str | None = None,
    agency_id: str | None = None,
    but: Collection[str] = (),
) -> int:
    """Let items that were put off be tried now, but for some reasons; returns how many.

    Narrow it to one recipient or one sender. An item that is on its way stays with whoever carries it.
    """
    change = update(OutboxRow).where(
        col(OutboxRow.state) == OutboxState.WAITING,
        col(OutboxRow.due_at) > now,
        col(OutboxRow.reason).not_in(but),
    )
    if peer is not None:
        change = change.where(col(OutboxRow.peer) == peer)
    if agency_id is not None:
        change = change.where(col(OutboxRow.agency_id) == agency_id)
    return session.connection().execute(change.values(due_at=now)).rowcount
