"""What every answer says to browsers and proxies: keep nothing, guess nothing, load nothing from elsewhere."""

from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Send

Declared = Mapping[str, Mapping[str, Any]]
ETAG: Declared = {
    "ETag": {
        "description": "The version that was saved last, in quotes: send it back as `If-Match`",
        "schema": {"type": "string"},
        "example": '"3"',
    }
}
LOCATION: Declared = {
    "Location": {
        "description": "Where what was made can be read",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}
FILE_NAME: Declared = {
    "Content-Disposition": {
        "description": "Under which name to keep a file; absent for JSON",
        "schema": {"type": "string"},
    }
}
BEARER: Declared = {"WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}}}
RETRY_AFTER: Declared = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
"""What an answer of a route carries in its head, for its contract; the headers below are on every answer."""

_EVERYWHERE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_DATA = b"default-src 'none'; frame-ancestors 'none'"
_PAGE = (
    b"default-src 'none'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; worker-src blob:; "
    b"script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
)
"""The docs pages start themselves with a few lines of script; nothing of theirs comes from another host."""


def with_headers(send: Send, path: str) -> Send:
    """Return a sender that adds the headers; only the scripts and styles of the docs pages may be kept by a cache."""
    is_asset = "/assets/" in path

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_headers(dict(message.get("headers", ())), is_asset)]
        await send(message)

    return send_with_headers


def _headers(given: dict[bytes, bytes], is_asset: bool) -> list[tuple[bytes, bytes]]:
    is_page = given.get(b"content-type", b"").startswith(b"text/html")
    wanted = [*_EVERYWHERE, (b"content-security-policy", _PAGE if is_page else _DATA)]
    if not is_asset:
        wanted.append((b"cache-control", b"no-store"))
    return [(name, value) for name, value in wanted if name not in given]
