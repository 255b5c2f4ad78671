"""Whose turn it is to write, among the processes that share one SQLite.

SQLite lets one write at a time and the others sleep and look again, for longer each time: whoever writes much takes
every turn, and a process beside it writes hardly ever. Turns make that fair, and are no promise: what keeps writes
apart is SQLite itself, so whoever can't get a turn writes without one.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

LOOK = 0.001
"""So many seconds lie between two looks whether it is our turn."""
PATIENCE = 10.0
"""Whoever has the turn for so many seconds has stopped."""

_log = structlog.get_logger("homeward.store")


class Turn:
    """Waits a while for the turn, and gives it back, also when the process is killed; for one thread.

    ``database`` is the path of a SQLite; a file beside it keeps the turns, and nothing is ever written there. Without a
    path every turn is free.
    """

    def __init__(self, database: str | None) -> None:
        self._database = database
        self._file: int | None = None

    @contextmanager
    def taken(self, patience: float = PATIENCE) -> Iterator[None]:
        """Keep the turn for a block, or go without it where nobody gives it in so many seconds."""
        is_ours = self._database is not None and self._take(self._database, patience)
        try:
            yield
        finally:
            if is_ours and self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take(self, database: str, patience: float) -> bool:
        end = time.monotonic() + patience
        try:
            if self._file is None:
                self._file = _open_beside(database)
            while not _is_locked(self._file):
                if time.monotonic() > end:
                    _log.warning("turn_not_given", reason="somebody keeps it")
                    return False
                time.sleep(LOOK)
        except OSError as error:
            _log.warning("turn_not_given", reason=type(error).__name__)
            return False
        return True


def _is_locked(file: int) -> bool:
    """Lock a file if nobody else has it locked, and say whether that was so."""
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _open_beside(database: str) -> int:
    """Open the file of a database, whose owner it is; what an operator begins as root, the node's user can go on."""
    file = os.open(f"{database}-turn", os.O_RDONLY | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        owner = Path(database).stat()
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file
