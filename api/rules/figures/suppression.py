"""What may leave an agency of a table: no small count, and nothing that the totals would give away.

A count from 1 to ``k - 1`` is left out (primary), and so is one of which so few are left without the rows that one
other body reported: whoever told them, true or made up, can take them away again. Since a total minus the rest is the
missing count, others are left out with it (complementary) until for every missing count there is another table that
shows the very same figures and has another count there. That holds when each missing count lies on a closed way through
missing counts, row and column by turns: one more here is one less there. The cheapest such way is looked for, inner
counts before totals of columns before totals of rows. A nought may stay. The grand total stays unless it is small.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Place = tuple[int, int]
"""Row and column of a count; one past the last is the line of totals."""
Grid = tuple[tuple[int, ...], ...]
"""Counts, row by row."""
Line = tuple[str, int]
"""A whole row or column, totals among them: what adds up."""
_A_NOUGHT, _TO_A_NOUGHT, _A_COLUMN, _A_ROW = 2_000, 100_000, 10_000_000, 10_000_000_000
"""What it costs to leave out a nought, to lean on a one that would have to be none, a total of a column, of a row."""


@dataclass(frozen=True)
class Table:
    """Counts by two things, with what they are counted by.

    ``reported`` is what other bodies told of them, a grid for each; the rest is read from cases.
    """

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Grid
    reported: tuple[Grid, ...] = ()

    def with_totals(self) -> dict[Place, int]:
        """Return every count with the totals of rows, of columns, and of all."""
        return self._added(self.counts)

    def views(self) -> list[dict[Place, int]]:
        """Return the counts as they are, and as each other body sees them that takes away what it told itself."""
        whole = self.with_totals()
        return [whole, *({at: whole[at] - n for at, n in self._added(theirs).items()} for theirs in self.reported)]

    def _added(self, counts: Grid) -> dict[Place, int]:
        """Return counts with their totals."""
        height, width = len(self.rows), len(self.columns)
        found = {(i, j): counts[i][j] for i in range(height) for j in range(width)}
        found |= {(i, width): sum(counts[i]) for i in range(height)}
        found |= {(height, j): sum(row[j] for row in counts) for j in range(width)}
        return {**found, (height, width): sum(map(sum, counts))}


@dataclass(frozen=True)
class ShownTable:
    """A table as it is shown; ``None`` was left out."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def show(table: Table) -> ShownTable:
    """Return the whole table, for eyes inside the agency."""
    return _shown(table, frozenset())


def suppress(table: Table, k: int) -> ShownTable:
    """Return the table without counts below ``k`` and without what would give them away."""
    views = table.views()
    hidden = {place for view in views for place, value in view.items() if 0 < value < k}
    values = {place: min(view[place] for view in views) for place in views[0]}  # what nobody can take away
    safe = set[Place]()
    for place in sorted(hidden):
        if place not in safe:
            way = _closed_way(place, values, hidden, (len(table.rows), len(table.columns)))
            hidden |= way
            safe |= {place, *way}
    return _shown(table, frozenset(hidden))


def _shown(table: Table, hidden: frozenset[Place]) -> ShownTable:
    """Return a table with some places left out."""
    values = table.with_totals()
    height, width = len(table.rows), len(table.columns)

    def at(i: int, j: int) -> int | None:
        return None if (i, j) in hidden else values[i, j]

    return ShownTable(
        table.name,
        table.rows,
        table.columns,
        tuple(tuple(at(i, j) for j in range(width)) for i in range(height)),
        tuple(at(i, width) for i in range(height)),
        tuple(at(height, j) for j in range(width)),
        at(height, width),
    )


def _closed_way(start: Place, values: Mapping[Place, int], hidden: set[Place], ends: Place) -> frozenset[Place]:
    """Return the counts of the cheapest way from the column of a missing count back to its row.

    There always is one; if there were none, nothing of the table would be shown.
    """
    goal, begin = ("row", start[0]), ("column", start[1])
    reached, came = {begin: 0}, dict[Line, tuple[Line, Place]]()
    queue = [(0, begin)]
    while queue and queue[0][1] != goal:
        far, here = heapq.heappop(queue)
        for to, place in _from(here, ends):
            added = _cost(place, start, values, hidden, ends, is_back=here[0] == "column")
            if place == start or added is None:
                continue
            if far + added < reached.get(to, far + added + 1):
                reached[to], came[to] = far + added, (here, place)
                heapq.heappush(queue, (far + added, to))
    return frozenset(_counts_on_way(goal, came) if goal in came else values)


def _from(here: Line, ends: Place) -> Iterator[tuple[Line, Place]]:
    """Yield every line that crosses this one, and the count where they cross."""
    kind, number = here
    if kind == "row":
        yield from ((("column", j), (number, j)) for j in range(ends[1] + 1))
    else:
        yield from ((("row", i), (i, number)) for i in range(ends[0] + 1))


def _cost(
    place: Place, start: Place, values: Mapping[Place, int], hidden: set[Place], ends: Place, *, is_back: bool
) -> int | None:
    """Return what it costs to let a count on the way grow or shrink by one; ``None`` where it can't.

    Along the way counts grow and shrink by turns; a total stands on the other side of its sum, so it moves with it.
    """
    shrinks = is_back != (_is_total(place, ends) != _is_total(start, ends))
    value, is_hidden = values[place], place in hidden
    if (shrinks and value == 0) or (place == ends and not is_hidden):
        return None
    leaning = _TO_A_NOUGHT if shrinks and value == 1 else 0
    if is_hidden:
        return leaning
    rank = _A_COLUMN if place[0] == ends[0] else _A_ROW if place[1] == ends[1] else 0
    return leaning + rank + (value or _A_NOUGHT)


def _is_total(place: Place, ends: Place) -> bool:
    """Say whether a count is the total of one row or of one column; the total of all adds up like any count."""
    return (place[0] == ends[0]) != (place[1] == ends[1])


def _counts_on_way(end: Line, came: Mapping[Line, tuple[Line, Place]]) -> Iterator[Place]:
    """Yield the counts of a way, from its end."""
    while end in came:
        end, place = came[end]
        yield place
