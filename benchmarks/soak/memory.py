"""Whether a process grows: its resident set, looked at every two seconds since it was last killed and ready again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import linear_regression, median

from benchmarks.bench.nodes import resident_mb
from benchmarks.faults.pair import Side

EVERY = 2.0
WARM = 30.0
"""So many seconds after it was ready a process under load has what it always needs."""
ENOUGH = 150.0
"""A life that was watched for less is told and not judged."""
MAY_GROW = 1.10
"""The last fifth against the first one: allocators and caches settle, a leak goes on."""


@dataclass(frozen=True)
class Growth:
    """What one process held after it was warm, and at the end."""

    agency: str
    watched_seconds: float
    warm_mb: float
    end_mb: float
    mb_an_hour: float
    is_judged: bool

    @property
    def findings(self) -> list[str]:
        """Say that it grew, where it did and was watched long enough."""
        if not self.is_judged or self.end_mb <= MAY_GROW * self.warm_mb:
            return []
        return [f"{self.agency} grew from {self.warm_mb:.0f} to {self.end_mb:.0f} MB, {self.mb_an_hour:.0f} an hour"]


@dataclass
class Watch:
    """Watches one node's process; one that was started anew is watched from when it was ready."""

    side: Side
    _restarts: int = 0
    _life: list[tuple[float, float]] = field(default_factory=list)

    def begin_anew(self) -> None:
        """Forget what the process held that was killed since, and the new one while it started."""
        if self.side.restarts != self._restarts:
            self._restarts, self._life = self.side.restarts, []

    def look(self, now: float) -> float:
        """Look once and return how many MB it holds; 0 while there is none."""
        if self.side.is_dead:
            return 0
        try:
            held = resident_mb(self.side.pid)
        except OSError:  # it ended just now
            return 0
        self._life.append((now, held))
        return held

    def growth(self) -> Growth:
        """Tell of the last life."""
        if not self._life:
            return Growth(self.side.agency, 0, 0, 0, 0, is_judged=False)
        began = self._life[0][0]
        warm = [one for one in self._life if one[0] >= began + WARM] or self._life
        fifth = max(1, len(warm) // 5)
        seconds = warm[-1][0] - warm[0][0]
        return Growth(
            agency=self.side.agency,
            watched_seconds=round(seconds),
            warm_mb=round(_middle(warm[:fifth]), 1),
            end_mb=round(_middle(warm[-fifth:]), 1),
            mb_an_hour=round(3600 * linear_regression(*zip(*warm, strict=True)).slope, 1) if seconds else 0,
            is_judged=seconds >= ENOUGH,
        )


def _middle(looks: Sequence[tuple[float, float]]) -> float:
    return median(held for _, held in looks)
