"""The totals of a year, as they may leave the agency, or whole for eyes inside (004 4.1, 4.4, 4.6, 4.8).

What leaves, and what is for somebody who may not see every case, is told up to the end of the last month: who asks
before and after one return is answered the same. Every look is noted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api.errors import NotPermitted
from api.flow.figures import Year, month_end, note_look, read_year
from api.rules.access import FIGURES_READ, SEES_SMALL_COUNTS
from api.rules.figures.columns import explain_codes
from api.rules.figures.hotspots import HotSpot, StateCoverage, coverage_of, hotspots_of
from api.rules.figures.snapshot import YearTotals, totals_of
from api.rules.figures.suppression import ShownTable
from api.rules.figures.tables import AGE, SEX, TYPE, Crossed, crossed, tables_of
from api.web.context import operation_name
from api.web.sheets import FILES, Cell, Format, Sheet, answer, chosen
from api.web.staff.figures import Asked, YearInPath, codes_sheet
from schemas.codes import Sex
from schemas.figures_codes import AgeGroup
from schemas.return_codes import VictimType

router = APIRouter(prefix="/v1/figures", tags=["figures"], generate_unique_id_function=operation_name)
LEFT_OUT, ALL = "x", "all"


class Audience(StrEnum):
    """For whom totals are: small counts stay inside."""

    EXTERNAL = "external"
    INTERNAL = "internal"


AudienceAsked = Annotated[Audience, Query(alias="for", description="Small counts are for inside the agency only")]


@dataclass(frozen=True)
class AskedTotals(Asked):
    """Who asks for totals, and for whom they are."""

    audience: AudienceAsked = Audience.EXTERNAL


class UpTo(BaseModel):
    """How far figures are told."""

    up_to: date | None = Field(
        None,
        description="The last day that is told; null for what is there at this moment. What came later is not counted "
        "yet, so totals may say 0 beside a register that has a row already",
    )


class FiguresTotals(YearTotals, UpTo):
    """The figures of a year in totals."""


class Places(UpTo):
    """Where help is wanted most, place by place, and how far each state is covered."""

    year: int
    hotspots: list[HotSpot]
    coverage: list[StateCoverage]


class CrossedCounts(UpTo):
    """Returns that are alike in everything that is counted by."""

    year: int
    items: list[Crossed]


@router.get("/{year}/totals", response_model=FiguresTotals, responses=FILES)
def get_totals(year: YearInPath, asked: Annotated[AskedTotals, Depends()]) -> Any:
    """Count the returns by place and type, sex, age group, help and assessment, with the metrics of the guidelines."""
    read, k = _read(year, asked, asked.audience)
    totals = totals_of(year, read.rows, read.dropped, read.tally, k)
    if (form := chosen(asked.form, asked.accept)) is Format.JSON:
        return FiguresTotals(**vars(totals), up_to=_day(read))
    sheets = [_long(totals)] if form is Format.CSV else [*map(_sheet, totals.tables), _measures(totals)]
    return answer(f"figures-{year}", form, [*sheets, codes_sheet(_codes(read))])


@router.get("/{year}/places", response_model=Places, responses=FILES)
def get_places(year: YearInPath, asked: Annotated[AskedTotals, Depends()]) -> Any:
    """List the places, those without help first and among them those with most returns; and the cover of each state."""
    read, k = _read(year, asked, asked.audience)
    spots = hotspots_of(tables_of(read.rows, k))
    if (form := chosen(asked.form, asked.accept)) is Format.JSON:
        return Places(year=year, hotspots=list(spots), coverage=list(coverage_of(spots)), up_to=_day(read))
    sheets = [_spots(spots), _coverage(coverage_of(spots)), codes_sheet(_codes(read))]
    return answer(f"places-{year}", form, sheets)


@router.get("/{year}/crossed", response_model=CrossedCounts, responses=FILES)
def get_crossed(year: YearInPath, asked: Annotated[Asked, Depends()]) -> Any:
    """Count the returns by township, year, type, sex and age group at once; most counts are small, so inside only."""
    read, _ = _read(year, asked, Audience.INTERNAL)
    found = crossed(read.rows)
    if (form := chosen(asked.form, asked.accept)) is Format.JSON:
        return CrossedCounts(year=year, items=list(found), up_to=_day(read))
    headers = [name.replace("_", " ") for name in Crossed.__dataclass_fields__]
    lines = (tuple(vars(one).values()) for one in found)
    return answer(f"crossed-{year}", form, [Sheet("Figures", headers, lines), codes_sheet(_codes(read))])


def _read(year: int, asked: Asked, audience: Audience) -> tuple[Year, int | None]:
    """Read a year, note the look, and return the threshold for the one who asks.

    Raises ``NotPermitted`` ``for_inside_only`` where small counts are not for this caller.
    """
    node, caller = asked.node, asked.caller
    caller.require(FIGURES_READ)
    is_inside = audience is Audience.INTERNAL
    if is_inside and not caller.roles & SEES_SMALL_COUNTS:
        raise NotPermitted("for_inside_only", "ask with ?for=external")
    until = None if is_inside and caller.sees_every_case else month_end(node, caller.agency)
    read = read_year(node, caller.agency, year, asked.side, until=until)
    note_look(node, caller.agency, caller.role, year)
    return read, None if is_inside else node.limits.smallest_cell


def _day(read: Year) -> date | None:
    """Return the last day of what was read, where it does not go up to this moment."""
    return read.until.date() if read.until else None


def _shown(count: float | None) -> Cell:
    """Return a count, or the sign for one that is left out."""
    return LEFT_OUT if count is None else count


def _lines(table: ShownTable) -> Iterator[tuple[str, list[float | None]]]:
    """Yield the lines of a table with its totals: the place, the counts, the total."""
    for place, counts, total in zip(table.rows, table.counts, table.row_totals, strict=True):
        yield place, [*counts, total]
    yield ALL, [*table.column_totals, table.total]


def _sheet(table: ShownTable) -> Sheet:
    """Return a table as a sheet."""
    lines = [(place, *map(_shown, counts)) for place, counts in _lines(table)]
    return Sheet(table.name.replace("_", " "), ("Place", *table.columns, ALL), lines, (28,))


def _measures(totals: YearTotals) -> Sheet:
    """Return the metrics as a sheet; a blank is not known."""
    lines = [(one.label, one.unit, one.value, one.numerator, _shown(one.denominator)) for one in totals.measures]
    return Sheet("Metrics", ("Metric", "Unit", "Value", "Numerator", "Denominator"), lines, (46,))


def _long(totals: YearTotals) -> Sheet:
    """Return all tables and metrics below each other, one count a line."""
    counts: list[Sequence[Cell]] = [
        (table.name, place, column, _shown(count))
        for table in totals.tables
        for place, line in _lines(table)
        for column, count in zip((*table.columns, ALL), line, strict=True)
    ]
    metrics: list[Sequence[Cell]] = [
        ("metrics", one.id, part, getattr(one, part))
        for one in totals.measures
        for part in ("value", "numerator", "denominator")
    ]
    return Sheet("Figures", ("Table", "Row", "Column", "Count"), [*counts, *metrics])


def _spots(spots: Sequence[HotSpot]) -> Sheet:
    """Return the places as a sheet."""
    types = list(spots[0].by_type) if spots else []
    headers = ("Rank", "Place", "Returns", "Covered", "Assigned", "Not assigned", *types)
    lines = [
        (
            one.rank,
            one.place,
            *map(_shown, (one.returns,)),
            {True: "yes", False: "no", None: "unknown"}[one.is_covered],
            *map(_shown, (one.assigned, one.not_assigned, *one.by_type.values())),
        )
        for one in spots
    ]
    return Sheet("Places", headers, lines, (8, 28))


def _coverage(states: Sequence[StateCoverage]) -> Sheet:
    """Return the cover of the states as a sheet."""
    headers = ("State", "Places", "Covered", "Not covered", "Not known", "Returns to places not covered")
    lines = [(*list(vars(one).values())[:-1], _shown(one.returns_not_covered)) for one in states]
    return Sheet("Coverage", headers, lines)


def _codes(read: Year) -> Iterator[Sequence[Cell]]:
    """Yield up to when the totals are told, and what their codes mean."""
    if (day := _day(read)) is not None:
        yield "", day.isoformat(), "the last day that is told; what came later is not counted yet"
    yield "", LEFT_OUT, "left out, so that nobody is recognised"
    yield "Place", "others", "several places that are told together, so that nobody is recognised"
    yield "Place", "unknown", "the place is not known, or the person agreed to the totals only"
    for header, codes in ((TYPE, VictimType), (SEX, Sex), (AGE, AgeGroup)):
        yield from ((one.column, one.code, one.meaning) for one in explain_codes(header, codes))
