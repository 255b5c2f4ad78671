"""Where to live: an adult's own choice, free and informed, also against the advice."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import InvalidInput
from api.rules.checking import check_own
from api.rules.decisions import decision_problems
from api.rules.permit import Ground, may_record
from api.rules.policy import CorridorNumbers
from schemas.document import Document, Side
from schemas.return_decision_adult import ReturnDecisionAdult
from tests.cases import S1, case_file
from tests.forms import GONE, codes, document, edited, example

ADULT = "return_decision_adult"
NOW = datetime(2025, 8, 6, 12, 0, tzinfo=UTC)
OTHER_ID = "01K0ZAB1C2D3E4F5G6H7J8K9M1"
WOMAN = case_file(S1, birth="2001~")
HOME = document("family_assessment")
AUNT = document("family_assessment_child")
NEGATIVE_HOME = document("family_assessment", {"/overall/result": "negative", "/recommendation": "PENDING"})
INVENTORY = (
    "options_presented risks_explained assessment_shown decision decision_date decided_by contrary_to_advice "
    "leaves_unaccompanied young_adult_risk_reviewed reflection_time_given_days witness_role signature revocable_until"
)


def adult(edits: Mapping[str, object] | None = None) -> ReturnDecisionAdult:
    made = document(ADULT, edits)
    assert isinstance(made, ReturnDecisionAdult)
    return made


def misfits(made: Any, *earlier: Document) -> set[str]:
    return {problem.code for problem in made.misfits(earlier)}


def test_every_question_of_the_form_exists() -> None:
    assert set(INVENTORY.split()) <= set(ReturnDecisionAdult.model_fields)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/risks_explained": False}, "/risks_explained", "risks_not_explained", id="not-explained"),
        pytest.param(
            {"/options_presented": example(ADULT)["options_presented"][:1]},
            "/options_presented",
            "options_missing",
            id="no-choice",
        ),
        pytest.param(
            {"/options_presented/1/solution": "FAMILY"}, "/options_presented", "duplicate_option", id="the-same-twice"
        ),
        pytest.param(
            {"/decision": "THIRD_COUNTRY"}, "/options_presented", "chosen_not_presented", id="chosen-but-not-presented"
        ),
        pytest.param(
            {"/decision": "DESTINATION_INTEGRATION"},
            "/options_presented/2/available",
            "chosen_not_available",
            id="chosen-but-not-there",
        ),
        pytest.param({"/decided_by": "guardian"}, "/decided_by", "unknown_code", id="somebody-decides-for-her"),
        pytest.param({"/lives_with": GONE}, "/lives_with", "required_blank", id="family-but-with-whom"),
        pytest.param({"/contrary_to_advice": True}, "/advice", "required_blank", id="against-which-advice"),
        pytest.param(
            {"/leaves_unaccompanied": True, "/young_adult_risk_reviewed": "no"},
            "/young_adult_risk_reviewed",
            "young_adult_not_reviewed",
            id="young-and-alone",
        ),
        pytest.param(
            {"/assessment_shown/date": "2025-06-21"},
            "/assessment_shown/date",
            "wrong_order",
            id="shown-after-she-decided",
        ),
        pytest.param(
            {"/decision": "MAINTAIN_ARRANGEMENTS"}, "/decision", "solution_for_child", id="a-solution-for-children"
        ),
        pytest.param({"/decision_date": "2025-06-21"}, "/decision_date", "future_date", id="decided-tomorrow"),
        pytest.param({"/revocable_until": "never"}, "/revocable_until", "unknown_code", id="can-not-be-taken-back"),
    ],
)
def test_a_choice_that_is_not_free_and_informed_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(ADULT, edits)


@pytest.mark.parametrize(
    ("edits", "earlier", "expected"),
    [
        pytest.param({}, (WOMAN, HOME), set(), id="fits"),
        pytest.param({}, (HOME,), {"child_rules_apply"}, id="age-is-not-known"),
        pytest.param({}, (case_file(S1, birth="2011"), HOME), {"child_rules_apply"}, id="a-child"),
        pytest.param({}, (case_file(S1, birth="2006/2008"), HOME), {"child_rules_apply"}, id="may-be-a-child"),
        pytest.param({}, (WOMAN,), {"assessment_unknown"}, id="no-such-assessment"),
        pytest.param({}, (WOMAN, AUNT), {"assessment_unknown"}, id="assessment-of-another-case"),
        pytest.param({"/assessment_shown": GONE}, (WOMAN, HOME), {"assessment_not_shown"}, id="not-talked-through"),
        pytest.param({"/assessment_shown": GONE}, (WOMAN,), set(), id="nothing-to-talk-through"),
        pytest.param({"/lives_with": "aunt"}, (WOMAN, HOME), {"other_home"}, id="another-home"),
        pytest.param({}, (WOMAN, NEGATIVE_HOME), {"advice_contradicts"}, id="negative-but-not-called-against-advice"),
        pytest.param(
            {"/contrary_to_advice": True, "/advice": "The home is not safe."},
            (WOMAN, NEGATIVE_HOME),
            set(),
            id="her-own-will",
        ),
        pytest.param({"/decision": "NEW_COMMUNITY"}, (WOMAN, NEGATIVE_HOME), set(), id="negative-and-elsewhere"),
        pytest.param(
            {},
            (case_file(S1, birth="2001", restrictions=({"person_or_role": "mother", "reason": "fear_of_harm"},)), HOME),
            {"contact_restricted"},
            id="with-somebody-who-must-not-be-approached",
        ),
        pytest.param(
            {},
            (WOMAN, HOME, document("family_assessment", {"/id": OTHER_ID, "/supersedes": HOME.id})),
            {"assessment_superseded"},
            id="a-newer-version",
        ),
        pytest.param(
            {},
            (WOMAN, HOME, document("family_assessment", {"/id": OTHER_ID, "/assessed_on": "2025-06-04"})),
            {"assessment_superseded"},
            id="the-same-home-assessed-again",
        ),
    ],
)
def test_an_adults_decision_fits_what_is_known(
    edits: dict[str, object], earlier: tuple[Document, ...], expected: set[str]
) -> None:
    assert misfits(adult(edits), *earlier) == expected


def test_the_bride_of_scenario_s4_decides_for_herself_only_when_her_age_is_settled() -> None:
    """Nineteen by running years may be seventeen; a correction of the case file opens the adult's way."""
    vague = edited(
        "case_file_basic",
        {"/person/birth": GONE, "/person/age_reported": 19, "/created_at": "2025-09-08T10:00:00+08:00"},
    )
    vague["person"] |= {"age_as_of": "2025-09-01", "age_basis": "running_year"}
    for consent in vague["consents"]:
        consent |= {"given_by": "authority_best_interest", "date": "2025-09-05"}
    file = check_own(vague)
    settled = check_own(
        vague
        | {
            "id": OTHER_ID,
            "supersedes": file.id,
            "created_at": "2025-09-26T10:00:00+08:00",
            "person": {**vague["person"], "birth": {"edtf": "2007-03"}, "age_basis": "estimated_by_staff"},
        }
    )
    decision = adult(
        {
            "/created_at": "2025-09-30T10:00:00+06:30",
            "/decision_date": "2025-09-30",
            "/decision": "NEW_COMMUNITY",
            "/assessment_shown": GONE,
        }
    )
    with pytest.raises(InvalidInput) as caught:
        record(decision, file)
    assert [finding.code for finding in caught.value.findings] == ["child_rules_apply"]
    assert record(decision, file, settled) is Ground.CONSENT


