"""Needs: an adult is examined after a yes, a child unless there is a reason, and findings stand elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document import ConsentPurpose
from schemas.facts import Level, facts_of
from schemas.needs_assessment import MedicalNeed, NeedsAssessment
from schemas.return_codes import Distress, MedicalAnswer, NeedGrade
from tests.forms import GONE, codes, document

KIND = "needs_assessment"
CHILD = {"/is_child": "true"}


def assessment(edits: dict[str, object] | None = None) -> NeedsAssessment:
    made = document(KIND, edits)
    assert isinstance(made, NeedsAssessment)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/medical/answer": "not_applicable_child"}, "/medical/answer", "child_rule_for_adult", id="no-answer"
        ),
        pytest.param(
            {"/medical/exception_reason": "other"}, "/medical/answer", "child_rule_for_adult", id="adult-with-reason"
        ),
        pytest.param(
            {"/medical/done_on": "2025-08-20"},
            "/medical/done_on",
            "examined_without_acceptance",
            id="examined-without-yes",
        ),
        pytest.param(
            {"/medical/answer": "accepted", "/medical/offered": "no"},
            "/medical/answer",
            "accepted_without_offer",
            id="never-offered",
        ),
        pytest.param(
            {"/medical/answer": "accepted", "/medical/info_given": "unknown"},
            "/medical/answer",
            "accepted_without_offer",
            id="not-informed",
        ),
        pytest.param(CHILD, "/medical/exception_reason", "child_exception", id="child-not-examined"),
        pytest.param({"/is_child": "uncertain"}, "/medical/exception_reason", "child_exception", id="perhaps-a-child"),
        pytest.param(
            {**CHILD, "/medical/done_on": "2025-08-20", "/medical/exception_reason": "child_objects"},
            "/medical/exception_reason",
            "child_exception",
            id="examined-and-excepted",
        ),
        pytest.param({"/assessed_on": "2025-08-21"}, "/assessed_on", "future_date", id="tomorrow"),
        pytest.param({"/medical/findings": "x"}, "/medical", "unknown_field", id="findings"),
        pytest.param({"/psychosocial/self_harm": "x"}, "/psychosocial", "unknown_field", id="self-harm"),
        pytest.param(
            {"/special_categories_found": ["MEDICAL", "MEDICAL"]},
            "/special_categories_found",
            "duplicate_code",
            id="twice",
        ),
        pytest.param({"/immediate_needs": GONE}, "/immediate_needs", "missing", id="blank-is-not-none"),
    ],
)
def test_an_assessment_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_an_adult_who_said_nothing_has_not_accepted() -> None:
    made = assessment({"/medical/answer": GONE})
    assert made.medical.answer is MedicalAnswer.NOT_ACCEPTED


@pytest.mark.parametrize(
    "medical",
    [
        pytest.param({"/medical/done_on": "2025-08-20"}, id="examined"),
        pytest.param({"/medical/exception_reason": "examined_recently"}, id="excepted"),
    ],
)
def test_a_child_is_examined_or_there_is_a_reason(medical: dict[str, object]) -> None:
    made = assessment({**CHILD, "/medical/answer": "not_applicable_child", **medical})
    assert made.is_child.needs_child_rules


def test_the_pregnant_returnee_who_said_yes_is_examined() -> None:
    """Scenario S4: needs found on arrival are codes; the examination was offered and accepted."""
    made = assessment(
        {
            "/special_categories_found": ["PREGNANT_OR_INFANT", "CHILDREN_LEFT_BEHIND", "LANGUAGE_ISOLATED"],
            "/medical/answer": "accepted",
            "/medical/done_on": "2025-08-20",
            "/medical/treatment_before_home": "yes",
        }
    )
    assert made.medical.done_on is not None


def test_needs_found_before_the_return_are_told_with_the_full_file() -> None:
    before = assessment({"/stage": "pre_return"})
    assert [d.purpose for d in before.disclosures()] == [ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE]
    assert assessment().disclosures() == ()
    assert assessment({"/stage": "home"}).disclosures() == ()


def test_not_assessed_is_an_answer_of_its_own() -> None:
    """It is never read as none; parts of life that were not asked about say so."""
    made = assessment({"/social": {}})
    assert made.social.legal is NeedGrade.NOT_ASSESSED
    assert {NeedGrade.NONE, NeedGrade.NOT_ASSESSED} <= set(NeedGrade)
    assert {Distress.NONE, Distress.NOT_ASSESSED} <= set(Distress)


def test_nothing_medical_is_operational() -> None:
    """A receptionist does not see that somebody declined an examination."""
    levels = {facts.level for name in MedicalNeed.model_fields if (facts := facts_of(MedicalNeed, name))}
    assert levels == {Level.L3}


@given(
    st.sampled_from(["yes", "no", "unknown"]),
    st.sampled_from(["yes", "no", "unknown"]),
    st.sampled_from(["accepted", "not_accepted"]),
)
def test_no_adult_is_examined_without_information_offer_and_yes(info: str, offered: str, answer: str) -> None:
    edits = {"/medical/info_given": info, "/medical/offered": offered, "/medical/answer": answer}
    is_valid = not codes(KIND, {**edits, "/medical/done_on": "2025-08-20"})
    assert is_valid == ((info, offered, answer) == ("yes", "yes", "accepted"))


@pytest.mark.parametrize(
    ("of_file", "is_child", "expected"),
    [
        pytest.param({}, "false", [], id="an-adult"),
        pytest.param({"/person/birth/edtf": "2007", "/consents": []}, "false", ["child_contradicts"], id="perhaps"),
        pytest.param({"/person/birth/edtf": "2007", "/consents": []}, "uncertain", [], id="treated-as-a-child"),
    ],
)
def test_whoever_may_be_a_child_by_the_file_is_no_adult_here(
    of_file: dict[str, object], is_child: str, expected: list[str]
) -> None:
    medical = {} if is_child == "false" else {"/medical/done_on": "2025-08-20"}
    made = assessment({"/is_child": is_child, **medical})
    assert [problem.code for problem in made.misfits([document("case_file_basic", of_file)])] == expected
