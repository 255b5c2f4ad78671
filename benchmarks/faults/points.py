"""Points in the way of a document at which a node process ends itself with SIGKILL, when it is armed to.

They are put around the product's own functions from outside, in the process that is about to serve: the product has no
hooks. A file in the node's data directory arms a process that runs: ``POINT N`` ends it when it crosses that point for
the n-th time. It is taken away before, so that the process that is started next lives.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial, wraps
from pathlib import Path
from typing import Any

from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import api.app
from api.flow.attachments import bringing, finishing, transfer
from api.flow.line import Line
from api.store import log, writer
from api.store.blobs.directory import Directory

ARMED, NO_NAMES = "armed", "no-names"
"""Files in the data directory: what ends the process, and that no host name can be resolved."""


class Point(StrEnum):
    """Where a process can end; before and after are seen from what the point names."""

    MIDDLE_OF_UPLOAD = "middle_of_upload"
    HALF_WRITTEN = "half_written"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    BEFORE_ANSWER = "before_answer"
    MIDDLE_OF_ANSWER = "middle_of_answer"
    AFTER_ANSWER = "after_answer"
    BEFORE_SENDING = "before_sending"
    AFTER_SENDING = "after_sending"
    BEFORE_FETCHING = "before_fetching"
    AFTER_FETCHING = "after_fetching"
    MIDDLE_OF_PART = "middle_of_part"
    PIECE_HALF_STORED = "piece_half_stored"
    AFTER_PIECE = "after_piece"
    BEFORE_SEALING = "before_sealing"
    AFTER_SEALING = "after_sealing"
    BEFORE_PARTS_GO = "before_parts_go"
    MIDDLE_OF_FILE = "middle_of_file"
    BEFORE_FILE_FETCHED = "before_file_fetched"
    AFTER_FILE_FETCHED = "after_file_fetched"
    BEFORE_FILE_BROUGHT = "before_file_brought"
    AFTER_FILE_BROUGHT = "after_file_brought"
    BEFORE_KEEPING = "before_keeping"
    AFTER_KEEPING = "after_keeping"


AROUND: Sequence[tuple[object, str, Point | None, Point | None]] = (
    (log, "write_lines", Point.HALF_WRITTEN, None),
    (Line, "push", Point.BEFORE_SENDING, Point.AFTER_SENDING),
    (Line, "send_receipts", Point.BEFORE_SENDING, Point.AFTER_SENDING),
    (Line, "fetch", Point.BEFORE_FETCHING, Point.AFTER_FETCHING),
    (Line, "fetch_sealed", Point.BEFORE_FILE_FETCHED, Point.AFTER_FILE_FETCHED),
    (Line, "bring_piece", Point.BEFORE_FILE_BROUGHT, Point.AFTER_FILE_BROUGHT),
    (os, "fsync", Point.PIECE_HALF_STORED, None),
    (Directory, "put", None, Point.AFTER_PIECE),
    (Directory, "remove", Point.BEFORE_PARTS_GO, None),
    (finishing, "write_blob", Point.BEFORE_SEALING, Point.AFTER_SEALING),
    (transfer, "keep", Point.BEFORE_KEEPING, Point.AFTER_KEEPING),
    (bringing, "keep", Point.BEFORE_KEEPING, Point.AFTER_KEEPING),
)
"""Functions as their callers know them, with the points before and after. Python's own ``fsync`` is called for pieces
of files only: before they have their name, and before their folder tells of them."""
FILES = "/exchange/v1/attachments/"
"""Where another node reads a file, and brings one: the only reads that cross points."""


class Trap:
    """Ends this process at the n-th crossing of the point that the file names."""

    def __init__(self, directory: Path) -> None:
        self._armed, self._no_names = directory / ARMED, directory / NO_NAMES
        self._lock = threading.Lock()
        self._order, self._crossed = "", 0

    def cross(self, point: Point) -> None:
        """Go on, or end here."""
        with self._lock:
            try:
                order = self._armed.read_text()
            except OSError:
                return
            if order != self._order:
                self._order, self._crossed = order, 0
            wanted, _, nth = order.partition(" ")
            self._crossed += wanted == point
            if wanted == point and self._crossed == int(nth):
                self._armed.unlink(missing_ok=True)
                os.kill(os.getpid(), signal.SIGKILL)

    def has_names(self) -> bool:
        """Tell whether host names can be resolved."""
        return not self._no_names.exists()


def install(trap: Trap) -> None:
    """Put the points around the functions of this process."""

    class Committing(Session):
        def commit(self) -> None:
            trap.cross(Point.BEFORE_COMMIT)
            super().commit()
            trap.cross(Point.AFTER_COMMIT)

    _replace(writer, "Session", lambda _: Committing)
    for owner, name, before, after in AROUND:
        _replace(owner, name, partial(_around, trap=trap, before=before, after=after))
    _replace(socket, "getaddrinfo", lambda real: _resolving(real, trap))
    _replace(api.app, "create_app", lambda real: lambda *given, **named: Door(real(*given, **named), trap))


def _replace(owner: object, name: str, make: Callable[[Any], Any]) -> None:
    setattr(owner, name, make(getattr(owner, name)))


def _around(real: Callable[..., Any], trap: Trap, before: Point | None, after: Point | None) -> Callable[..., Any]:
    @wraps(real)
    def crossing(*given: Any, **named: Any) -> Any:
        if before is not None:
            trap.cross(before)
        result = real(*given, **named)
        if after is not None:
            trap.cross(after)
        return result

    return crossing


def _resolving(real: Callable[..., Any], trap: Trap) -> Callable[..., Any]:
    @wraps(real)
    def resolve(*given: Any, **named: Any) -> Any:
        if not trap.has_names():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(*given, **named)

    return resolve


class Door:
    """The app of a node, with points where a body comes in and an answer leaves; reads cross none, but for files."""

    def __init__(self, app: ASGIApp, trap: Trap) -> None:
        self._app, self._trap = app, trap

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or end on the way."""
        if scope["type"] != "http" or (scope["method"] == "GET" and not scope["path"].startswith(FILES)):
            await self._app(scope, receive, send)
            return
        of_body = Point.MIDDLE_OF_PART if scope["method"] == "PATCH" else Point.MIDDLE_OF_UPLOAD
        of_answer = Point.MIDDLE_OF_FILE if scope["method"] == "GET" else Point.MIDDLE_OF_ANSWER

        async def take() -> Message:
            message = await receive()
            if message.get("body"):
                self._trap.cross(of_body)
            return message

        async def give(message: Message) -> None:
            is_start = message["type"] == "http.response.start"
            self._trap.cross(Point.BEFORE_ANSWER if is_start else of_answer)
            await send(message)
            if not is_start:
                self._trap.cross(Point.AFTER_ANSWER)

        await self._app(scope, take, give)
