"""A client that costs little beside the node: prepared requests over kept connections.

``fire`` keeps all connections busy and parses nothing but the status; ``Caller`` asks one thing after the other and
returns answers. Both run on uvloop where that is installed, as the node does, since all share the cores of one machine.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

try:
    from uvloop import run
except ImportError:  # where uvloop can't be installed
    from asyncio import run  # type: ignore[assignment]

__all__ = ["CONNECTIONS", "Answer", "Caller", "fire", "http", "run"]

CONNECTIONS = 32
_LENGTH = b"content-length: "
_END = b"\r\n\r\n"
_KEPT = 3.0
"""A connection that rests longer is opened anew: the server closes those that rest for five seconds."""


def http(method: str, path: str, token: str = "", body: bytes = b"", content_type: str = "application/jose") -> bytes:
    """Spell out a request."""
    head = f"{method} {path} HTTP/1.1\r\nhost: node\r\ncontent-length: {len(body)}\r\n"
    head += f"content-type: {content_type}\r\n" if body else ""
    head += f"authorization: Bearer {token}\r\n" if token else ""
    return head.encode() + b"\r\n" + body


@dataclass(frozen=True)
class Answer:
    """A status and a body, and how many seconds they took."""

    status: int
    body: bytes
    seconds: float


class Caller:
    """One kept connection; opened when it is needed, and anew after it broke off. Raises ``OSError`` where it does."""

    def __init__(self, port: int) -> None:
        self._port, self._used = port, 0.0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer."""
        began = time.perf_counter()
        if began - self._used > _KEPT:
            self.hang_up()
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(request)
            head = await reader.readuntil(_END)
            body = await reader.readexactly(_length_in(head))
        except (OSError, EOFError) as error:  # an incomplete read is an end of file
            self.hang_up()
            raise ConnectionError("the line broke off") from error
        self._used = time.perf_counter()
        return Answer(int(head[9:12]), body, self._used - began)

    def hang_up(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _length_in(head: bytes) -> int:
    return int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0])


class _Connection(asyncio.Protocol):
    """Sends one request after the other, each when the answer to the one before is whole."""

    def __init__(self, waiting: Iterator[bytes], statuses: list[int], done: asyncio.Future[None]) -> None:
        self._waiting, self._statuses, self._done = waiting, statuses, done
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own looks like one and is none
        self._send()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, body = self._read.partition(_END)
        if found and len(body) == _length_in(head + _END):
            self._statuses.append(int(head[9:12]))
            self._read = b""
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the node hung up"))

    def _send(self) -> None:
        request = next(self._waiting, None)
        if request is not None:
            self._transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()


async def _fire(port: int, requests: list[bytes]) -> tuple[float, list[int]]:
    loop, statuses, waiting = asyncio.get_running_loop(), list[int](), iter(requests)
    done = [loop.create_future() for _ in range(CONNECTIONS)]
    started = time.perf_counter()
    for future in done:
        await loop.create_connection(partial(_Connection, waiting, statuses, future), "127.0.0.1", port)
    await asyncio.gather(*done)
    return time.perf_counter() - started, statuses


def fire(port: int, requests: list[bytes], expected: int) -> float:
    """Send all requests over several connections and return how many a second were answered as expected."""
    seconds, statuses = run(_fire(port, requests))
    assert set(statuses) == {expected}, f"not everything was answered with {expected}: {sorted(set(statuses))}"
    return len(requests) / seconds
