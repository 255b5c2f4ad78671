"""Which field of the standard a column means, however its name is spelled; the standard's typos are its names.

Four spellings are read: the full name (``prs_Birthdate``), the short one (``Birthdate``), the label (``Birth Date``
as the standard prints it), and a path as XLSForm tools write it, with groups, row numbers of repeats and one column
for each code: ``person/prs_Birthdate``, ``hte[2]/hte_Country``, ``vic_MethodsOfControl/DebtBondage``. A short name or
label that several fields share (``Type``, ``Longitude``) is refused, unless a group before it says whose it is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from api.rules.htcds.loss import Trouble
from api.rules.htcds.separators import folded, spellings
from schemas.htcds.standard import STANDARD, StandardField

_ROW = re.compile(r"\[(\d{1,3})\]")
_STEP = re.compile(r"[/:.-]")


@dataclass(frozen=True)
class Column:
    """What a column holds: a field, of which row of a repeat, and for a column of one code which code it ticks."""

    field: StandardField
    row: int = 1
    code: str | None = None


def find_column(header: str) -> Column | Trouble:
    """Return what a column holds, or why that cannot be told."""
    row = max([1, *map(int, _ROW.findall(header))])
    whole = _ROW.sub("", header)
    found = _field_named(folded(whole), "")
    if isinstance(found, StandardField):
        return Column(found, row)
    steps = [folded(step) for step in _STEP.split(whole)]
    return _of_path(steps, row) or (found or Trouble.UNKNOWN_COLUMN)


def _of_path(steps: list[str], row: int) -> Column | Trouble | None:
    """Return what a path of groups means: its last step is a field, or a code of the field before it."""
    if len(steps) == 1:
        return None
    *_, group, last = steps
    before = _field_named(group, "")
    if isinstance(before, StandardField) and last in spellings(before.full_name):
        return Column(before, row, spellings(before.full_name)[last])
    found = _field_named(last, group)
    return Column(found, row) if isinstance(found, StandardField) else found


def _field_named(spelling: str, group: str) -> StandardField | Trouble | None:
    """Return the one field with that full name, short name or label, or that it is ambiguous, or ``None``."""
    if spelling in _full_names():
        return _full_names()[spelling]
    named = _short_names().get(spelling, [])
    fitting = [field for field in named if group in {field.prefix, folded(field.section)}] or named
    if len(fitting) > 1:
        return Trouble.AMBIGUOUS_COLUMN
    return fitting[0] if fitting else None


@cache
def _full_names() -> Mapping[str, StandardField]:
    return {folded(name): field for name, field in STANDARD.items()}


@cache
def _short_names() -> Mapping[str, list[StandardField]]:
    """Return the fields under each short name and each label."""
    found: dict[str, list[StandardField]] = {}
    for field in STANDARD.values():
        for spelling in dict.fromkeys((folded(field.name), folded(field.label))):
            found.setdefault(spelling, []).append(field)
    return found


def repeated(name: str, row: int) -> str:
    """Return the column of a field of a repeat: ``hte[2]/hte_Country``."""
    return f"{STANDARD[name].prefix}[{row}]/{name}"


def in_order(columns: Iterable[str]) -> list[str]:
    """Return column names in the order of the standard, the rows of a repeat one after the other."""
    order = {name: number for number, name in enumerate(STANDARD)}

    def key(column: str) -> tuple[int, int, int]:
        name = column.rpartition("/")[2]
        row = int(found[1]) if (found := _ROW.search(column)) else 0
        first = order[name] if not row else min(order[other] for other in order if other[:3] == name[:3])
        return first, row, order[name]

    return sorted(columns, key=key)
