"""The wire to other addresses over HTTP, with a bound on what comes back.

Whoever answers there, a peer or somebody in its place, can't fill our memory: an answer is cut off at a size, and one
that is compressed is refused, since a few bytes of it could become very many.
"""

from collections.abc import Iterator

import httpx2

LARGEST_ANSWER = 4_000_000
"""A page of a mailbox is the largest good answer: a few dozen envelopes of 5 to 50 KB."""


class AnswerTooLargeError(httpx2.TransportError):
    """More came back than any good answer has, or something that grows when it is read."""


class BoundedTransport(httpx2.BaseTransport):
    """Passes requests on and answers back, as far as these are plain and of bounded size."""

    def __init__(self, inner: httpx2.BaseTransport, largest: int = LARGEST_ANSWER) -> None:
        self._inner, self._largest = inner, largest

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make a request that asks for no compression; raises ``AnswerTooLargeError``, while reading too."""
        request.headers["accept-encoding"] = "identity"
        answer = self._inner.handle_request(request)
        assert isinstance(answer.stream, httpx2.SyncByteStream)  # noqa: S101  # what this kind of transport gives
        length = answer.headers.get("content-length", "0")
        is_too_long = length.isdigit() and int(length) > self._largest
        if is_too_long or answer.headers.get("content-encoding", "identity") != "identity":
            answer.close()
            raise AnswerTooLargeError("too large")
        answer.stream = _Bounded(answer.stream, self._largest)
        return answer

    def close(self) -> None:
        """Close what is behind it."""
        self._inner.close()


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, largest: int) -> None:
        self._stream, self._left = stream, largest

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise AnswerTooLargeError("too large")
            yield chunk

    def close(self) -> None:
        self._stream.close()


def bounded_client(timeout: float) -> httpx2.Client:
    """Return a client for one address that follows no redirect and reads no more than a good answer has."""
    return httpx2.Client(transport=BoundedTransport(httpx2.HTTPTransport()), timeout=timeout, follow_redirects=False)
