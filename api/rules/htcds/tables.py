"""Records, losses and problems as tables for whoever writes files, and text that came in as a table.

Read is what spreadsheets and survey tools write: CSV in UTF-8 with commas, semicolons or tabs, with or without a
byte-order mark. How much fits into one table is bounded here for every way in.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from api.errors import InvalidInput, TooMuch
from api.rules.htcds.export import Export
from api.rules.htcds.importing import Cell
from api.rules.htcds.loss import Loss, Problem
from api.rules.htcds.names import in_order
from api.rules.htcds.separators import join
from api.rules.htcds.writing import Value

MOST_ROWS = 200
"""Cases in one table: each is a form that somebody looks through."""
MOST_COLUMNS = 700
"""Each field, each code in a column of its own, and as many events as a form holds."""
MOST_CELLS = 40_000
"""Cells that say something; a case that is told whole has fewer than two hundred."""
LONGEST_CELL = 5_000
_DELIMITERS = ",;\t"
_BLANK = ("", None)


class Table(NamedTuple):
    """A header and rows of cells, as they came in."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class Lines(NamedTuple):
    """A header and lines of cells, as they leave."""

    header: Sequence[str]
    lines: Sequence[Sequence[str | int | None]]


def table_of(exports: Sequence[Export]) -> Lines:
    """Return records as a table: one line each, the columns in the order of the standard."""
    header = in_order({name for one in exports for name in one.record})
    return Lines(header, [[_cell(one.record.get(name)) for name in header] for one in exports])


def table_of_losses(losses: Iterable[Loss]) -> Lines:
    """Return losses as a table."""
    return Lines(("field", "htcds", "reason"), [(one.field, one.htcds, one.reason.value) for one in losses])


def table_of_problems(problems: Iterable[Problem]) -> Lines:
    """Return problems as a table."""
    lines = [(one.row, one.column, one.reason.value, one.code) for one in problems]
    return Lines(("row", "column", "reason", "code"), lines)


def _cell(value: Value | None) -> str | int | None:
    """Return a value as a cell; several codes are written with the separator that none of them holds."""
    if isinstance(value, bool):
        return str(value).upper()
    return join(value) if isinstance(value, tuple) else value


def read_text(text: str) -> Table:
    """Return CSV as a table; raises ``InvalidInput`` ``not_csv`` and ``TooMuch`` for one that is too large."""
    clean = text.removeprefix("\ufeff")
    first = clean.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(clean, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InvalidInput("not_csv", "save the table as CSV in UTF-8") from None
    return bounded(Table(lines[0] if lines else (), lines[1:]))


def read_records(records: Sequence[Mapping[str, Cell]]) -> Table:
    """Return records, each a mapping of names to values, as a table."""
    header = list(dict.fromkeys(name for record in records for name in record))
    return bounded(Table(header, [[record.get(name) for name in header] for record in records]))


def bounded(table: Table) -> Table:
    """Return a table that is small enough to be looked through; raises ``TooMuch`` ``too_many``, ``InvalidInput``."""
    if len(table.rows) > MOST_ROWS or len(table.header) > MOST_COLUMNS:
        raise TooMuch("too_many", f"a table may have {MOST_ROWS} rows and {MOST_COLUMNS} columns")
    if sum(cell not in _BLANK for row in table.rows for cell in row) > MOST_CELLS:
        raise TooMuch("too_many", f"a table may have {MOST_CELLS} cells that are filled in; part it in two")
    if any(_length(cell) > LONGEST_CELL for row in (table.header, *table.rows) for cell in row):
        raise InvalidInput("too_long", f"a cell may have {LONGEST_CELL} characters")
    if not any(name.strip() for name in table.header):
        raise InvalidInput("no_header", "the first row has to name the columns")
    return table


def _length(cell: Cell) -> int:
    """Return how many characters a cell has, a list of texts in all."""
    if isinstance(cell, str):
        return len(cell)
    return sum(map(len, cell)) if isinstance(cell, list | tuple) else 0