def record(made: Document, *earlier: Document) -> Ground:
    files = dict.fromkeys(made.case_uids(), earlier[0])
    arguments: dict[str, Any] = {"case_files": files, "earlier": earlier, "side": Side.DESTINATION, "now": NOW}
    return may_record(made, **arguments).ground


@pytest.mark.parametrize(
    ("birth", "review", "policy", "expected"),
    [
        pytest.param("2003", "not_applicable", CorridorNumbers(), ["young_adult_not_reviewed"], id="young"),
        pytest.param("2003", "yes", CorridorNumbers(), [], id="young-and-reviewed"),
        pytest.param("1980", "not_applicable", CorridorNumbers(), [], id="older"),
        pytest.param(
            "1997",
            "not_applicable",
            CorridorNumbers(young_adult_ages=(18, 29)),
            ["young_adult_not_reviewed"],
            id="by-policy",
        ),
    ],
)
def test_who_counts_as_a_young_adult_is_the_corridors_own_number(
    birth: str, review: str, policy: CorridorNumbers, expected: list[str]
) -> None:
    made = adult({"/young_adult_risk_reviewed": review})
    found = decision_problems(made, case_file(S1, birth=birth), policy)
    assert [problem.code for problem in found] == expected


def test_without_any_age_nobody_is_called_young() -> None:
    file = case_file(S1, birth="2001")
    assert file.person is not None
    ageless = file.model_copy(update={"person": file.person.model_copy(update={"birth": None})})
    assert list(decision_problems(adult({"/young_adult_risk_reviewed": "not_applicable"}), ageless)) == []
