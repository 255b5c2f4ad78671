"""A node: what every step needs, made once by ``app.make_node`` (or a test) and handed in.

Nothing here reads settings, files or the time by itself; the clock and the wire to other nodes are values, so that a
test can set the one and be the other.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import httpx2

from api.errors import NodeError
from api.flow.attachments.scanning import Scanner
from api.flow.kept import Kept
from api.flow.peer import Peer, Proof
from api.rules.agreements import Corridors
from api.rules.zones import local_time
from api.sealing.keys import PrivateKeySet
from api.sealing.signed import SKEW
from api.sealing.vault import Vault
from api.store.blobs import Blobs
from api.store.engine import Database
from api.store.writer import Writer
from schemas.attachments import MAX_ATTACHMENT_BYTES
from schemas.base import AgencyId, country_of
from schemas.provider_directory import ProviderDirectory

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
    skew: timedelta = SKEW
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
    peers: dict[Proof, Peer] = field(default_factory=dict)
    """Peers as they were last verified, by everything that this rests on (``peers.py``)."""
    corridors: Kept[Corridors] = field(default_factory=Kept)
    """What each agency agreed, and what is proposed to it (``policies.py``)."""
    directories: Kept[tuple[ProviderDirectory, ...]] = field(default_factory=Kept)
    """The directories of providers that hold for each agency (``directories.py``)."""
    looked_up_to: dict[str, str] = field(default_factory=dict)
    """The case of each agency with which the last look at what is due ended (``watch.py``)."""

    def keys_of(self, agency: AgencyId) -> PrivateKeySet:
        """Return the private keys of an agency served here; raises ``NodeError`` where the key file is missing."""
        try:
            return self.keyring[agency]
        except KeyError:
            raise NodeError("agency_keys_missing", "restore the agency's key file, or run `homeward init`") from None


def today_of(node: Node, agency: AgencyId) -> date:
    """Return which day it is where the agency works."""
    return local_time(node.clock(), country_of(agency)).date()
