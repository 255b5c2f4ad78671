"""``make soak``: measures the most, keeps up a share of it while faults strike, and accounts for every document.

The exit code is 1 where anything was found.
"""

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from api.demo.processes import fork_process, warm_up
from benchmarks.bench.section import Machine, keep
from benchmarks.faults.checks import Memory, check
from benchmarks.faults.database import POSTGRESQL, SQLITE
from benchmarks.faults.pair import SETTINGS, Pair, Way, open_pair
from benchmarks.faults.work import Ledger
from benchmarks.soak.accounting import account
from benchmarks.soak.load import Load, Told
from benchmarks.soak.memory import EVERY, Watch
from benchmarks.soak.report import Report
from benchmarks.soak.settling import settle, waiting
from benchmarks.soak.strikes import Strikes

WAY = Way(
    {**SETTINGS, "HOMEWARD_PEER_TIMEOUT_SECONDS": "5", "HOMEWARD_TOKEN_MINUTES": "60"}, fork_process, is_rehearsal=False
)
MEASURED = 300
"""So many documents tell what the pair can do at most, after half as many to warm up."""
STRIKES = 20
"""About so many strikes in a run, but none less than ten seconds after the one before."""
TOLD_EVERY = 10.0


def main() -> None:
    """Soak, print, and keep the report where one is asked for."""
    asked = _read()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    began, load = datetime.now(UTC), os.getloadavg()[0]
    warm_up()
    with (
        tempfile.TemporaryDirectory(prefix="homeward-soak-", ignore_cleanup_errors=True) as folder,
        open_pair(asked.on, Path(folder), WAY) as pair,
    ):
        report = Soak(pair, asked).run(lambda: Machine.now(began, load, "soak"))
    keep(report, asked.report)
    sys.exit(bool(report.findings))


class Soak:
    """One run on one pair."""

    def __init__(self, pair: Pair, asked: argparse.Namespace) -> None:
        self._pair, self._asked = pair, asked
        self._told = Told()
        self._load = Load(pair, self._told)
        self._memories: dict[str, Memory] = {side.agency: Memory() for side in pair.sides}
        check(pair, Ledger(), self._memories)  # what a node writes when it is founded

    def run(self, machine: Callable[[], Machine]) -> Report:
        """Measure the most, soak, settle and account; ``machine`` is asked at the end."""
        _tell(f"what the pair does at most: {MEASURED // 2 + MEASURED} documents ...")
        most = self._most()
        rate, seconds = most * self._asked.share, 60 * self._asked.minutes
        _tell(f"{most:.1f} documents a second at most; {rate:.1f} for {self._asked.minutes:g} minutes")
        strikes = Strikes(self._pair, seconds, every=max(10.0, seconds / STRIKES), seed=self._asked.seed)
        watches = [Watch(side) for side in self._pair.sides]
        self._told.most_behind = 0
        self._soak(int(rate * seconds), rate, strikes, watches)
        settled = settle(self._pair, self._told)
        found = [*self._told.findings, *account(self._pair, self._told, self._memories, _tell)]
        grown = [watch.growth() for watch in watches]
        return Report(
            machine=machine(),
            kind=self._asked.on,
            minutes=self._asked.minutes,
            seed=self._asked.seed,
            share=self._asked.share,
            most=most,
            rate=rate,
            sent=len(self._told.stories),
            restarts=sum(side.restarts for side in self._pair.sides),
            most_behind=self._told.most_behind,
            settled=settled,
            again=dict(self._told.again),
            strikes=strikes.struck,
            memory=grown,
            findings=[*found, *(finding for one in grown for finding in one.findings)],
        )

    def _most(self) -> float:
        """Return how many documents a second become receipts where as many come as are answered."""
        for count in (MEASURED // 2, MEASURED):
            began = time.perf_counter()
            self._load.send(count)
            settle(self._pair, self._told)
            most = count / (time.perf_counter() - began)
        return most

    def _soak(self, count: int, rate: float, strikes: Strikes, watches: list[Watch]) -> None:
        """Let the load run beside strikes and looks until all is sent."""
        load = threading.Thread(target=self._load.send, args=(count, rate), daemon=True)
        looking = threading.Event()
        look = threading.Thread(target=self._look, args=(looking, count, watches), daemon=True)
        load.start()
        look.start()
        while load.is_alive():
            struck = strikes.turn()
            if struck is not None:
                for watch in watches:
                    watch.begin_anew()
                _tell(f"{struck.what}, mended after {struck.lasted:.1f} s")
            load.join(0.2)
        looking.set()
        look.join()

    def _look(self, enough: threading.Event, count: int, watches: list[Watch]) -> None:
        """Look at the memory of both nodes every so often, and tell now and then how far it is."""
        tell_at = 0.0
        while not enough.wait(EVERY):
            now = time.monotonic()
            held = [watch.look(now) for watch in watches]
            if now >= tell_at:
                tell_at = now + TOLD_EVERY
                memory = " and ".join(f"{one:.0f}" for one in held)
                sent = len(self._told.stories) - MEASURED - MEASURED // 2
                again = sum(self._told.again.values())
                waits = waiting(self._pair)
                _tell(f"{sent:,} of {count:,} sent, {waits} wait, asked again {again} times, {memory} MB")


def _tell(what: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {what}\n")


def _read() -> argparse.Namespace:
    """Read the command line."""
    ask = argparse.ArgumentParser(description="steady load for minutes while processes are killed and lines cut")
    ask.add_argument("--minutes", type=float, default=10)
    ask.add_argument("--share", type=float, default=0.8, help="of what the pair can do at most")
    ask.add_argument("--on", choices=[SQLITE, POSTGRESQL], default=SQLITE)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--report", type=Path, help="a path without its ending")
    return ask.parse_args()


if __name__ == "__main__":
    main()
