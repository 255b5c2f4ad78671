"""Bounds that hold before anything is parsed or any key is used: rate per caller, size of a body, strict JSON.

An error that nobody foresaw ends here too: it was answered and logged without its text, and the server would print
that text, which may hold what somebody entered.
"""

from contextlib import suppress

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import HomewardError, TooMuch
from api.flow.node import Limits
from api.web.bodies import is_json, require_json
from api.web.headers import with_headers
from api.web.problems import answer_error

TOKEN_PATH = "/oauth/token"  # noqa: S105  # a path


class Bounds:
    """ASGI middleware that reads a bounded body and hands it on whole."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._rate = RateLimitItemPerMinute(limits.requests_per_minute)
        self._token_rate = RateLimitItemPerMinute(limits.token_requests_per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = with_headers(send, scope["path"])
        try:
            self._count(scope)
            body = await self._read(scope, receive)
        except HomewardError as error:
            await answer_error(error)(scope, receive, send)
            return
        if body is None:
            return
        with suppress(Exception):
            await self._app(scope, _again(body, receive), send)

    def _count(self, scope: Scope) -> None:
        rate = self._token_rate if scope["path"] == TOKEN_PATH else self._rate
        if not self._limiter.hit(rate, _caller(scope)):
            raise TooMuch("rate_limited", "wait a minute, then go on more slowly")

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """Read a body of bounded size; ``None`` where the caller went away before the end of it."""
        too_large = TooMuch("too_large", f"a body may have {self._limits.body_bytes} bytes")
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise too_large
        chunks, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._limits.body_bytes:
                raise too_large
            more = message.get("more_body", False)
        body = b"".join(chunks)
        if body and is_json(headers.get(b"content-type", b"")):
            require_json(body, self._limits.depth)
        return body


def _caller(scope: Scope) -> str:
    """Name the caller by its address; whoever invents tokens gains nothing."""
    client = scope.get("client")
    return str(client[0]) if client else "local"


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def first_the_body() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return first_the_body
