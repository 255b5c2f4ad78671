"""What came of the rounds, as a page for people and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.faults.rounds import Played

_HEAD = """# Faults

{machine}; load {load:.1f} when it ended. {rounds:,} rounds with seed {seed} in {minutes:.0f} minutes, {pairs} pairs of
nodes at a time; {documents:,} documents were recorded and carried, processes were started anew {restarts:,} times.
`{command}`

**{findings}.** decisions/0017 tells what a round is and what is checked after each.

*Struck* says in how many rounds a process ended at its point, or somebody said what the fault has to make somebody say;
in the others the round was over before.

| fault | database | rounds | struck | started anew | findings | median seconds |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Report:
    """One run."""

    command: str
    machine: str
    load: float
    seed: int
    pairs: int
    seconds: float
    played: Sequence[Played]

    @property
    def found(self) -> list[Played]:
        """Return the rounds after which something did not hold."""
        return [one for one in self.played if one.findings]

    def again(self, one: Played) -> str:
        """Return the command that plays a round again."""
        return f'make faults ARGS="--seed {self.seed} --first {one.number} --rounds 1"'

    def as_markdown(self) -> str:
        """Write the page."""
        head = _HEAD.format(
            command=self.command,
            machine=self.machine,
            load=self.load,
            rounds=len(self.played),
            seed=self.seed,
            minutes=self.seconds / 60,
            pairs=self.pairs,
            documents=sum(one.documents for one in self.played),
            restarts=sum(one.restarts for one in self.played),
            findings=f"{len(self.found)} rounds found something" if self.found else "Everything held in every round",
        )
        kinds = sorted({(one.fault, one.kind) for one in self.played})
        rows = "".join(_row(fault, kind, self._of(fault, kind)) for fault, kind in kinds)
        return head + rows + self._findings()

    def _of(self, fault: str, kind: str) -> list[Played]:
        return [one for one in self.played if (one.fault, one.kind) == (fault, kind)]

    def _findings(self) -> str:
        lines = [
            f"* {one.fault} ({one.kind}, {one.drawn}): {finding}\n  `{self.again(one)}`\n"
            for one in self.found
            for finding in one.findings
        ]
        return "\n## Findings\n\n" + "".join(lines) if lines else ""

    def as_json(self) -> str:
        """Write every round."""
        return json.dumps({**asdict(self), "played": [asdict(one) for one in self.played]}, indent=1) + "\n"


def _row(fault: str, kind: str, played: list[Played]) -> str:
    struck, found = sum(one.struck for one in played), sum(bool(one.findings) for one in played)
    middle, restarts = median(one.seconds for one in played), sum(one.restarts for one in played)
    return f"| {fault} | {kind} | {len(played)} | {struck} | {restarts} | {found} | {middle:.1f} |\n"
