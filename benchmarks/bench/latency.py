"""How long it takes from a form that staff sends to the receipt that the sender verified and holds.

Two nodes push to each other. A receipt counts once it is committed at the sender, seen there from outside every two
milliseconds. Under load, forms come at fixed times whether or not earlier ones were answered, and each is measured from
the moment it was to be sent, so that nothing that waits is left out.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.bench.asked import Asked
from benchmarks.bench.client import CONNECTIONS, Caller, fire, http, run
from benchmarks.bench.nodes import serving
from benchmarks.bench.pair import Pair, open_pair
from benchmarks.bench.places import Places
from benchmarks.bench.primitives import Primitives
from benchmarks.bench.section import RATE, Row, Section, share_of

LOOK = 0.002
AT_REST = 100
"""So many forms one after the other in each round."""
HALF_A_ROUND = 10.0
"""For so many seconds forms come at half of what the pair can do at most."""
_BEHIND = 128
"""Rows of the outbox are committed a little out of order; so many behind the newest are looked at again."""
_ENVELOPE = 26_000


def measure(asked: Asked, places: Places) -> Section:
    """Measure a pair on each database: at most, at rest, and at half of the most."""
    rows: list[Row] = []
    for kind in places.on:
        with open_pair(kind, places) as pair, serving(pair.shelter, pair.department):
            most_of(pair, asked.documents // 2)
            taken = [_round(pair, asked) for _ in range(asked.rounds)]
            rows += _rows(kind, taken, _floor(pair))
    return Section("latency", _says(asked), rows)


@dataclass
class Round:
    """What one round took, in seconds."""

    most: float
    at_rest: list[float]
    at_half: list[float]


def _round(pair: Pair, asked: Asked) -> Round:
    most = most_of(pair, asked.documents)
    few = min(AT_REST, asked.documents)
    at_rest = run(_one_by_one(pair, pair.forms(pair.open_cases(few))))
    half = most / 2
    count = max(few, min(asked.documents, int(half * HALF_A_ROUND)))
    return Round(most, at_rest, run(_at_a_rate(pair, pair.forms(pair.open_cases(count)), half)))


def most_of(pair: Pair, count: int) -> float:
    """Return how many forms a second become receipts where as many come as are answered."""
    requests = pair.forms(pair.open_cases(count))
    began = time.perf_counter()
    fire(pair.shelter.port, requests, 201)
    pair.wait_until(0)
    return count / (time.perf_counter() - began)


@dataclass
class Watch:
    """Sees from outside which documents' receipts are held, and when that was seen first."""

    pair: Pair
    seen: dict[str, float] = field(default_factory=dict)
    _newest: int = 0

    def look(self) -> None:
        """Look once."""
        found = self.pair.arrived(self._newest - _BEHIND)
        now = time.perf_counter()
        for seq, document_id in found:
            self.seen.setdefault(document_id, now)
            self._newest = max(self._newest, seq)

    async def until(self, documents: Sequence[str]) -> None:
        """Look until all of them were seen."""
        end = time.perf_counter() + 120
        while not self.seen.keys() >= set(documents):
            assert time.perf_counter() < end, "receipts do not come"
            self.look()
            await asyncio.sleep(LOOK)


async def _one_by_one(pair: Pair, forms: list[bytes]) -> list[float]:
    watch, caller, took = Watch(pair), Caller(pair.shelter.port), []
    watch.look()
    for form in forms:
        began = time.perf_counter()
        name = _document_in(await _good(caller, form))
        await watch.until([name])
        took.append(watch.seen[name] - began)
        await asyncio.sleep(0.02)
    caller.hang_up()
    return took


async def _at_a_rate(pair: Pair, forms: list[bytes], rate: float) -> list[float]:
    watch, idle = Watch(pair), [Caller(pair.shelter.port) for _ in range(CONNECTIONS)]
    watch.look()
    looking = asyncio.create_task(_keep_looking(watch))
    began, sent = time.perf_counter() + 0.05, []
    for number, form in enumerate(forms):
        await asyncio.sleep(max(0, began + number / rate - time.perf_counter()))
        sent.append(asyncio.create_task(_with_one_of(idle, form, pair.shelter.port)))
    names = [_document_in(body) for body in await asyncio.gather(*sent)]
    looking.cancel()
    await watch.until(names)
    return [watch.seen[name] - began - number / rate for number, name in enumerate(names)]


async def _keep_looking(watch: Watch) -> None:
    while True:
        watch.look()
        await asyncio.sleep(LOOK)


async def _with_one_of(idle: list[Caller], form: bytes, port: int) -> bytes:
    caller = idle.pop() if idle else Caller(port)
    try:
        return await _good(caller, form)
    finally:
        idle.append(caller)


async def _good(caller: Caller, form: bytes) -> bytes:
    answer = await caller.ask(form)
    assert answer.status == 201, answer.body
    return answer.body


def _document_in(body: bytes) -> str:
    return str(json.loads(body)["document_id"])


def _floor(pair: Pair) -> float:
    """Return what it takes at least: two calls, cryptography at both ends and three durable commits, one by one."""
    bare = Primitives(_ENVELOPE)
    call = http("GET", "/health/live", body=bytes(_ENVELOPE))
    answers = sorted(run(_calls(pair.department.port, [call] * 50)))
    commit, work = 1 / bare.commits_per_second(64, group=1), 1 / bare.per_second(200)
    return 2 * answers[len(answers) // 2] + 2 * work + 3 * commit


async def _calls(port: int, requests: list[bytes]) -> list[float]:
    caller = Caller(port)
    took = [(await caller.ask(request)).seconds for request in requests]
    caller.hang_up()
    return took


def _rows(kind: str, taken: list[Round], floor: float) -> list[Row]:
    def told(what: str, share: float, sides: list[list[float]], limit: float, limit_is: str) -> Row:
        return Row(f"{kind}: {what}", "ms", [1000 * share_of(one, share) for one in sides], limit, limit_is)

    rests, halves = [one.at_rest for one in taken], [one.at_half for one in taken]
    middle = told("at rest, median", 0.5, rests, 1000 * floor, "bare work one by one")
    last = told("at rest, p99", 0.99, rests, middle.middle, "its median")
    return [
        Row(f"{kind}: forms that become receipts, at most", RATE, [one.most for one in taken]),
        middle,
        last,
        told("at half of the most, median", 0.5, halves, middle.middle, "at rest"),
        told("at half of the most, p99", 0.99, halves, last.middle, "at rest"),
    ]


def _says(asked: Asked) -> str:
    return (
        "From the moment a form is sent to the receipt that the sender verified and committed; two nodes, one "
        f"process each. {asked.documents} forms for the most, {min(AT_REST, asked.documents)} at rest in each round. "
        "The bare work is two calls that do nothing, the cryptography of both ends and three durable commits."
    )
