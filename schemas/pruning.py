"""Reading what can be read: what breaks a rule is taken out, and the rest is understood.

Two need this: a draft that is still being filled in, and a document of a newer minor version from a peer. The data
they hand in are never changed; a copy is.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from schemas.facts import group_of
from schemas.needs import Location

M = TypeVar("M", bound=BaseModel)


def declared(model: type[BaseModel], location: Location) -> Location:
    """Return the part of a place made of declared names and row numbers; a key that was typed is left out."""
    known: list[str | int] = []
    current: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, str):
            if current is None or step not in current.model_fields:
                break
            current = group_of(current, step)
        known.append(step)
    return tuple(known)


def group_at(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the type of the group at a declared place."""
    current = model
    for step in location:
        if isinstance(step, str):
            current = group_of(current, step) or current
    return current


def existing(data: Any, location: Location) -> Location:
    """Return the longest part of a place that exists: all of it, or the group in which something is missing."""
    known: list[str | int] = []
    for step in location:
        if not _has(data, step):
            break
        known.append(step)
        data = data[step]
    return tuple(known)


def remove(data: Any, location: Location) -> None:
    """Take out what is at a place that exists."""
    for step in location[:-1]:
        data = data[step]
    del data[location[-1]]


def replace(data: Any, location: Location, value: object) -> None:
    """Put a value at a place that exists."""
    for step in location[:-1]:
        data = data[step]
    data[location[-1]] = value


def _has(node: Any, step: str | int) -> bool:
    """Say whether a container has that step."""
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)


def innermost(places: Iterable[Location]) -> set[Location]:
    """Return the places in which no other of them lies: a list is judged after its rows are."""
    found = set(places)
    outer = {place[:depth] for place in found for depth in range(len(place))}
    return found - outer


def back_to_front(locations: set[Location]) -> list[Location]:
    """Sort places so that taking one out never shifts another: later rows first, deeper places first."""
    return sorted(
        locations,
        key=lambda location: [(isinstance(s, int), s if isinstance(s, int) else 0, str(s)) for s in location],
        reverse=True,
    )


def salvage(model: type[M], data: Mapping[str, Any]) -> tuple[M | None, ValidationError | None]:
    """Return what can be understood of a group, and the error of the first attempt; ``None`` where nothing can."""
    rest = copy.deepcopy(dict(data))
    first: ValidationError | None = None
    while True:  # every round takes something out
        try:
            return model.model_validate(rest), first
        except ValidationError as error:
            first = first or error
            lines = error.errors(include_url=False, include_context=False, include_input=False)
            places = innermost(existing(rest, line["loc"]) for line in lines)
            if () in places:
                return None, first
            for place in back_to_front(places):
                remove(rest, place)
