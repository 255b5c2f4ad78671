"""How fast a mountain drains: a peer was down, everything for it waits, and it shows up.

The shelter's node serves all the while and tries in vain. Then the department starts and calls, as a node does that has
anything to say; from its call on it is measured until the last receipt is held. Beside it, the same department is asked
in the same run how fast it takes envelopes at all.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from api.flow.return_of_peers import knock
from benchmarks.bench.asked import Asked
from benchmarks.bench.client import fire
from benchmarks.bench.nodes import SHELTER, Sender, serving
from benchmarks.bench.pair import Pair, open_pair
from benchmarks.bench.places import Places
from benchmarks.bench.section import RATE, Row, Section

PARTS = 10
"""A mountain takes minutes, so it is moved once, and each tenth of it is a value."""
IN_VAIN = 3.0
"""For so many seconds the shelter finds the department away before it comes."""


@dataclass(frozen=True)
class Moved:
    """What became of a mountain."""

    accepted: list[float]
    drained: list[float]
    first: float
    """Seconds until the first receipt was held."""


def measure(asked: Asked, places: Places) -> Section:
    """Measure a pair on each database."""
    rows: list[Row] = []
    for kind in places.on:
        with open_pair(kind, places) as pair:
            rows += _rows(kind, _move(pair, asked, places))
    return Section("drain", _says(asked), rows)


def _move(pair: Pair, asked: Asked, places: Places) -> Moved:
    began = time.perf_counter()
    pair.record(asked.waiting)
    places.tell(f"drain: {asked.waiting:,} recorded in {time.perf_counter() - began:,.0f} s")
    sender = Sender.between(pair.shelter, pair.department)
    with serving(pair.shelter):
        time.sleep(IN_VAIN)
        with serving(pair.department):
            began = time.perf_counter()
            with pair.department.opened() as node:
                assert knock(node, SHELTER), "the shelter did not let the department in"
            pair.wait_until(asked.waiting - 1)
            first = time.perf_counter() - began
            drained = list(_drained(pair, asked.waiting, began, places))
            accepted = [_accepted(pair, sender, asked.documents) for _ in range(asked.rounds)]
    return Moved(accepted, drained, first)


def _drained(pair: Pair, count: int, began: float, places: Places) -> Iterator[float]:
    """Yield how many a second arrived in each part of the mountain."""
    left = count
    for part in range(PARTS - 1, -1, -1):
        pair.wait_until(count * part // PARTS)
        now, still = time.perf_counter(), pair.waiting()
        yield (left - still) / (now - began)
        places.tell(f"drain: {still:,} of {count:,} wait")
        began, left = now, still


def _accepted(pair: Pair, sender: Sender, count: int) -> float:
    """Return how many new envelopes the department takes in a second from a client that costs little."""
    requests = sender.requests(pair.department.url, sender.envelopes(count))
    return fire(pair.department.port, requests, 201)


def _rows(kind: str, moved: Moved) -> list[Row]:
    return [
        Row(f"{kind}: accepted over many connections", RATE, moved.accepted),
        Row(f"{kind}: drained", RATE, moved.drained, median(moved.accepted), "accepted"),
        Row(f"{kind}: until the first receipt", "s", [moved.first]),
    ]


def _says(asked: Asked) -> str:
    return (
        f"{asked.waiting:,} envelopes wait at the shelter while the department is down; counted from the department's "
        "first call until the shelter holds the last receipt; the values of a drain are those of each tenth. Both "
        "nodes work on one machine."
    )
