"""What is due on the way home and after it: tracing, the notice, the hand-over, the visits (domain 4.1)."""

from datetime import UTC, datetime, timedelta

import pytest

from api.rules.policy import POLICIES
from api.rules.watch.deadline import AlertSeverity, Rule, severity_of
from api.rules.watch.yearly import yearly
from schemas.document import CaseState
from schemas.notice_codes import Channel, DateStatus
from schemas.return_codes import ReviewOutcome
from tests.forms import GONE
from tests.watched import (
    ACK,
    ASKED,
    ASSESSED,
    BASIC,
    CROSSED,
    DEPARTMENT,
    FULL,
    LIFE,
    NOTICE,
    SHELTER,
    SIGNED,
    TRACED,
    admitted,
    days,
    days_late,
    due,
    of_case,
    only,
)


def test_d07_a_first_report_in_two_weeks_and_a_result_in_45_days() -> None:
    request = of_case(ASKED)
    assert days([request], "D07a") == ["2025-05-05T23:59+06:30"]
    assert days([request], "D07b") == ["2025-06-05T23:59+06:30"]
    going_on = of_case(
        TRACED,
        {
            "/status": "in_progress",
            "/completed_on": GONE,
            "/found_persons": [],
            "/family_told": [],
            "/told_persons": [],
        },
    )
    assert only([request, going_on], "D07a").met_by == going_on.id
    assert only([request, going_on], "D07b").met_at is None
    result = of_case(TRACED, id="01K9" + going_on.id[4:], supersedes=going_on.id, reply_to=None)
    assert only([request, going_on, result], "D07b").met_by == result.id


def test_a_stranger_answers_nothing() -> None:
    """Neither a third country, nor somebody of the other side who was not asked."""
    request = of_case(ASKED)
    for other in ("KH-DSW", "MM-OTHER", SHELTER):
        assert only([request, of_case(TRACED, sender=other)], "D07b").met_at is None


def test_d08_who_was_located_is_assessed_in_thirty_days() -> None:
    request, result = of_case(ASKED), of_case(TRACED)
    found = only([request, result], "D08")
    assert (found.due_at.isoformat(timespec="minutes"), found.subject) == ("2025-06-11T23:59+06:30", result.id)
    assert days_late(only([request, result, of_case(ASSESSED)], "D08")) == 0
    assert due([request], "D08") == []


@pytest.mark.parametrize(
    ("channel", "planned", "sent", "is_late"),
    [
        pytest.param("g2g", "2025-08-19", "2025-08-05", False, id="14-days"),
        pytest.param("g2g", "2025-08-19", "2025-08-06", True, id="13-days-as-in-S2"),
        pytest.param("bilateral_le", "2025-09-04", "2025-09-01", True, id="3-days-are-not-fast-here"),
    ],
)
def test_d09_a_late_notice_stands_out_until_it_is_answered(
    channel: str, planned: str, sent: str, *, is_late: bool
) -> None:
    made = datetime.fromisoformat(f"{sent}T09:00:00+07:00")
    notice = of_case(NOTICE, created_at=made, planned_date=made.fromisoformat(planned).date(), channel=Channel(channel))
    assert (only([notice], "D09").met_at is None) == is_late
    ack = of_case(ACK, reply_to=notice.id, created_at=made + timedelta(days=1))
    assert only([notice, ack], "D09").met_by == (ack.id if is_late else notice.id)


def test_d09_three_days_are_enough_over_a_fast_channel() -> None:
    """Scenario S4: Yunnan tells three days ahead."""
    assert POLICIES["CN", "MM"].lead_days_for(Channel.BILATERAL_LE) == 3
    made = datetime.fromisoformat("2025-09-01T09:00:00+08:00")
    notice = of_case(
        NOTICE,
        created_at=made,
        planned_date=made.date() + timedelta(days=3),
        channel=Channel.BILATERAL_LE,
        sender="CN-BLO-RL",
    )
    assert only([notice], "D09", destination="CN", at="CN-BLO-RL").met_by == notice.id


@pytest.mark.parametrize(
    ("sent", "planned", "end"),
    [
        pytest.param("2025-07-25", "2025-08-19", "2025-07-30", id="five-days"),
        pytest.param("2025-08-13", "2025-08-19", "2025-08-16", id="three-days-before-the-journey"),
        pytest.param("2025-08-18", "2025-08-19", "2025-08-18", id="never-before-it-was-sent"),
        pytest.param("2024-02-26", "2024-03-20", "2024-03-02", id="over-a-leap-day"),
    ],
)
def test_d10_a_notice_is_answered_in_time_for_the_journey(sent: str, planned: str, end: str) -> None:
    made = datetime.fromisoformat(f"{sent}T09:00:00+07:00")
    notice = of_case(NOTICE, created_at=made, planned_date=made.fromisoformat(planned).date())
    assert days([notice], "D10") == [f"{end}T23:59+06:30"]
    ack = of_case(ACK, reply_to=notice.id)
    assert only([notice, ack], "D10").met_by == ack.id


