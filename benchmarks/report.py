"""What was measured, as a page for people and as JSON for comparing."""

import json
from dataclasses import asdict, dataclass
from statistics import median

_HEAD = """# Documents per second

{machine}; load {load:.1f} when it ended. {rounds} rounds of {documents} envelopes of {envelope_bytes:,} bytes (a full
case file in the hybrid layer), a client on the same machine, {connections} connections.

| per second | median | lowest | highest | of the limit |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Figures:
    """How often one piece of work was done in a second, round by round; ``where`` is the node that did it."""

    what: str
    where: str
    per_second: list[float]

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return median(self.per_second)

    def row(self, share: str) -> str:
        """Write a row of the table."""
        name = f"{self.what}: {self.where}" if self.where else self.what
        low, high = min(self.per_second), max(self.per_second)
        return f"| {name} | {self.middle:,.0f} | {low:,.0f} | {high:,.0f} | {share} |\n"


@dataclass(frozen=True)
class Memory:
    """Resident memory of a node in MB, all its workers together."""

    where: str
    idle: float
    after: float
    documents: int


@dataclass(frozen=True)
class Report:
    """One run."""

    machine: str
    load: float
    rounds: int
    documents: int
    envelope_bytes: int
    connections: int
    figures: list[Figures]
    memory: list[Memory]

    def limit(self, where: str) -> float:
        """Return what primitives, commit and an empty endpoint of that node allow one after the other."""
        parts = [one for one in self.figures if one.where in {"", where} and one.what != "accepted"]
        return 1 / sum(1 / one.middle for one in parts)

    def share(self, one: Figures) -> str:
        """Return how much of its limit a node reached; nothing for what is a part of the limit."""
        return (
            f"{one.middle / self.limit(one.where):.1%} of {self.limit(one.where):,.0f}"
            if one.what == "accepted"
            else ""
        )

    def as_markdown(self) -> str:
        """Write the page."""
        rows = "".join(one.row(self.share(one)) for one in self.figures)
        memory = "".join(
            f"* {one.where}: {one.idle:.0f} MB idle, {one.after:.0f} MB after {one.documents:,} documents\n"
            for one in self.memory
        )
        return (
            _HEAD.format(**asdict(self)) + rows + f"\nThe limit of a node is 1 / (1/a + 1/b + 1/c). Memory:\n\n{memory}"
        )

    def as_json(self) -> str:
        """Write the figures with every round."""
        limits = {one.where: self.limit(one.where) for one in self.figures if one.where}
        return json.dumps({**asdict(self), "limits": limits}, indent=2) + "\n"
