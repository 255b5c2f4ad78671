"""The figures of a year as they are frozen and signed: totals that may leave, and a digest of the rows (004 2.12).

A snapshot is never changed. What comes to light later is an erratum: the figures anew, with a reason, naming by its
digest what it corrects, and listing what is different.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from api.rules.figures.measures import Measure, Tally, for_outside, round_to
from api.rules.figures.row import FigureRow
from api.rules.figures.suppression import ShownTable
from api.rules.figures.tables import tables_of
from schemas.base import Frozen


class ErratumReason(StrEnum):
    """Why figures that were frozen are told anew."""

    LATE_DOCUMENT = "late_document"
    CORRECTED_DOCUMENT = "corrected_document"
    COUNTED_TWICE = "counted_twice"
    CONSENT_CHANGED = "consent_changed"
    WRONG_CODE = "wrong_code"
    OTHER = "other"


class YearTotals(Frozen):
    """The figures of a year in totals."""

    year: int
    smallest_cell: int | None
    returns: int | None
    counted_only: int | None
    counted_twice: int | None
    tables: tuple[ShownTable, ...]
    measures: tuple[Measure, ...]


class Change(Frozen):
    """A count that an erratum tells differently; null was left out, or was not there."""

    table: str
    row: str
    column: str
    was: int | None
    now: int | None


class YearFigures(YearTotals):
    """What is signed."""

    version: Literal["1.0"] = "1.0"
    agency: str
    number: int
    made_at: datetime
    rows_sha256: str
    corrects: str | None = None
    reason: ErratumReason | None = None
    changes: tuple[Change, ...] = ()

    @property
    def told(self) -> tuple[object, ...]:
        """What an erratum has to tell differently, or there is nothing to correct."""
        return self.returns, self.counted_only, self.tables, self.measures, self.rows_sha256


def totals_of(year: int, rows: Sequence[FigureRow], dropped: int, tally: Tally, k: int | None) -> YearTotals:
    """Return the totals of a year: with a threshold for outside, without one for inside the agency."""
    measures = tally.measures() if k is None else for_outside(tally.measures(), k)
    return YearTotals(
        year=year,
        smallest_cell=k,
        returns=_unless_small(len(rows), k),
        counted_only=_unless_small(sum(not row.may_be_a_row for row in rows), k, is_round=True),
        counted_twice=_unless_small(dropped, k, is_round=True),
        tables=tables_of(rows, k),
        measures=measures,
    )


def _unless_small(count: int, k: int | None, *, is_round: bool = False) -> int | None:
    """Return a count, or nothing for a small one that would leave; a round one where a table counts the same."""
    if k is None:
        return count
    return None if 0 < count < k else round_to(count, k) if is_round else count


def digest_of(rows: Iterable[FigureRow]) -> str:
    """Return the SHA-256 of the rows in the order of their pseudonyms; it proves later which rows there were."""
    lines = sorted((row.stat_id, row.model_dump_json()) for row in rows if row.may_be_a_row)
    return hashlib.sha256("\n".join(line for _, line in lines).encode()).hexdigest()


def changes_between(before: YearTotals, after: YearTotals) -> Iterator[Change]:
    """Yield every count that two versions tell differently."""
    olds, news = _cells(before), _cells(after)
    for place in dict.fromkeys([*olds, *news]):
        if olds.get(place) != news.get(place):
            table, row, column = place
            yield Change(table=table, row=row, column=column, was=olds.get(place), now=news.get(place))


def _cells(totals: YearTotals) -> Mapping[tuple[str, str, str], int | None]:
    """Return every count of every table, with the totals of rows and columns, by where it stands."""
    found: dict[tuple[str, str, str], int | None] = {}
    for table in totals.tables:
        for row, counts, total in zip(table.rows, table.counts, table.row_totals, strict=True):
            found |= {(table.name, row, column): n for column, n in zip(table.columns, counts, strict=True)}
            found[table.name, row, "all"] = total
        found |= {(table.name, "all", column): n for column, n in zip(table.columns, table.column_totals, strict=True)}
        found[table.name, "all", "all"] = table.total
    return found
