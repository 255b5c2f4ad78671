"""What has to reach other agencies: leases for pushing, a cursor for those that fetch it.

A row is leased for a while by whoever carries it; a carrier that was killed loses its lease and the row is due again.
Two carriers never hold one row (``FOR UPDATE SKIP LOCKED`` on PostgreSQL, one writer on SQLite).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sql
from sqlmodel import Session, col, func, or_, select

from api.store.engine import table_of
from api.store.tables import AgencyRow, OutboxRow

_OUTBOX = table_of(OutboxRow)
_ADD = sql.insert(_OUTBOX)
_ITEM = select(OutboxRow).where(
    _OUTBOX.c.agency_id == sql.bindparam("agency"),
    _OUTBOX.c.peer == sql.bindparam("to"),
    _OUTBOX.c.document_id == sql.bindparam("document"),
    _OUTBOX.c.what == sql.bindparam("of_kind"),
)


class OutboxState(StrEnum):
    """Where an item is on its way."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


def claim_due(
    session: Session, now: datetime, *, limit: int, lease: timedelta, not_for: Collection[str] = ()
) -> list[OutboxRow]:
    """Lease items that are due and whose recipient can be reached from here and is not in ``not_for``, oldest first."""
    query = (
        select(OutboxRow)
        .join(AgencyRow, col(AgencyRow.agency_id) == col(OutboxRow.peer))
        .where(
            OutboxRow.state == OutboxState.WAITING,
            col(OutboxRow.due_at) <= now,
            or_(col(OutboxRow.leased_until).is_(None), col(OutboxRow.leased_until) <= now),
            or_(col(AgencyRow.endpoint).is_not(None), col(AgencyRow.is_local)),
            col(OutboxRow.peer).not_in(not_for),
        )
        .order_by(col(OutboxRow.due_at), col(OutboxRow.seq))
        .limit(limit)
        .with_for_update(of=OutboxRow, skip_locked=True)
    )
    rows = list(session.exec(query))
    for row in rows:
        row.leased_until = now + lease
        row.attempts += 1
        session.add(row)
    return rows


def add_item(session: Session, item: Mapping[str, object], now: datetime) -> None:
    """Let something wait, due at once: whose it is, for whom, about which document, what it is, and its bytes."""
    session.connection().execute(
        _ADD, {**item, "state": OutboxState.WAITING, "attempts": 0, "created_at": now, "due_at": now}
    )


def find_item(session: Session, agency_id: str, peer: str, document_id: str, what: str) -> OutboxRow | None:
    """Return an item of the outbox, or ``None``."""
    wanted = {"agency": agency_id, "to": peer, "document": document_id, "of_kind": what}
    return session.exec(_ITEM, params=wanted).first()


def get_item(session: Session, seq: int) -> OutboxRow:
    """Return the item with that number; raises ``KeyError`` where there is none."""
    row = session.get(OutboxRow, seq)
    if row is None:
        raise KeyError(seq)
    return row


def finish(session: Session, row: OutboxRow, now: datetime, *, refused_as: str | None = None) -> None:
    """Note that an item has arrived, or was refused for good with that code."""
    row.state = OutboxState.REFUSED if refused_as else OutboxState.DONE
    row.reason, row.done_at, row.leased_until = refused_as, now, None
    session.add(row)


def put_off(session: Session, row: OutboxRow, due_at: datetime, *, reason: str) -> None:
    """Let an item wait again, with the reason; one that has arrived meanwhile stays so."""
    if row.state == OutboxState.WAITING:
        row.leased_until, row.reason, row.due_at = None, reason, due_at
        session.add(row)


def give_back(session: Session, row: OutboxRow) -> None:
    """Undo a lease that was not used."""
    row.leased_until, row.attempts = None, row.attempts - 1
    session.add(row)


def list_mailbox(
    session: Session, peer: str, *, after: int, limit: int, now: datetime, resting: Collection[str] = ()
) -> list[OutboxRow]:
    """Return what waits for a peer, oldest first, after a cursor.

    What the peer refused for one of the reasons in ``resting`` is left out until it is due again.
    """
    query = select(OutboxRow).where(
        OutboxRow.peer == peer,
        OutboxRow.state == OutboxState.WAITING,
        col(OutboxRow.seq) > after,
        or_(
            col(OutboxRow.reason).is_(None),
            col(OutboxRow.reason).not_in(resting),
            col(OutboxRow.due_at) <= now,
        ),
    )
    return list(session.exec(query.order_by(col(OutboxRow.seq)).limit(limit)))


def list_waiting_envelopes(session: Session, peer: str) -> list[OutboxRow]:
    """Return the envelopes that wait for a peer, oldest first."""
    query = select(OutboxRow).where(
        OutboxRow.peer == peer, OutboxRow.state == OutboxState.WAITING, OutboxRow.what == "envelope"
    )
    return list(session.exec(query.order_by(col(OutboxRow.seq))))


def list_taken_receipts(session: Session, peer: str, *, up_to: int) -> list[OutboxRow]:
    """Return the receipts in a mailbox that a peer's cursor has passed: it holds them now."""
    query = select(OutboxRow).where(
        OutboxRow.peer == peer,
        OutboxRow.state == OutboxState.WAITING,
        OutboxRow.what != "envelope",
        col(OutboxRow.seq) <= up_to,
    )
    return list(session.exec(query))


def list_outbox(
    session: Session, agency_id: str, *, limit: int, before: int | None = None, state: str | None = None
) -> list[OutboxRow]:
    """Return an agency's items, newest first."""
    query = select(OutboxRow).where(OutboxRow.agency_id == agency_id)
    if before is not None:
        query = query.where(col(OutboxRow.seq) < before)
    if state is not None:
        query = query.where(OutboxRow.state == state)
    return list(session.exec(query.order_by(col(OutboxRow.seq).desc()).limit(limit)))


def count_waiting(session: Session) -> int:
    """Return how many items wait, for the metrics."""
    return session.exec(select(func.count()).where(OutboxRow.state == OutboxState.WAITING)).one()
