"""Where each field stands: its row of the access matrix and how sensitive it is, read from what the forms declare.

A field is at least as sensitive as the field around it; a section of the case file, or the row of one person in a list,
only gathers what has levels of its own. Who reads a kind of document follows from the rows that its fields stand
under, and is written nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from api.rules.access_matrix import Cell, cell_of
from schemas.base import Frozen
from schemas.document import Document, Role
from schemas.facts import Level, facts_of, group_of, marker_of, types_behind
from schemas.need_to_know import Row, Under

ENVELOPE = frozenset(Document.model_fields) - {"vital_interest"}
"""What a document says about itself; whoever sees anything of it sees these."""


@dataclass(frozen=True)
class Place:
    """A row of the matrix and a level, with the part of the form as a reader knows it."""

    row: Row
    level: Level = Level.L1
    part: str = ""


def place_of(model: type[Frozen], name: str, around: Place) -> Place:
    """Return where a field stands inside a group that stands somewhere."""
    marker, facts = marker_of(model, name, Under), facts_of(model, name)
    section = _section(model, name)
    row = marker.row if marker else getattr(section, "row", around.row)
    level = max(around.level, facts.level if facts else Level.L1)
    return Place(row, level, around.part or _part(section, facts.label if facts else ""))


def inside(kind: type[Document], group: type[Frozen], place: Place) -> Place:
    """Return where the fields of a group begin: a section, or a person's row in a list, adds no level of its own."""
    gathers = hasattr(group, "letter") or is_row_of_case(kind, group)
    return Place(place.row, Level.L1, place.part) if gathers else place


def is_row_of_case(kind: type[Document], group: type[Frozen]) -> bool:
    """Say whether a group is the row of one person's case in a document about several."""
    return not kind.facts.about_case and "case_uid" in group.model_fields


@cache
def is_code(model: type[Frozen], name: str) -> bool:
    """Say whether a field holds nothing but codes, flags and numbers."""
    types = types_behind(model, name) - {type(None)}
    return bool(types) and all(issubclass(one, Enum | bool | int) for one in types)


@cache
def readers_of(kind: type[Document]) -> frozenset[Role]:
    """Return the roles that may see anything of a kind, as its rows in the matrix say."""
    if kind.facts.row is None:
        return kind.facts.readers
    return frozenset(role for role in Role if any(cell.can_be_seen for cell in _cells(kind, role)))


@cache
def readers_if_assigned(kind: type[Document]) -> frozenset[Role]:
    """Return the roles that read of a kind only in the cases that they are assigned to."""
    seen = {role: [cell for cell in _cells(kind, role) if cell.can_be_seen] for role in Role}
    return frozenset(role for role, cells in seen.items() if cells and all(cell.is_for_assigned for cell in cells))


@cache
def told_of(kind: type[Document]) -> frozenset[Role]:
    """Return the roles that may learn that there is a document of a kind; others do where they may read it.

    Who reads one part of a restricted document only can't tell whether there is one, so such a role is not told.
    """
    if kind.facts.row is None:
        return kind.facts.readers | kind.facts.writers
    enough = all if kind.facts.needs_release else any
    return kind.facts.writers | {role for role in Role if enough(cell.is_told for cell in _cells(kind, role))}


@cache
def readers_with_consent(kind: type[Document]) -> frozenset[Role]:
    """Return the roles that read something of a kind only if the person agreed."""
    return frozenset(role for role in Role if any(cell.needs_consent for cell in _cells(kind, role)))


def own_place(kind: type[Document], place: Place) -> Place | None:
    """Return where what one's own agency wrote stands as well, if its kind says so; nothing there is a mere flag."""
    if kind.facts.own_row is None or place.row is not kind.facts.row:
        return None
    return Place(kind.facts.own_row, max(place.level, Level.L2), place.part)


def _cells(kind: type[Document], role: Role) -> Iterator[Cell]:
    """Yield what a role may do with each piece of a kind about persons."""
    if kind.facts.row is None:
        return
    for place in _places(kind, kind, Place(kind.facts.row)):
        for one in filter(None, (place, own_place(kind, place))):
            yield cell_of(one.row, one.level, role)


def _places(kind: type[Document], model: type[Frozen], around: Place) -> set[Place]:
    """Return every row and level at which fields of a kind stand."""
    found = set[Place]()
    for name in model.model_fields:
        if name in ENVELOPE and model is kind:
            continue
        place = place_of(model, name, around)
        group = group_of(model, name)
        found |= {place} if group is None else _places(kind, group, inside(kind, group, place))
    return {Place(place.row, place.level) for place in found}


def _section(model: type[Frozen], name: str) -> type[Frozen] | None:
    """Return the section behind a field, if it is one."""
    group = group_of(model, name)
    return group if group is not None and hasattr(group, "letter") else None


def _part(section: type[Frozen] | None, label: str) -> str:
    """Name a part of the form as it is printed."""
    return label if section is None else f"{getattr(section, 'letter', '')}. {getattr(section, 'title', label)}"
