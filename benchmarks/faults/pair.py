"""Two nodes that trust each other, each a process that can be armed, with a wire in front of it and a clock of its own.

The shelter pushes to the department, or lets it fetch where it can't be reached; the department pushes receipts and
answers back. Their clocks stand still
until they are moved, so that leases and waiting end when a round says so and not when a minute is over.
"""

import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.demo.nodes import NodeProcess, set_clock
from api.demo.processes import Launch
from api.flow.clients import Proof, let_in
from api.flow.node import Node
from api.flow.trust import trust
from api.making import found_node, make_node
from api.sealing.descriptor import fingerprint, read_descriptor
from api.sealing.keys import PublicKeySet
from api.sealing.tokens import hash_secret
from api.store.agencies import list_descriptors
from api.store.engine import open_database
from benchmarks.faults.database import MAILBOX, STORAGES, Storage
from benchmarks.faults.launcher import launch
from benchmarks.faults.line import Wire
from benchmarks.faults.points import ARMED, NO_NAMES
from schemas.base import AgencyId
from schemas.document import Role

SHELTER, DEPARTMENT = "TH-SHELTER-N1", "MM-DSW"
DESK, SECRET = "desk", "a-fictional-secret-of-a-fictional-client"
START = datetime(2025, 5, 15, 9, 0, tzinfo=UTC)
LEASE, FILE_LEASE = timedelta(seconds=65), timedelta(minutes=11)
"""A little longer than an item of the outbox, and a file, is held by a carrier that does not come back."""
STEP = timedelta(minutes=1)
"""Clocks that are set one after the other never differ by more."""
SETTINGS = {
    "HOMEWARD_DELIVER_PAUSE_SECONDS": "0.2",
    "HOMEWARD_PULL_EVERY_SECONDS": "0.3",
    "HOMEWARD_PEER_TIMEOUT_SECONDS": "1",
    "HOMEWARD_REQUESTS_PER_MINUTE": "100000000",
    "HOMEWARD_TOKEN_REQUESTS_PER_MINUTE": "100000000",
}


@dataclass(frozen=True)
class Way:
    """How both nodes are run: their settings, how their processes start, and whether a file tells them the time."""

    settings: Mapping[str, str]
    launch: Launch
    is_rehearsal: bool = True


ARMED_WAY = Way(SETTINGS, launch)
_FOUNDING = threading.Lock()
"""Migrations of two databases at the same time are more than Alembic can do in one process."""


@dataclass
class Side:
    """One node of the pair."""

    node: NodeProcess
    wire: Wire
    storage: Storage
    inside: Node
    """The same node opened in this process, without its writer and its carrier: to look at what lies there."""
    offset: timedelta = timedelta()
    restarts: int = 0

    @property
    def agency(self) -> AgencyId:
        """Whose node it is."""
        return AgencyId(self.node.agency)

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self.node.process is not None
        return self.node.process.pid

    @property
    def is_dead(self) -> bool:
        """Whether its process has ended."""
        return self.node.process is not None and self.node.process.poll() is not None

    @property
    def log(self) -> str:
        """What it printed."""
        return (self.node.directory / "serve.log").read_text(errors="replace")

    def arm(self, point: str, nth: int) -> None:
        """Let the process end when it crosses a point for the n-th time."""
        _write_whole(self.node.directory / ARMED, f"{point} {nth}")

    def disarm(self) -> None:
        """Let it live."""
        (self.node.directory / ARMED).unlink(missing_ok=True)

    def lose_names(self, lost: bool) -> None:
        """Let no host name be resolved, or let them be resolved again."""
        file = self.node.directory / NO_NAMES
        file.touch() if lost else file.unlink(missing_ok=True)

    def fill_disk(self, full: bool) -> None:
        """Let no file of the process grow any more, or let them grow again."""
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0 if full else most, most))

    def kill(self) -> None:
        """Pull the plug."""
        assert self.node.process is not None
        self.node.process.kill()
        self.node.process.wait(10)

    def start(self) -> None:
        """Start the process again, as whoever watches over it does."""
        assert self.node.process is not None
        self.node.process.wait(10)
        self.restarts += 1
        for _ in range(3):  # the process may be armed to end again while it starts
            self.node.start("serve")
            if self.is_ready():
                return
        raise AssertionError(f"the node did not start: {self.log[-500:]}")

    def try_to_start(self) -> int:
        """Start the process where it can't start, and return its exit code."""
        self.node.start("serve")
        assert self.node.process is not None
        try:
            return self.node.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            return 0

    def is_ready(self) -> bool:
        """Wait until it can do its work and tell so; not so if it has ended before."""
        for _ in range(2000):
            if self.is_dead:
                return False
            if self.node.is_ready():
                return True
            time.sleep(0.02)
        raise AssertionError(f"the node is not ready: {self.log[-500:]}")


