"""How much JSON one document may hold, measured before any schema looks at it.

A schema tells what is wrong with each row of a list that is far too long; that is worth nothing to an honest sender
and costs us dearly. So lists and groups are counted first, cheaply and without recursion.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.needs import Location

MAX_MEMBERS = 500
"""Rows of one list and members of one group: the longest list of all kinds is the one of a notice."""
MAX_IN_ALL = 50_000
"""Values in one document: the longest notice, with a tracing seed for everybody, stays below."""


def find_too_much(data: object) -> Location | None:
    """Find the first place at which a list or group is too long, or the whole grows past every document."""
    seen = 0
    waiting: list[tuple[Location, object]] = [((), data)]
    while waiting:
        place, node = waiting.pop()
        members = _members(node)
        seen += len(members)
        if len(members) > MAX_MEMBERS or seen > MAX_IN_ALL:
            return place
        waiting.extend(
            ((*place, step), child) for step, child in _steps(members) if isinstance(child, Mapping | list | tuple)
        )
    return None


def _members(node: object) -> Mapping[str, Any] | list[Any] | tuple[Any, ...]:
    """Return what may hold members; a plain value has none."""
    return node if isinstance(node, Mapping | list | tuple) else ()


def _steps(members: Mapping[str, Any] | list[Any] | tuple[Any, ...]) -> Iterator[tuple[str | int, object]]:
    """Yield every member with its name or number."""
    yield from members.items() if isinstance(members, Mapping) else enumerate(members)
