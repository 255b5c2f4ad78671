"""``make bench``: measures the sections that are asked for, prints them and keeps the report."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench import accepted, attachments, bundle, drain, latency, lists, start
from benchmarks.bench.asked import Asked
from benchmarks.bench.places import POSTGRESQL, SQLITE, Places
from benchmarks.bench.section import Machine, Report, Section, keep

SECTIONS: dict[str, Callable[[Asked, Places], Section]] = {
    "start": start.measure,
    "accepted": accepted.measure,
    "latency": latency.measure,
    "drain": drain.measure,
    "bundle": bundle.measure,
    "attachments": attachments.measure,
    "lists": lists.measure,
}
_ON = {"sqlite": (SQLITE,), "postgresql": (POSTGRESQL,)}


def main() -> None:
    """Measure, print, and keep the report where one is asked for."""
    given = _read()
    sizes = tuple(given.documents_in_lists)
    asked = Asked(
        given.rounds, given.documents, given.waiting, given.bundled, sizes, given.looks, given.attached_mb * 1_000_000
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    began, load = datetime.now(UTC), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="homeward-bench-", ignore_cleanup_errors=True) as folder:
        places = Places(Path(folder), _ON.get(given.on, (SQLITE, POSTGRESQL)), _tell)
        sections = [_measured(name, asked, places) for name in given.only or SECTIONS]
    keep(Report(Machine.now(began, load, "bench"), asked.rounds, sections), given.report)


def _measured(name: str, asked: Asked, places: Places) -> Section:
    _tell(f"{name} ...")
    began = time.monotonic()
    section = SECTIONS[name](asked, places)
    return replace(section, seconds=round(time.monotonic() - began, 1))


def _tell(what: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {what}\n")


def _read() -> argparse.Namespace:
    """Read the command line."""
    usual = Asked()
    ask = argparse.ArgumentParser(description="how fast, how long and how much, each beside its limit")
    ask.add_argument("--only", choices=[*SECTIONS], action="append", help="one section; may be said several times")
    ask.add_argument("--on", choices=[*_ON], help="one database; both when left out")
    ask.add_argument("--rounds", type=int, default=usual.rounds)
    ask.add_argument("--documents", type=int, default=usual.documents, help="in each round")
    ask.add_argument("--waiting", type=int, default=usual.waiting, help="what waits before it drains")
    ask.add_argument("--bundled", type=int, default=usual.bundled, help="envelopes in a bundle")
    ask.add_argument(
        "--documents-in-lists", type=int, nargs="+", default=list(usual.in_lists), help="sizes that are compared"
    )
    ask.add_argument("--looks", type=int, default=usual.looks, help="how often each list is asked for in each round")
    ask.add_argument("--attached-mb", type=int, default=usual.attached // 1_000_000, help="size of a file")
    ask.add_argument("--report", type=Path, help="a path without its ending")
    return ask.parse_args()


if __name__ == "__main__":
    main()
