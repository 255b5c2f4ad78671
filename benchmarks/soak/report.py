"""What came of a soak, as a page for people and as JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.bench.section import Machine
from benchmarks.soak.memory import Growth
from benchmarks.soak.strikes import Strike

_HEAD = """# Soak

{machine}
Two nodes on {kind}, {minutes:g} minutes at {rate:.1f} documents a second: {share:.0%} of the {most:.1f} that the pair
did at most just before. {sent:,} documents were sent, {restarts} processes were killed and started again.
**{findings}.**

* Longest that a form waited until somebody had hands for it: {most_behind:.1f} s.
* From the end of the load until everything had arrived: {settled:.1f} s.
* Asked again: {again}.

| strike | times |
|---|---|
{strikes}
| memory | watched | warm | at the end | slope |
|---|---|---|---|---|
{memory}"""


@dataclass(frozen=True)
class Report:
    """One run."""

    machine: Machine
    kind: str
    minutes: float
    seed: int
    share: float
    most: float
    rate: float
    sent: int
    restarts: int
    most_behind: float
    settled: float
    again: Mapping[str, int]
    strikes: Sequence[Strike]
    memory: Sequence[Growth]
    findings: Sequence[str]

    def as_markdown(self) -> str:
        """Write the page."""
        count = len(self.findings)
        told = {
            "machine": self.machine.as_markdown(),
            "findings": f"{count} findings" if count else "No error but what was asked again, and nothing lost",
            "again": ", ".join(f"{what} {count} times" for what, count in sorted(self.again.items())) or "never",
            "strikes": "".join(f"| {name} | {times} |\n" for name, times in self._times()),
            "memory": "".join(map(_memory_row, self.memory)),
        }
        found = "".join(f"* {finding}\n" for finding in self.findings)
        return _HEAD.format(**{**vars(self), **told}) + (f"\n## Findings\n\n{found}" if found else "")

    def _times(self) -> Sequence[tuple[str, int]]:
        return sorted(Counter(one.what for one in self.strikes).items())

    def as_json(self) -> str:
        """Write everything."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def _memory_row(one: Growth) -> str:
    judged = "" if one.is_judged else " (too short to judge)"
    return (
        f"| {one.agency} | {one.watched_seconds:.0f} s{judged} | {one.warm_mb:.1f} MB | {one.end_mb:.1f} MB "
        f"| {one.mb_an_hour:+.1f} MB an hour |\n"
    )
