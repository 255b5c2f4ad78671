"""Bounds that hold before anything is parsed or any key is used: rate per caller, size of a body, depth of its JSON."""

import re

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import HomewardError, InvalidInput, TooMuch
from api.flow.node import Limits
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
        try:
            self._count(scope)
            body = await self._read(scope, receive)
        except HomewardError as error:
            await answer_error(error)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)

    def _count(self, scope: Scope) -> None:
        rate = self._token_rate if scope["path"] == TOKEN_PATH else self._rate
        if not self._limiter.hit(rate, _caller(scope)):
            raise TooMuch("rate_limited", "wait a minute, then go on more slowly")

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        """Read a body of bounded size; JSON may not be nested deeper than the limit."""
        too_large = TooMuch("too_large", f"a body may have {self._limits.body_bytes} bytes")
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise too_large
        chunks, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                break
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._limits.body_bytes:
                raise too_large
            more = message.get("more_body", False)
        body = b"".join(chunks)
        if b"json" in headers.get(b"content-type", b"") and depth_of(body) > self._limits.depth:
            raise InvalidInput("too_deep", f"JSON may be nested {self._limits.depth} deep")
        return body


_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_NO_BRACKETS = re.compile(rb"[^\[\]{}]+")


def depth_of(body: bytes) -> int:
    """Return how deep JSON is nested, without parsing it; brackets inside strings do not count."""
    depth = deepest = 0
    for bracket in _NO_BRACKETS.sub(b"", _STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


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
