"""A workbook that somebody was sent, read as a table: the first sheet, as values, within bounds.

A workbook is a zip file of XML, so its bounds are checked before anything is unpacked, and a cell that computes is
handed on as its formula, which the reading of the standard refuses.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice

import openpyxl  # type: ignore[import-untyped]  # it has no types

from api.errors import InvalidInput, TooMuch
from api.rules.htcds.importing import Cell
from api.rules.htcds.tables import MOST_COLUMNS, MOST_ROWS, Table, bounded

MOST_UNPACKED = 50_000_000
"""Bytes of XML in a workbook; a table of 200 cases has less than one million."""
MOST_PARTS = 200


def read_workbook(data: bytes) -> Table:
    """Return the first sheet as a table; raises ``InvalidInput`` ``not_xlsx``, ``TooMuch`` for what is too large."""
    _check_size(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may claim any size
        header, *rows = [list(row) for row in islice(_rows(sheet.iter_rows(values_only=True)), MOST_ROWS + 2)]
    except Exception:  # noqa: BLE001  # whatever a broken file makes of the library
        raise InvalidInput("not_xlsx", "save the table as an Excel workbook (.xlsx)") from None
    return bounded(Table([str(name or "") for name in header], rows))


def _rows(rows: Iterable[tuple[object, ...]]) -> Iterable[list[Cell]]:
    """Yield the rows that hold anything, cut where no table of ours has a column any more."""
    for row in rows:
        cells = [_cell(value) for value in row[: MOST_COLUMNS + 1]]
        if any(cell is not None for cell in cells):
            yield cells


def _cell(value: object) -> Cell:
    """Return a value as a cell; what is no value is its text, as formulas are."""
    if value is None or isinstance(value, str | int | float | bool | date | datetime):
        return value
    return str(value) if str(value).startswith("=") else "="


def _check_size(data: bytes) -> None:
    """Raise ``TooMuch`` ``too_large`` for a file that unpacks to more than any table has, before it is unpacked."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise InvalidInput("not_xlsx", "save the table as an Excel workbook (.xlsx)") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooMuch("too_large", f"a workbook may unpack to {MOST_UNPACKED} bytes")