def test_d10_a_new_version_asks_anew_and_a_cancelled_one_asks_nothing() -> None:
    notice, ack = of_case(NOTICE), of_case(ACK)
    second = notice.model_copy(update={"id": "01K9" + notice.id[4:], "supersedes": notice.id, "notice_version": 2})
    assert [(one.subject, one.met_at) for one in due([notice, ack, second], "D10")] == [(second.id, None)]
    assert due([notice.model_copy(update={"date_status": DateStatus.CANCELLED})], "D10") == due([], "D10")


def test_d11_an_assessment_is_good_for_ninety_days() -> None:
    assert days([of_case(ASSESSED)], "D11") == ["2025-09-01T23:59+06:30"]
    home = of_case("departure_record")
    assert only([of_case(ASSESSED), home], "D11").met_by == home.id
    waived = of_case("assessment_review", outcome=ReviewOutcome.WAIVED)
    assert only([of_case(ASSESSED), waived], "D11").met_by == waived.id


def test_d12_both_sign_within_72_hours_of_the_hand_over() -> None:
    assert days([of_case(CROSSED)], "D12") == ["2025-08-22T10:30+07:00"]
    assert only([of_case(CROSSED), of_case(SIGNED)], "D12").met_by == of_case(SIGNED).id
    assert due([of_case(SIGNED)], "D12", at=DEPARTMENT) == []


def test_d13_a_long_stay_is_told_and_never_late() -> None:
    """Whoever stays longer has the right to (004 2.1)."""
    found = only([of_case("reception_record")], "D13", at=DEPARTMENT)
    assert found.due_at.isoformat(timespec="minutes") == "2025-09-02T23:59+06:30"
    later = found.due_at + timedelta(days=400)
    assert severity_of(found.rule, found.warn_at, found.due_at, later) is AlertSeverity.INFO
    assert severity_of(found.rule, found.warn_at, found.due_at, found.warn_at - timedelta(days=1)) is None


def test_d14_s1_is_visited_after_three_six_and_twelve_months() -> None:
    """Home on 30 August: 30 November, 28 February and 30 August."""
    held = [of_case(name) for name in LIFE if name != "follow_up_report"]
    assert [day[:10] for day in days(held, "D14", at=DEPARTMENT)] == ["2025-11-30", "2026-02-28", "2026-08-30"]
    visited = due([*held, of_case("follow_up_report")], "D14", at=DEPARTMENT)
    assert [(one.subject, one.met_at is None, days_late(one)) for one in visited] == [
        ("M3", False, 0),
        ("M6", True, 0),
        ("M12", True, 0),
    ]


def test_d15_a_year_after_the_closure_somebody_looks_again() -> None:
    held = [*map(of_case, LIFE), of_case("case_closure")]
    found = only(held, "D15", at=DEPARTMENT, state=CaseState.CLOSED)
    assert (found.due_at.isoformat(timespec="minutes"), found.subject) == ("2027-09-07T23:59+06:30", "REVISIT")


@pytest.mark.parametrize("agency", [SHELTER, DEPARTMENT])
def test_d16_d19_the_figures_of_a_year_are_due_at_its_end_with_a_month_of_grace(agency: str) -> None:
    found = list(yearly(agency, 2025, None))
    assert [(one.rule, one.subject) for one in found] == [(Rule.STATISTICS, "2025"), (Rule.HOT_SPOTS, "2025")]
    for one in found:
        assert (one.warn_at.date().isoformat(), one.due_at.date().isoformat()) == ("2025-12-31", "2026-01-31")
    frozen = datetime(2026, 1, 15, tzinfo=UTC)
    assert {one.met_at for one in yearly(agency, 2025, frozen)} == {frozen}


def test_d17_no_more_than_ninety_days_without_the_family() -> None:
    """From the admission, then from the last letter, call or visit; not for somebody who wants none."""
    assert days([of_case(BASIC)], "D17") == ["2025-06-08T23:59+07:00"]
    letter = of_case("family_contact_message")
    written = letter.written_on + timedelta(days=90)
    assert days([of_case(BASIC), letter], "D17") == [f"{written}T23:59+07:00"]
    assert due([of_case(FULL, {"/family/wish_contact": "no"})], "D17") == []


def test_d18_consent_is_asked_again_after_half_a_year() -> None:
    assert days([admitted("2024-08-31")], "D18a") == ["2025-02-28T23:59+07:00"]


@pytest.mark.parametrize(
    ("review", "end"),
    [
        pytest.param("2025-05-20", "2025-05-20", id="the-day-that-was-named"),
        pytest.param("2025-12-01", "2025-06-19", id="sixty-days-at-most"),
    ],
)
def test_d18_a_legal_hold_is_reviewed(review: str, end: str) -> None:
    hold = {"hold": "yes", "consented_by_victim": "yes", "review_date": review}
    assert days([of_case(FULL, {"/justice/return_hold": hold})], "D18b") == [f"{end}T23:59+07:00"]
    assert due([of_case(FULL)], "D18b") == []
