"""A peer as it was verified, and what that rests on: plain values, which a node keeps and ``trust.py`` makes."""

from dataclasses import dataclass

from api.sealing.keys import PublicKeySet
from api.store.arrivals import Accepted
from schemas.base import AgencyId

Proof = tuple[str, tuple[Accepted, ...], int]
"""The agency, its descriptors as they were accepted, and how many replaced ones still verify."""


@dataclass(frozen=True)
class Peer:
    """An agency whose descriptor is pinned."""

    agency: AgencyId
    name: str
    country: str
    endpoint: str | None
    newest: PublicKeySet
    """What it uses today: to seal to, and to let it in."""
    signing: PublicKeySet
    """What its letters and receipts may be signed with when they arrive now."""
