"""How fast a node takes documents, beside what it could at best: everything measured in one run on this machine.

    make bench                                        five rounds, SQLite and PostgreSQL
    make bench ARGS="--rounds 9 --only sqlite"        more rounds, without PostgreSQL
    make bench ARGS="--report docs/reports/bench"     keep the report as Markdown and JSON

A client on the same machine keeps several connections busy. *Accepted* means: opened after all checks, stored encrypted
in a durable commit, and answered with a signed receipt. Every piece of work is done once in each round, so that a
machine that drifts hits all alike; figures are medians with the lowest and the highest. There are no thresholds:
ratios hold where absolute figures drift.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from client import CONNECTIONS, fire, http
from primitives import Primitives
from report import Figures, Memory, Report
from targets import Target, new_database, postgres

Work = Callable[[], float]
BARE, COMMIT, EMPTY, ACCEPTED = "bare primitives", "bare commit", "empty endpoint", "accepted"


def main() -> None:
    """Measure, print, and keep the report where one is asked for."""
    ask = argparse.ArgumentParser(description="documents per second beside the bare primitives and an empty endpoint")
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--documents", type=int, default=400, help="in each round")
    ask.add_argument("--only", choices=["sqlite", "postgresql"])
    ask.add_argument("--report", type=Path, help="a path without its ending")
    asked = ask.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="homeward-bench-", ignore_cleanup_errors=True) as folder,
        ExitStack() as end,
    ):
        targets = open_targets(Path(folder), asked.only)
        for target in targets:
            end.callback(target.stop)
        report = measure(targets, asked.rounds, asked.documents)
    print(report.as_markdown())
    if asked.report is not None:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.with_suffix(".md").write_text(report.as_markdown())
        asked.report.with_suffix(".json").write_text(report.as_json())


def open_targets(folder: Path, only: str | None) -> list[Target]:
    """Start the nodes that are measured."""
    targets = []
    if only != "postgresql":
        targets.append(Target("SQLite, one worker", folder / "sqlite"))
    if only != "sqlite":
        url = postgres(folder)
        for workers, name in ((1, "one worker"), (2, "two workers")):
            place = new_database(url, f"with_{workers}")
            made = Target(f"PostgreSQL, {name}", folder / f"with-{workers}", database_url=place, workers=workers)
            targets.append(made)
    return targets


def measure(targets: list[Target], rounds: int, count: int) -> Report:
    """Measure everything in turn, once to warm up and then in so many rounds."""
    sample = targets[0].envelopes(1)[0]
    bare = Primitives(len(sample))
    empty = [http("GET", "/health/live", body=sample)] * count
    works: dict[tuple[str, str], Work] = {
        (BARE, ""): partial(bare.per_second, count),
        (COMMIT, ""): partial(bare.commits_per_second, count, group=CONNECTIONS),
    }
    for target in targets:
        works[EMPTY, target.name] = partial(fire, target.port, empty, 200)
        works[ACCEPTED, target.name] = lambda of=target: fire(of.port, of.requests(count), 201)
    for work in works.values():
        work()
    taken = [{name: work() for name, work in works.items()} for _ in range(rounds)]
    return Report(
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        load=os.getloadavg()[0],
        rounds=rounds,
        documents=count,
        envelope_bytes=len(sample),
        connections=CONNECTIONS,
        figures=[Figures(what, where, [one[what, where] for one in taken]) for what, where in works],
        memory=[Memory(one.name, one.idle_mb, one.resident_mb(), count * (rounds + 1)) for one in targets],
    )


if __name__ == "__main__":
    main()
