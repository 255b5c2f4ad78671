"""The wire to other addresses over HTTP, with a bound on what comes back.

Whoever answers there, a peer or somebody in its place, can't fill our memory: an answer is cut off at a size, and one
that is compressed is refused, since a few bytes of it could become very many.
"""

import ssl
from collections.abc import Iterator
from functools import cache

import httpx2

LARGEST_ANSWER = 4_000_000
"""Twice what a page of a mailbox has: fifty envelopes of 5 to 50 KB and their receipts."""


class AnswerTooLargeError(httpx2.TransportError):
    """More came back than any good answer has, or something that grows when it is read."""


def bounded_client(timeout: float, transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """Return a client that follows no redirect and reads no more than ``LARGEST_ANSWER`` bytes of an answer.

    Its calls raise ``AnswerTooLargeError`` for more. Without a transport it goes through the proxy that is set, if any.
    """
    return httpx2.Client(
        timeout=timeout,
        verify=_trusted_authorities(),
        transport=transport,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Return what TLS is verified by; reading it takes longer than many calls, so all clients share it."""
    return httpx2.create_ssl_context()


def _bound(answer: httpx2.Response) -> None:
    """Bound an answer before its body is read."""
    length = answer.headers.get("content-length", "0")
    is_too_long = length.isdigit() and int(length) > LARGEST_ANSWER
    if is_too_long or answer.headers.get("content-encoding", "identity") != "identity":
        raise AnswerTooLargeError("too large")
    if isinstance(answer.stream, httpx2.SyncByteStream):
        answer.stream = _Bounded(answer.stream)


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream, self._left = stream, LARGEST_ANSWER

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise AnswerTooLargeError("too large")
            yield chunk

    def close(self) -> None:
        self._stream.close()
