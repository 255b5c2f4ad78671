"""Whether an answer says what a scenario expects, and if not, where.

A group is compared member by member, and what it says beyond that does not matter; a member that begins with a slash
is a JSON pointer. A list is compared row by row and has to be as long; ``has``, ``lacks`` and ``count`` in place of a
list say that some row has to be like this, that none may be, and how many there are. ``null`` is also what is absent.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

_OF_LISTS = frozenset({"has", "lacks", "count"})


def differences(found: Any, wanted: Any, place: str = "") -> Iterator[str]:
    """Yield what an answer says otherwise than expected; nothing where all of it holds."""
    if isinstance(wanted, Mapping) and isinstance(found, list) and wanted and wanted.keys() <= _OF_LISTS:
        yield from _of_list(found, wanted, place)
    elif isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            yield _told(found, wanted, place)
            return
        for name, value in wanted.items():
            yield from differences(find_at(found, name), value, f"{place}/{name.removeprefix('/')}")
    elif isinstance(wanted, list | tuple):
        if not isinstance(found, list) or len(found) != len(wanted):
            yield _told(found, wanted, place)
            return
        for row, (one, other) in enumerate(zip(found, wanted, strict=True)):
            yield from differences(one, other, f"{place}/{row}")
    elif not _is_same(found, wanted):
        yield _told(found, wanted, place)


def _is_same(found: Any, wanted: Any) -> bool:
    """Say whether two plain values are the same; the same instant may be written with another offset."""
    if isinstance(found, str) and isinstance(wanted, str) and found != wanted:
        one, other = _instant_in(found), _instant_in(wanted)
        return one is not None and one == other
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _instant_in(text: str) -> datetime | None:
    """Find the instant that a text is, if it has an offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def find_at(found: Any, name: str) -> Any:
    """Find a member by its name, or by a JSON pointer; ``None`` where there is nothing."""
    for step in name.removeprefix("/").split("/") if name.startswith("/") else [name]:
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _of_list(found: Sequence[Any], wanted: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield rows that are missing, rows that must not be, and another number of rows."""
    if wanted.get("count") not in {None, len(found)}:
        yield f"{place}: {len(found)} rows, expected {wanted['count']}"
    for row in wanted.get("has") or ():
        if not any(_is_like(one, row) for one in found):
            yield f"{place}: no row of {len(found)} is like {_short(row)}{_nearest(found, row)}"
    for row in wanted.get("lacks") or ():
        if any(_is_like(one, row) for one in found):
            yield f"{place}: a row is like {_short(row)}, and none may be"


def _nearest(found: Sequence[Any], wanted: Any) -> str:
    """Say in what the row that comes nearest is different."""
    told = sorted((len(texts), texts) for row in found if (texts := tuple(differences(row, wanted))))
    return f"; the nearest says {'; '.join(told[0][1])}" if told else ""


def _is_like(found: Any, wanted: Any) -> bool:
    return next(differences(found, wanted), None) is None


def _told(found: Any, wanted: Any, place: str) -> str:
    return f"{place or 'the answer'}: {_short(found)}, expected {_short(wanted)}"


def _short(value: Any) -> str:
    """Return a value on one line; a long one is cut."""
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_LONGEST = 160


def summary(wanted: Any) -> str:
    """Return what was expected on one line, for whoever looks on."""
    if isinstance(wanted, Mapping):
        return ", ".join(f"{name.rsplit('/', 1)[-1]} {summary(value)}".strip() for name, value in wanted.items())
    if isinstance(wanted, list | tuple):
        return "; ".join(map(summary, wanted)) or "none"
    return str(wanted)
