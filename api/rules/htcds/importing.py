"""A table with the standard's names becomes forms to be looked through, one for each row, and a list of problems.

What comes out is what a draft is: the content of a case file that somebody reviews, completes and finalises; never a
document. What was not taken over, or what the form would refuse, is said by row, column and code, never by value.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from api.rules.checking import findings_of
from api.rules.formulas import as_written
from api.rules.htcds.loss import Problem, Trouble
from api.rules.htcds.names import Column, find_column
from api.rules.htcds.reading import Answer, Taken, area_at, country_at, take
from api.rules.htcds.separators import SEPARATOR
from schemas.case_body import CaseBody
from schemas.needs import Location, pointer
from schemas.pruning import salvage
from schemas.rows import MAX_ROWS

Cell = str | int | float | bool | date | Sequence[str] | None
Cells = Mapping[tuple[str, int], str]
"""The text of a row under the standard's name and the number of the repeat."""
_TICKS = frozenset({"1", "true", "yes", "x"})
_NAMES = ("prs_FirstName", "prs_MiddleName", "prs_SecondName")
_EVENT_NAMES = frozenset({"hte_Type", "hte_Date", "hte_Country", "hte_State", "hte_City", "hte_Description"})
_PLACES = {"Recruitment": "recruitment_place", "Exploitation": "exploitation_place"}
_DATES = {"Recruitment": "recruitment_date", "Exploitation": "exploitation_period"}
_MOST = {**dict.fromkeys(_PLACES, 1), "Transit": MAX_ROWS}
"""How many events of each type the form holds."""
MOST_REPEATS = sum(_MOST.values())


