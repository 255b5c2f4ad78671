"""JSON that comes in, read strictly before a route sees it: bounded depth and width, each member once, only UTF-8.

Python's own reader is lenient: it takes ``NaN``, numbers past every bound, UTF-16, half a surrogate pair and a member
that appears twice, and what it took could neither be answered nor be stored alike everywhere.
"""

import json
import math
import re
from typing import Any, NoReturn

from api.errors import InvalidInput, TooMuch

MOST_ELEMENTS = 20_000
"""A whole form has a few hundred; more would let a small body fill the memory with small objects."""
_DECLARED = re.compile(rb"application/(?:[a-z0-9.+_-]+\+)?json")
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""A string that does not end reaches to the end: were it no match, each quote in it would be tried again."""
_NO_BRACKETS = re.compile(rb"[^\[\]{}]+")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def is_json(content_type: bytes) -> bool:
    """Tell whether a body may be taken for JSON by anybody."""
    return b"json" in content_type.lower()


def is_declared_json(content_type: bytes) -> bool:
    """Tell whether a media type is JSON's, or one that is built on it (RFC 6839)."""
    return _DECLARED.fullmatch(content_type.partition(b";")[0].strip().lower()) is not None


def require_json(body: bytes, depth: int) -> None:
    """Raise ``InvalidInput`` unless a body is JSON as RFC 8259 knows it, nested no deeper than that.

    Raises ``TooMuch`` ``too_many`` for more elements than any form has, before they are made.
    """
    bare = _STRINGS.sub(b"", body)
    if bare.count(b",") > MOST_ELEMENTS:
        raise TooMuch("too_many", f"JSON may have {MOST_ELEMENTS} elements")
    if _deepest(bare) > depth:
        raise InvalidInput("too_deep", f"JSON may be nested {depth} deep")
    try:
        value = json.loads(
            body.decode(), parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_without_duplicates
        )
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except InvalidInput:
        raise
    except (ValueError, RecursionError):
        raise InvalidInput("not_json", "send JSON in UTF-8 (RFC 8259)") from None


def _deepest(bare: bytes) -> int:
    """Return how deep JSON without its strings is nested, without parsing it."""
    depth = deepest = 0
    for bracket in _NO_BRACKETS.sub(b"", bare):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise InvalidInput("duplicate_member", "name each member of an object once")
    return built


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
