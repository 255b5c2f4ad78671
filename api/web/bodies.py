"""JSON that comes in, read strictly before a route sees it: bounded depth, each member once, nothing but JSON.

Python's own reader is lenient: it takes ``NaN``, half a surrogate pair and a member that appears twice, and what it
took could neither be answered nor be stored alike everywhere.
"""

import json
import re
from typing import Any, NoReturn

from api.errors import InvalidInput

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_NO_BRACKETS = re.compile(rb"[^\[\]{}]+")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def is_json(content_type: bytes) -> bool:
    """Tell whether a body says that it is JSON."""
    return b"json" in content_type.lower()


def require_json(body: bytes, depth: int) -> None:
    """Raise ``InvalidInput`` unless a body is JSON as RFC 8259 knows it, nested no deeper than that."""
    if depth_of(body) > depth:
        raise InvalidInput("too_deep", f"JSON may be nested {depth} deep")
    try:
        value = json.loads(body, parse_constant=_refuse, object_pairs_hook=_without_duplicates)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except InvalidInput:
        raise
    except (ValueError, RecursionError):
        raise InvalidInput("not_json", "send JSON in UTF-8 (RFC 8259)") from None


def depth_of(body: bytes) -> int:
    """Return how deep JSON is nested, without parsing it; brackets inside strings do not count."""
    depth = deepest = 0
    for bracket in _NO_BRACKETS.sub(b"", _STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise InvalidInput("duplicate_member", "name each member of an object once")
    return built


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
