"""Where help is wanted most: places with many returns and no provider, and from which countries they come (004 4.1).

A place is covered when some provider was assigned to somebody there in the year (004 4.2, 4.4); nobody is covered by
a provider on paper. Made from tables as they are shown, so it tells nothing that these leave out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.rules.figures.columns import UNKNOWN
from api.rules.figures.suppression import ShownTable
from api.rules.figures.tables import ASSIGNED, HELP, NOT_ASSIGNED, TYPE


@dataclass(frozen=True)
class HotSpot:
    """One place: how many came back, whether help is there, and how they came; ``None`` is left out or not known."""

    rank: int
    place: str
    returns: int | None
    is_covered: bool | None
    assigned: int | None
    not_assigned: int | None
    by_type: Mapping[str, int | None]


@dataclass(frozen=True)
class StateCoverage:
    """One state: in how many of its places help is there, and how many returns went where it is not."""

    state: str
    places: int
    covered: int
    not_covered: int
    not_known: int
    returns_not_covered: int | None


def hotspots_of(tables: Sequence[ShownTable]) -> tuple[HotSpot, ...]:
    """Return the places, those without help first, then those of which nobody knows; the most returns come first."""
    by_name = {table.name: table for table in tables}
    types, helped = by_name[TYPE], by_name[HELP]
    lines = [_line(types, helped, number) for number, place in enumerate(types.rows) if place != UNKNOWN]
    order = sorted(lines, key=lambda line: (_ORDER[line.is_covered], -(line.returns or 0), line.place))
    return tuple(HotSpot(**{**vars(line), "rank": rank}) for rank, line in enumerate(order, start=1))


_ORDER: Mapping[bool | None, int] = {False: 0, None: 1, True: 2}


def _line(types: ShownTable, helped: ShownTable, number: int) -> HotSpot:
    """Return what the tables show of one place; the rank comes later."""
    assigned, not_assigned = (helped.counts[number][helped.columns.index(code)] for code in (ASSIGNED, NOT_ASSIGNED))
    return HotSpot(
        rank=0,
        place=types.rows[number],
        returns=types.row_totals[number],
        is_covered=_is_covered(assigned, not_assigned),
        assigned=assigned,
        not_assigned=not_assigned,
        by_type=dict(zip(types.columns, types.counts[number], strict=True)),
    )


def _is_covered(assigned: int | None, not_assigned: int | None) -> bool | None:
    """Say whether help is there; not known where nothing was decided, or where the counts are left out."""
    if assigned:
        return True
    return False if assigned == 0 and not_assigned else None


def coverage_of(spots: Iterable[HotSpot]) -> tuple[StateCoverage, ...]:
    """Return the coverage of each state, by the first word of its places' names."""
    states: dict[str, list[HotSpot]] = {}
    for spot in spots:
        states.setdefault(spot.place.split(" ")[0], []).append(spot)
    return tuple(_state(state, states[state]) for state in sorted(states))


def _state(state: str, spots: Sequence[HotSpot]) -> StateCoverage:
    """Return the coverage of one state."""
    answers = [spot.is_covered for spot in spots]
    returns = [spot.returns for spot in spots if spot.is_covered is False]
    known = [count for count in returns if count is not None]
    total = sum(known) if len(known) == len(returns) else None
    return StateCoverage(state, len(spots), answers.count(True), answers.count(False), answers.count(None), total)
