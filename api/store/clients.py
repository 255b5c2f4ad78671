"""Clients, the assertions they have used, and what their creating calls answered."""

from datetime import datetime

from sqlmodel import Session, col, delete, select

from api.store.tables import AssertionRow, ClientRow, IdempotencyRow


def find_client(session: Session, client_id: str) -> ClientRow | None:
    """Return a client that is not revoked, or ``None``."""
    row = session.get(ClientRow, client_id)
    return row if row is not None and row.revoked_at is None else None


def list_clients(session: Session) -> list[ClientRow]:
    """Return all clients, revoked ones too, by id."""
    return list(session.exec(select(ClientRow).order_by(col(ClientRow.client_id))))


def is_fresh_assertion(session: Session, client_id: str, jti: str, expires_at: datetime, now: datetime) -> bool:
    """Remember an assertion and tell whether it is new.

    Forgets those that have expired, since none of them is good any more.
    """
    session.exec(delete(AssertionRow).where(col(AssertionRow.expires_at) < now))
    if session.get(AssertionRow, (client_id, jti)) is not None:
        return False
    session.add(AssertionRow(client_id=client_id, jti=jti, expires_at=expires_at))
    return True


def find_answer(session: Session, client_id: str, key: str) -> IdempotencyRow | None:
    """Return what was answered under an Idempotency-Key, or ``None``."""
    return session.get(IdempotencyRow, (client_id, key))
