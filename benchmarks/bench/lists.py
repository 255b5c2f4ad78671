"""Whether lists, migrations and start are as fast with a million documents as with a thousand, on PostgreSQL.

A node for each size stands on a database of its own and all are asked in turn, so that a machine that drifts hits all
alike. Every node has the same cases of last year and the same that is open; what differs is what lies behind them.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

from alembic import command

from api.demo.nodes import NodeProcess
from api.flow.clients import Proof, let_in
from api.sealing.tokens import hash_secret
from api.store import migrate
from api.store.engine import open_database
from api.web.cursors import write_cursor
from benchmarks.bench.archive import OPEN, RECENT, Archive
from benchmarks.bench.asked import Asked
from benchmarks.bench.client import Caller, http, run
from benchmarks.bench.filling import come_to_rest, fill
from benchmarks.bench.nodes import DEPARTMENT, RESTING, SHELTER, commanded, found, introduce, serving
from benchmarks.bench.pair import SECRET, token_of
from benchmarks.bench.places import POSTGRESQL, Places
from benchmarks.bench.section import Row, Section, share_of
from schemas.document import Role

OFFICE, WORKER = "office", "worker"
_ROLES: Mapping[str, frozenset[Role]] = {OFFICE: frozenset({Role.WO, Role.ST}), WORKER: frozenset({Role.CM})}
SHEETS = 20
"""A sheet is asked for once where a list is asked for so many times."""
BEFORE = "0002"
"""The revision that a filled database is taken back to before it is migrated again."""


@dataclass(frozen=True)
class Look:
    """A list that somebody asks for, or a sheet: that reads a year's documents and is asked for less often."""

    who: str
    path: str
    is_sheet: bool = False


