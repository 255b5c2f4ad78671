"""Cursors of lists: opaque to callers, checked when they come back."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

from fastapi import Query

from api.errors import InvalidInput

Cursor = Annotated[
    str | None,
    Query(pattern=r"^[A-Za-z0-9_-]{1,200}$", description="`next` of the page before; leave it out for the first page"),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many to return at most")]
_DIGITS, _ULID, _DIGEST = 18, 26, 64
"""A row's number fits into 64 bits; an id is a ULID, a digest a SHA-256 in hexadecimal."""
_Row = TypeVar("_Row")


def page_of(
    rows: Sequence[_Row], limit: int, place: Callable[[_Row], tuple[object, ...]]
) -> tuple[Sequence[_Row], str | None]:
    """Return a page and the cursor of the next one, if any.

    Ask for ``limit + 1`` rows: the one too many tells that there is more. ``place`` names where a row stands.
    """
    page = rows[:limit]
    return page, write_cursor(*place(page[-1])) if len(rows) > limit else None


def write_cursor(*parts: object) -> str:
    """Return a cursor for the place that the parts name."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in parts]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> Sequence[str]:
    """Return the parts of one of our cursors; raises ``InvalidInput`` ``cursor_unknown`` for anything else."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        parts = None
    if not isinstance(parts, list) or len(parts) != length or not all(isinstance(part, str) for part in parts):
        raise _unknown()
    return parts


def number_in(part: str) -> int:
    """Return the row's number that a cursor names."""
    if not (part.isascii() and part.isdecimal()) or len(part) > _DIGITS:
        raise _unknown()
    return int(part)


def day_in(part: str) -> date:
    """Return the day that a cursor names."""
    try:
        return date.fromisoformat(part)
    except ValueError:
        raise _unknown() from None


def instant_in(part: str) -> datetime:
    """Return the instant that a cursor names."""
    try:
        return datetime.fromisoformat(part).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unknown() from None


def id_in(part: str) -> str:
    """Return the ULID that a cursor names."""
    return _word_in(part, _ULID)


def digest_in(part: str) -> str:
    """Return the SHA-256 that a cursor names."""
    return _word_in(part, _DIGEST)


def _word_in(part: str, length: int) -> str:
    if len(part) != length or not (part.isascii() and part.isalnum()):
        raise _unknown()
    return part


def _unknown() -> InvalidInput:
    return InvalidInput("cursor_unknown", "use `next` of the page before, or leave the cursor out")
