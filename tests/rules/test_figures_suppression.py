"""What is left out of a table can't be worked out from what is left in it."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.figures.suppression import ShownTable, Table, show, suppress

K = 5
COUNTS = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 13, 40])
_SIZES = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    height, width = draw(_SIZES)
    counts = tuple(tuple(draw(COUNTS) for _ in range(width)) for _ in range(height))
    return Table("any", tuple(f"r{i}" for i in range(height)), tuple(f"c{j}" for j in range(width)), counts)


@st.composite
def reported(draw: st.DrawFn) -> Table:
    """Draw a table to which up to two other bodies added rows of their own."""
    table = draw(tables())
    theirs = tuple(draw(_like(table)) for _ in range(draw(st.integers(1, 2))))
    whole = tuple(tuple(map(sum, zip(*rows, strict=True))) for rows in zip(table.counts, *theirs, strict=True))
    return replace(table, counts=whole, reported=theirs)


def _like(table: Table) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    width, height = len(table.columns), len(table.rows)
    row = st.tuples(*[st.sampled_from([0, 0, 1, 3, 6])] * width)
    return st.tuples(*[row] * height)


_SMALL = st.tuples(st.integers(1, 2), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 3), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)
"""Tables so small that all others of their size can be tried."""


def _grid(shown: ShownTable) -> list[list[int | None]]:
    """Return what is shown as one grid with its totals."""
    body = [[*row, total] for row, total in zip(shown.counts, shown.row_totals, strict=True)]
    return [*body, [*shown.column_totals, shown.total]]


def _missing(shown: ShownTable) -> list[tuple[int, int]]:
    grid = _grid(shown)
    return [(i, j) for i, row in enumerate(grid) for j, value in enumerate(row) if value is None]


def _sums(grid: list[list[int | None]]) -> list[tuple[list[tuple[int, int]], tuple[int, int]]]:
    """Return every sum that a reader knows: the counts, and the total that they make."""
    height, width = len(grid), len(grid[0])
    lines = [([(i, j) for j in range(width - 1)], (i, width - 1)) for i in range(height)]
    return [*lines, *(([(i, j) for i in range(height - 1)], (height - 1, j)) for j in range(width))]


def bounds_of(shown: ShownTable) -> dict[tuple[int, int], tuple[int, int]]:
    """Narrow what each missing count may be by every sum, again and again, until nothing gets narrower."""
    grid, missing = _grid(shown), _missing(shown)
    bounds = dict.fromkeys(missing, (0, 10000))

    def span(place: tuple[int, int]) -> tuple[int, int]:
        value = grid[place[0]][place[1]]
        return bounds[place] if value is None else (value, value)

    changed = True
    while changed:
        changed = False
        for parts, total in _sums(grid):
            signed = [*((part, 1) for part in parts), (total, -1)]
            for place, sign in signed:
                if place not in bounds:
                    continue
                low = high = 0
                for other, its in signed:
                    if other != place:
                        ends = [its * end for end in span(other)]
                        low, high = low + min(ends), high + max(ends)
                found = sorted([-sign * low, -sign * high])
                narrower = max(found[0], bounds[place][0]), min(found[1], bounds[place][1])
                changed |= narrower != bounds[place]
                bounds[place] = narrower
    return bounds


def determined_by_equations(shown: ShownTable) -> set[tuple[int, int]]:
    """Solve the sums as equations, and return the missing counts that have one solution."""
    grid, missing = _grid(shown), _missing(shown)
    columns = {place: number for number, place in enumerate(missing)}
    matrix = []
    for parts, total in _sums(grid):
        line = [Fraction(0)] * len(missing)
        for place, sign in [*((part, 1) for part in parts), (total, -1)]:
            if place in columns:
                line[columns[place]] += sign
        matrix.append(line)
    pivots, rank = [], 0
    for column in range(len(missing)):
        row = next((r for r in range(rank, len(matrix)) if matrix[r][column]), None)
        if row is None:
            continue
        matrix[rank], matrix[row] = matrix[row], matrix[rank]
        matrix[rank] = [value / matrix[rank][column] for value in matrix[rank]]
        for r in range(len(matrix)):
            if r != rank and matrix[r][column]:
                factor = matrix[r][column]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[rank], strict=True)]
        pivots.append(column)
        rank += 1
    return {missing[column] for row, column in enumerate(pivots) if sum(map(bool, matrix[row])) == 1}


@given(tables())
def test_no_count_below_the_threshold_is_shown(table: Table) -> None:
    """Not inside, and not as a total; what is shown is true, and a nought may be shown."""
    values = table.with_totals()
    for i, row in enumerate(_grid(suppress(table, K))):
        for j, value in enumerate(row):
            assert value in {None, values[i, j]}
            assert value is None or value == 0 or value >= K


@given(tables())
def test_no_missing_count_can_be_worked_out(table: Table) -> None:
    """Neither by equations nor by bounds: each has more than one value that fits everything that is shown."""
    shown = suppress(table, K)
    assert not determined_by_equations(shown)
    for place, (low, high) in bounds_of(shown).items():
        assert low < high, place


@given(reported())
def test_who_reported_rows_learns_no_small_count_by_taking_them_away(table: Table) -> None:
    """True rows or made-up ones: what is left of a count that is shown is nought or large enough."""
    shown = _grid(suppress(table, K))
    for view in table.views():
        for (i, j), value in view.items():
            assert shown[i][j] is None or not 0 < value < K


def test_made_up_rows_lift_no_count_over_the_threshold() -> None:
    """Four persons stay four, though somebody else told of six more; a body that alone tells of a place may read it."""
    whole = _table([[10, 30], [7, 40]])
    padded = replace(whole, reported=(((6, 0), (7, 0)),))
    shown = suppress(padded, K)
    assert shown.counts[0][0] is None
    assert suppress(whole, K).counts == whole.counts
    assert suppress(replace(whole, reported=(((0, 0), (7, 40)),)), K).counts == whole.counts


@given(_SMALL)
def test_for_every_missing_count_there_is_another_table_that_shows_the_same(counts: list[list[int]]) -> None:
    """Tried out: among all tables of small counts, some other one looks exactly alike and differs there."""
    table = _table(counts)
    shown = suppress(table, 3)
    truth = table.with_totals()
    alike = _all_like(shown, truth)
    for place in _missing(shown):
        assert any(other[place] != truth[place] for other in alike)


def _table(counts: list[list[int]]) -> Table:
    rows, columns = tuple(f"r{i}" for i in range(len(counts))), tuple(f"c{j}" for j in range(len(counts[0])))
    return Table("any", rows, columns, tuple(map(tuple, counts)))


def _all_like(shown: ShownTable, truth: dict[tuple[int, int], int]) -> list[dict[tuple[int, int], int]]:
    """Return every table that shows what is shown, with inner counts up to one more than there are."""
    inner = [place for place in truth if place[0] < len(shown.rows) and place[1] < len(shown.columns)]
    missing = [place for place in inner if _grid(shown)[place[0]][place[1]] is None]
    found = []
    for values in product(*(range(max(0, truth[place] - 1), truth[place] + 2) for place in missing)):
        inside = {**{place: truth[place] for place in inner}, **dict(zip(missing, values, strict=True))}
        counts = [[inside[i, j] for j in range(len(shown.columns))] for i in range(len(shown.rows))]
        whole = _table(counts).with_totals()
        grid = _grid(shown)
        if all(grid[i][j] in {None, whole[i, j]} for i, j in whole):
            found.append(whole)
    return found


def test_the_grand_total_stays_unless_it_is_small() -> None:
    """The number of all returns goes to the Central Body every year (004 2.12)."""
    assert suppress(_table([[1, 1], [1, 2]]), K).total == 5
    assert suppress(_table([[1, 1], [1, 1]]), K).total is None


@given(tables())
def test_a_total_of_five_or_more_is_always_told(table: Table) -> None:
    total = table.with_totals()[len(table.rows), len(table.columns)]
    assert suppress(table, K).total == (None if 0 < total < K else total)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        pytest.param([[10, 20], [30, 40]], set(), id="nothing-small"),
        pytest.param([[0, 20], [30, 0]], set(), id="noughts-may-stay"),
        pytest.param(
            [[3, 20, 9], [30, 40, 9], [9, 9, 50]], {(0, 0), (0, 1), (2, 0), (2, 1)}, id="three-others-hide-one"
        ),
        pytest.param([[3]], {(0, 0), (0, 1), (1, 0), (1, 1)}, id="one-small-count-alone"),
        pytest.param([[3, 9]], {(0, 0), (0, 1), (1, 0), (1, 1)}, id="a-row-alone-hides-totals-of-columns"),
    ],
)
def test_what_is_left_out(counts: list[list[int]], hidden: set[tuple[int, int]]) -> None:
    assert set(_missing(suppress(_table(counts), K))) == hidden


def test_no_total_of_a_row_is_given_up_where_all_are_large() -> None:
    """Several tables share the totals of the places: hidden in one and told in another they would be no secret."""
    table = _table([[3, 20, 0], [7, 0, 0], [1, 1, 9]])
    assert None not in suppress(table, K).row_totals


def test_inside_the_agency_nothing_is_left_out() -> None:
    table = _table([[1, 0], [2, 3]])
    assert show(table).counts == ((1, 0), (2, 3))
    assert (show(table).row_totals, show(table).column_totals, show(table).total) == ((1, 5), (3, 3), 6)
