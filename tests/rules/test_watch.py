"""What is due while somebody waits in the shelter: each row of the policy table with its clock (domain 4.1)."""

from datetime import UTC, datetime, timedelta

import pytest

from api.rules.watch.deadline import AlertSeverity, severity_of
from schemas.document import CaseState
from tests.watched import (
    ALERT,
    BASIC,
    CROSSED,
    DEPARTMENT,
    ESCAPE,
    FULL,
    SHELTER,
    admitted,
    days,
    days_late,
    due,
    of_case,
    only,
)


@pytest.mark.parametrize(
    ("first", "end"),
    [
        pytest.param("2025-03-10", "2025-09-10", id="S1"),
        pytest.param("2025-04-22", "2025-10-22", id="S2"),
        pytest.param("2024-08-31", "2025-02-28", id="month-end"),
        pytest.param("2023-08-31", "2024-02-29", id="month-end-in-a-leap-year"),
        pytest.param("2024-02-29", "2024-08-29", id="leap-day"),
        pytest.param("2024-12-31", "2025-06-30", id="year-end"),
    ],
)
def test_d01_ends_with_the_day_six_months_later_where_the_shelter_is(first: str, end: str) -> None:
    assert days([admitted(first)], "D01") == [f"{end}T23:59+07:00"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(89, None, id="nobody-is-reminded-yet"),
        pytest.param(90, AlertSeverity.INFO, id="from-day-90"),
        pytest.param(149, AlertSeverity.INFO, id="until-day-150"),
        pytest.param(150, AlertSeverity.WARN, id="from-day-150"),
        pytest.param(184, AlertSeverity.WARN, id="on-the-last-day"),
        pytest.param(185, AlertSeverity.BREACH, id="the-day-after"),
    ],
)
def test_d01_informs_then_warns_then_is_late(day: int, expected: AlertSeverity | None) -> None:
    """Ninety and a hundred and fifty days after the admission on 10 March, until the end of 10 September."""
    found = only([admitted("2025-03-10")], "D01")
    noon = datetime(2025, 3, 10, 5, 0, tzinfo=UTC) + timedelta(days=day)
    assert severity_of(found.rule, found.warn_at, found.due_at, noon) is expected


def test_d01_runs_from_the_first_admission_in_the_country() -> None:
    """A transfer does not reset the clock (004 1.1)."""
    moved = of_case(BASIC, {"/header/admission_kind": "transfer_in", "/header/first_admission_date": "2025-01-10"})
    assert days([moved], "D01") == ["2025-07-10T23:59+07:00"]


def test_s2_came_home_27_days_late() -> None:
    """Admitted on 22 April, handed over on 18 November 2025."""
    crossed = of_case(CROSSED, at=datetime.fromisoformat("2025-11-18T10:30:00+07:00"))
    found = only([admitted("2025-04-22"), crossed], "D01")
    assert (days_late(found), found.met_by) == (27, crossed.id)
    assert days_late(only([admitted("2025-03-10"), of_case(CROSSED)], "D01")) == 0


def test_an_escape_stops_no_clock() -> None:
    """The figure of timely returns leaves the case out (004 1.10); the reminders go on."""
    held = [admitted("2025-03-10")]
    escaped = only([*held, of_case(ESCAPE)], "D01", state=CaseState.ESCAPED)
    assert (escaped.met_at, escaped.due_at) == (None, only(held, "D01").due_at)


def test_who_came_back_without_a_hand_over_is_home_too() -> None:
    alone = of_case("reception_record", victim_type="SELF_RETURN_XB", handover_ref=None)
    assert only([admitted("2025-03-10"), alone], "D01").met_by == alone.id


def test_d02_waits_for_the_basic_file_from_the_opening_of_the_case() -> None:
    """Until a file tells the admission; the side that receives it has nothing to send."""
    assert days([], "D02") == ["2025-03-19T23:59+07:00"]
    assert due([], "D02", at=DEPARTMENT) == []
    assert due([], "D02", destination="TH", origin="TH") == []
    sent = only([of_case(BASIC)], "D02")
    assert (sent.due_at.isoformat(), days_late(sent)) == ("2025-03-17T23:59:59+07:00", 0)
    late = only([of_case(BASIC, {"/created_at": "2025-03-18T08:00:00+07:00"})], "D02")
    assert days_late(late) == 1


@pytest.mark.parametrize(
    ("more", "end"),
    [
        pytest.param([], "2025-05-09", id="standard-60-days"),
        pytest.param([ALERT], "2025-04-09", id="special-30-days"),
    ],
)
def test_d03_special_cases_come_first(more: list[str], end: str) -> None:
    basic = of_case(BASIC)
    assert days([basic, *map(of_case, more)], "D03") == [f"{end}T23:59+07:00"]


