"""Before the way home the assessment is looked at again, together with the person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.agreed import is_stale
from api.rules.policy import CorridorNumbers
from schemas.assessment_review import AssessmentReview
from tests.forms import GONE, codes, document

KIND = "assessment_review"
WAIVED = {"/outcome": "waived", "/waived_reason": "Her mother is dying.", "/waived_by": "DSW-204"}


def review(edits: dict[str, object] | None = None) -> AssessmentReview:
    made = document(KIND, edits)
    assert isinstance(made, AssessmentReview)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/age_days": 85}, "/age_days", "age_days_wrong", id="miscounted"),
        pytest.param({"/assessed_on": "2025-08-29"}, "/reviewed_on", "wrong_order", id="before-the-assessment"),
        pytest.param({"/with_victim": False}, "/with_victim", "victim_absent", id="without-her"),
        pytest.param({"/outcome": "waived"}, "/waived_reason", "waiver_incomplete", id="waived-without-reason"),
        pytest.param(
            {"/outcome": "waived", "/waived_reason": "Her mother is dying."},
            "/waived_reason",
            "waiver_incomplete",
            id="waived-by-nobody",
        ),
        pytest.param({**WAIVED, "/outcome": "safe"}, "/waived_reason", "waiver_incomplete", id="safe-and-waived"),
        pytest.param({"/outcome": "new_concern"}, "/concern", "concern_contradicts", id="which-concern"),
        pytest.param({"/concern": "The broker is back."}, "/concern", "concern_contradicts", id="safe-with-concern"),
        pytest.param({"/still_wants_to_go": "no"}, "/outcome", "unwilling_is_not_safe", id="against-her-will"),
        pytest.param({"/reviewed_on": "2025-08-29", "/age_days": 87}, "/reviewed_on", "future_date", id="tomorrow"),
        pytest.param({"/assessment_ref": GONE}, "/assessment_ref", "missing", id="of-nothing"),
    ],
)
def test_a_review_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_a_waiver_with_a_reason_needs_no_meeting() -> None:
    made = review({**WAIVED, "/with_victim": False})
    assert made.age_days == 86


def test_a_new_concern_is_told() -> None:
    assert review({"/outcome": "new_concern", "/concern": "The broker is back."}).concern is not None
    assert review({"/outcome": "reassess"}).moves(review().case_uid) is None


@pytest.mark.parametrize(
    ("name", "edits", "expected"),
    [
        pytest.param("family_assessment", {}, [], id="fits"),
        pytest.param("family_assessment", {"/assessed_on": "2025-06-02"}, ["other_day"], id="another-day"),
        pytest.param("needs_assessment", {}, ["not_an_assessment"], id="another-kind"),
        pytest.param(
            "family_assessment",
            {"/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"},
            ["not_an_assessment"],
            id="another-case",
        ),
    ],
)
def test_a_review_is_about_an_assessment_of_the_case(name: str, edits: dict[str, object], expected: list[str]) -> None:
    earlier = document(name, {"/id": review().assessment_ref, **edits})
    assert [problem.code for problem in review().misfits([earlier])] == expected
    assert list(review().misfits([])) == []


@given(st.integers(0, 400), st.integers(1, 365))
def test_stale_is_what_is_older_than_agreed(age: int, agreed: int) -> None:
    """Ninety days by the default policy; on the ninetieth day it still holds."""
    assert is_stale(age, CorridorNumbers(assessment_valid_days=agreed)) == (age > agreed)
    assert is_stale(age) == (age > 90)
