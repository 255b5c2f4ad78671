"""Dates are kept as people told them, and read as the span of days that they may mean."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from schemas.base import Instant
from schemas.dates import Day, Edtf, add_months, is_surely_after, span_of


class Sheet(BaseModel):
    day: Day | None = None
    about: Edtf | None = None
    at: Instant | None = None


@pytest.mark.parametrize(
    ("written", "earliest", "latest", "is_approximate"),
    [
        pytest.param("2001", date(2001, 1, 1), date(2001, 12, 31), False, id="year"),
        pytest.param("2001-02", date(2001, 2, 1), date(2001, 2, 28), False, id="month"),
        pytest.param("2004-02", date(2004, 2, 1), date(2004, 2, 29), False, id="month-of-a-leap-year"),
        pytest.param("2001-05-17", date(2001, 5, 17), date(2001, 5, 17), False, id="day"),
        pytest.param("2001~", date(2001, 1, 1), date(2001, 12, 31), True, id="about-a-year"),
        pytest.param("2001-05?", date(2001, 5, 1), date(2001, 5, 31), True, id="doubtful-month"),
        pytest.param("2023-09/2025-02", date(2023, 9, 1), date(2025, 2, 28), False, id="interval"),
        pytest.param("2023-09/..", date(2023, 9, 1), date.max, False, id="still-going-on"),
        pytest.param("../2025", date.min, date(2025, 12, 31), False, id="open-start"),
        pytest.param("၂၀၀၁-၀၅", date(2001, 5, 1), date(2001, 5, 31), False, id="myanmar-digits"),
    ],
)
def test_a_date_is_read_as_a_span(written: str, earliest: date, latest: date, is_approximate: bool) -> None:
    """Earliest and latest day are what rules compare."""
    read = Edtf.parse(written)
    assert (read.earliest, read.latest, read.is_approximate) == (earliest, latest, is_approximate)
    assert span_of(read) == (earliest, latest)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("17/05/2001", "edtf", id="other-order"),
        pytest.param("2001-5", "edtf", id="one-digit-month"),
        pytest.param("", "edtf", id="empty"),
        pytest.param(2001, "edtf", id="a-number"),
        pytest.param("../..", "edtf", id="all-of-time"),
        pytest.param("2001-13", "no_such_day", id="thirteenth-month"),
        pytest.param("2001-02-29", "no_such_day", id="no-leap-year"),
        pytest.param("0000", "no_such_day", id="year-nought"),
        pytest.param("2025/2024", "ends_before_start", id="backwards"),
        pytest.param("1899", "year_out_of_range", id="nobody-is-that-old"),
        pytest.param("2201-01", "year_out_of_range", id="far-ahead"),
        pytest.param("0001-01-01~", "year_out_of_range", id="the-first-day"),
        pytest.param("../9999", "year_out_of_range", id="the-last-year"),
        pytest.param("2554", "buddhist_era", id="buddhist-year"),
        pytest.param("2001/2554-03", "buddhist_era", id="buddhist-end"),
        pytest.param("๒๕๕๔-๐๕-๑๗", "buddhist_era", id="buddhist-in-thai-digits"),
    ],
)
def test_what_is_no_date_is_refused_with_a_code(written: object, code: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        Edtf.parse(written)
    assert caught.value.type == code


def test_a_buddhist_year_is_never_converted_but_suggested() -> None:
    """The hint of the date field names the year that may have been meant."""
    with pytest.raises(ValidationError) as caught:
        Sheet(day="2568-03-10")
    assert caught.value.errors()[0]["type"] == "buddhist_era"
    assert "2025" in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize("written", ["2025-3-10", "10-03-2025", 20250310, "2025-03-10T00:00:00", True])
def test_an_exact_day_is_iso_only(written: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Sheet(day=written)
    assert caught.value.errors()[0]["type"] == "iso_day"


FAR = {
    "the first moment": ("at", "0001-01-01T00:00:00+14:00"),
    "the last moment": ("at", "9999-12-31T23:59:59-12:00"),
    "the year before": ("at", "1899-12-31T23:59:59Z"),
    "the year after": ("at", "2201-01-01T00:00:00Z"),
    "the first day": ("day", "0001-01-01"),
    "the last day": ("day", "9999-12-31"),
    "a day as a date": ("day", date(2201, 1, 1)),
}


@pytest.mark.parametrize(("field", "written"), FAR.values(), ids=FAR)
def test_no_step_lies_where_the_calendar_ends(field: str, written: object) -> None:
    """Whoever adds an offset or a period to such a day falls off the calendar."""
    with pytest.raises(ValidationError) as caught:
        Sheet.model_validate({field: written})
    (problem,) = caught.value.errors()
    assert (problem["type"], problem["msg"]) == ("year_out_of_range", "give a year from 1900 to 2200")


def test_partners_read_the_bounds_in_the_schema() -> None:
    fields = Sheet.model_json_schema()["properties"]
    assert [one["x-years"] for name in fields for one in fields[name]["anyOf"][:1]] == [[1900, 2200]] * 3


def test_exact_days_take_thai_digits_and_dates() -> None:
    assert Sheet(day="๒๐๒๕-๐๓-๑๐").day == Sheet(day=date(2025, 3, 10)).day == date(2025, 3, 10)


def test_what_was_written_travels_unchanged() -> None:
    """A signed document shows the words of the person, not our reading of them."""
    sheet = Sheet(about="2001~")
    assert sheet.model_dump_json(exclude_none=True) == '{"about":"2001~"}'
    assert Sheet.model_validate_json(sheet.model_dump_json()) == sheet
    assert Sheet(about=sheet.about) == sheet
    assert str(sheet.about) == "2001~"


def test_intervals_know_where_they_start_and_end() -> None:
    period = Edtf.parse("2023-09~/..")
    assert (period.start, period.end) == (Edtf.parse("2023-09~"), None)
    assert Edtf.parse("../2024").start is None
    assert Edtf.parse("2024").end == Edtf.parse("2024")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("2024", "2023-12", True, id="certain"),
        pytest.param("2024", "2024-03", False, id="may-be-either"),
        pytest.param(None, "2024", False, id="unknown-is-never-after"),
        pytest.param("2024", None, False, id="never-after-the-unknown"),
    ],
)
def test_only_a_certain_order_counts(one: str | None, other: str | None, expected: bool) -> None:
    first, second = (Edtf.parse(text) if text else None for text in (one, other))
    assert is_surely_after(first, second) is expected


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))


@given(days, st.sampled_from([4, 7, 10]))
def test_a_span_holds_the_day_it_was_made_from(day: date, length: int) -> None:
    """Whatever precision is left of a day, the day is inside."""
    read = Edtf.parse(day.isoformat()[:length])
    assert read.earliest <= day <= read.latest


@given(days, days)
def test_an_interval_spans_from_its_start_to_its_end(one: date, other: date) -> None:
    first, last = sorted([one, other])
    assert span_of(Edtf.parse(f"{first}/{last}")) == (first, last)


@given(days, st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_end_of_that_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
