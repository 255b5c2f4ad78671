"""``make faults``: plays rounds on several pairs of nodes at a time, prints what was found and keeps a report.

The exit code is 1 where anything was found; each finding is printed with the command that plays its round again.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.faults.report import Report
from benchmarks.faults.rounds import Played
from benchmarks.faults.tournament import play_all


def main() -> None:
    """Play, print, and keep the report where one is asked for."""
    ask = argparse.ArgumentParser(description="kill, cut, garble, fill and take away; then compare with the answers")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--first", type=int, default=0, help="the number of the first round")
    ask.add_argument("--rounds", type=int, default=1000)
    ask.add_argument("--pairs", type=int, default=4, help="pairs of nodes at a time")
    ask.add_argument(
        "--minutes", type=float, default=600, help="begin no round after so long; the report says how many"
    )
    ask.add_argument("--report", type=Path, help="a path without its ending")
    asked = ask.parse_args()
    began, enough = time.monotonic(), threading.Event()
    for asking in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asking, lambda *_: enough.set())
    timer = threading.Timer(60 * asked.minutes, enough.set)
    timer.daemon = True
    timer.start()
    with tempfile.TemporaryDirectory(prefix="homeward-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # a node that is run by nobody finds its way to its own folder
        numbers = range(asked.first, asked.first + asked.rounds)
        played = play_all(numbers, asked.seed, Path(folder), asked.pairs, enough=enough, tell=_tell)
    report = Report(
        command=" ".join(("python -m benchmarks.faults", *sys.argv[1:])),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        load=os.getloadavg()[0],
        seed=asked.seed,
        pairs=asked.pairs,
        seconds=round(time.monotonic() - began, 1),
        played=played,
    )
    print(report.as_markdown())
    if asked.report is not None:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.with_suffix(".md").write_text(report.as_markdown())
        asked.report.with_suffix(".json").write_text(report.as_json())
    sys.exit(bool(report.found))


def _tell(one: Played) -> None:
    """Say how a round went, in one line."""
    found = "; ".join(one.findings) or "held"
    print(f"{one.number:5} {one.kind:10} {one.fault} ({one.drawn}): {found}", flush=True)


if __name__ == "__main__":
    main()
