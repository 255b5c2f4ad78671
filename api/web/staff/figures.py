"""The rows of a year, for who keeps them: the register, the national sheet, and the one-page form of a case.

Rows never leave as a file for others: they are for the agency's own statisticians, and travel to the Central Body
sealed, as form 27. Only a welfare officer sees what is told of a named case, so that nobody who counts learns which
pseudonym is whose; of a person who did not agree to be a row it is nothing. Every look is noted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, BeforeValidator, Field

from api.errors import NotPermitted
from api.flow.figures import Year, note_look, read_case, read_year
from api.rules.access import FIGURES_KEEP, FILLS_FIGURES
from api.rules.figures import national, register
from api.rules.figures.columns import Column, cell_of, explain, item_of, line_of
from api.rules.figures.row import FigureRow, blanks_of, content_of
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.cursors import Cursor, Limit, page_of, read_cursor
from api.web.sheets import FILES, Accepted, Cell, Format, FormatAsked, Sheet, answer, chosen
from schemas.document import Side
from schemas.facts import facts_of
from schemas.statistics_record import StatisticsRecord
from schemas.years import require_year

router = APIRouter(tags=["figures"], generate_unique_id_function=operation_name)

_YEARS = range(2000, 2101)


def _year(written: str) -> str:
    """Let a year through in which somebody may have returned; what is no number is no address either."""
    if written.isascii() and written.isdigit():
        require_year(int(written[:5]), _YEARS)
    return written


YearInPath = Annotated[
    int,
    Path(ge=_YEARS.start, le=_YEARS.stop - 1, description="The year of the returns, in the common era"),
    BeforeValidator(_year),
]
SideAsked = Annotated[Side, Query(description="Who came home to your country, or who went home from it")]
Pick = Callable[[Iterable[FigureRow]], Iterator[FigureRow]]


@dataclass(frozen=True)
class Listing:
    """A list of rows: its name, which rows of a year are in it, and its columns."""

    name: str
    pick: Pick
    columns: Sequence[Column]


_REGISTER = Listing("register", register.register_of, register.COLUMNS)
_NATIONAL = Listing("sheet", national.sheet_of, national.COLUMNS)


@dataclass(frozen=True)
class Asked:
    """Who asks for figures, of which side, and as which file."""

    node: NodeOf
    caller: Caller
    form: FormatAsked = None
    accept: Accepted = None
    side: SideAsked = Side.ORIGIN


@dataclass(frozen=True)
class AskedRows(Asked):
    """Who asks for rows, and for which page."""

    cursor: Cursor = None
    limit: Limit = 50


class RowPage(BaseModel):
    """A page of rows, in the order of their pseudonyms; a file has them in the order of the returns."""

    year: int
    rows: int = Field(description="How many there are in all")
    counted_only: int = Field(description="Returns that are no row, because the person did not agree")
    counted_twice: int = Field(description="Rows that were left out, because somebody else told the same return")
    headers: dict[str, str] = Field(description="What each column is called on paper")
    items: list[dict[str, str | int]]
    next: str | None = None


class Question(BaseModel):
    """A question of the one-page form and its answer by the documents; null has to be filled in by hand."""

    name: str
    label: str
    help: str
    answer: str | int | None


class ReturnForm(BaseModel):
    """Form 27 for one return, filled in as far as the documents go."""

    may_be_a_row: bool = Field(description="Whether the person agreed; otherwise the return counts in the totals only")
    content: dict[str, Any] | None = Field(
        description="What to post to `/v1/forms/27`, with a `recipient`; null where the person did not agree"
    )
    blanks: list[str] = Field(description="What has to be filled in by hand; empty where the person did not agree")
    questions: list[Question] = Field(description="None where the person did not agree")


class CaseFigures(BaseModel):
    """One form for each return of a case; none before the first return."""

    items: list[ReturnForm]


@router.get("/v1/figures/{year}/register", response_model=RowPage, responses=FILES)
def get_register(year: YearInPath, asked: Annotated[AskedRows, Depends()]) -> Any:
    """List who came back from government to government, in the nine columns of the register (004 2.12)."""
    return _listed(year, asked, _REGISTER)


@router.get("/v1/figures/{year}/sheet", response_model=RowPage, responses=FILES)
def get_sheet(year: YearInPath, asked: Annotated[AskedRows, Depends()]) -> Any:
    """List all returns in the fields of the national spreadsheet (004 4.8): restricted, it names villages."""
    return _listed(year, asked, _NATIONAL)


@router.get("/v1/cases/{case_uid}/figures", response_model=CaseFigures, responses=FILES)
def get_case_figures(
    node: NodeOf, caller: Caller, case_uid: CaseInPath, form: FormatAsked = None, accept: Accepted = None
) -> Any:
    """Fill in form 27 from the documents of a case, one page for each return (004 2.12); a workbook can be printed."""
    caller.require(FIGURES_KEEP)
    if not caller.roles & FILLS_FIGURES:
        raise NotPermitted(
            "role_may_not_see_case_figures", "a welfare officer fills in form 27; GET /v1/figures/{year}/sheet has rows"
        )
    rows = read_case(node, caller, case_uid)
    if (asked := chosen(form, accept)) is not Format.JSON:
        return answer("form", asked, [_printed(number, row) for number, row in enumerate(rows, start=1)] or [_EMPTY])
    return CaseFigures(items=[_form(row) for row in rows])


def _listed(year: int, asked: AskedRows, listing: Listing) -> Any:
    """Answer rows as a page or as a file, to somebody who may see them, and note the look."""
    asked.caller.require(FIGURES_KEEP)
    read = read_year(asked.node, asked.caller.agency, year, asked.side)
    note_look(asked.node, asked.caller.agency, asked.caller.role, year)
    if (form := chosen(asked.form, asked.accept)) is not Format.JSON:
        return _file(read, listing, form)
    return _page(read, listing, asked.cursor, asked.limit)


def _file(read: Year, listing: Listing, form: Format) -> Any:
    """Answer rows as a file, in the order of the returns; a second sheet explains the codes."""
    columns = listing.columns
    lines = (line_of(columns, row) for row in listing.pick(read.rows))
    page = Sheet("Figures", [one.header for one in columns], lines, [one.width for one in columns])
    codes = [(one.column, one.code, one.meaning) for one in explain(columns)]
    return answer(f"{listing.name}-{read.year}", form, [page, codes_sheet(codes)])


def codes_sheet(lines: Iterable[Sequence[Cell]]) -> Sheet:
    """Return the sheet that explains the codes of the others."""
    return Sheet("Codes", ("Column", "Code", "Meaning"), lines, (26, 26, 60))


def _page(read: Year, listing: Listing, cursor: str | None, limit: int) -> RowPage:
    """Return a page of rows behind a pseudonym."""
    after = read_cursor(cursor, 1)[0] if cursor is not None else ""
    picked = sorted(listing.pick(read.rows), key=lambda row: row.stat_id)
    items, more = page_of([row for row in picked if row.stat_id > after], limit, lambda row: (row.stat_id,))
    return RowPage(
        year=read.year,
        rows=len(picked),
        counted_only=read.counted_only,
        counted_twice=read.dropped,
        headers={one.key: one.header for one in listing.columns},
        items=[dict(item_of(listing.columns, row)) for row in items],
        next=more,
    )


def _form(row: FigureRow) -> ReturnForm:
    """Return form 27 for one return, with nothing in it where the person did not agree to be a row."""
    if not row.may_be_a_row:
        return ReturnForm(may_be_a_row=False, content=None, blanks=[], questions=[])
    return ReturnForm(
        may_be_a_row=True, content=content_of(row), blanks=list(blanks_of(row)), questions=list(_questions(row))
    )


def _questions(row: FigureRow) -> Iterator[Question]:
    """Yield the questions of the form in its order."""
    for name in StatisticsRecord.model_fields:
        facts = facts_of(StatisticsRecord, name)
        if facts is None or name not in FigureRow.model_fields:
            continue
        value = getattr(row, name)
        several = isinstance(value, tuple)
        shown = "; ".join(str(cell_of(one)) for one in value) if several else cell_of(value)
        yield Question(name=name, label=facts.label, help=facts.help, answer=None if value is None else shown)


def _printed(number: int, row: FigureRow) -> Sheet:
    """Return the one-page form, with room for the notes of the case manager."""
    if not row.may_be_a_row:
        return Sheet(f"Form {number}", _HEADERS, [_NOT_AGREED], (32, 40, 44), is_one_page=True)
    lines: list[Sequence[Cell]] = [(one.label, one.answer, one.help) for one in _questions(row)]
    notes: Sequence[Cell] = ("Notes of the case manager", "\n" * 8, "")
    return Sheet(f"Form {number}", _HEADERS, [*lines, notes], (32, 40, 44), is_one_page=True)


_HEADERS = ("Question", "Answer", "Help")
_NOT_AGREED: Sequence[Cell] = ("May be a row", "no", "The person did not agree; the return counts in the totals only.")
_EMPTY = Sheet("Form", _HEADERS, (), (32, 40, 44), is_one_page=True)
