"""Whoever was away is back: what waits for a peer is due at once when the peer calls.

A peer that gets a token after a while without one may have started anew: everything that waits for it is tried, what
it could not read in its old version included. One that goes on calling shows that the line holds: what waits is tried
at most once a minute, so that a peer which can call but can't be called is not hammered.
"""

from collections.abc import Collection
from datetime import timedelta

from api.errors import HomewardError
from api.flow.line import Line
from api.flow.node import Node
from api.flow.peers import get_peer
from api.rules.waiting_reasons import NEEDS_NEW_VERSION
from api.store import agencies, waiting
from api.store.engine import Session
from schemas.base import AgencyId

PAUSE = timedelta(minutes=1)


def peer_came(node: Node, peer: str) -> None:
    """Note that a peer got a token: everything that waits for it is due, unless it got another one just before."""
    now, before = node.clock(), node.seen.get((peer, "token"))
    node.seen[peer, "token"] = now
    if before is None or now - before >= PAUSE:
        node.seen[peer, "call"] = now
        _make_due(node, peer)


def peer_called(node: Node, peer: str) -> None:
    """Note that a peer called: what waits for it is due, unless that was so less than a minute ago."""
    now, before = node.clock(), node.seen.get((peer, "call"))
    if before is None or now - before >= PAUSE:
        node.seen[peer, "call"] = now
        _make_due(node, peer, but=NEEDS_NEW_VERSION)


def knock(node: Node, peer: str) -> bool:
    """Call a peer for each agency served here, so that what waits there for us comes at once.

    Tells whether it let us in; a peer that is away, or does not trust us yet, will call when it can.
    """
    with node.database.reader() as session:
        endpoint, served = get_peer(node, session, peer).endpoint, agencies.list_local(session)
    if endpoint is None:
        return False
    try:
        for agency in served:
            Line(node, AgencyId(agency), endpoint).knock()
    except HomewardError:
        return False
    return True


def _make_due(node: Node, peer: str, but: Collection[str] = ()) -> None:
    """Let what waits be tried; nobody waits for the commit."""

    def unit(session: Session) -> None:
        if waiting.make_due(session, node.clock(), peer=peer, but=but):
            node.wake.set()

    node.writer.submit(unit)
