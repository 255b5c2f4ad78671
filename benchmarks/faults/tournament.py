"""Many rounds: several pairs of nodes at a time, each playing the rounds of its database one after the other."""

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks.faults.database import KINDS
from benchmarks.faults.pair import open_pair
from benchmarks.faults.rounds import Played, Referee

Tell = Callable[[Played], None]
FRESH = 60
"""After so many rounds a pair is founded anew, so that nothing found late is the sum of very much before."""


def kind_of(number: int) -> str:
    """Return the database on which a round is played."""
    return KINDS[number % len(KINDS)]


def play_all(
    numbers: Iterable[int], seed: int, folder: Path, pairs: int, *, enough: threading.Event, tell: Tell
) -> list[Played]:
    """Play these rounds, beginning none once it is enough, and return what came of them by number."""
    waiting: dict[str, queue.SimpleQueue[int]] = {kind: queue.SimpleQueue() for kind in KINDS}
    for number in numbers:
        waiting[kind_of(number)].put(number)
    needed = [kind for kind in KINDS if not waiting[kind].empty()]
    with ThreadPoolExecutor(pairs) as pool:
        lanes = [
            pool.submit(_play, waiting[kind], kind, seed, folder / f"lane-{lane}", enough, tell)
            for lane, kind in enumerate((needed * pairs)[: max(pairs, len(needed))])
        ]
    return sorted((one for lane in lanes for one in lane.result()), key=lambda one: one.number)


def _play(
    waiting: "queue.SimpleQueue[int]", kind: str, seed: int, folder: Path, enough: threading.Event, tell: Tell
) -> list[Played]:
    """Play what waits; after a finding with another pair, since this one can't be trusted any more."""
    played: list[Played] = []
    while not waiting.empty() and not enough.is_set():
        with ExitStack() as end:
            pair = end.enter_context(open_pair(kind, folder / str(len(played))))
            referee = Referee(pair, seed)
            for _ in range(FRESH):
                try:
                    played.append(referee.play(waiting.get_nowait()))
                except queue.Empty:
                    break
                tell(played[-1])
                if played[-1].findings or enough.is_set():
                    break
    return played
