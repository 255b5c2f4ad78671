"""Starts a node process that can be armed: forked off a process that has imported everything once."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

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


class Forked:
    """A process that was forked off, as far as a node needs to know it."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid or 0

    def poll(self) -> int | None:
        """Return its exit code, or ``None`` while it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raises ``subprocess.TimeoutExpired``."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("homeward", timeout or 0)
        return self._process.exitcode


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
