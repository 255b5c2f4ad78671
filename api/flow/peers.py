"""Peers as they were last verified: the work of proving a peer's descriptors is done once, not for every envelope.

What is remembered is asked for by everything that the proof rests on, the bytes in the database included, so that
whoever changes something there is found out at once, and a key that is replaced ends when it has to.
"""

from api.errors import TrustError
from api.flow.node import Node
from api.flow.peer import Peer
from api.flow.trust import KEYS_LINGER, find_peer
from api.store.arrivals import Accepted, list_accepted
from api.store.engine import Session

_MOST = 512


def get_peer(node: Node, session: Session, agency: str) -> Peer:
    """Return a trusted agency; raises ``TrustError`` ``agency_unknown`` otherwise."""
    peer = peer_of(node, agency, list_accepted(session.connection(), agency))
    if peer is None:
        raise TrustError(
            "agency_unknown",
            "`GET /v1/agencies` lists who can be reached; ask your operator, who compares fingerprints with that "
            "agency and runs `homeward agency trust`",
        )
    return peer


def peer_of(node: Node, agency: str, accepted: tuple[Accepted, ...]) -> Peer | None:
    """Return the peer that these descriptors make, or ``None`` without any; raises like ``find_peer``."""
    now = node.clock()
    lingering = sum(now < successor.accepted_at + KEYS_LINGER for successor in accepted[1:])
    known = node.peers.get((agency, accepted, lingering))
    if known is not None or not accepted:
        return known
    with node.database.reader() as session:
        peer = find_peer(node, session, agency)
    if peer is not None:
        if len(node.peers) >= _MOST:
            node.peers.clear()
        node.peers[agency, accepted, lingering] = peer
    return peer
