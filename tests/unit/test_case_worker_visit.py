"""The quarterly visit carries letters both ways, and each of them is counted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.case_worker_visit import CaseWorkerVisitReport, quarter_of
from tests.forms import codes, document, example

KIND = "case_worker_visit"
CASE = example("case_file_full")["case_uid"]


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/quarter": "2025-Q3"}, "/quarter", "quarter_contradicts", id="another-quarter"),
        pytest.param({"/quarter": "2025-Q5"}, "/quarter", "bad_format", id="no-quarter"),
        pytest.param({"/letters_carried": 2}, "/letters_carried", "letters_mismatch", id="a-letter-is-missing"),
        pytest.param({"/persons_met/1/case_uid": CASE}, "/persons_met", "duplicate_person", id="met-twice"),
        pytest.param({"/case_uid": CASE}, "/case_uid", "case_in_header", id="case-in-the-header"),
        pytest.param({"/visited_on": "2025-06-13"}, "/visited_on", "future_date", id="tomorrow"),
        pytest.param({"/agencies": []}, "/agencies", "too_few", id="by-nobody"),
        pytest.param({"/persons_met/0/name": "x"}, "/persons_met/0", "unknown_field", id="a-name"),
    ],
)
def test_a_visit_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_a_visit_is_about_everyone_on_the_list() -> None:
    made = document(KIND)
    assert isinstance(made, CaseWorkerVisitReport)
    assert made.case_uids() == (CASE, "01JSDQ7A1B2C3D4E5F6G7H8J9K")
    assert made.moves(made.case_uids()[0]) is None


def test_a_visit_may_find_nobody() -> None:
    assert codes(KIND, {"/persons_met": [], "/letters_carried": 0}) == set()


@given(st.dates(min_value=date(2000, 1, 1)))
def test_a_quarter_has_three_months(day: date) -> None:
    year, quarter = quarter_of(day).split("-Q")
    assert int(year) == day.year
    assert day.month in range(3 * int(quarter) - 2, 3 * int(quarter) + 1)
