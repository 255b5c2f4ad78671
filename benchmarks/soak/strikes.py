"""What strikes while the load goes on: processes end at once, lines break off, answers come too late.

Processes are killed in the first half only, so that in the second each lives long enough for its memory to be judged.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.faults import line
from benchmarks.faults.pair import Pair, Side

LASTS = 2.0
"""So many seconds a line is bad."""
DOWN = 1.0
"""So many seconds pass before somebody starts a process again."""
TOO_LATE = 7.0
"""Longer than a node of a soak waits for the other one's answer."""
_SHORTEST = 700


@dataclass(frozen=True)
class Strike:
    """What struck, when, and how many seconds later it was mended."""

    what: str
    at: float
    lasted: float


def _kill(side: Side) -> None:
    side.kill()
    time.sleep(DOWN)
    side.start()


def _bad_line(pair: Pair, mischief: line.Mischief) -> None:
    mend = pair.department.wire.do(mischief)
    time.sleep(LASTS)
    mend()


KILLS: dict[str, Callable[[Pair, Random], None]] = {
    "kill -9 of the sender": lambda pair, _: _kill(pair.shelter),
    "kill -9 of the recipient": lambda pair, _: _kill(pair.department),
}
LINES: dict[str, Callable[[Pair, Random], None]] = {
    "answers cut": lambda pair, random: _bad_line(pair, line.cut_answer(random.randrange(_SHORTEST))),
    "calls cut": lambda pair, random: _bad_line(pair, line.cut_call(random.randrange(_SHORTEST))),
    "answers late": lambda pair, _: _bad_line(pair, line.late(TOO_LATE)),
    "calls twice": lambda pair, _: _bad_line(pair, line.twice),
}


class Strikes:
    """Strikes at fixed times of a run, each fault in turn."""

    def __init__(self, pair: Pair, seconds: float, *, every: float, seed: int) -> None:
        self._pair, self._random = pair, Random(seed)
        self._began, self._seconds = time.monotonic(), seconds
        self._every, self._next = every, every / 2
        self.struck: list[Strike] = []

    def turn(self) -> Strike | None:
        """Strike where it is time to, wait until it is mended and tell of it."""
        now = time.monotonic() - self._began
        if now < self._next or now > self._seconds - LASTS:
            return None
        self._next += self._every
        faults = {**KILLS, **LINES} if now < self._seconds / 2 else LINES
        name = _in_turn([*faults], self.struck)
        faults[name](self._pair, self._random)
        self.struck.append(Strike(name, round(now, 1), round(time.monotonic() - self._began - now, 1)))
        return self.struck[-1]


def _in_turn(names: Sequence[str], struck: Sequence[Strike]) -> str:
    """Return the name that struck least often, the first of several."""
    return min(names, key=lambda name: sum(one.what == name for one in struck))
