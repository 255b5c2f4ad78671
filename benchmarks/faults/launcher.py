"""Starts a node process that can be armed: forked off a process that has imported everything once."""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.demo.processes import Forked

_CONTEXT = multiprocessing.get_context("forkserver")
_IMPORTED_ONCE = [
    "benchmarks.faults.points",
    "api.cli",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "psycopg",
]
AS_NOBODY = "FAULTS_AS_NOBODY"
"""In the environment of a node: it is not run by the owner of its files, and not by root who may write everywhere."""
NOBODY = 65_534


def launch(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Forked:
    """Start a ``homeward`` command in a process that can be armed."""
    _CONTEXT.set_forkserver_preload(_IMPORTED_ONCE)
    process = _CONTEXT.Process(target=_run, args=(tuple(arguments), dict(environment), folder, log), daemon=True)
    process.start()
    return Forked(process)


def _run(arguments: tuple[str, ...], environment: dict[str, str], folder: Path, log: Path) -> None:
    """Become the command."""
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    if AS_NOBODY in environment and os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir(folder)
    from api.cli import main  # noqa: PLC0415  # with the environment of the node
    from benchmarks.faults.points import Trap, install  # noqa: PLC0415

    install(Trap(Path(environment["HOMEWARD_DATA_DIR"])))
    sys.argv = ["homeward", *arguments]
    main()
