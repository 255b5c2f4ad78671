"""What waits in the outbox is pushed until its receipt is back: at least once, without end, without a hand.

A carrier leases what is due, pushes it, verifies the receipt and stores it. What fails waits longer each time
(jittered, at most a quarter of an hour) with the reason in plain words; a carrier that is killed loses its lease and
another goes on.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from api.errors import HomewardError, PeerError
from api.flow import receipts
from api.flow.line import Line
from api.flow.node import Node
from api.flow.pull import pull_all
from api.flow.trust import find_peer
from api.store import outbox
from api.store.engine import Session
from api.store.outbox import OutboxState
from api.store.tables import OutboxRow
from schemas.base import AgencyId

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=15)
BATCH = 50

_log = structlog.get_logger("homeward.deliver")


def wait_after(attempts: int, chance: Callable[[], float] = random.random) -> timedelta:
    """Return how long to wait after so many attempts.

    Doubling, with jitter of up to half, never past the longest wait.
    """
    whole: timedelta = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempts - 1, 16)))
    return whole * (0.5 + chance() / 2)


def deliver_once(node: Node, lines: dict[tuple[str, str], Line] | None = None) -> int:
    """Carry everything that is due now and return how many items arrived. Each recipient has a lane of its own."""
    held = node.writer.write(lambda session: outbox.claim_due(session, node.clock(), limit=BATCH, lease=LEASE))
    if not held:
        return 0
    lanes: dict[tuple[str, str], list[OutboxRow]] = {}
    for item in held:
        lanes.setdefault((item.agency_id, item.peer), []).append(item)
    lines = {} if lines is None else lines
    with ThreadPoolExecutor(max_workers=min(8, len(lanes)), thread_name_prefix="lane") as pool:
        return sum(pool.map(lambda lane: _carry(node, lane[0], lane[1], lines), lanes.items()))


def _carry(node: Node, lane: tuple[str, str], items: list[OutboxRow], lines: dict[tuple[str, str], Line]) -> int:
    """Carry the items of one recipient in order; when one finds the peer away, the rest of the lane waits with it."""
    arrived = 0
    away: PeerError | None = None
    for item in items:
        try:
            if away is not None:
                raise away
            _push(node, item, _line(node, lane, lines))
            arrived += 1
        except PeerError as error:
            away = error
            _put_off(node, item, error)
        except HomewardError as error:
            _put_off(node, item, error)
    return arrived


def _line(node: Node, lane: tuple[str, str], lines: dict[tuple[str, str], Line]) -> Line:
    if lane not in lines:
        with node.database.reader() as session:
            peer = find_peer(session, lane[1])
        if peer is None or peer.endpoint is None:
            raise PeerError("peer_has_no_address", "it fetches its mailbox, or its descriptor has to name an address")
        lines[lane] = Line(node, AgencyId(lane[0]), peer.endpoint)
    return lines[lane]


def _push(node: Node, item: OutboxRow, line: Line) -> None:
    if item.what != "envelope":
        line.send_receipts([item.data])
        node.writer.write(lambda session: _mark_done(session, item.seq or 0, node.clock()))
        return
    receipts.hold(node, line.push(item.data), agency=AgencyId(item.agency_id), peer=AgencyId(item.peer))
    _log.info("delivered", document_id=item.document_id, peer=item.peer, attempts=item.attempts)


def _mark_done(session: Session, seq: int, now: datetime) -> None:
    row = outbox.get_item(session, seq)
    row.state, row.done_at, row.leased_until, row.reason = OutboxState.DONE, now, None, None
    session.add(row)


def _put_off(node: Node, item: OutboxRow, error: HomewardError) -> None:
    now = node.clock()

    def unit(session: Session) -> None:
        row = outbox.get_item(session, item.seq or 0)
        if row.state != OutboxState.WAITING:
            return
        row.leased_until, row.reason, row.due_at = None, error.code, now + wait_after(row.attempts)
        session.add(row)

    node.writer.write(unit)
    _log.warning("put_off", document_id=item.document_id, peer=item.peer, attempts=item.attempts, reason=error.code)


class Carrier:
    """The loop that delivers: in a thread of the node by default, or as a process of its own (``homeward deliver``)."""

    def __init__(self, node: Node, *, pause: float = 1.0, pull_every: float = 15.0) -> None:
        self._node, self._pause, self._pull_every = node, pause, pull_every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="carrier", daemon=True)

    def start(self) -> None:
        """Begin in a thread."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask the loop to end once it has finished what it holds."""
        self._stop.set()
        self._node.wake.set()

    def stop(self) -> None:
        """Finish what is held, then end."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> None:
        """Deliver and pull until stopped; an unexpected error is logged and the loop goes on."""
        lines: dict[tuple[str, str], Line] = {}
        waited = self._pull_every
        while not self._stop.is_set():
            try:
                while deliver_once(self._node, lines) and not self._stop.is_set():
                    pass
                if waited >= self._pull_every:
                    waited = 0.0
                    pull_all(self._node)
            except Exception as error:  # noqa: BLE001  # the loop must outlive whatever happens to one round
                lines.clear()
                _log.error("carrier_failed", error=type(error).__name__)
            self._node.wake.wait(self._pause)
            self._node.wake.clear()
            waited += self._pause
