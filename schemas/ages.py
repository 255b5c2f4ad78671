"""When somebody was born, as far as it is known, as a span of days; an age that was told is turned into the same.

A child is under 18 everywhere (Palermo Protocol, CRC). If the span leaves both possible the answer is *uncertain*,
and the person is treated as a child. A running year counts one or two years more than the completed ones; an estimate
is two years wide on each side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from schemas.codes import AgeBasis
from schemas.dates import Edtf, add_months

CHILD_UNDER = 18
_ESTIMATE_YEARS = 2


class IsChild(StrEnum):
    """The test for a child has three answers; *uncertain* is treated as *true*."""

    TRUE = "true"
    FALSE = "false"
    UNCERTAIN = "uncertain"

    @property
    def needs_child_rules(self) -> bool:
        """Whether the rules for children apply."""
        return self is not IsChild.FALSE


@dataclass(frozen=True)
class BirthSpan:
    """The first and the last day on which somebody may have been born."""

    earliest: date
    latest: date

    def ages_on(self, day: date) -> tuple[int, int]:
        """Return the lowest and the highest completed age on a day; never below nought."""
        return max(0, completed_years(self.latest, day)), max(0, completed_years(self.earliest, day))

    def overlaps(self, other: "BirthSpan") -> bool:
        """Say whether both can be true."""
        return self.earliest <= other.latest and other.earliest <= self.latest


def completed_years(birth: date, day: date) -> int:
    """Return the birthdays that have passed; one of 29 February counts on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _years_before(day: date, years: int) -> date:
    """Return the day so many years earlier, in the first year of the calendar at the least."""
    return add_months(day, -12 * min(years, day.year - 1))


def span_of_birth(birth: Edtf) -> BirthSpan:
    """Return the span of a birth date; *about* and *doubtful* widen it by a year on both sides."""
    if not birth.is_approximate:
        return BirthSpan(birth.earliest, birth.latest)
    latest = birth.latest if birth.latest.year == date.max.year else add_months(birth.latest, 12)
    return BirthSpan(_years_before(birth.earliest, 1), latest)


def span_of_age(age: int, as_of: date, basis: AgeBasis | None) -> BirthSpan:
    """Return the span of births for which this age is true on that day, counted in that way."""
    lowest = highest = age
    if basis is AgeBasis.RUNNING_YEAR:
        lowest, highest = age - 2, age - 1
    elif basis in {AgeBasis.ESTIMATED_BY_STAFF, AgeBasis.MEDICAL_ESTIMATE}:
        lowest, highest = age - _ESTIMATE_YEARS, age + _ESTIMATE_YEARS
    return BirthSpan(
        earliest=_years_before(as_of, highest + 1) + timedelta(days=1), latest=_years_before(as_of, max(0, lowest))
    )


def spans_told(birth: Edtf | None, age: int | None, as_of: date, basis: AgeBasis | None) -> tuple[BirthSpan, ...]:
    """Return what a birth date says, then an age that was told, as far as either is there."""
    by_birth = () if birth is None else (span_of_birth(birth),)
    by_age = () if age is None else (span_of_age(age, as_of, basis),)
    return (*by_birth, *by_age)


def span_of_all(spans: Sequence[BirthSpan]) -> BirthSpan | None:
    """Return what spans of one person have in common, or, where they contradict each other, all that any allows."""
    if not spans:
        return None
    earliest, latest = [span.earliest for span in spans], [span.latest for span in spans]
    if max(earliest) <= min(latest):
        return BirthSpan(max(earliest), min(latest))
    return BirthSpan(min(earliest), max(latest))


def is_child_on(span: BirthSpan | None, day: date) -> IsChild:
    """Say whether somebody is a child on a day; with nothing known it is uncertain."""
    if span is None:
        return IsChild.UNCERTAIN
    lowest, highest = span.ages_on(day)
    if highest < CHILD_UNDER:
        return IsChild.TRUE
    return IsChild.FALSE if lowest >= CHILD_UNDER else IsChild.UNCERTAIN
