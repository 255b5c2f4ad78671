"""The one shape of what was measured: rows with a value for each round, each beside its limit where it has one."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Protocol, Self

RATE = "per second"


@dataclass(frozen=True)
class Row:
    """One figure, measured in every round; ``limit`` is what it can be compared with, as measured in the same run."""

    what: str
    unit: str
    values: Sequence[float]
    limit: float | None = None
    limit_is: str = ""

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def beside(self) -> str:
        """How much of its limit a rate reached, or how many times its limit a time took."""
        if self.limit is None:
            return ""
        ratio = f"{self.middle / self.limit:.1%} of" if self.unit == RATE else f"{self.middle / self.limit:.2f} ×"
        return f"{ratio} {_told(self.limit)} ({self.limit_is})" if self.limit_is else f"{ratio} {_told(self.limit)}"

    def as_markdown(self) -> str:
        """Write a row of the table."""
        low, high = min(self.values), max(self.values)
        return f"| {self.what} | {self.unit} | {_told(self.middle)} | {_told(low)} | {_told(high)} | {self.beside} |\n"


@dataclass(frozen=True)
class Section:
    """What one section measured, and in which words."""

    name: str
    says: str
    rows: Sequence[Row]
    seconds: float = 0

    def as_markdown(self) -> str:
        """Write the section."""
        head = "| | unit | median | lowest | highest | beside its limit |\n|---|---|---|---|---|---|\n"
        rows = "".join(row.as_markdown() for row in self.rows)
        return f"## {self.name.capitalize()}\n\n{self.says}\n\n{head}{rows}"


@dataclass(frozen=True)
class Machine:
    """Where it was measured, and by which command."""

    told: str
    load_before: float
    load_after: float
    began: str
    command: str

    @classmethod
    def now(cls, began: datetime, load_before: float, target: str) -> Self:
        """Describe this machine at the end of a run."""
        arguments = " ".join(sys.argv[1:])
        return cls(
            told=f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, Python {platform.python_version()}",
            load_before=round(load_before, 1),
            load_after=round(os.getloadavg()[0], 1),
            began=began.astimezone(UTC).isoformat(timespec="minutes"),
            command=f'make {target} ARGS="{arguments}"' if arguments else f"make {target}",
        )

    def as_markdown(self) -> str:
        """Say it in a paragraph."""
        return (
            f"{self.told}; load {self.load_before} when it began ({self.began}) and {self.load_after} when it ended.\n"
            f"Clients, nodes and databases share this machine. `{self.command}`\n"
        )


@dataclass(frozen=True)
class Report:
    """One run."""

    machine: Machine
    rounds: int
    sections: Sequence[Section] = field(default_factory=tuple)

    def as_markdown(self) -> str:
        """Write the page."""
        said = "A figure is the median of the rounds, with the lowest and the highest; limits are of the same run."
        head = f"# What a node does\n\n{self.machine.as_markdown()}{self.rounds} rounds. {said}\n\n"
        return head + "\n".join(section.as_markdown() for section in self.sections)

    def as_json(self) -> str:
        """Write the figures with every round."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


class Told(Protocol):
    """A report of any command."""

    def as_markdown(self) -> str:
        """Write the page."""
        ...

    def as_json(self) -> str:
        """Write the figures with every round."""
        ...


def keep(report: Told, path: Path | None) -> None:
    """Print a report, and keep it as Markdown and JSON where a path without an ending is given."""
    sys.stdout.write(report.as_markdown())
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".md").write_text(report.as_markdown())
        path.with_suffix(".json").write_text(report.as_json())


def share_of(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all is not above: 0.99 is what is called p99."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _told(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.1f}" if abs(number) >= 10 else f"{number:,.2f}"


def _processor() -> str:
    """Return what the machine calls its processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
