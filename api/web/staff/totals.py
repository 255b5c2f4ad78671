"""The totals of a year, as they may leave the agency, or whole for eyes inside (004 4.1, 4.4, 4.6, 4.8)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.errors import NotPermitted
from api.flow.figures import Year, read_year
from api.flow.node import Node
from api.rules.access import FIGURES_READ, Principal
from api.rules.figures.columns import explain_codes
from api.rules.figures.hotspots import Coverage, HotSpot, coverage_of, hotspots_of
from api.rules.figures.snapshot import YearTotals, totals_of
from api.rules.figures.suppression import ShownTable
from api.rules.figures.tables import AGE, SEX, TYPE, Crossed, crossed, tables_of
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.sheets import FILES, Accepted, Cell, Format, FormatAsked, Sheet, answer, chosen
from api.web.staff.figures import SideAsked, YearInPath, codes_sheet
from schemas.codes import Sex
from schemas.document import Role, Side
from schemas.figures_codes import AgeGroup
from schemas.return_codes import VictimType

router = APIRouter(prefix="/v1/figures", tags=["figures"], generate_unique_id_function=operation_name)
INSIDE = frozenset({Role.ST, Role.WO, Role.FO})
"""Who sees small counts."""
LEFT_OUT, ALL = "x", "all"


class Audience(StrEnum):
    """For whom totals are: small counts stay inside."""

    EXTERNAL = "external"
    INTERNAL = "internal"


AudienceAsked = Annotated[Audience, Query(alias="for", description="Small counts are for inside the agency only")]


class Places(BaseModel):
    """Where help is wanted most, place by place, and how far each state is covered."""

    year: int
    hotspots: list[HotSpot]
    coverage: list[Coverage]


class CrossedCounts(BaseModel):
    """Returns that are alike in everything that is counted by."""

    year: int
    items: list[Crossed]


@router.get("/{year}/totals", response_model=YearTotals, responses=FILES)
def get_totals(
    node: NodeOf,
    caller: Caller,
    year: YearInPath,
    audience: AudienceAsked = Audience.EXTERNAL,
    form: FormatAsked = None,
    accept: Accepted = None,
    side: SideAsked = Side.ORIGIN,
) -> Any:
    """Count the returns by place and type, sex, age group, help and assessment, with the metrics of the guidelines."""
    read, k = _read(node, caller, year, side, audience)
    totals = totals_of(year, read.rows, read.dropped, read.tally, k)
    asked = chosen(form, accept)
    if asked is Format.JSON:
        return totals
    sheets = [_long(totals)] if asked is Format.CSV else [*map(_sheet, totals.tables), _measures(totals)]
    return answer(f"figures-{year}", asked, [*sheets, codes_sheet(_codes())])


@router.get("/{year}/places", response_model=Places, responses=FILES)
def get_places(
    node: NodeOf,
    caller: Caller,
    year: YearInPath,
    audience: AudienceAsked = Audience.EXTERNAL,
    form: FormatAsked = None,
    accept: Accepted = None,
    side: SideAsked = Side.ORIGIN,
) -> Any:
    """List the places, those without help first and among them those with most returns; and the cover of each state."""
    read, k = _read(node, caller, year, side, audience)
    spots = hotspots_of(tables_of(read.rows, k))
    asked = chosen(form, accept)
    if asked is Format.JSON:
        return Places(year=year, hotspots=list(spots), coverage=list(coverage_of(spots)))
    sheets = [_spots(spots), _coverage(coverage_of(spots)), codes_sheet(_codes())]
    return answer(f"places-{year}", asked, sheets)


@router.get("/{year}/crossed", response_model=CrossedCounts, responses=FILES)
def get_crossed(
    node: NodeOf,
    caller: Caller,
    year: YearInPath,
    form: FormatAsked = None,
    accept: Accepted = None,
    side: SideAsked = Side.ORIGIN,
) -> Any:
    """Count the returns by township, year, type, sex and age group at once; most counts are small, so inside only."""
    read, _ = _read(node, caller, year, side, Audience.INTERNAL)
    found = crossed(read.rows)
    asked = chosen(form, accept)
    if asked is Format.JSON:
        return CrossedCounts(year=year, items=list(found))
    headers = [name.replace("_", " ") for name in Crossed.__dataclass_fields__]
    lines = (tuple(vars(one).values()) for one in found)
    return answer(f"crossed-{year}", asked, [Sheet("Figures", headers, lines), codes_sheet(_codes())])


def _read(node: Node, caller: Principal, year: int, side: Side, audience: Audience) -> tuple[Year, int | None]:
    """Read a year, and return the threshold for the one who asks.

    Raises ``NotPermitted`` ``for_inside_only`` where small counts are not for this caller.
    """
    caller.require(FIGURES_READ)
    is_inside = audience is Audience.INTERNAL
    if is_inside and not caller.roles & INSIDE:
        raise NotPermitted("for_inside_only", "ask with ?for=external")
    return read_year(node, caller.agency, year, side), None if is_inside else node.limits.smallest_cell


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


def _coverage(states: Sequence[Coverage]) -> Sheet:
    """Return the cover of the states as a sheet."""
    headers = ("State", "Places", "Covered", "Not covered", "Not known", "Returns to places not covered")
    lines = [(*list(vars(one).values())[:-1], _shown(one.returns_not_covered)) for one in states]
    return Sheet("Coverage", headers, lines)


def _codes() -> Iterator[Sequence[Cell]]:
    """Yield what the codes of the totals mean."""
    yield "", LEFT_OUT, "left out, so that nobody is recognised"
    yield "Place", "others", "several places that are told together, so that nobody is recognised"
    yield "Place", "unknown", "the place is not known, or the person agreed to the totals only"
    for header, codes in ((TYPE, VictimType), (SEX, Sex), (AGE, AgeGroup)):
        yield from ((one.column, one.code, one.meaning) for one in explain_codes(header, codes))
