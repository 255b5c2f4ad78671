"""Systems of our own agencies are let in and shut out.

What a client may do is bound with a hash whose key is not in the database, so that nobody who can write there lets
himself in.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from api.errors import Conflict, NotFound, TrustError
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.store import clients
from api.store.engine import Session
from api.store.tables import ClientRow
from schemas.base import AgencyId
from schemas.document import Role


@dataclass(frozen=True)
class Proof:
    """How a client proves itself: the hash of a secret, or a public JWK Set."""

    secret_hash: str | None = None
    jwks: str | None = None


def let_in(
    node: Node, client_id: str, *, agency: AgencyId, roles: Collection[Role], scopes: Collection[str], proof: Proof
) -> None:
    """Let a system in, for one agency served here; raises ``Conflict`` ``client_exists`` where the name is taken."""
    node.keys_of(agency)
    now = node.clock()
    new_row = partial(
        ClientRow,
        client_id=client_id,
        agency_id=agency,
        roles=" ".join(sorted(roles)),
        scopes=" ".join(sorted(scopes)),
        secret_hash=proof.secret_hash,
        jwks=proof.jwks,
        bound="",
        created_at=now,
    )

    def unit(session: Session) -> None:
        if session.get(ClientRow, client_id) is not None:
            raise Conflict("client_exists", "choose another --id")
        _store(node, session, new_row())
        note(session, now, Entry(Action.CLIENT_LET_IN, agency=agency, by="AD"))

    node.writer.write(unit)


def shut_out(node: Node, client_id: str) -> None:
    """Let a system in no more; raises ``NotFound`` where there is none of that name."""
    now = node.clock()

    def unit(session: Session) -> None:
        row = session.get(ClientRow, client_id)
        if row is None:
            raise NotFound("client_not_found", "`homeward client list` names them")
        row.revoked_at = row.revoked_at or now
        _store(node, session, row)
        note(session, now, Entry(Action.CLIENT_SHUT_OUT, agency=row.agency_id, by="AD"))

    node.writer.write(unit)


def find_client(node: Node, session: Session, client_id: str) -> ClientRow | None:
    """Return a client that is not revoked, or ``None``.

    Raises ``TrustError`` ``client_altered`` where its row is not as it was written here.
    """
    row = clients.find_client(session, client_id)
    if row is not None and row.bound != _bound(node, row):
        raise TrustError("client_altered", "somebody changed this client in the database; revoke it, find out who")
    return row


def _store(node: Node, session: Session, row: ClientRow) -> None:
    row.bound = _bound(node, row)
    session.add(row)


def _bound(node: Node, row: ClientRow) -> str:
    facts = [row.client_id, row.agency_id, row.roles, row.scopes, row.secret_hash, row.jwks, row.revoked_at is None]
    return node.vault.lookup("client", json.dumps(facts))
