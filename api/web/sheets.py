"""Sheets as files: CSV that Excel opens in any script, and workbooks whose last sheet explains the codes.

A cell is never a formula: what looks like one gets an apostrophe in CSV, and a workbook's cells are typed as text.
CSV leaves line by line; a workbook is made in memory and not in a temporary file. What a route needs to offer its
answer as a file too stands here: what may be asked for, and what its contract says.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import xlsxwriter  # type: ignore[import-untyped]  # it comes without types
from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from api.rules.formulas import harmless
from api.web.headers import FILE_NAME

Cell = str | int | float | None
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\ufeff"
_NARROW = 16
_A4 = 9


class Format(StrEnum):
    """In which form something is answered."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


FormatAsked = Annotated[Format | None, Query(alias="format", description="Or by `Accept`")]
Accepted = Annotated[str | None, Header(alias="accept", include_in_schema=False)]
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {CSV: {"schema": {"type": "string"}}, XLSX: {"schema": {"type": "string", "format": "binary"}}},
        "headers": FILE_NAME,
    }
}
"""The files beside JSON, for the contract of a route."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its headers, the width of its columns, and its lines."""

    name: str
    headers: Sequence[str]
    lines: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    is_one_page: bool = False


def chosen(told: Format | None, accept: str | None) -> Format:
    """Return the form that is asked for: by ``?format=``, else the first known type in ``Accept``, else JSON."""
    if told is not None:
        return told
    known = {CSV: Format.CSV, XLSX: Format.XLSX, "application/json": Format.JSON}
    types = (part.split(";")[0].strip().lower() for part in (accept or "").split(","))
    return next((known[one] for one in types if one in known), Format.JSON)


def answer(name: str, form: Format, sheets: Sequence[Sheet]) -> Response:
    """Return the sheets as a file of that name; CSV has one sheet, the first."""
    body, media = (_csv(sheets), f"{CSV}; charset=utf-8") if form is Format.CSV else (_xlsx(sheets), XLSX)
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"', "x-content-type-options": "nosniff"}
    return StreamingResponse(body, media_type=media, headers=headers)


def csv_of(sheet: Sheet) -> Iterator[str]:
    """Yield a sheet's lines as CSV (RFC 4180), each cell in quotes, whatever the reader takes for a separator."""
    for line in (sheet.headers, *sheet.lines):
        buffer = io.StringIO()
        cells = [harmless(cell) if isinstance(cell, str) else cell for cell in line]
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow(cells)
        yield buffer.getvalue()


def _csv(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """Yield the first sheet as a file; the sheet of codes is for workbooks."""
    yield _BOM.encode()
    for line in csv_of(sheets[0]):
        yield line.encode()


def _xlsx(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """Yield a workbook, made in memory: what was decrypted for it touches no disk."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, bold, wrapped)
    yield file.getvalue()


def _write(page: Worksheet, sheet: Sheet, bold: object, wrapped: object) -> None:
    """Write one sheet: a frozen header, columns as wide as they need, and a page that can be printed."""
    for number, _ in enumerate(sheet.headers):
        page.set_column(number, number, sheet.widths[number] if number < len(sheet.widths) else _NARROW)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_paper(_A4)
    page.fit_to_pages(1, 1 if sheet.is_one_page else 0)
    if not sheet.is_one_page:
        page.set_landscape()
    page.write_row(0, 0, sheet.headers, bold)
    for number, line in enumerate(sheet.lines, start=1):
        for place, cell in enumerate(line):
            if isinstance(cell, str):
                page.write_string(number, place, cell, wrapped)
            elif cell is not None:
                page.write_number(number, place, cell, wrapped)
