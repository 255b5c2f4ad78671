"""A follow-up tells how the person, the family and the community fare, and never guesses about who was not met."""

import pytest

from api.rules.cautions import cautions_of
from schemas.document import CaseState, ConsentPurpose
from schemas.follow_up_report import FollowUpReport
from tests.forms import GONE, codes, document, example

KIND, ASSIGNMENT = "follow_up_report", "service_provider_assignment"
NOT_SEEN = {"/seen": False, "/not_seen_reason": "working_away", "/domain_scores": GONE, "/consent": GONE}
REVISIT = {"/interval": "REVISIT", "/readmission_needed": "no", "/next_due": GONE}


def report(edits: dict[str, object] | None = None) -> FollowUpReport:
    made = document(KIND, edits)
    assert isinstance(made, FollowUpReport)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/seen": False}, "/not_seen_reason", "not_seen_reason", id="not-met-why"),
        pytest.param({"/not_seen_reason": "moved"}, "/not_seen_reason", "not_seen_reason", id="met-and-moved"),
        pytest.param({"/domain_scores": GONE}, "/domain_scores", "scores_contradict", id="met-without-scores"),
        pytest.param(
            {"/seen": False, "/not_seen_reason": "moved"}, "/domain_scores", "scores_contradict", id="scores-of-nobody"
        ),
        pytest.param({"/domain_scores/health": GONE}, "/domain_scores/health", "required_blank", id="blank-score"),
        pytest.param({"/domain_scores/health": 6}, "/domain_scores/health", "out_of_range", id="score-too-high"),
        pytest.param({"/domain_scores/health": 0}, "/domain_scores/health", "out_of_range", id="score-too-low"),
        pytest.param(
            {"/domain_scores/justice": 3}, "/domain_scores", "absent_but_answered", id="scored-and-not-applicable"
        ),
        pytest.param(
            {"/special_categories": ["MEDICAL"]}, "/special_categories", "special_change_contradicts", id="unchanged"
        ),
        pytest.param(
            {"/special_case_change": "new"}, "/special_categories", "special_change_contradicts", id="which-is-new"
        ),
        pytest.param({"/next_due": "2025-11-29"}, "/next_due", "wrong_order", id="next-is-today"),
        pytest.param({"/recommendation": "close"}, "/next_due", "closing_has_no_next", id="closing-and-going-on"),
        pytest.param(
            {"/recommendation": "readmit"}, "/recommendation", "readmit_not_closed", id="readmit-an-open-case"
        ),
        pytest.param(
            {**REVISIT, "/recommendation": "readmit"}, "/recommendation", "readmit_not_closed", id="no-need-to-readmit"
        ),
        pytest.param(
            {"/interval": "REVISIT"}, "/readmission_needed", "readmission_contradicts", id="revisit-without-answer"
        ),
        pytest.param(
            {"/readmission_needed": "no"}, "/readmission_needed", "readmission_contradicts", id="not-closed-yet"
        ),
        pytest.param({"/visit_date": "2025-11-30"}, "/visit_date", "future_date", id="tomorrow"),
        pytest.param({"/visitors": []}, "/visitors", "too_few", id="by-nobody"),
        pytest.param({"/subjects": []}, "/subjects", "too_few", id="about-nobody"),
    ],
)
def test_a_report_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_a_visit_may_be_early() -> None:
    """The day on which it was due may still lie ahead."""
    assert report().due_date > report().visit_date


@pytest.mark.parametrize(
    ("edits", "purpose", "carried"),
    [
        pytest.param({}, ConsentPurpose.FOLLOW_UP_VISITS, 1, id="with-own-record"),
        pytest.param({"/consent": GONE}, ConsentPurpose.FOLLOW_UP_VISITS, None, id="by-the-case-file"),
        pytest.param({**REVISIT, "/consent": GONE}, ConsentPurpose.POST_CLOSURE_REVISIT, None, id="revisit"),
    ],
)
def test_who_was_met_agreed_to_it(edits: dict[str, object], purpose: ConsentPurpose, carried: int | None) -> None:
    (disclosure,) = report(edits).disclosures()
    assert disclosure.purpose is purpose
    assert (None if disclosure.carried is None else len(disclosure.carried)) == carried


def test_about_who_was_not_met_nothing_is_told() -> None:
    assert report(NOT_SEEN).disclosures() == ()


def test_a_first_follow_up_begins_reintegration_and_a_late_one_revisits() -> None:
    made = report()
    assert made.moves(made.case_uid) is CaseState.REINTEGRATION
    assert report(REVISIT).moves(made.case_uid) is CaseState.REVISITED
    assert made.moves("01JSDQ7A1B2C3D4E5F6G7H8J9K") is None


def test_help_begins_again_only_after_a_closure() -> None:
    again = report({**REVISIT, "/readmission_needed": "yes", "/recommendation": "readmit"})
    assert again.is_revisit


@pytest.mark.parametrize(
    ("name", "edits", "expected"),
    [
        pytest.param(ASSIGNMENT, {}, [], id="fits"),
        pytest.param("needs_assessment", {"/id": example(ASSIGNMENT)["id"]}, ["not_an_assignment"], id="another-kind"),
        pytest.param(ASSIGNMENT, {"/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"}, ["not_an_assignment"], id="another-case"),
        pytest.param(
            ASSIGNMENT,
            {
                "/is_child": "true",
                "/support_model": "minimum_child",
                "/services_planned": [],
                "/minimum_support": {"child_steps": ["accompany", "reunify", "assess_needs_with_parents", "buy_items"]},
            },
            ["minimum_has_no_follow_up"],
            id="minimum-model",
        ),
    ],
)
def test_a_report_follows_an_assignment_with_follow_up(
    name: str, edits: dict[str, object], expected: list[str]
) -> None:
    assert [problem.code for problem in report().misfits([document(name, edits)])] == expected
    assert list(report().misfits([])) == []


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, [], id="all-well"),
        pytest.param({"/visitors/2": {"role": "interpreter"}}, ["too_many_visitors"], id="three-visitors"),
        pytest.param({"/indicators/safe": "no"}, ["danger_without_urgency"], id="not-safe"),
        pytest.param({"/indicators/not_retrafficked": "suspected"}, ["danger_without_urgency"], id="suspected"),
        pytest.param({"/indicators/safe": "no", "/recommendation": "urgent"}, [], id="urgent"),
        pytest.param({"/indicators": GONE}, [], id="not-asked"),
    ],
)
def test_what_somebody_should_look_at_twice_is_never_refused(edits: dict[str, object], expected: list[str]) -> None:
    assert [problem.code for problem in cautions_of(report(edits))] == expected