@dataclass(frozen=True)
class Form:
    """One row as the content of a case file's draft, and what of the row was not taken over."""

    row: int
    content: Mapping[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Import:
    """All rows, and what is wrong with the header."""

    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Source:
    """Where an answer came from, and where it goes; or what kept it out."""

    column: str
    taken: Answer | Trouble


def read_table(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, first_row: int = 2) -> Import:
    """Return a form for each row that says something; ``first_row`` is what the table counts the first one as."""
    columns, problems = _columns(header)
    forms = (_form(columns, row, number) for number, row in enumerate(rows, first_row))
    return Import(tuple(form for form in forms if form.content or form.problems), problems)


def _columns(header: Sequence[str]) -> tuple[Mapping[int, Column], tuple[Problem, ...]]:
    """Return what each column holds, and the problems of those that hold nothing we know."""
    columns: dict[int, Column] = {}
    problems, seen = [], set[tuple[str, int, str | None]]()
    for index, spelling in enumerate(header):
        found = find_column(spelling)
        if isinstance(found, Column):
            found = _once(found, seen)
        if isinstance(found, Column):
            columns[index] = found
        elif spelling.strip():
            problems.append(Problem(1, f"column {index + 1}", found))
    return columns, tuple(problems)


def _once(column: Column, seen: set[tuple[str, int, str | None]]) -> Column | Trouble:
    """Return a column that was not there before, of a row that the form has room for."""
    key = (column.field.full_name, column.row, column.code)
    if key in seen:
        return Trouble.DUPLICATE_COLUMN
    seen.add(key)
    return column if column.row <= MOST_REPEATS else Trouble.TOO_MANY_ROWS


def _form(columns: Mapping[int, Column], row: Sequence[Cell], number: int) -> Form:
    """Return the form of one row."""
    cells, problems = _cells(columns, row, number)
    content: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for source in [*_name(cells), *_plain(cells), *_events(cells)]:
        if isinstance(source.taken, Trouble):
            problems.append(Problem(number, source.column, source.taken))
            continue
        place, value = source.taken
        _put(content, place, value)
        sources.setdefault(pointer(place), source.column)
    good, refused = _checked(content, sources, number)
    return Form(number, good, tuple(dict.fromkeys([*problems, *refused])))


def _cells(columns: Mapping[int, Column], row: Sequence[Cell], number: int) -> tuple[Cells, list[Problem]]:
    """Return the text of each field, ticked codes gathered in one cell, and the cells that are formulas."""
    cells: dict[tuple[str, int], str] = {}
    problems = []
    for index, column in columns.items():
        cell = row[index] if index < len(row) else None
        text, name = _text(cell), column.field.full_name
        if isinstance(cell, str) and cell.lstrip().startswith("="):
            problems.append(Problem(number, name, Trouble.FORMULA))
        elif column.code is None and text:
            cells[name, column.row] = text
        elif column.code is not None and text.casefold() in _TICKS:
            before = cells.get((name, column.row))
            cells[name, column.row] = f"{before}{SEPARATOR}{column.code}" if before else column.code
    return cells, problems


def _text(cell: Cell) -> str:
    """Return a cell as text; the apostrophe that keeps a spreadsheet from computing it is no part of it."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, list | tuple):
        return "\n".join(str(one) for one in cell)
    return "" if cell is None else as_written(str(cell).strip())


def _name(cells: Cells) -> Iterator[_Source]:
    """Take the parts of the name as one whole name; given and family name only where there is a second name."""
    first, middle, second = (cells.get((name, 1)) for name in _NAMES)
    parts = [part for part in (first, middle, second) if part]
    if not parts:
        return
    name = {"full_text": " ".join(parts)}
    if second:
        given = {"given": " ".join(parts[:-1])} if len(parts) > 1 else {}
        name |= {**given, "family": second}
    yield _Source("prs_FirstName", (("person", "names"), [name]))


def _plain(cells: Cells) -> Iterator[_Source]:
    """Take every cell that stands for itself."""
    for (name, row), text in cells.items():
        if name in _NAMES or name in _EVENT_NAMES:
            continue
        if row > 1:
            yield _Source(name, Trouble.SEVERAL_VALUES)
        else:
            yield from (_Source(name, taken) for taken in take(name, text))


def _events(cells: Cells) -> Iterator[_Source]:
    """Take the rows of events: one recruitment, one exploitation, and each place on the way."""
    taken = Counter[str]()
    for event in _events_of(cells):
        kind = event.pop("hte_Type", "").casefold().capitalize()
        if kind not in _MOST:
            yield _Source("hte_Type", Trouble.UNKNOWN_CODE if kind else Trouble.EVENT_WITHOUT_TYPE)
        elif taken[kind] == _MOST[kind]:
            yield _Source("hte_Type", Trouble.SEVERAL_VALUES if kind in _PLACES else Trouble.TOO_MANY_ROWS)
        else:
            yield from _event(kind, event, taken[kind])
            taken[kind] += 1


def _events_of(cells: Cells) -> list[dict[str, str]]:
    """Return what each event says under the standard's names, in the order of their numbers."""
    events: dict[int, dict[str, str]] = {}
    for (name, row), text in cells.items():
        if name in _EVENT_NAMES:
            events.setdefault(row, {})[name] = text
    return [events[row] for row in sorted(events)]


def _event(kind: str, event: Mapping[str, str], turn: int) -> Iterator[_Source]:
    """Take what one event says, to the place and the date that its type has in the form."""
    way: Location = ("trafficking", "route", turn)
    place: Location = ("trafficking", _PLACES[kind]) if kind in _PLACES else (*way, "place")
    when: Location = ("trafficking", _DATES[kind]) if kind in _DATES else (*way, "date")
    for name, text in event.items():
        yield from (_Source(name, taken) for taken in _of_event(name, text, place, when))
    if not event and kind == "Transit":
        yield _Source("hte_Type", (way, {}))


def _of_event(name: str, text: str, place: Location, when: Location) -> Taken:
    if name == "hte_Date":
        yield when, text
    elif name == "hte_Country":
        yield from country_at(*place, "country", text=text)
    elif name == "hte_Description":
        yield (*place, "place_as_told"), text
    else:
        yield from area_at(*place, {"hte_State": "admin1", "hte_City": "admin3"}[name], text=text)


def _put(content: dict[str, Any], place: Location, value: object) -> None:
    """Put an answer at its place; groups and rows on the way are made."""
    node: Any = content
    for step, following in pairwise(place):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(node, list):
            node.extend({} for _ in range(len(node), int(step) + 1))
            node = node[int(step)]
        else:
            node = node.setdefault(step, empty)
    if isinstance(node, list):
        node.append(value)
    else:
        node[place[-1]] = value


def _checked(
    content: dict[str, Any], sources: Mapping[str, str], number: int
) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """Return the content without what the form would refuse, and what that was."""
    body, error = salvage(CaseBody, content)
    kept = body.model_dump(mode="json", exclude_unset=True) if body is not None else {}
    return kept, tuple(_refused(error, sources, number)) if error else ()


def _refused(error: ValidationError, sources: Mapping[str, str], number: int) -> Iterator[Problem]:
    """Yield for each finding the column that brought it."""
    for finding in findings_of(error, CaseBody):
        path = finding.path
        while path and path not in sources:
            path = path.rpartition("/")[0]
        yield Problem(number, sources.get(path, ""), Trouble.BAD_VALUE, finding.code)