@dataclass
class Filled:
    """A node with so many documents."""

    size: int
    node: NodeProcess
    archive: Archive
    tokens: Mapping[str, str]
    migrated: list[float]
    started: list[float]

    def looks(self) -> dict[str, Look]:
        """Return every list; a page in the middle is named by a cursor, as it would be after many pages."""
        year, middle = self.archive.year, write_cursor(self.size // 2)
        last = write_cursor(self.size - 60)
        sheets = {name: Look(OFFICE, f"/v1/figures/{year}/{name}", is_sheet=True) for name in ("register", "sheet")}
        return {
            "cases, newest first": Look(OFFICE, "/v1/cases"),
            "cases that were received": Look(OFFICE, "/v1/cases?state=RECEIVED"),
            "cases overdue": Look(OFFICE, "/v1/cases?due=overdue"),
            "cases of one worker": Look(WORKER, "/v1/cases"),
            "a case's timeline": Look(OFFICE, f"/v1/cases/{self.archive.recent[-1]}/timeline"),
            "inbox, first page": Look(OFFICE, "/v1/inbox"),
            "inbox, in the middle": Look(OFFICE, f"/v1/inbox?cursor={middle}"),
            "inbox, last page": Look(OFFICE, f"/v1/inbox?cursor={last}"),
            "inbox, not opened": Look(OFFICE, "/v1/inbox?unopened=true"),
            "outbox": Look(OFFICE, "/v1/outbox"),
            "outbox, waiting": Look(OFFICE, "/v1/outbox?state=waiting"),
            "notices, first page": Look(OFFICE, "/v1/notices"),
            "notices of last year": Look(OFFICE, f"/v1/notices?from={year}-01-01"),
            "alerts": Look(OFFICE, "/v1/alerts"),
            "alerts of one worker": Look(WORKER, "/v1/alerts"),
            **{f"{name} of last year": look for name, look in sheets.items()},
        }


def measure(asked: Asked, places: Places) -> Section:
    """Fill a node for each size, then ask all of them in turn."""
    with ExitStack() as end:
        filled = [_filled(size, asked, places, end) for size in asked.in_lists]
        names = list(filled[0].looks())
        rows = []
        for name in names:
            places.tell(f"lists: {name}")
            taken = [_ask_all(filled, name, asked.looks) for _ in range(asked.rounds)]
            rows += _rows(f"{name}, p95", "ms", asked.in_lists, list(zip(*taken, strict=True)))
    rows += _rows(f"migration from {BEFORE}, command to end", "s", asked.in_lists, [one.migrated for one in filled])
    rows += _rows("start, command to ready", "s", asked.in_lists, [one.started for one in filled])
    return Section("lists", _says(asked), rows)


def _filled(size: int, asked: Asked, places: Places, end: ExitStack) -> Filled:
    """Fill a node, migrate it and start it as often as there are rounds, and let it serve."""
    shelter = found(SHELTER, places.new_folder(), RESTING)
    node = found(DEPARTMENT, places.new_folder(), {**RESTING, **places.new_database(POSTGRESQL)})
    introduce(node, shelter)
    _let_in(node)
    archive = fill(node, shelter, size, WORKER, places.tell)
    migrated = [_migrated(node) for _ in range(asked.rounds)]
    come_to_rest(node)
    started = [_started(node) for _ in range(asked.rounds)]
    end.enter_context(serving(node))
    tokens = {who: token_of(node, who) for who in _ROLES}
    return Filled(size, node, archive, tokens, migrated, started)


def _let_in(process: NodeProcess) -> None:
    with process.opened() as node:
        for who, roles in _ROLES.items():
            proof = Proof(secret_hash=hash_secret(SECRET))
            let_in(node, who, agency=DEPARTMENT, roles=roles, scopes=(), proof=proof)


def _migrated(node: NodeProcess) -> float:
    """Take the database back to an earlier revision and return how long the command takes that brings it forward."""
    with closing(open_database(node.as_settings().url)) as database:
        command.downgrade(migrate._config(database), BEFORE)  # noqa: SLF001  # no operator goes back
    return commanded(node, "migrate")


def _started(node: NodeProcess) -> float:
    began = time.perf_counter()
    with serving(node):
        return time.perf_counter() - began


def _ask_all(filled: list[Filled], name: str, times: int) -> list[float]:
    """Ask each node in turn for one list, so many times, and return the p95 of each in milliseconds."""
    return run(_ask_in_turn(filled, name, times))


async def _ask_in_turn(filled: list[Filled], name: str, times: int) -> list[float]:
    callers = [Caller(one.node.port) for one in filled]
    looks = [one.looks()[name] for one in filled]
    calls = [http("GET", look.path, one.tokens[look.who]) for one, look in zip(filled, looks, strict=True)]
    for caller, call in zip(callers, calls, strict=True):
        await caller.ask(call)  # whoever comes first waits for what is not in memory
    took: list[list[float]] = [[] for _ in filled]
    for _ in range(max(3, times // SHEETS) if looks[0].is_sheet else times):
        for caller, call, mine in zip(callers, calls, took, strict=True):
            answer = await caller.ask(call)
            assert answer.status == 200, (name, answer.body[:300])
            mine.append(1000 * answer.seconds)
    for caller in callers:
        caller.hang_up()
    return [share_of(mine, 0.95) for mine in took]


def _rows(name: str, unit: str, sizes: Sequence[int], values: Sequence[Sequence[float]]) -> list[Row]:
    """Write a row for each size, beside the smallest."""
    first, *more = zip(sizes, values, strict=True)
    smallest = Row(f"{name}: {first[0]:,}", unit, first[1])
    beside = f"with {first[0]:,}"
    return [smallest, *(Row(f"{name}: {size:,}", unit, taken, smallest.middle, beside) for size, taken in more)]


def _says(asked: Asked) -> str:
    sizes = ", ".join(f"{size:,}" for size in asked.in_lists)
    return (
        f"Nodes on PostgreSQL with {sizes} documents each, five a case; {RECENT} cases are of last year, {OPEN} of "
        f"them open, and the others lie in ten years before. One caller asks all nodes in turn, {asked.looks} "
        "times in each round; a value is the p95 of a round, its limit is that of the smallest node."
    )
