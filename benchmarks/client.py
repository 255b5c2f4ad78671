"""A client that costs little beside the node: prepared requests over kept connections, nothing parsed but the status.

It runs on uvloop where that is installed, as the node does, since both share the cores of one machine.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import cast

try:
    from uvloop import run
except ImportError:  # where uvloop can't be installed
    from asyncio import run

CONNECTIONS = 32
_LENGTH = b"content-length: "


def http(method: str, path: str, token: str = "", body: bytes = b"", content_type: str = "application/jose") -> bytes:
    """Spell out a request."""
    head = f"{method} {path} HTTP/1.1\r\nhost: node\r\ncontent-length: {len(body)}\r\n"
    head += f"content-type: {content_type}\r\n" if body else ""
    head += f"authorization: Bearer {token}\r\n" if token else ""
    return head.encode() + b"\r\n" + body


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
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0])
        if len(body) == length:
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
        await loop.create_connection(lambda end=future: _Connection(waiting, statuses, end), "127.0.0.1", port)
    await asyncio.gather(*done)
    return time.perf_counter() - started, statuses


def fire(port: int, requests: list[bytes], expected: int) -> float:
    """Send all requests over several connections and return how many a second were answered as expected."""
    seconds, statuses = run(_fire(port, requests))
    assert set(statuses) == {expected}, f"not everything was answered with {expected}: {sorted(set(statuses))}"
    return len(requests) / seconds
