"""A case ends with an approval, a last look, and a day on which somebody looks again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.agreed import agreed_problems
from api.rules.policy import CorridorNumbers
from schemas.aftercare_codes import ClosureReason, NoRevisitReason
from schemas.case_closure import NO_REVISIT, CaseClosure
from schemas.document import CaseState
from tests.forms import GONE, codes, document

KIND, FOLLOW_UP, ASSIGNMENT = "case_closure", "follow_up_report", "service_provider_assignment"


def closing(reason: str, **more: object) -> dict[str, object]:
    """Return the edits that close the case for a reason after which nobody visits."""
    edits: dict[str, object] = {"/reason": reason}
    left_out = NO_REVISIT.get(ClosureReason(reason))
    if left_out is not None:
        edits |= {"/revisit_due": GONE, "/no_revisit_reason": left_out.value}
    return {**edits, "/victim_informed": "unknown", **more}


def closure(edits: dict[str, object] | None = None) -> CaseClosure:
    made = document(KIND, edits)
    assert isinstance(made, CaseClosure)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/approved_by": "DSW-204"}, "/approved_by", "second_person_needed", id="approved-by-one"),
        pytest.param({"/last_follow_up_ref": GONE}, "/last_follow_up_ref", "last_follow_up_missing", id="no-last-look"),
        pytest.param(
            {"/no_follow_up_reason": "no_contact"},
            "/last_follow_up_ref",
            "last_follow_up_missing",
            id="look-and-excuse",
        ),
        pytest.param({"/reason": "LOST_CONTACT"}, "/contact_attempts", "attempts_missing", id="tried-how-often"),
        pytest.param({"/revisit_due": GONE}, "/revisit_due", "revisit_missing", id="no-revisit"),
        pytest.param({"/reason": "DEATH"}, "/no_revisit_reason", "revisit_contradicts", id="visit-after-death"),
        pytest.param(
            {"/revisit_due": GONE, "/no_revisit_reason": "death"},
            "/no_revisit_reason",
            "revisit_contradicts",
            id="reintegrated-and-dead",
        ),
        pytest.param({"/revisit_due": "2026-09-07"}, "/revisit_due", "wrong_order", id="visit-on-the-same-day"),
        pytest.param(
            closing("DEATH", **{"/victim_informed": "yes"}),
            "/victim_informed",
            "victim_informed_contradicts",
            id="informed-after-death",
        ),
        pytest.param({"/closed_on": "2026-09-08"}, "/closed_on", "future_date", id="tomorrow"),
    ],
)
def test_a_closure_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("REINTEGRATED", CaseState.CLOSED),
        ("SERVICE_COMPLETED_MIN_MODEL", CaseState.CLOSED),
        ("VICTIM_WITHDREW", CaseState.CLOSED),
        ("MIGRATED_AGAIN", CaseState.CLOSED),
        ("RETRAFFICKED", CaseState.CLOSED),
        ("SUSPECTED_BROKER", CaseState.CLOSED),
        ("LOST_CONTACT", CaseState.LOST_CONTACT),
        ("TRANSFERRED", CaseState.TRANSFERRED),
        ("NOT_VOT", CaseState.VOID),
        ("DUPLICATE", CaseState.VOID),
        ("DEATH", CaseState.DECEASED),
        ("INTEGRATED_IN_DESTINATION", CaseState.NOT_RETURNING),
        ("THIRD_COUNTRY", CaseState.NOT_RETURNING),
    ],
)
def test_each_reason_leads_somewhere(reason: str, state: CaseState) -> None:
    made = closure(closing(reason, **{"/contact_attempts": 3}))
    assert made.moves(made.case_uid) is state
    assert made.moves("01JSDQ7A1B2C3D4E5F6G7H8J9K") is None


def test_only_a_correction_takes_a_closure_back_and_leaves_the_case_where_it_was() -> None:
    edits = closing("TOLD_BY_MISTAKE", **{"/supersedes": "01M1E6KW0K1M2N3P4Q5R6S7T8X"})
    made = closure(edits)
    assert (made.moves(made.case_uid), made.takes_back) == (None, True)
    assert ("/reason", "takes_nothing_back") in codes(KIND, closing("TOLD_BY_MISTAKE"))
    assert not codes(KIND, {**edits, "/no_revisit_reason": None}), "nobody has to say why nobody visits"


@given(st.sampled_from(ClosureReason), st.none() | st.sampled_from(NoRevisitReason))
def test_a_year_later_somebody_visits_unless_the_reason_or_the_person_says_no(
    reason: ClosureReason, left_out: NoRevisitReason | None
) -> None:
    """A missing consent is always enough; no other excuse than the reason's own is (004 3.6)."""
    edits: dict[str, object] = {
        "/reason": reason.value,
        "/victim_informed": "unknown",
        "/contact_attempts": 3,
        "/revisit_due": GONE if left_out else "2027-09-07",
        "/supersedes": "01M1E6KW0K1M2N3P4Q5R6S7T8X",
    }
    if left_out:
        edits["/no_revisit_reason"] = left_out.value
    is_valid = not codes(KIND, edits)
    assert is_valid == (left_out in {NO_REVISIT.get(reason), NoRevisitReason.NO_CONSENT})


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, [], id="as-agreed"),
        pytest.param({"/revisit_due": "2027-09-08"}, ["revisit_day"], id="a-day-late"),
        pytest.param(
            {"/reason": "LOST_CONTACT", "/contact_attempts": 2}, ["too_few_attempts"], id="given-up-too-early"
        ),
        pytest.param({"/reason": "LOST_CONTACT", "/contact_attempts": 3}, [], id="three-attempts"),
    ],
)
def test_the_numbers_are_those_of_the_corridor(edits: dict[str, object], expected: list[str]) -> None:
    assert [problem.code for problem in agreed_problems(closure(edits), [])] == expected


def test_another_corridor_may_agree_other_numbers() -> None:
    eager = CorridorNumbers(revisit_months=6, lost_contact_attempts=5)
    edits = {"/reason": "LOST_CONTACT", "/contact_attempts": 4, "/revisit_due": "2027-03-07"}
    assert [problem.code for problem in agreed_problems(closure(edits), [], eager)] == ["too_few_attempts"]
    assert list(agreed_problems(document("needs_assessment"), [])) == []


@pytest.mark.parametrize(
    ("name", "edits", "of_closure", "expected"),
    [
        pytest.param(FOLLOW_UP, {}, {}, [], id="the-last-look"),
        pytest.param("needs_assessment", {}, {}, ["not_a_follow_up"], id="no-follow-up"),
        pytest.param(
            FOLLOW_UP, {"/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"}, {}, ["not_a_follow_up"], id="of-another-case"
        ),
        pytest.param(
            ASSIGNMENT,
            {"/id": "01K38KQ75E6F7G8H9J0K1M2N3P"},
            closing("SERVICE_COMPLETED_MIN_MODEL"),
            ["not_a_minimum_model"],
            id="full-support",
        ),
    ],
)
def test_a_closure_fits_what_came_before(
    name: str, edits: dict[str, object], of_closure: dict[str, object], expected: list[str]
) -> None:
    made = closure(of_closure)
    held = document(name, {"/id": made.last_follow_up_ref, **edits})
    assert [problem.code for problem in made.misfits([held])] == expected
    assert list(made.misfits([])) == []
