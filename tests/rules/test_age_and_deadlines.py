"""Six months from the first admission, and the question on which everything for a child depends."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.age import age_on, has_age_conflict
from api.rules.checking import check_from_peer
from api.rules.deadlines import find_return_due, return_due
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers, policy_for
from schemas.ages import BirthSpan, IsChild, completed_years, is_child_on, span_of_age, span_of_birth
from schemas.base import CaseUid
from schemas.case_body import CaseBody
from schemas.codes import AgeBasis
from schemas.corridor import Corridor
from schemas.dates import Edtf
from schemas.document import Document
from schemas.notice_codes import Channel
from tests.forms import GONE, document, edited

BASIC = "case_file_basic"
TH_MM = Corridor(destination="TH", origin="MM")


@pytest.mark.parametrize(
    ("admitted", "due"),
    [
        pytest.param(date(2025, 3, 10), date(2025, 9, 10), id="S1"),
        pytest.param(date(2024, 12, 31), date(2025, 6, 30), id="31-december"),
        pytest.param(date(2024, 8, 30), date(2025, 2, 28), id="30-august"),
        pytest.param(date(2023, 8, 30), date(2024, 2, 29), id="30-august-before-a-leap-year"),
    ],
)
def test_six_months_are_calendar_months(admitted: date, due: date) -> None:
    assert return_due(admitted) == due


def test_a_corridor_may_agree_on_other_periods() -> None:
    assert return_due(date(2025, 1, 31), CorridorNumbers(return_months=1)) == date(2025, 2, 28)
    assert policy_for("TH", "MM").lead_days_for(Channel.G2G) == 14
    assert policy_for("CN", "MM").lead_days_for(Channel.BILATERAL_LE) == 3
    assert policy_for("CN", "MM").lead_days_for(Channel.EMBASSY) == 14
    assert policy_for("AA", "BB") is DEFAULT_POLICY


def due(*held: Document) -> date | None:
    """Return the day by which the person should be home."""
    return find_return_due(held, CaseUid(str(held[0].case_uid)), TH_MM)


def test_a_transfer_does_not_reset_the_clock() -> None:
    """The clock runs from the first admission in the country (004 1.1)."""
    moved = document(BASIC, {"/header/admission_kind": "transfer_in", "/header/first_admission_date": "2025-01-10"})
    assert due(document(BASIC)) == date(2025, 9, 10)
    assert due(moved) == date(2025, 7, 10)
    assert due(document("notice_acknowledgement")) is None


LATER = {"/header/admission_date": "2025-06-01", "/header/identification_date": "2025-06-01", "/person/age_as_of": GONE}
LATER |= {"/person/age_reported": GONE, "/person/age_basis": GONE, "/person/birth": {"edtf": "2006"}}
OTHER_ID = "01M9ZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"sender": "MM-DSW", "recipient": "TH-SHELTER-N1"}, date(2025, 9, 10), id="the-origin-side"),
        pytest.param({"sender": "TH-SHELTER-S2"}, date(2025, 9, 10), id="another-shelter"),
        pytest.param({}, date(2025, 12, 1), id="the-newest-word-of-the-same"),
    ],
)
def test_no_later_file_of_anybody_else_resets_the_clock(changed: dict[str, str], expected: date) -> None:
    """A department that records a consent in a file of its own, or a shelter that takes over, starts no clock."""
    first = document(BASIC)
    later = document(BASIC, LATER | {"/created_at": "2025-06-02T10:00:00+07:00"})
    later = later.model_copy(update={"id": OTHER_ID, **changed})
    for held in ([first, later], [later, first]):
        assert due(*held) == expected
    assert due(later) == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("age", "basis", "lowest", "highest"),
    [
        pytest.param(19, AgeBasis.COMPLETED_YEARS, 19, 19, id="completed"),
        pytest.param(19, None, 19, 19, id="not-said"),
        pytest.param(19, AgeBasis.RUNNING_YEAR, 17, 18, id="running"),
        pytest.param(19, AgeBasis.ESTIMATED_BY_STAFF, 17, 21, id="estimated"),
        pytest.param(19, AgeBasis.MEDICAL_ESTIMATE, 17, 21, id="medical"),
        pytest.param(0, AgeBasis.RUNNING_YEAR, 0, 0, id="newborn"),
    ],
)
def test_an_age_is_as_wide_as_the_way_it_was_counted(
    age: int, basis: AgeBasis | None, lowest: int, highest: int
) -> None:
    day = date(2025, 9, 1)
    assert span_of_age(age, day, basis).ages_on(day) == (lowest, highest)


def test_s4_is_uncertain_until_the_mother_tells_the_month_of_birth() -> None:
    """Scenario S4: nineteen running years straddles 18; March 2007 is an adult on 30 September 2025."""
    told = span_of_age(19, date(2025, 9, 1), AgeBasis.RUNNING_YEAR)
    assert is_child_on(told, date(2025, 9, 26)) is IsChild.UNCERTAIN
    assert is_child_on(span_of_birth(Edtf.parse("2007-03")), date(2025, 9, 30)) is IsChild.FALSE
    assert is_child_on(None, date(2025, 9, 30)).needs_child_rules


@pytest.mark.parametrize(
    ("birth", "day", "expected"),
    [
        pytest.param("2007-09-01", date(2025, 8, 31), IsChild.TRUE, id="day-before"),
        pytest.param("2007-09-01", date(2025, 9, 1), IsChild.FALSE, id="birthday"),
        pytest.param("2007", date(2025, 9, 1), IsChild.UNCERTAIN, id="year-only"),
        pytest.param("2006~", date(2025, 9, 1), IsChild.UNCERTAIN, id="about"),
        pytest.param("2008-02-29", date(2026, 2, 28), IsChild.TRUE, id="leap-day-child"),
        pytest.param("2008-02-29", date(2026, 3, 1), IsChild.FALSE, id="leap-day-adult"),
        pytest.param("../2000", date(2025, 9, 1), IsChild.FALSE, id="long-ago"),
        pytest.param("2000/..", date(2025, 9, 1), IsChild.UNCERTAIN, id="no-end"),
        pytest.param("2000~/..", date(2025, 9, 1), IsChild.UNCERTAIN, id="about-without-end"),
    ],
)
def test_a_child_is_under_eighteen_for_certain_or_perhaps(birth: str, day: date, expected: IsChild) -> None:
    assert is_child_on(span_of_birth(Edtf.parse(birth)), day) is expected


def test_all_evidence_is_read_together() -> None:
    """Where birth and age agree both narrow the span; where they contradict each other it holds both."""
    body = document(BASIC)
    assert isinstance(body, CaseBody)
    assert not has_age_conflict(body, date(2025, 3, 14))
    assert (age_on(body, date(2025, 9, 10)).lowest, age_on(body, date(2025, 9, 10)).highest) == (24, 25)
    torn = CaseBody.model_validate(
        {"person": {"birth": {"edtf": "1990"}, "age_reported": 20, "age_as_of": "2025-01-01"}}
    )
    assert has_age_conflict(torn, date(2025, 1, 1))
    assert (age_on(torn, date(2025, 1, 1)).lowest, age_on(torn, date(2025, 1, 1)).highest) == (20, 35)
    empty = CaseBody()
    assert age_on(empty, date(2025, 1, 1)).lowest is None
    assert not has_age_conflict(empty, date(2025, 1, 1))


days = st.dates(min_value=date(1930, 1, 1), max_value=date(2060, 12, 31))


@given(days, days, st.integers(0, 4000))
def test_nobody_grows_younger(earliest: date, day: date, later: int) -> None:
    """Both bounds of the age only rise, and a certain adult never becomes a child again."""
    span = BirthSpan(earliest, earliest + timedelta(days=500))
    before, after = span.ages_on(day), span.ages_on(day + timedelta(days=later))
    assert before[0] <= before[1]
    assert before[0] <= after[0]
    assert before[1] <= after[1]
    if is_child_on(span, day) is IsChild.FALSE:
        assert is_child_on(span, day + timedelta(days=later)) is IsChild.FALSE


@given(days, st.integers(0, 100))
def test_an_age_in_completed_years_is_true_of_everyone_in_its_span(day: date, age: int) -> None:
    span = span_of_age(age, day, AgeBasis.COMPLETED_YEARS)
    assert completed_years(span.earliest, day) == completed_years(span.latest, day) == age


def test_a_file_without_admission_has_no_due_day() -> None:
    assert due(document("restricted_annex")) is None
    newer = edited(
        BASIC, {"/schema_version": "1.1", "/header/admission_kind": "by_balloon", "/header/admission_date": GONE}
    )
    assert due(check_from_peer(newer).document) is None
