"""The tables of a year: how many came back to which place, by type, sex, age group, help and assessment (004 4.1, 4.8).

Every table counts the same returns by place and by one thing more, so they have the totals of the places in common.
For that these are never left out: places with fewer than ``k`` returns, those of any one other body not counted, are
told together with others of their state, or of the country, until no total is small. Countries stand beside the types
in one table, not in two, because one follows from the other. Who did not agree to be a row is counted, and nothing is
told of that return (domain 2.J).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.rules.figures.columns import UNKNOWN, cell_of
from api.rules.figures.row import FigureRow, teller_of
from api.rules.figures.suppression import Grid, ShownTable, Table, show, suppress
from schemas.codes import Sex
from schemas.figures_codes import AgeGroup
from schemas.statistics_record import CROSS_BORDER

OTHERS = "others"
TYPE, SEX, AGE, HELP, FAMILY = "type_and_country", "sex", "age_group", "assignment", "family_assessment"
ASSIGNED, NOT_ASSIGNED = "assigned", "not_assigned"
NEGATIVE, NOT_NEGATIVE = "negative", "not_negative"


@dataclass(frozen=True, order=True)
class Place:
    """A township of a state, as codes; ``OTHERS`` stands for several that are told together."""

    state: str
    township: str

    @property
    def label(self) -> str:
        """How a table names it."""
        named = [part for part in (self.state, self.township) if part != UNKNOWN]
        return " ".join(named) or UNKNOWN


NOWHERE = Place(UNKNOWN, UNKNOWN)
"""Returns of which no place is known, or may be told."""
ELSEWHERE = Place(UNKNOWN, OTHERS)


@dataclass(frozen=True)
class Dimension:
    """One thing that returns are counted by: its name, its codes in order, and the code of a row."""

    name: str
    tell: Callable[[FigureRow], str]
    codes: tuple[str, ...] = ()

    def code_of(self, row: FigureRow) -> str:
        """Return the code of a row; of who did not agree to be one nothing is told."""
        return self.tell(row) if row.may_be_a_row else UNKNOWN


def _type(row: FigureRow) -> str:
    """Return the type, with the country that the person came back from."""
    country = cell_of(row.destination_country) if row.victim_type in CROSS_BORDER else None
    return row.victim_type.value if country is None else f"{row.victim_type.value} {country}"


def _help(row: FigureRow) -> str:
    """Return whether a provider was assigned, could not be, or nothing was decided (004 4.4)."""
    if row.not_assigned:
        return NOT_ASSIGNED
    return ASSIGNED if row.provider_assigned is not None else UNKNOWN


def _family(row: FigureRow) -> str:
    """Return whether the family assessment was negative, where there is one (004 4.6)."""
    if row.family_assessment_negative is None:
        return UNKNOWN
    return NEGATIVE if row.family_assessment_negative else NOT_NEGATIVE


DIMENSIONS = (
    Dimension(TYPE, _type),
    Dimension(SEX, lambda row: str(cell_of(row.sex)), tuple(str(cell_of(code)) for code in Sex)),
    Dimension(AGE, lambda row: str(cell_of(row.age_group_at_return)), tuple(str(cell_of(code)) for code in AgeGroup)),
    Dimension(HELP, _help, (ASSIGNED, NOT_ASSIGNED)),
    Dimension(FAMILY, _family, (NEGATIVE, NOT_NEGATIVE)),
)
_IDENTIFIED = (
    Dimension("identified_by", lambda row: str(cell_of(row.identified_by))),
    Dimension("identified_at", lambda row: str(cell_of(row.identified_at))),
)


def place_of(row: FigureRow) -> Place:
    """Return where somebody came back to, as far as it is known and may be told."""
    if not row.may_be_a_row:
        return NOWHERE
    return Place(row.source_state or UNKNOWN, row.home_township or UNKNOWN)


Teller = str | None
"""Another body that reported a return; ``None`` where a case was read."""
Tellers = Counter[Teller]
Gathered = Mapping[Place, Place]
"""Under which place each place is told."""


def gather(told: Iterable[tuple[Teller, Place]], k: int) -> Gathered:
    """Return under which place each is told, so that every place told has ``k`` returns or is the only one.

    It has them without those that any one other body told, or it has none but those.
    """
    counts = _tellers(told)
    by_state = {place: _of_state(place) if _is_few(tellers, k) else place for place, tellers in counts.items()}
    states = _added(counts, by_state)
    gathered = {place: ELSEWHERE if _is_few(states[to], k) else to for place, to in by_state.items()}
    while _is_few((sums := _added(counts, gathered)).get(ELSEWHERE, Counter()), k) and len(sums) > 1:
        _, least = min((tellers.total(), place) for place, tellers in sums.items() if place != ELSEWHERE)
        gathered = {place: ELSEWHERE if to == least else to for place, to in gathered.items()}
    return gathered


def _tellers(told: Iterable[tuple[Teller, Place]]) -> Mapping[Place, Tellers]:
    """Return how many returns of each place who told."""
    counts: dict[Place, Tellers] = {}
    for teller, place in told:
        counts.setdefault(place, Counter())[teller] += 1
    return counts


def _is_few(tellers: Tellers, k: int) -> bool:
    """Say whether there are fewer than ``k``, or would be once another body takes away what it told itself."""
    whole = tellers.total()
    left = (whole - count for teller, count in tellers.items() if teller is not None)
    return any(0 < count < k for count in (whole, *left))


def _of_state(place: Place) -> Place:
    """Return the others of a place's state."""
    return Place(place.state, OTHERS)


