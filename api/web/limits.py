"""Bounds that hold before anything is parsed or any key is used: rate per caller, size of a body, strict JSON.

An error that nobody foresaw ends here too: it was answered and logged without its text, and the server would print
that text, which may hold what somebody entered.
"""

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address, ip_address

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CallerError, HomewardError, InvalidInput, NotAuthenticated, TooMuch
from api.flow.node import Limits
from api.web.bodies import is_declared_json, is_json, require_json
from api.web.headers import with_headers
from api.web.problems import answer_error

TOKEN_PATH = "/oauth/token"  # noqa: S105  # a path
STAFF, EXCHANGE, DESCRIPTORS = "/v1/", "/exchange/v1/", "/exchange/v1/descriptors/"
PART_TYPE = "application/offset+octet-stream"
"""What PATCH brings, and nothing else does: a part of a file (tus 1.0)."""
PATIENCE = 30.0
"""Seconds for a whole body: the largest one takes half of that over a telephone line."""
_MINUTE = 60.0
_LARGE = 16_384
"""Bodies past this many bytes are read in a thread; below, changing threads costs more than reading."""


class Rate:
    """Counts calls in this process, a minute long; all counts are forgotten with the minute, so they stay few."""

    def __init__(self, most: int) -> None:
        self._most, self._since = most, 0.0
        self._calls = Counter[str]()

    def allows(self, caller: str, now: float) -> bool:
        """Count a call at ``now``, in seconds of one clock, and say whether the caller may make it."""
        if now - self._since >= _MINUTE:
            self._since, self._calls = now, Counter()
        self._calls[caller] += 1
        return self._calls[caller] <= self._most


class Bounds:
    """ASGI middleware that reads a bounded body and hands it on whole."""

    def __init__(self, app: ASGIApp, limits: Limits, *, patience: float = PATIENCE) -> None:
        self._app, self._limits, self._patience = app, limits, patience
        self._all, self._tokens = Rate(limits.requests_per_minute), Rate(limits.token_requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = with_headers(send, scope["path"])
        try:
            self._count(scope)
            headers = _headers(scope)
            _require_welcome(scope, headers)
            body = await self._read(headers, receive)
        except HomewardError as error:
            await answer_error(error)(scope, receive, send)
            return
        if body is None:
            return
        with suppress(Exception):
            await self._app(scope, _again(body, receive), send)

    def _count(self, scope: Scope) -> None:
        rate = self._tokens if scope["path"] == TOKEN_PATH else self._all
        if not rate.allows(_caller(scope), time.monotonic()):
            raise TooMuch("rate_limited", "wait a minute, then go on more slowly")

    async def _read(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes | None:
        """Read a body of bounded size in bounded time; ``None`` where the caller went away before the end of it."""
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limits.body_bytes:
            raise self._too_large()
        try:
            with anyio.fail_after(self._patience):
                body = await self._collect(receive)
        except TimeoutError:
            raise CallerError("body_too_slow", f"send a body within {self._patience:.0f} seconds") from None
        if body and is_json(headers.get(b"content-type", b"")):
            if len(body) > _LARGE:
                await anyio.to_thread.run_sync(require_json, body, self._limits.depth)
            else:
                require_json(body, self._limits.depth)
        return body

    async def _collect(self, receive: Receive) -> bytes | None:
        chunks, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return None
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._limits.body_bytes:
                raise self._too_large()
            more = message.get("more_body", False)
        return b"".join(chunks)

    def _too_large(self) -> TooMuch:
        return TooMuch("too_large", f"a body may have {self._limits.body_bytes} bytes")


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers as the app will see them: of each name the first one.

    Raises ``InvalidInput`` where the content type is said twice, since two readers could believe different ones.
    """
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name == b"content-type" and name in headers:
            raise InvalidInput("invalid_request", "send one Content-Type header")
        headers.setdefault(name, value)
    return headers


def _require_welcome(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body before it is read where nobody would take it: no token at all, or no JSON for the staff API."""
    path: str = scope["path"]
    if headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers:
        return
    is_guarded = path.startswith((STAFF, EXCHANGE)) and not path.startswith(DESCRIPTORS)
    if is_guarded and not headers.get(b"authorization", b"").lower().startswith(b"bearer "):
        raise NotAuthenticated("token_missing", "get a token at /oauth/token and send it as a bearer token")
    is_writing = path.startswith(STAFF) and scope["method"] in {"POST", "PUT", "PATCH"}
    said = headers.get(b"content-type", b"")
    if is_writing and scope["method"] == "PATCH" and said != PART_TYPE.encode():
        raise InvalidInput("unsupported_media_type", f"send a part of a file with Content-Type: {PART_TYPE}")
    if is_writing and scope["method"] != "PATCH" and not is_declared_json(said):
        raise InvalidInput("unsupported_media_type", "send JSON with Content-Type: application/json")


def _caller(scope: Scope) -> str:
    """Name the caller by its address; whoever invents tokens gains nothing."""
    client = scope.get("client")
    return counted_as(str(client[0])) if client else "local"


def counted_as(host: str) -> str:
    """Return as whom an address is counted: of IPv6 by its /64, since whoever has one address has all of these."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return host
    return str(address.ipv4_mapped or f"{int(address) >> 64:x}::/64")


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def first_the_body() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return first_the_body
