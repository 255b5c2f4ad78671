"""How many envelopes a node takes in a second, beside what the machine allows at best."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median

from api.demo.nodes import NodeProcess
from benchmarks.bench.asked import Asked
from benchmarks.bench.client import CONNECTIONS, fire, http
from benchmarks.bench.nodes import DEPARTMENT, RESTING, SHELTER, Sender, found, introduce, memory_of, serving
from benchmarks.bench.places import Places
from benchmarks.bench.primitives import Primitives
from benchmarks.bench.section import RATE, Row, Section

Work = Callable[[], float]
BARE, COMMIT, EMPTY, ACCEPTED = "bare primitives", "bare commit", "empty endpoint", "accepted"
_WORKERS = {"one worker": 1, "two workers": 2}


@dataclass
class Target:
    """A node that is kept busy, and the shelter that does it."""

    name: str
    node: NodeProcess
    sender: Sender
    idle_mb: float = 0

    def accept(self, count: int) -> float:
        """Return how many new envelopes were taken in a second."""
        return fire(self.node.port, self.sender.requests(self.node.url, self.sender.envelopes(count)), 201)


def measure(asked: Asked, places: Places) -> Section:
    """Measure everything in turn, once to warm up and then in so many rounds."""
    with ExitStack() as end:
        targets = list(_targets(places, end))
        sample = targets[0].sender.envelopes(1)[0]
        works = dict(_works(targets, sample, asked.documents))
        for work in works.values():
            work()
        taken = [{name: work() for name, work in works.items()} for _ in range(asked.rounds)]
        values = {name: [one[name] for one in taken] for name in works}
        return Section("accepted", _says(asked, sample), [*_rows(values), *_memory(targets)])


def _targets(places: Places, end: ExitStack) -> list[Target]:
    """Start the nodes."""
    targets = []
    shelter = found(SHELTER, places.new_folder(), RESTING)
    for kind in places.on:
        for name, workers in _WORKERS.items():
            settings = {**RESTING, **places.new_database(kind)}
            node = found(DEPARTMENT, places.new_folder(), settings, workers=workers)
            introduce(node, shelter)
            end.enter_context(serving(node))
            targets.append(Target(f"{kind}, {name}", node, Sender.between(shelter, node), memory_of(node)))
    return targets


def _works(targets: list[Target], sample: bytes, count: int) -> list[tuple[tuple[str, str], Work]]:
    bare = Primitives(len(sample))
    works: list[tuple[tuple[str, str], Work]] = [
        ((BARE, ""), partial(bare.per_second, count)),
        ((COMMIT, ""), partial(bare.commits_per_second, count, group=CONNECTIONS)),
    ]
    for target in targets:
        empty = [http("GET", "/health/live", body=sample)] * count
        works.append(((EMPTY, target.name), partial(fire, target.node.port, empty, 200)))
        works.append(((ACCEPTED, target.name), partial(target.accept, count)))
    return works


def _rows(values: dict[tuple[str, str], list[float]]) -> list[Row]:
    """Write the rows; only what was accepted has a limit, which the others make one after the other."""
    rows = []
    for (what, where), rates in values.items():
        parts = [median(values[one]) for one in ((BARE, ""), (COMMIT, ""), (EMPTY, where)) if one in values]
        limit = 1 / sum(1 / one for one in parts) if what == ACCEPTED else None
        rows.append(Row(f"{what}: {where}" if where else what, RATE, rates, limit))
    return rows


def _memory(targets: list[Target]) -> list[Row]:
    """Write what each node holds after all that, beside what it held before."""
    return [Row(f"memory: {one.name}", "MB", [memory_of(one.node)], one.idle_mb, "idle") for one in targets]


def _says(asked: Asked, sample: bytes) -> str:
    return (
        f"{asked.documents} envelopes of {len(sample):,} bytes in each round (a full case file in the hybrid layer), "
        f"over {CONNECTIONS} connections. The limit is 1 / (1/primitives + 1/commit + 1/endpoint)."
    )
