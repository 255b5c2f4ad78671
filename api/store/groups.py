"""Some at a time: rows, blobs and lines are taken in groups, so that few are in memory and nobody is kept waiting."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")


def groups_of(size: int, things: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield things in groups of a size, as they come."""
    rest = iter(things)
    while group := list(islice(rest, size)):
        yield group
