"""When somebody looks how life goes on: the follow-ups, the year after, and the ends of months."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.policy import CorridorNumbers
from api.rules.schedule import Due, find_revisit_due, follow_ups_due, plan_of
from schemas.aftercare_codes import FollowUpInterval, MonitoringSchedule, SupportModel
from schemas.case_closure import CaseClosure
from schemas.dates import add_months
from schemas.document import Document
from tests.forms import GONE, document, example

CASE = example("departure_record")["case_uid"]
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
MINIMUM = [SupportModel.MINIMUM_ADULT, SupportModel.MINIMUM_CHILD]
LEFT, GIVEN = "departure_record", "service_provider_assignment"
OF_CHILD = {
    "/is_child": "true",
    "/support_model": "minimum_child",
    "/services_planned": [],
    "/minimum_support": {"child_steps": ["accompany", "reunify", "assess_needs_with_parents", "buy_items"]},
}


def days(schedule: tuple[Due, ...]) -> list[str]:
    return [due.latest.isoformat() for due in schedule]


def closure(edits: dict[str, object] | None = None) -> CaseClosure:
    made = document("case_closure", edits)
    assert isinstance(made, CaseClosure)
    return made


@pytest.mark.parametrize(
    ("home_on", "expected"),
    [
        pytest.param("2025-08-30", ["2025-11-30", "2026-02-28", "2026-08-30"], id="S1"),
        pytest.param("2023-08-31", ["2023-11-30", "2024-02-29", "2024-08-31"], id="leap-year"),
        pytest.param("2025-12-31", ["2026-03-31", "2026-06-30", "2026-12-31"], id="end-of-year"),
        pytest.param("2024-02-29", ["2024-05-29", "2024-08-29", "2025-02-28"], id="leap-day"),
    ],
)
def test_follow_ups_come_after_three_six_and_twelve_calendar_months(home_on: str, expected: list[str]) -> None:
    assert days(follow_ups_due(date.fromisoformat(home_on), SupportModel.FULL)) == expected


def test_the_other_schedule_is_once_between_six_and_seven_months() -> None:
    (due,) = follow_ups_due(date(2025, 8, 30), SupportModel.FULL, monitoring=MonitoringSchedule.SIX_TO_SEVEN)
    assert (due.interval, due.on, due.latest) == (FollowUpInterval.M6_7, date(2026, 2, 28), date(2026, 3, 30))
    assert not due.is_overdue(date(2026, 3, 30))
    assert due.is_overdue(date(2026, 3, 31))


@pytest.mark.parametrize("model", MINIMUM)
@pytest.mark.parametrize("monitoring", MonitoringSchedule)
def test_a_minimum_model_has_no_follow_up(model: SupportModel, monitoring: MonitoringSchedule) -> None:
    assert follow_ups_due(date(2025, 8, 30), model, monitoring=monitoring) == ()
    assert find_revisit_due(closure(), model) is None


def test_a_corridor_may_agree_other_months() -> None:
    policy = CorridorNumbers(follow_up_months=(1, 6), revisit_months=18)
    found = follow_ups_due(date(2025, 8, 31), SupportModel.FULL, policy)
    assert [(due.interval.value, due.on.isoformat()) for due in found] == [
        ("extra", "2025-09-30"),
        ("M6", "2026-02-28"),
    ]
    revisit = find_revisit_due(closure(), SupportModel.FULL, policy)
    assert revisit is not None
    assert revisit.on == date(2028, 3, 7)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, date(2027, 9, 7), id="a-year-later"),
        pytest.param({"/revisit_due": GONE, "/no_revisit_reason": "no_consent"}, None, id="without-consent"),
        pytest.param(
            {
                "/reason": "DEATH",
                "/revisit_due": GONE,
                "/no_revisit_reason": "death",
                "/victim_informed": "unknown",
            },
            None,
            id="after-death",
        ),
    ],
)
def test_a_year_after_the_closure_somebody_looks_again(edits: dict[str, object], expected: date | None) -> None:
    found = find_revisit_due(closure(edits), None)
    assert (found.on if found else None) == expected


@given(DAYS)
def test_due_days_keep_their_order_and_the_calendar(home_on: date) -> None:
    """The same day of the month, or the last of a shorter one; never a day of another month."""
    schedule = follow_ups_due(home_on, SupportModel.FULL)
    assert [due.interval.value for due in schedule] == ["M3", "M6", "M12"]
    assert list(schedule) == sorted(schedule, key=lambda due: due.on)
    for due, months in zip(schedule, (3, 6, 12), strict=True):
        assert (due.on.year * 12 + due.on.month) - (home_on.year * 12 + home_on.month) == months
        assert due.on.day == min(home_on.day, monthrange(due.on.year, due.on.month)[1])
        assert due.on == due.latest == add_months(home_on, months)


def held(*names: str | tuple[str, dict[str, object]]) -> list[Document]:
    return [document(*name) if isinstance(name, tuple) else document(name) for name in names]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        pytest.param(held(GIVEN), [], id="not-home-yet"),
        pytest.param(held(LEFT), [], id="home-and-nobody-decided"),
        pytest.param(held(LEFT, GIVEN), ["2025-11-30", "2026-02-28", "2026-08-30"], id="home"),
        pytest.param(held(LEFT, (GIVEN, OF_CHILD)), [], id="minimum-model"),
        pytest.param(held("follow_up_report", GIVEN, LEFT), ["2026-02-28", "2026-08-30"], id="after-the-first"),
        pytest.param(
            held(LEFT, GIVEN, ("follow_up_report", {"/interval": "extra"})),
            ["2025-11-30", "2026-02-28", "2026-08-30"],
            id="an-extra-visit-replaces-none",
        ),
        pytest.param(held(LEFT, GIVEN, "case_closure"), ["2027-09-07"], id="closed"),
        pytest.param(held("case_closure"), ["2027-09-07"], id="closed-and-nothing-else-held"),
        pytest.param(
            held(
                LEFT,
                GIVEN,
                "case_closure",
                (
                    "follow_up_report",
                    {
                        "/interval": "REVISIT",
                        "/readmission_needed": "no",
                        "/next_due": GONE,
                        "/due_date": "2027-09-07",
                        "/visit_date": "2027-09-06",
                        "/created_at": "2027-09-06T18:00:00+06:30",
                    },
                ),
            ),
            [],
            id="visited-again",
        ),
        pytest.param(
            held(LEFT, GIVEN, "follow_up_report", "case_closure", "readmission"),
            ["2027-02-16", "2027-05-16", "2027-11-16"],
            id="taken-in-again",
        ),
    ],
)
def test_what_a_case_waits_for_follows_from_its_documents(documents: list[Document], expected: list[str]) -> None:
    """In whatever order they came."""
    assert days(plan_of(documents, CASE)) == expected
    assert days(plan_of(documents[::-1], CASE)) == expected
