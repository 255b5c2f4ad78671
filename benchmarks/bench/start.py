"""What a node needs before it does anything: time from command to ready, memory at rest, and what is installed.

No image is built here: what is installed are the wheels that the lock names, as they lie in this environment, and our
own packages; the interpreter and the system beneath it come on top.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from statistics import median

from benchmarks.bench.asked import Asked
from benchmarks.bench.nodes import DEPARTMENT, found, memory_of, serving
from benchmarks.bench.places import Places
from benchmarks.bench.section import Row, Section

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "base.lock"
OUR_OWN = ("api", "schemas", "migrations")
_LIBRARIES = "fastapi, uvicorn, sqlmodel, alembic, cryptography, joserfc, httpx2, typer, rich, structlog"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def measure(asked: Asked, places: Places) -> Section:
    """Start a fresh node in each round on each database, and weigh what is installed."""
    bare = [_timed("pass") for _ in range(asked.rounds)]
    libraries = [_timed(f"import {_LIBRARIES}") for _ in range(asked.rounds)]
    rows = [
        Row("the interpreter alone", "s", bare),
        Row("the interpreter with the libraries imported", "s", libraries),
    ]
    for kind in places.on:
        taken = [_start(places, kind) for _ in range(asked.rounds)]
        ready = [one[0] for one in taken]
        rows.append(Row(f"command to ready: {kind}", "s", ready, median(libraries), "libraries alone"))
        rows.append(Row(f"memory at rest: {kind}", "MB", [one[1] for one in taken]))
    return Section("start", _SAYS, [*rows, *_installed()])


def _timed(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - began


def _start(places: Places, kind: str) -> tuple[float, float]:
    """Return in how many seconds a new node was ready, and how many MB it holds then."""
    node = found(DEPARTMENT, places.new_folder(), places.new_database(kind))
    began = time.perf_counter()
    with serving(node):
        return time.perf_counter() - began, memory_of(node)


def _installed() -> list[Row]:
    """Weigh the wheels of the lock and our own packages."""
    wheels = sum(map(_bytes_of, _names()))
    own = sum(_on_disk(file) for name in OUR_OWN for file in (ROOT / name).rglob("*.py"))
    return [
        Row("installed: the wheels of the lock", "MB", [wheels / 1e6]),
        Row("installed: our own packages", "MB", [own / 1e6], wheels / 1e6, "the wheels"),
    ]


def _names() -> Iterator[str]:
    yield from _PINNED.findall(LOCK.read_text())


def _bytes_of(name: str) -> int:
    """Return what the files of a package take on the disk, without what was compiled; 0 for one of other machines."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0
    return sum(_on_disk(Path(str(file.locate()))) for file in files if file.suffix != ".pyc")


def _on_disk(file: Path) -> int:
    return file.stat().st_blocks * 512 if file.is_file() else 0


_SAYS = (
    "A new, empty node from `homeward serve` to the first answer of `/health/ready`, and what it holds in memory then. "
    "The wheels of `requirements/base.lock` are weighed as they lie on this disk, without compiled files and without "
    "the interpreter."
)
