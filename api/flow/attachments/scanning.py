"""The hook for a virus scanner: a command that gets a file on its standard input and says no by its exit code.

It fits ``clamdscan -`` and whatever a ministry has. A scanner that is away, hangs, or did not listen to the end is no
yes: the file waits.
"""

import subprocess
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress

from api.errors import InvalidInput, NodeError

_CLEAN, _FOUND = 0, 1


class Scanner:
    """A command that judges a file, within some seconds."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command, self._seconds = command, seconds

    def require_clean(self, chunks: Iterable[bytes]) -> None:
        """Give the scanner a file; raises ``InvalidInput`` ``virus_found``, ``NodeError`` ``scanner_unavailable``."""
        try:
            process = subprocess.Popen(  # noqa: S603  # the operator's own command, and nothing of the file is in it
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            raise _unavailable() from None
        timer = threading.Timer(self._seconds, process.kill)
        timer.start()
        try:
            has_listened = _feed(process, chunks)
            said = process.wait()
        finally:
            timer.cancel()
            process.kill()
            process.wait()
        if said == _FOUND:
            raise InvalidInput("virus_found", "the scanner of this node refuses the file")
        if said != _CLEAN or not has_listened:
            raise _unavailable()


def _feed(process: "subprocess.Popen[bytes]", chunks: Iterable[bytes]) -> bool:
    """Write a file to a process; tell whether it listened to the end."""
    assert process.stdin is not None  # noqa: S101  # it was opened with a pipe
    has_listened = True
    try:
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.flush()
    except BrokenPipeError:
        has_listened = False
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
    return has_listened


def _unavailable() -> NodeError:
    return NodeError(
        "scanner_unavailable", "the scanner did not judge the file; send the last part again, empty, later"
    )
