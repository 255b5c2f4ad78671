"""What a metric is: one figure with how many it is about, so that no share stands without its whole (domain 4.6).

A metric takes samples from one case after the other: yes or no for a share, a number for a middle. Where there is no
sample, nothing is known, and the value is null and not nought.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from statistics import median

from api.rules.figures.answers import Answers
from api.rules.figures.episode import NEVER, CaseHeld
from api.rules.figures.returns import episodes_of
from schemas.care_codes import ConsentDecision
from schemas.case_file import CaseFile
from schemas.earlier import D, current, find_newest


class Unit(StrEnum):
    """How samples come to a value."""

    SHARE = "share"
    """yes among all"""
    MEDIAN_DAYS = "median_days"
    MEDIAN_HOURS = "median_hours"
    PER_PERSON = "per_person"
    """the sum, shared by all"""


MIDDLES = frozenset({Unit.MEDIAN_DAYS, Unit.MEDIAN_HOURS})


@dataclass(frozen=True)
class Reading:
    """A case as the metrics of one year read it, on a day on which the year may not be over."""

    case: CaseHeld
    year: int
    today: date

    @cached_property
    def all_returns(self) -> tuple[Answers, ...]:
        """The returns of the case, of whatever year."""
        return episodes_of(self.case)

    @property
    def returns(self) -> tuple[Answers, ...]:
        """The returns of the year."""
        return tuple(episode for episode in self.all_returns if episode.year == self.year)

    @property
    def consent(self) -> ConsentDecision:
        """What the person last decided about being counted."""
        return self.case.consent(NEVER, self.today)

    @cached_property
    def file(self) -> CaseFile | None:
        """The case file as it was last written."""
        return find_newest(CaseFile, self.case.counting, self.case.case_uid)

    def all_of(self, kind: type[D]) -> tuple[D, ...]:
        """Return the documents of a kind about the case that count, oldest first."""
        return current(kind, self.case.counting, self.case.case_uid)

    def is_in_year(self, day: date) -> bool:
        """Say whether a day lies in the year and is not still to come."""
        return day.year == self.year and day <= self.today


Sample = int | float
Sampler = Callable[[Reading], Iterable[Sample]]


@dataclass(frozen=True)
class Metric:
    """One metric: how it is called, and how its samples are taken and made one."""

    id: str
    label: str
    unit: Unit
    sample: Sampler


@dataclass(frozen=True)
class Measure:
    """The value of a metric, and what it is made of; all null where nothing is known or the number is too small."""

    id: str
    label: str
    unit: Unit
    value: float | None
    numerator: int | float | None
    denominator: int | None


class Tally:
    """The samples of every metric, taken case by case."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._samples: Mapping[Metric, list[Sample]] = {metric: [] for metric in metrics}

    def take(self, reading: Reading) -> None:
        """Take the samples of one case; of who did not agree to be a row none is taken (domain 2.J rule 6)."""
        if reading.consent is not ConsentDecision.GIVEN:
            return
        for metric, samples in self._samples.items():
            samples.extend(metric.sample(reading))

    def measures(self) -> tuple[Measure, ...]:
        """Return every metric's value."""
        return tuple(_measure(metric, samples) for metric, samples in self._samples.items())


def for_outside(measures: Iterable[Measure], k: int) -> tuple[Measure, ...]:
    """Return what may leave: nothing about fewer than ``k``, and all else by the nearest multiple of ``k``.

    A metric counts what tables count too; by its exact number a count could be found that a table leaves out.
    """
    return tuple(_left_out(one) if _is_small(one, k) else _rounded(one, k) for one in measures)


def _measure(metric: Metric, samples: list[Sample]) -> Measure:
    """Return the value of one metric; the numerator of a middle is the middle itself."""
    whole = len(samples)
    if not whole:
        return Measure(metric.id, metric.label, metric.unit, None, None, 0)
    if metric.unit in MIDDLES:
        middle = round(median(samples), 2)
        return Measure(metric.id, metric.label, metric.unit, middle, middle, whole)
    part = sum(samples)
    return Measure(metric.id, metric.label, metric.unit, round(part / whole, 4), part, whole)


def _is_small(measure: Measure, k: int) -> bool:
    """Say whether a measure would tell of fewer than ``k`` persons: of all, of those with yes, or of those with no."""
    whole, part = measure.denominator or 0, measure.numerator or 0
    parts = (part, whole - part) if measure.unit is Unit.SHARE else ()
    return any(0 < count < k for count in (whole, *parts))


def _rounded(measure: Measure, k: int) -> Measure:
    """Return a measure made of round numbers; a middle stays, since it tells no number."""
    whole = round_to(measure.denominator or 0, k)
    if measure.unit in MIDDLES or measure.value is None:
        return replace(measure, denominator=whole)
    part = round_to(measure.numerator or 0, k)
    part = min(part, whole) if measure.unit is Unit.SHARE else part
    return replace(measure, value=round(part / whole, 2), numerator=part, denominator=whole)


def round_to(count: float, k: int) -> int:
    """Return the nearest multiple of ``k``, the upper one of two as near."""
    return k * int((2 * count + k) // (2 * k))


def _left_out(measure: Measure) -> Measure:
    """Return a measure without its numbers."""
    return replace(measure, value=None, numerator=None, denominator=None)