def _write_whole(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


@dataclass
class Pair:
    """A shelter and a department, and the keys that anybody may know."""

    kind: str
    shelter: Side
    department: Side
    keys: dict[AgencyId, PublicKeySet]
    now: datetime = START

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both."""
        return self.shelter, self.department

    def tell_time(self) -> None:
        """Set both clocks, each as far off as it is."""
        for side in self.sides:
            assert side.node.clock_file is not None
            set_clock(side.node.clock_file, self.now + side.offset)

    def let_pass(self, time_: timedelta) -> None:
        """Let time pass for both."""
        end = self.now + time_
        while self.now < end:
            self.now = min(end, self.now + STEP)
            self.tell_time()


@contextmanager
def open_pair(kind: str, folder: Path, way: Way = ARMED_WAY) -> Iterator[Pair]:
    """Found two nodes on a kind of database, let them trust each other and serve; end them afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as end:
        storage = STORAGES[kind]()
        end.callback(storage.close)
        shelter = _found(SHELTER, folder / "th", storage, "shelter", end, way)
        department = _found(DEPARTMENT, folder / "mm", storage, "department", end, way, reachable=kind != MAILBOX)
        pair = Pair(kind, shelter, department, {})
        if way.is_rehearsal:
            pair.tell_time()
        for side, other in (pair.sides, pair.sides[::-1]):
            _introduce(pair, side, other)
        for side in pair.sides:
            side.node.start("serve")
        for side in pair.sides:
            if not side.is_ready():
                raise AssertionError(f"the node did not start: {side.log[-500:]}")
        yield pair


def _found(
    agency: str, folder: Path, storage: Storage, name: str, end: ExitStack, way: Way, *, reachable: bool = True
) -> Side:
    """Do what an operator does at first, and open what was made in this process too."""
    clock = folder.with_suffix(".clock")
    node = NodeProcess(agency, name, folder, clock if way.is_rehearsal else None, launch=way.launch)
    node.settings = {**way.settings, **storage.settings(name)}
    wire = Wire(node.port)
    wire.start()
    end.callback(wire.stop)
    end.callback(node.stop)
    node.public_port = wire.port
    if way.is_rehearsal:
        set_clock(clock, START)
    settings = node.as_settings()
    with _FOUNDING:
        found_node(settings, agency=AgencyId(agency), name=name, reachable=reachable)
    inside = make_node(settings, open_database(settings.url))
    end.callback(inside.database.close)
    end.callback(inside.writer.stop)
    return Side(node, wire, storage, inside)


def _introduce(pair: Pair, side: Side, other: Side) -> None:
    """Let one side trust the other by the fingerprint that was read out, and let its desk in."""
    with other.inside.database.reader() as session:
        data = list_descriptors(session, other.agency)[-1]
    pair.keys[other.agency] = read_descriptor(data).keys
    is_pulled = pair.kind == MAILBOX and side is pair.department
    trust(side.inside, data, expected_fingerprint=fingerprint(data), is_pulled=is_pulled)
    proof = Proof(secret_hash=hash_secret(SECRET))
    let_in(side.inside, DESK, agency=side.agency, roles=[Role.SW, Role.CM, Role.WO], scopes=(), proof=proof)
