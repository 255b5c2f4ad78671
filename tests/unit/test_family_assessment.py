"""A home is assessed risk by risk: the ranks decide, nothing open counts as none, and some risks decide alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import NotPermitted
from api.rules.checking import check_from_peer
from api.rules.permit import Ground, may_record
from schemas.document import Document, Side
from schemas.family_assessment import FamilyAssessment
from schemas.risk_catalogue import CATALOGUES, RiskFactor, find_catalogue
from tests.cases import S1, S2, STEPFATHER, case_file
from tests.forms import GONE, codes, document, example

ADULT, CHILD, NEGATIVE = "family_assessment", "family_assessment_child", "family_assessment_negative"
NOW = datetime(2025, 7, 20, 12, 0, tzinfo=UTC)
GIRL = case_file(S2, birth="2011~", on="2025-04-22", restrictions=(STEPFATHER,))
WOMAN = case_file(S1, birth="2001~")
LOCATED = document("family_tracing_result", {"/case_uid": S2, "/id": example(CHILD)["tracing_ref"]})
CATALOGUE = CATALOGUES["0"]
DOMAIN = """F01 B A|F02 C A|F03 A A|F04 C A|F05 A -|F06 B -|F07 B -|F08 B -|F09 B -|F10 C -|F11 C -|F12 A -|F13 B -
F14 B -|F15 B -|F16 A -|F17 C A|F18 B A|F19 B -|F20 B -|F21 B -|F22 C -|F23 B -|F24 B -|F25 A -|F26 B -"""
INVENTORY = (
    "tracing_ref population catalogue_version assessed_on place assessors interviewed language consents "
    "home_observed caregiver answers ranks overall family_view community_view recommendation "
    "support_needed informed_family_of_next_steps"
)
GROUPS = {
    "caregiver": "proposed_caregiver relation willing able conditions household_members alternate_caregiver "
    "school_distance_minutes health_facility_distance_minutes livelihood debt",
    "answers": "question_id answer evidence worker_note",
    "ranks": "factor_id level basis mitigation rationale",
    "overall": "result auto_negative_factors overall_rank decided_by approved_by valid_until",
}


def assessment(name: str = ADULT, edits: Mapping[str, object] | None = None) -> FamilyAssessment:
    made = document(name, edits)
    assert isinstance(made, FamilyAssessment)
    return made


def at(name: str, list_name: str, key: str) -> int:
    """Return the place of a factor or question in an example."""
    field = {"ranks": "factor_id", "answers": "question_id"}[list_name]
    return next(place for place, row in enumerate(example(name)[list_name]) if row[field] == key)


def rank(name: str, factor: str, **values: object) -> dict[str, object]:
    """Return edits of the rank of a factor."""
    place = at(name, "ranks", factor)
    return {f"/ranks/{place}/{field}": value for field, value in values.items()}


def misfits(made: FamilyAssessment, *earlier: Document) -> set[tuple[str, ...]]:
    return {(problem.code, *map(str, problem.location)) for problem in made.misfits(earlier)}


def test_every_question_of_the_form_exists() -> None:
    assert set(INVENTORY.split()) <= set(FamilyAssessment.model_fields)
    for group, names in GROUPS.items():
        assert set(names.split()) <= _fields(group)


def _fields(group: str) -> set[str]:
    value = getattr(assessment(), group)
    return set(type(value[0] if isinstance(value, tuple) else value).model_fields)


def test_the_catalogue_is_the_one_of_the_domain() -> None:
    """26 factors, their populations, and which decide by themselves."""
    populations = {"B": {"child", "adult"}, "C": {"child"}, "A": {"adult"}}
    rows = [row.split() for line in DOMAIN.splitlines() for row in line.split("|")]
    found = {factor.id: ({str(p) for p in factor.populations}, factor.auto_negative) for factor in factors()}
    assert found == {number: (populations[pop], auto == "A") for number, pop, auto in rows}


def factors() -> list[RiskFactor]:
    return list(CATALOGUE.factors.values())


def test_every_factor_has_one_to_three_questions_that_lead_back_to_it() -> None:
    for factor in factors():
        assert 1 <= len(factor.questions) <= 3
        assert all(question.text.endswith("?") for question in factor.questions)
        assert all(CATALOGUE.find_factor_of(question.id) is factor for question in factor.questions)
    assert {factor.tier for factor in factors()} == {"individual", "family", "community"}
    assert CATALOGUE.find_factor_of("F99Q1") is None
    assert find_catalogue("99") is None


@pytest.mark.parametrize(
    ("name", "edits", "path", "code"),
    [
        pytest.param(
            ADULT, {"/catalogue_version": "7"}, "/catalogue_version", "unknown_catalogue", id="no-such-version"
        ),
        pytest.param(
            ADULT,
            {"/answers/0/question_id": "F02Q1"},
            "/answers/0/question_id",
            "wrong_population",
            id="child-question",
        ),
        pytest.param(
            CHILD,
            {"/answers/0/question_id": "F03Q1"},
            "/answers/0/question_id",
            "wrong_population",
            id="adult-question",
        ),
        pytest.param(
            ADULT,
            {"/answers/0/question_id": "F01Q9"},
            "/answers/0/question_id",
            "unknown_question",
            id="no-such-question",
        ),
        pytest.param(
            ADULT,
            {"/answers/0/question_id": "F01Q2"},
            "/answers/0/question_id",
            "duplicate_question",
            id="answered-twice",
        ),
        pytest.param(ADULT, {"/ranks/0/factor_id": "F02"}, "/ranks/0/factor_id", "wrong_population", id="child-factor"),
        pytest.param(CHILD, {"/ranks/0/factor_id": "F25"}, "/ranks/0/factor_id", "wrong_population", id="adult-factor"),
        pytest.param(ADULT, {"/ranks/0/factor_id": "F77"}, "/ranks/0/factor_id", "unknown_factor", id="no-such-factor"),
        pytest.param(ADULT, {"/ranks/0/factor_id": "F07"}, "/ranks/0/factor_id", "duplicate_factor", id="ranked-twice"),
        pytest.param(ADULT, {"/ranks/0": GONE}, "/ranks", "factor_missing", id="a-factor-is-passed-over"),
        pytest.param(ADULT, {"/ranks/0/level": "unclear"}, "/ranks/0/level", "unknown_code", id="no-such-rank"),
        pytest.param(ADULT, {"/ranks/0/basis": []}, "/ranks/0/basis", "basis_missing", id="rests-on-nothing"),
        pytest.param(
            ADULT, {"/ranks/0/basis": ["F07Q1"]}, "/ranks/0/basis", "basis_not_answered", id="rests-on-another-factor"
        ),
        pytest.param(
            ADULT, {"/answers/0/answer": "unknown"}, "/ranks/0/basis", "none_without_evidence", id="none-but-unknown"
        ),
        pytest.param(ADULT, {"/answers/0/answer": "yes"}, "/ranks/0/basis", "none_without_evidence", id="none-but-yes"),
        pytest.param(ADULT, {"/answers/0": GONE}, "/ranks/0/basis", "basis_not_answered", id="rests-on-no-answer"),
        pytest.param(
            ADULT,
            rank(ADULT, "F20", level="low"),
            f"/ranks/{at(ADULT, 'ranks', 'F20')}/rationale",
            "rationale_missing",
            id="why",
        ),
        pytest.param(
            ADULT,
            {**rank(ADULT, "F01", level="medium", rationale="x"), "/overall/auto_negative_factors": ["F01"]},
            "/overall/result",
            "auto_negative",
            id="decides-by-itself",
        ),
        pytest.param(
            NEGATIVE, {"/overall/result": "inconclusive"}, "/overall/result", "auto_negative", id="decided-is-not-open"
        ),
        pytest.param(
            ADULT,
            rank(ADULT, "F20", level="not_assessed"),
            "/overall/result",
            "not_assessed",
            id="not-assessed-is-not-none",
        ),
        pytest.param(
            ADULT,
            {**rank(ADULT, "F20", level="high", rationale="x"), "/overall/overall_rank": "high"},
            "/overall/result",
            "high_risk",
            id="high-without-support",
        ),
        pytest.param(
            NEGATIVE,
            {"/overall/auto_negative_factors": ["F01"]},
            "/overall/auto_negative_factors",
            "auto_negative_contradicts",
            id="a-deciding-factor-is-left-out",
        ),
        pytest.param(
            ADULT,
            {"/overall/overall_rank": "low"},
            "/overall/overall_rank",
            "overall_rank_contradicts",
            id="not-the-highest",
        ),
        pytest.param(
            ADULT, {"/overall/valid_until": "2025-06-03"}, "/overall/valid_until", "ends_before_start", id="never-valid"
        ),
        pytest.param(ADULT, {"/overall/approved_by": GONE}, "/overall/approved_by", "missing", id="nobody-approved"),
        pytest.param(CHILD, {"/support_needed": []}, "/support_needed", "support_missing", id="which-support"),
        pytest.param(CHILD, {"/caregiver": GONE}, "/caregiver", "caregiver_missing", id="no-caregiver"),
        pytest.param(CHILD, {"/caregiver/willing": "no"}, "/caregiver", "caregiver_missing", id="unwilling"),
        pytest.param(ADULT, {"/caregiver/able": "no"}, "/caregiver", "caregiver_missing", id="unable"),
        pytest.param(
            CHILD,
            {"/caregiver/willing": "conditionally"},
            "/caregiver/conditions",
            "conditions_contradict",
            id="conditions",
        ),
        pytest.param(
            NEGATIVE, {"/recommendation": "FAMILY"}, "/recommendation", "recommendation_contradicts", id="negative-home"
        ),
        pytest.param(ADULT, {"/assessed_on": "2025-06-05"}, "/assessed_on", "future_date", id="assessed-tomorrow"),
        pytest.param(ADULT, {"/assessors": []}, "/assessors", "too_few", id="nobody-assessed"),
    ],
)
def test_an_assessment_that_does_not_agree_is_refused(
    name: str, edits: dict[str, object], path: str, code: str
) -> None:
    assert (path, code) in codes(name, edits)


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        pytest.param(
            NEGATIVE, {"/overall/auto_negative_factors": GONE, "/overall/overall_rank": GONE}, id="not-stated"
        ),
        pytest.param(
            ADULT,
            {
                **rank(ADULT, "F20", level="not_assessed", basis=[]),
                "/overall/result": "inconclusive",
                "/recommendation": "PENDING",
            },
            id="inconclusive",
        ),
        pytest.param(ADULT, {"/overall/result": "negative", "/recommendation": "PENDING"}, id="the-assessor-says-no"),
        pytest.param(
            ADULT, {"/caregiver": GONE, "/recommendation": "INDEPENDENT_LIVING_HOME_AREA"}, id="an-adult-lives-alone"
        ),
    ],
)
def test_an_assessment_that_agrees_is_accepted(name: str, edits: dict[str, object]) -> None:
    assert codes(name, edits) == set()


@pytest.mark.parametrize(
    ("edits", "earlier", "expected"),
    [
        pytest.param({}, (GIRL, LOCATED), set(), id="fits"),
        pytest.param({}, (GIRL,), {("not_located", "tracing_ref")}, id="nobody-is-located"),
        pytest.param(
            {"/assessed_before_located_because": "The aunt came by herself."}, (GIRL,), set(), id="with-a-reason"
        ),
        pytest.param({"/tracing_ref": GIRL.id}, (GIRL, LOCATED), {("not_located", "tracing_ref")}, id="another-result"),
        pytest.param({"/tracing_ref": GONE}, (GIRL, LOCATED), set(), id="any-result-of-the-case"),
        pytest.param(
            {},
            (case_file(S2, birth="2001", on="2025-04-22"), LOCATED),
            {("population_contradicts", "population")},
            id="an-adult-by-the-file",
        ),
        pytest.param(
            {"/interviewed/0/relation": "step_father"},
            (GIRL, LOCATED),
            {("contact_restricted", "interviewed", "0", "relation")},
            id="asked-who-must-not-be-approached",
        ),
        pytest.param(
            {"/caregiver/relation": "step_father"},
            (GIRL, LOCATED),
            {("contact_restricted", "caregiver", "relation")},
            id="with-who-must-not-be-approached",
        ),
        pytest.param(
            {"/caregiver/household_members/1/relation": "step_father"},
            (GIRL, LOCATED),
            {("danger_in_household", "caregiver", "household_members", "1", "relation")},
            id="a-danger-under-the-same-roof",
        ),
    ],
)
def test_an_assessment_follows_tracing_and_keeps_to_the_limits(
    edits: dict[str, object], earlier: tuple[Document, ...], expected: set[tuple[str, ...]]
) -> None:
    assert misfits(assessment(CHILD, edits), *earlier) == expected


def test_a_negative_assessment_may_say_who_lives_there() -> None:
    assert misfits(assessment(NEGATIVE), GIRL, LOCATED) == set()


@pytest.mark.parametrize("birth", ["2011~", "2006-10/2007-10"])
def test_who_may_be_a_child_is_assessed_as_one(birth: str) -> None:
    file = case_file(S1, birth=birth)
    problems = misfits(assessment(), file, document("family_tracing_result"))
    assert problems == {("population_contradicts", "population")}


def test_an_assessment_needs_the_consent_to_assess() -> None:
    made: Any = assessment()
    arguments: dict[str, Any] = {"earlier": [WOMAN, document("family_tracing_result")], "side": Side.ORIGIN, "now": NOW}
    assert may_record(made, case_files={made.case_uid: WOMAN}, **arguments).ground is Ground.CONSENT
    refused = case_file(S1, birth="2001~", edits={"/consents/6": {**_consent(), "decision": "refused"}})
    assert refused.consents is not None
    with pytest.raises(NotPermitted) as caught:
        may_record(made, case_files={}, **arguments)
    assert caught.value.code == "consent_missing"
    carrying = assessment(ADULT, {"/consents": [_consent()]})
    assert may_record(carrying, case_files={}, **arguments).ground is Ground.CONSENT


def _consent() -> dict[str, object]:
    return {**example("case_file_basic")["consents"][0], "purpose": "FAMILY_ASSESSMENT"}


def test_a_peer_of_a_newer_version_is_read_as_far_as_it_is_understood() -> None:
    """Promise 7: a result that a newer version knows is not judged by the rules of this one."""
    data = example(ADULT) | {"schema_version": "1.7", "mood": "hopeful"}
    data["ranks"] = data["ranks"][1:]
    read = check_from_peer(data)
    assert isinstance(read.document, FamilyAssessment)
    assert read.dropped
