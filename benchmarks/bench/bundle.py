"""How fast a bundle is written and taken in, beside the same envelopes by ``POST``.

The commands are run as an operator runs them, their start included. The envelopes of each bundle are then posted to a
copy of the recipient's node as it was before, so that both ways bring the very same bytes to the very same node.
"""

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import text

from api.demo.nodes import NodeProcess
from api.store.engine import open_database
from benchmarks.bench.asked import Asked
from benchmarks.bench.client import fire
from benchmarks.bench.nodes import DEPARTMENT, Sender, commanded, new_node, serving
from benchmarks.bench.pair import Pair, open_pair
from benchmarks.bench.places import SQLITE, Places
from benchmarks.bench.section import RATE, Row, Section

_WAITING = text("SELECT data FROM outbox WHERE state = 'waiting' AND what = 'envelope' ORDER BY seq")


@dataclass(frozen=True)
class Round:
    """One bundle, in seconds, and the rate of the same by ``POST``."""

    packed: float
    taken: float
    answered: float
    posted: float
    bytes: int


def measure(asked: Asked, places: Places) -> Section:
    """Measure new nodes on files, as machines without a network have them, in each round."""
    taken = []
    for _ in range(asked.rounds):
        with open_pair(SQLITE, places) as pair:
            taken.append(_round(pair, asked, places.new_folder()))
    return Section("bundle", _says(asked, taken[0]), _rows(asked.bundled, taken))


def _round(pair: Pair, asked: Asked, folder: Path) -> Round:
    pair.record(asked.bundled)
    folder.mkdir()
    there, back = folder / "there.homeward", folder / "back.homeward"
    copy = _copy(pair.department, folder / "copy")
    packed = commanded(pair.shelter, "bundle", "export", "--for", DEPARTMENT, "--out", str(there))
    taken = commanded(pair.department, "bundle", "import", str(there), "--answer", str(back))
    envelopes = _envelopes(pair.shelter)
    answered = commanded(pair.shelter, "bundle", "import", str(back))
    assert len(envelopes) == asked.bundled
    assert pair.waiting() == 0
    with serving(copy):
        sender = Sender.between(pair.shelter, copy)
        posted = fire(copy.port, sender.requests(copy.url, envelopes), 201)
    return Round(packed, taken, answered, posted, there.stat().st_size)


def _copy(node: NodeProcess, folder: Path) -> NodeProcess:
    """Copy a node that does not run, with its keys, at another address."""
    shutil.copytree(node.directory, folder)
    return new_node(DEPARTMENT, folder, {})


def _envelopes(node: NodeProcess) -> list[bytes]:
    with closing(open_database(node.as_settings().url)) as database, database.reading.connect() as connection:
        return [bytes(data) for (data,) in connection.execute(_WAITING)]


def _rows(count: int, taken: list[Round]) -> list[Row]:
    posted = [one.posted for one in taken]
    limit, limit_is = median(posted), "by POST"
    return [
        Row("the same by POST, 32 connections", RATE, posted),
        Row("export", RATE, [count / one.packed for one in taken], limit, limit_is),
        Row("import, with the answer written", RATE, [count / one.taken for one in taken], limit, limit_is),
        Row("import of the answer", RATE, [count / one.answered for one in taken], limit, limit_is),
    ]


def _says(asked: Asked, one: Round) -> str:
    return (
        f"A bundle of {asked.bundled:,} envelopes ({one.bytes / 1e6:,.1f} MB) between two nodes on SQLite, by "
        "`homeward bundle export` and `import` with their start; the answer carries as many receipts back."
    )
