"""What waits in the outbox is pushed until its receipt is back: at least once, without end, without a hand.

What is due is leased and carried, each recipient in a lane of its own, so that one that is away or slow holds up
nobody. The first item of a load tells whether the recipient is there; the others follow several at a time, so that
neither node waits for the other's disk. What fails waits longer each time (jittered, at most a quarter of an hour) with
the reason beside it; a carrier that is killed loses its leases and another goes on.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from api.errors import HomewardError, NodeError, PeerError
from api.flow import receipts
from api.flow.evidence import Action, Entry, note
from api.flow.line import Line
from api.flow.node import Node
from api.flow.peers import get_peer
from api.flow.receive import receive
from api.flow.return_of_peers import peer_called
from api.store import outbox
from api.store.engine import Session
from api.store.tables import OutboxRow
from schemas.base import AgencyId

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=15)
BATCH = 50
LANES = 32
AT_ONCE = 4
"""So many items are on the line to one recipient at a time, once one has found it there."""

_log = structlog.get_logger("homeward.deliver")


def wait_after(attempts: int, chance: Callable[[], float] = random.random) -> timedelta:
    """Return how long to wait after so many attempts.

    Doubling, with jitter of up to half, never past the longest wait.
    """
    whole: timedelta = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempts - 1, 16)))
    return whole * (0.5 + chance() / 2)


def deliver_once(node: Node) -> int:
    """Carry what is due now and return how many items arrived."""
    lanes = Lanes(node)
    try:
        return sum(lane.result() for lane in lanes.begin())
    finally:
        lanes.close()


class Way(Protocol):
    """A way to a recipient: over the wire, or within this node."""

    def push(self, envelope: bytes) -> bytes:
        """Bring an envelope and return its receipt."""
        ...

    def send_receipts(self, items: list[bytes]) -> list[int]:
        """Bring receipts and return the places of those that were not kept."""
        ...


@dataclass(frozen=True)
class Within:
    """The way to an agency that is served on this very node: no wire, the same checks."""

    node: Node
    agency: AgencyId

    def push(self, envelope: bytes) -> bytes:
        """Let the neighbour receive an envelope."""
        return receive(self.node, envelope, peer=self.agency).receipt

    def send_receipts(self, items: list[bytes]) -> list[int]:
        """Let the neighbour hold receipts."""
        for item in items:
            receipts.hold(self.node, item, peer=self.agency)
        return []


class Lanes:
    """The lanes in which items travel; ``arrived`` is called whenever one of them is through and free again."""

    def __init__(self, node: Node, *, arrived: Callable[[], None] = lambda: None) -> None:
        self._node, self._arrived = node, arrived
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="lane")
        self._busy: dict[str, Future[int]] = {}
        self._lines: dict[tuple[str, str], Line] = {}
        self._closing = threading.Event()

    def begin(self) -> list[Future[int]]:
        """Lease what is due for recipients whose lane is free, and let it go; each lane tells how many arrived."""
        node = self._node
        self._busy = {peer: lane for peer, lane in self._busy.items() if not lane.done()}
        held = node.writer.write(
            lambda session: outbox.claim_due(session, node.clock(), limit=BATCH, lease=LEASE, not_for=[*self._busy])
        )
        loads: dict[str, list[OutboxRow]] = {}
        for item in held:
            loads.setdefault(item.peer, []).append(item)
        begun = {peer: self._pool.submit(self._carry, items) for peer, items in loads.items()}
        self._busy |= begun
        for lane in begun.values():
            lane.add_done_callback(lambda _: self._arrived())  # the lane is free by then: what came meanwhile goes
        return list(begun.values())

    def close(self) -> None:
        """Finish the items that are on the line and give the others back."""
        self._closing.set()
        self._pool.shutdown()

    def _carry(self, items: list[OutboxRow]) -> int:
        """Carry the items of one recipient, oldest first, and return how many arrived.

        When one finds the recipient away, the rest of that agency's items wait with it.
        """
        carry = partial(self._carry_one, away={})
        first, *others = items
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hand") as hands:
            return carry(first) + sum(hands.map(carry, others))

    def _carry_one(self, item: OutboxRow, away: dict[str, PeerError]) -> bool:
        """Say whether an item arrived; it waits again where it did not, with the reason."""
        if self._closing.is_set():
            _give_back(self._node, item)
            return False
        error = away.get(item.agency_id) or self._try(item)
        if error is None:
            if item.attempts > 1:
                peer_called(self._node, item.peer)  # it is there again: what waits for it need not wait any longer
            return True
        if isinstance(error, PeerError):
            away[item.agency_id] = error
        _put_off(self._node, item, error)
        return False

    def _try(self, item: OutboxRow) -> HomewardError | None:
        """Carry one item and return what went wrong, if anything; a mistake of ours costs it its turn, not the lane."""
        try:
            _push(self._node, item, self._way(item))
        except HomewardError as error:
            return error
        except Exception as error:  # noqa: BLE001
            _log.error("carrier_failed", document_id=item.document_id, error=type(error).__name__)
            return NodeError("carrier_failed", "this is our mistake; the log names the document")
        return None

    def _way(self, item: OutboxRow) -> Way:
        """Return the way to a recipient, a new line where its descriptor names another address now."""
        if item.peer in self._node.keyring:
            return Within(self._node, AgencyId(item.agency_id))
        with self._node.database.reader() as session:
            endpoint = get_peer(self._node, session, item.peer).endpoint
        if endpoint is None:
            raise PeerError("peer_has_no_address", "it fetches its mailbox, or its descriptor has to name an address")
        lane = (item.agency_id, item.peer)
        if lane not in self._lines or self._lines[lane].endpoint != endpoint.rstrip("/"):
            self._lines[lane] = Line(self._node, AgencyId(item.agency_id), endpoint)
        return self._lines[lane]


def _push(node: Node, item: OutboxRow, way: Way) -> None:
    if item.what == "envelope":
        held = receipts.hold(node, way.push(item.data), agency=AgencyId(item.agency_id), peer=AgencyId(item.peer))
        if (held.envelope_id, held.envelope_sha256) != (item.document_id, item.sha256):
            raise PeerError("receipt_of_another_envelope", "the other node answered about something else; ask them")
    else:
        if way.send_receipts([item.data]):
            raise PeerError("receipt_not_kept", "the other node did not take a receipt; it is tried again")
        node.writer.write(lambda session: _mark_done(session, item.seq or 0, node.clock()))
    _log.info("delivered", document_id=item.document_id, peer=item.peer, attempts=item.attempts)


def _mark_done(session: Session, seq: int, now: datetime) -> None:
    row = outbox.get_item(session, seq)
    outbox.finish(session, row, now)
    note(session, now, Entry(Action.DELIVERED, row.agency_id, row.peer, row.document_id, code=row.what))


def _put_off(node: Node, item: OutboxRow, error: HomewardError) -> None:
    due_at = node.clock() + wait_after(item.attempts)
    node.writer.write(
        lambda session: outbox.put_off(session, outbox.get_item(session, item.seq or 0), due_at, reason=error.code)
    )
    _log.warning("put_off", document_id=item.document_id, peer=item.peer, attempts=item.attempts, reason=error.code)


def _give_back(node: Node, item: OutboxRow) -> None:
    node.writer.write(lambda session: outbox.give_back(session, outbox.get_item(session, item.seq or 0)))
