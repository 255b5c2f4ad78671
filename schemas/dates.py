"""Dates as people remember them: a small part of EDTF (ISO 8601-2, levels 0 and 1), each read as a span of days.

``2001``, ``2001-05``, ``2001-05-17``, each with ``~`` (about) or ``?`` (doubtful), intervals ``a/b`` and the open end
``..``. What was written stays as it is; ``earliest`` and ``latest`` are what rules compare. A year from 2400 to 2700
is refused, since it is almost surely of the Buddhist era, and nothing is converted silently (domain 8, dates 1 to 4).
Every other year is one of those of which documents tell (``years.py``).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from schemas.digits import ascii_digits
from schemas.years import IN_SCHEMA, WithinYears, require_common_era, require_year

_ONE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?[~?%]?"
_EDTF = re.compile(rf"^(?:{_ONE}|(?:{_ONE}|\.\.)/(?:{_ONE}|\.\.))$", re.ASCII)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_YEAR = re.compile(r"(?:^|/)(\d{4})")


def _refuse_buddhist_era(text: str) -> None:
    """Refuse a year that only makes sense in the Buddhist era, and say which year may have been meant."""
    for year in map(int, _YEAR.findall(text)):
        require_common_era(year)


def _days_of(text: str) -> tuple[date, date]:
    """Return the first and the last day that a year, month or day covers."""
    bare = text.rstrip("~?%")
    try:
        if _DAY.match(bare):
            return (day := date.fromisoformat(bare)), day
        year, *month = map(int, bare.split("-"))
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        return (first := date(year, month[0], 1)), first.replace(day=monthrange(year, month[0])[1])
    except ValueError:
        raise PydanticCustomError("no_such_day", "there is no such month or day in the calendar") from None


@dataclass(frozen=True)
class Edtf:
    """One date of the EDTF subset: the text as it was written, and the span of days that it covers."""

    text: str
    earliest: date
    latest: date
    is_approximate: bool

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read one date.

        Raises ``PydanticCustomError``: ``edtf``, ``buddhist_era``, ``no_such_day``, ``year_out_of_range`` or
        ``ends_before_start``.
        """
        text = ascii_digits(written).strip() if isinstance(written, str) else ""
        if not _EDTF.match(text) or text == "../..":
            raise PydanticCustomError("edtf", "write YYYY, YYYY-MM or YYYY-MM-DD, with ~ for about, or an interval a/b")
        _refuse_buddhist_era(text)
        spans = [(date.min, date.max) if one == ".." else _days_of(one) for one in text.split("/")]
        for year in map(int, _YEAR.findall(text)):
            require_year(year)
        earliest, latest = spans[0][0], spans[-1][1]
        if earliest > latest:
            raise PydanticCustomError("ends_before_start", "the interval ends before it starts")
        return cls(text, earliest, latest, any(sign in text for sign in "~?%"))

    @classmethod
    def _read(cls, value: object) -> Self:
        return value if isinstance(value, cls) else cls.parse(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Travel as the text that was written."""
        return core_schema.no_info_plain_validator_function(
            cls._read, serialization=core_schema.to_string_ser_schema(when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show the pattern to partners."""
        return {"type": "string", "pattern": _EDTF.pattern, "x-format": "edtf", **IN_SCHEMA}

    @property
    def start(self) -> "Edtf | None":
        """The date at which an interval begins, or the date itself; ``None`` for an open start."""
        first = self.text.partition("/")[0]
        return None if first == ".." else Edtf.parse(first)

    @property
    def end(self) -> "Edtf | None":
        """The date at which an interval ends, or the date itself; ``None`` for an open end."""
        last = self.text.rpartition("/")[2]
        return None if last == ".." else Edtf.parse(last)

    def __str__(self) -> str:
        """Return what was written."""
        return self.text


def read_day(value: object) -> date:
    """Read an ISO day, in any digits of the region; no timestamps, no other order.

    Raises ``PydanticCustomError``: ``iso_day``, ``buddhist_era``, ``no_such_day`` or ``year_out_of_range``.
    """
    if isinstance(value, date):
        return value
    text = ascii_digits(value).strip() if isinstance(value, str) else ""
    if not _DAY.match(text):
        raise PydanticCustomError("iso_day", "write the day as YYYY-MM-DD")
    _refuse_buddhist_era(text)
    day = _days_of(text)[0]
    require_year(day.year)
    return day


Day = Annotated[date, BeforeValidator(read_day), WithinYears]
"""An exact day in the common era, of the years of which documents tell."""


def span_of(value: date | Edtf) -> tuple[date, date]:
    """Return the first and last day that a date may mean."""
    return (value.earliest, value.latest) if isinstance(value, Edtf) else (value, value)


def is_surely_after(one: date | Edtf | None, other: date | Edtf | None) -> bool:
    """Say whether one date lies after the other whatever the vague ones mean; a missing date is never after."""
    return one is not None and other is not None and span_of(one)[0] > span_of(other)[1]


def add_months(day: date, months: int) -> date:
    """Return the same day so many calendar months later, or the last day of that month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
