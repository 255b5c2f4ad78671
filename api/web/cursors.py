"""Cursors of lists: opaque to callers, checked when they come back."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from api.errors import InvalidInput

Cursor = Annotated[
    str | None,
    Query(pattern=r"^[A-Za-z0-9_-]{1,200}$", description="`next` of the page before; leave it out for the first page"),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many to return at most")]


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
        raise InvalidInput("cursor_unknown", "use `next` of the page before, or leave the cursor out")
    return parts
