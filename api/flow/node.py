"""A node: what every step needs, made once by ``app.make_node`` (or a test) and handed in.

Nothing here reads settings, files or the time by itself; the clock and the wire to other nodes are values, so that a
test can set the one and be the other.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx2

from api.errors import NodeError
from api.flow.attachments.scanning import Scanner
from api.rules.agreements import Policies
from api.sealing.keys import PrivateKeySet
from api.sealing.vault import Vault
from api.store.blobs import Blobs
from api.store.engine import Database
from api.store.writer import Writer
from schemas.attachments import MAX_ATTACHMENT_BYTES
from schemas.base import AgencyId

if TYPE_CHECKING:  # they need a node themselves
    from api.flow.peers import Proof
    from api.flow.trust import Peer

Clock = Callable[[], datetime]
Wire = Callable[[str], httpx2.Client]
"""Gives an HTTP client for the node at an address."""


@dataclass(frozen=True)
class Limits:
    """What a node takes at most; each bound is a setting with its reason there."""

    envelope_bytes: int = 1_000_000
    body_bytes: int = 1_000_000
    depth: int = 32
    requests_per_minute: int = 6000
    token_requests_per_minute: int = 120
    skew: timedelta = timedelta(minutes=5)
    token_life: timedelta = timedelta(minutes=10)
    smallest_cell: int = 5
    attachment_bytes: int = MAX_ATTACHMENT_BYTES
    unnamed_days: int = 7
    """How long an attachment is kept that no document and no draft names."""


@dataclass(frozen=True)
class Node:
    """One running service, serving one or more agencies of one side."""

    base_url: str
    database: Database
    writer: Writer
    vault: Vault
    keyring: Mapping[AgencyId, PrivateKeySet]
    token_keys: PrivateKeySet
    clock: Clock
    wire: Wire
    blobs: Blobs
    scanner: Scanner | None = None
    limits: Limits = field(default_factory=Limits)
    wake: threading.Event = field(default_factory=threading.Event)
    """Set whenever something was put into the outbox, so that it leaves at once."""
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """When a peer last got a token, and when its call last made due what waits for it."""
    peers: "dict[Proof, Peer]" = field(default_factory=dict)
    """Peers as they were last verified, by everything that this rests on (``peers.py``)."""
    policies: dict[str, tuple[tuple[int, int], Policies]] = field(default_factory=dict)
    """What each agency agreed, with the mark of the documents from which it was read (``policies.py``)."""

    def keys_of(self, agency: AgencyId) -> PrivateKeySet:
        """Return the private keys of an agency served here; raises ``NodeError`` where the key file is missing."""
        try:
            return self.keyring[agency]
        except KeyError:
            raise NodeError("agency_keys_missing", "restore the agency's key file, or run `homeward init`") from None