def test_d03_is_met_by_the_first_full_file_and_a_correction_does_not_make_it_late() -> None:
    full = of_case(FULL)
    again = full.model_copy(
        update={"id": "01K9" + full.id[4:], "supersedes": full.id, "created_at": full.created_at + timedelta(days=90)}
    )
    assert only([of_case(BASIC), full, again], "D03").met_by == full.id


@pytest.mark.parametrize(
    ("found_on", "end"),
    [
        pytest.param("2025-04-22", "2025-04-24", id="within-48-hours"),
        pytest.param("2024-02-27", "2024-02-29", id="leap-day"),
    ],
)
def test_d04_an_alert_within_two_days_after_the_need_was_found(found_on: str, end: str) -> None:
    alert = of_case(ALERT, {"/categories/0/identified_on": found_on})
    found = only([alert], "D04a")
    assert (found.due_at.isoformat(timespec="minutes"), found.met_by) == (f"{end}T23:59+07:00", alert.id)


def test_d04_is_due_where_the_file_says_special_and_nobody_raised_the_alert() -> None:
    special = of_case(BASIC, {"/special_needs/special_case": "yes", "/header/priority": "special_case"})
    found = only([special], "D04a")
    assert (found.due_at.isoformat(timespec="minutes"), found.met_at) == ("2025-03-16T23:59+07:00", None)


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        pytest.param("2025-04-25T11:30:00+07:00", "2025-05-02T23:59+06:30", id="friday"),
        pytest.param("2025-04-26T11:30:00+07:00", "2025-05-02T23:59+06:30", id="saturday"),
        pytest.param("2025-04-28T11:30:00+07:00", "2025-05-05T23:59+06:30", id="monday"),
        pytest.param("2025-04-27T00:10:00+07:00", "2025-05-02T23:59+06:30", id="still-saturday-there"),
    ],
)
def test_d04_the_other_side_acknowledges_within_five_of_its_working_days(sent: str, end: str) -> None:
    alert = of_case(ALERT, created_at=datetime.fromisoformat(sent))
    assert days([alert], "D04b") == [end]
    assert only([alert], "D04b").met_at is None
    ack = of_case("special_case_acknowledgement", reply_to=alert.id)
    assert only([alert, ack], "D04b").met_by == ack.id


def test_s5_the_escape_was_told_after_19_hours_and_a_quarter() -> None:
    """Within 24 hours; the family is informed within 72 hours after the notice arrived."""
    notice = of_case(ESCAPE)
    told = only([notice], "D05a")
    assert told.met_at is not None
    assert (told.met_at - told.started, days_late(told)) == (timedelta(hours=19.25), 0)
    assert days([notice], "D05b") == ["2025-03-06T16:55+07:00"]
    arrived = {notice.id: datetime(2025, 3, 4, 2, 0, tzinfo=UTC)}
    for side in (SHELTER, DEPARTMENT):
        assert only([notice], "D05b", at=side, arrived=arrived).due_at == datetime(2025, 3, 7, 2, 0, tzinfo=UTC)
    informed = of_case("escape_family_informed", reply_to=notice.id)
    assert only([notice, informed], "D05b").met_by == informed.id


def test_an_escape_that_was_told_after_a_day_is_late() -> None:
    late = of_case(ESCAPE, created_at=datetime.fromisoformat("2025-03-03T21:40:01+07:00"))
    assert days_late(only([late], "D05a")) == 1


@pytest.mark.parametrize(
    ("sent", "first", "second"),
    [
        pytest.param("2025-03-12T10:00:00+07:00", "2025-03-14", "2025-03-19", id="wednesday"),
        pytest.param("2025-03-14T10:00:00+07:00", "2025-03-18", "2025-03-21", id="friday"),
        pytest.param("2025-03-16T10:00:00+07:00", "2025-03-18", "2025-03-21", id="sunday"),
    ],
)
def test_d06_a_receipt_in_two_working_days_and_after_five_the_second_contact(
    sent: str, first: str, second: str
) -> None:
    """Only the sender waits for it, and nobody once it is there."""
    basic = of_case(BASIC, created_at=datetime.fromisoformat(sent))
    assert days([basic], "D06a") == [f"{first}T23:59+06:30"]
    assert days([basic], "D06b") == [f"{second}T23:59+06:30"]
    assert only([basic], "D06b").warn_at == only([basic], "D06a").due_at
    assert due([basic], "D06a", at=DEPARTMENT) == []
    arrived = {basic.id: basic.created_at + timedelta(hours=1)}
    assert due([basic], "D06a", arrived=arrived) == due([basic], "D06b", arrived=arrived) == []


def test_a_correction_does_not_make_late_what_was_told_in_time() -> None:
    first = of_case(ESCAPE)
    again = first.model_copy(
        update={
            "id": "01K9" + first.id[4:],
            "supersedes": first.id,
            "created_at": first.created_at + timedelta(days=9),
        }
    )
    assert only([first, again], "D05a").met_at == first.created_at
