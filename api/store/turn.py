"""Whose turn it is to write, among the processes that share one SQLite.

SQLite lets one write at a time and the others sleep and look again, for longer each time: whoever writes much takes
every turn, and a process beside it writes hardly ever. Here they wait in the kernel, which wakes the next one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """Waits for the turn and gives it back, also when the process is killed; for one thread.

    ``path`` is a file beside the database, in which nothing is ever written; without one every turn is free.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._file: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and keep it for a block; raises ``OSError`` where there is no place for the file."""
        if self._path is None:
            yield
            return
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