def _added(counts: Mapping[Place, Tellers], gathered: Gathered) -> Mapping[Place, Tellers]:
    """Return the returns of each place that is told."""
    sums: dict[Place, Tellers] = {}
    for place, tellers in counts.items():
        sums.setdefault(gathered[place], Counter()).update(tellers)
    return sums


def tables_of(rows: Sequence[FigureRow], k: int | None) -> tuple[ShownTable, ...]:
    """Return the tables of a year; with a threshold for outside, without one for inside the agency."""
    places = [place_of(row) for row in rows]
    told = zip(map(teller_of, rows), places, strict=True)
    gathered = gather(told, k) if k is not None else {place: place for place in places}
    named = [gathered[place] for place in places]
    tables = [_count(dimension, named, rows) for dimension in DIMENSIONS]
    return tuple(show(table) if k is None else suppress(table, k) for table in tables)


def _count(dimension: Dimension, places: Sequence[Place], rows: Sequence[FigureRow]) -> Table:
    """Count rows by place and by one dimension; codes that are in no list stand behind those that are."""
    codes = [dimension.code_of(row) for row in rows]
    named = dict.fromkeys([*dimension.codes, *sorted(set(codes))])
    columns = (*(code for code in named if code != UNKNOWN), UNKNOWN)
    lines = sorted(set(places))
    counts = Counter(zip(places, codes, strict=True))
    theirs = _tellers_of(zip(map(teller_of, rows), places, codes, strict=True))

    def grid(counted: Counter[tuple[Place, str]]) -> Grid:
        return tuple(tuple(counted[place, column] for column in columns) for place in lines)

    labels = tuple(place.label for place in lines)
    return Table(dimension.name, labels, columns, grid(counts), tuple(map(grid, theirs)))


def _tellers_of(told: Iterable[tuple[Teller, Place, str]]) -> Iterable[Counter[tuple[Place, str]]]:
    """Return what each other body told, counted."""
    theirs: dict[str, Counter[tuple[Place, str]]] = {}
    for teller, place, code in told:
        if teller is not None:
            theirs.setdefault(teller, Counter())[place, code] += 1
    return theirs.values()


@dataclass(frozen=True, order=True)
class Crossed:
    """How many returns are alike in everything that is counted by; for inside the agency."""

    place: str
    year: int
    type: str
    sex: str
    age_group: str
    identified_by: str
    identified_at: str
    returns: int = 0


def crossed(rows: Iterable[FigureRow]) -> tuple[Crossed, ...]:
    """Return the returns by township, year, type, sex and age group, and by who identified the person and where."""
    counts = Counter(map(_cross, rows))
    return tuple(replace(alike, returns=counts[alike]) for alike in sorted(counts))


def _cross(row: FigureRow) -> Crossed:
    """Return everything that one row is counted by."""
    codes = {dimension.name: dimension.code_of(row) for dimension in (*DIMENSIONS[:3], *_IDENTIFIED)}
    return Crossed(
        place=place_of(row).label,
        year=row.year,
        type=codes[TYPE],
        sex=codes[SEX],
        age_group=codes[AGE],
        identified_by=codes["identified_by"],
        identified_at=codes["identified_at"],
    )
