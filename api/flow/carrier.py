"""The loop that delivers, fetches and watches: in a thread of the node, or as a process (``homeward deliver``).

It sees to it that a deadline that passes is told in the log although nobody asks for a list.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import structlog

from api.flow.attachments.bringing import bring, list_to_bring
from api.flow.attachments.collect import collect
from api.flow.attachments.transfer import fetch, list_awaited
from api.flow.deliver import LANES, Lanes
from api.flow.node import Node
from api.flow.pull import list_mailboxes, pull
from api.flow.return_of_peers import knock
from api.flow.watch import look_anew
from api.store.agencies import list_agencies
from api.store.attachments_waiting import make_files_due
from api.store.waiting import make_due
from schemas.base import AgencyId

COLLECT_EVERY = 3600.0
"""Seconds after which what nobody names is looked for again; it stays for days anyway."""
Errand = tuple[Callable[[Node], Sequence[tuple[AgencyId, AgencyId]]], Callable[..., int]]
"""Who has something fetched or brought, by which peer; and how it is done."""

_log = structlog.get_logger("homeward.deliver")


class Carrier:
    """Delivers whenever something is due, and fetches mailboxes and watches every so often, until it is stopped."""

    def __init__(self, node: Node, *, pause: float = 1.0, pull_every: float = 15.0) -> None:
        self._node, self._pause, self._pull_every = node, pause, pull_every
        self._stop = threading.Event()
        self._errands: Mapping[str, Errand] = {
            "pull": (list_mailboxes, pull),
            "fetch": (list_awaited, partial(fetch, is_over=self._stop.is_set)),
            "bring": (list_to_bring, partial(bring, is_over=self._stop.is_set)),
        }
        self._thread = threading.Thread(target=self.run, name="carrier", daemon=True)
        self._fetching: dict[tuple[str, str, str], Future[int]] = {}
        self._fetch_at = self._collect_at = 0.0
        self._watching: Future[int] | None = None

    def start(self) -> None:
        """Begin in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is on the line, then end."""
        self._stop.set()
        self._node.wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> None:
        """Deliver and fetch until stopped; an unexpected error is logged and the loop goes on."""
        self._begin_anew()
        lanes = Lanes(self._node, arrived=self._node.wake.set)
        fetchers = ThreadPoolExecutor(LANES, thread_name_prefix="fetch")
        self._greet(fetchers)
        while not self._stop.is_set():
            self._node.wake.clear()
            try:
                lanes.begin()
                self._fetch(fetchers)
            except Exception as error:  # noqa: BLE001  # the loop must outlive whatever happens to one round
                _log.error("carrier_failed", error=type(error).__name__)
            if not self._stop.is_set():
                self._node.wake.wait(self._pause)
        lanes.close()
        fetchers.shutdown(cancel_futures=True)

    def _begin_anew(self) -> None:
        """Let everything that waits be tried once: whatever held it up may have been mended before this start."""
        try:
            self._node.writer.write(lambda session: make_due(session, self._node.clock()))
            self._node.writer.write(lambda session: make_files_due(session, self._node.clock()))
        except Exception as error:  # noqa: BLE001  # it waits on as it did; the loop begins
            _log.error("carrier_failed", error=type(error).__name__)

    def _greet(self, pool: ThreadPoolExecutor) -> None:
        """Call every peer once: whoever had something for us while we were away sends it at once."""
        try:
            with self._node.database.reader() as session:
                peers = [row.agency_id for row in list_agencies(session) if row.endpoint and not row.is_local]
        except Exception as error:  # noqa: BLE001  # they find us by themselves, only later
            _log.error("carrier_failed", error=type(error).__name__)
            return
        for peer in peers:
            self._begin(pool, ("greet", "", peer), partial(knock, self._node, peer))

    def _fetch(self, pool: ThreadPoolExecutor) -> None:
        """Fetch mailboxes and files when their time has come, beside each other: a slow peer holds up nobody."""
        if time.monotonic() < self._fetch_at:
            return
        self._fetch_at = time.monotonic() + self._pull_every
        self._watch(pool)
        for name, (list_lanes, work) in self._errands.items():
            for agency, peer in list_lanes(self._node):
                self._begin(pool, (name, agency, peer), partial(work, self._node, agency=agency, peer=peer))
        if time.monotonic() >= self._collect_at:
            self._collect_at = time.monotonic() + COLLECT_EVERY
            self._begin(pool, ("collect", "", ""), partial(collect, self._node))

    def _begin(self, pool: ThreadPoolExecutor, errand: tuple[str, str, str], work: Callable[[], int]) -> None:
        """Begin an errand unless the one before it is still on its way."""
        before = self._fetching.get(errand)
        if before is None or before.done():
            self._fetching[errand] = pool.submit(work)

    def _watch(self, pool: ThreadPoolExecutor) -> None:
        """Look at what documents came to, beside delivering; one look at a time."""
        if self._watching is not None and self._watching.done() and self._watching.exception() is not None:
            _log.error("watch_failed", error=type(self._watching.exception()).__name__)
        if self._watching is None or self._watching.done():
            self._watching = pool.submit(look_anew, self._node)
