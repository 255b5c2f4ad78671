"""A ``homeward`` command as a process of its own, in one of two ways.

``start_process`` starts a fresh interpreter, as a shell would. ``fork_process`` forks off a process that has imported
everything once and does nothing else, so that a rehearsal with many nodes need not wait for each to import it all.
Either way it is the same command with the same environment.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

_FORKS = "forkserver" in multiprocessing.get_all_start_methods()
_CONTEXT = multiprocessing.get_context("forkserver") if _FORKS else multiprocessing.get_context("spawn")
_COMMAND = "api.cli"
_IMPORTED_ONCE = [
    _COMMAND,
    "api.app",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
]


class Running(Protocol):
    """A process that was started, as far as a node needs to know it."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    def poll(self) -> int | None:
        """Return its exit code, or ``None`` while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raises ``subprocess.TimeoutExpired``."""
        ...


Launch = Callable[[Sequence[str], Mapping[str, str], Path, Path], Running]
"""Starts a command: its arguments, its environment, its folder, the file for what it prints."""


def start_process(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Running:
    """Start a command in an interpreter of its own."""
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", _COMMAND, *arguments], env=dict(environment), cwd=folder, stdout=file, stderr=file
        )


def fork_process(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Running:
    """Start a command in a process that need not import anything any more; where none can be had, in a fresh one."""
    process = _CONTEXT.Process(target=_run, args=(tuple(arguments), dict(environment), folder, log), daemon=True)
    try:
        process.start()
    except OSError:  # a TMPDIR too long for a socket, for example
        return start_process(arguments, environment, folder, log)
    return Forked(process)


def warm_up() -> None:
    """Import everything once, ahead of the first ``fork_process``; returns when that is done."""
    _CONTEXT.set_forkserver_preload(_IMPORTED_ONCE)
    first = _CONTEXT.Process(target=_do_nothing, daemon=True)
    with suppress(OSError):
        first.start()
        first.join()


class Forked:
    """What ``subprocess.Popen`` tells about a process, told of one that was forked."""

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
            raise subprocess.TimeoutExpired(_COMMAND, timeout or 0)
        return self._process.exitcode


def _do_nothing() -> None:
    """End at once: it is there so that everything was imported before."""


def _run(arguments: tuple[str, ...], environment: dict[str, str], folder: Path, log: Path) -> None:
    """Become the command."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    sys.argv = ["homeward", *arguments]
    runpy.run_module(_COMMAND, run_name="__main__", alter_sys=True)
