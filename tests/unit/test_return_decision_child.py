"""Where a child is to live: views heard, a panel, and never a home that is not positive."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import NotPermitted
from api.rules.permit import Ground, may_record
from schemas.base import CaseUid
from schemas.document import CaseState, Document, Side
from schemas.return_decision_adult import ReturnDecisionAdult
from schemas.return_decision_child import ReturnDecisionChild
from schemas.solutions import DurableSolution
from tests.cases import S2, STEPFATHER, case_file
from tests.forms import GONE, codes, document, example

ADULT, CHILD = "return_decision_adult", "return_decision_child"
NOW = datetime(2025, 8, 6, 12, 0, tzinfo=UTC)
OTHER_ID = "01K0ZAB1C2D3E4F5G6H7J8K9M1"
GIRL = case_file(S2, birth="2011~", on="2025-04-22", restrictions=(STEPFATHER,))
HOME = document("family_assessment")
BAD_HOME, AUNT = document("family_assessment_negative"), document("family_assessment_child")
EXPIRED = document("family_assessment_child", {"/overall/valid_until": "2025-08-01"})
MOTHERS_HOME = {
    "/recommendation": "FAMILY",
    "/lives_with": "mother",
    "/options_weighed/0/available": "yes",
    "/family_assessment_ref": BAD_HOME.id,
}
NO_PLACE: dict[str, object] = {"/care_place": GONE, "/family_assessment_ref": GONE, "/lives_with": GONE}
NOT_HEARD = {"not_heard_because": "too_young", "weight": "none"}
INVENTORY = (
    "guardian panel child_views family_assessment_ref options_weighed factors recommendation decision "
    "safeguards review_date child_informed child_accepted implementing_agency care_place"
)


def adult(edits: Mapping[str, object] | None = None) -> ReturnDecisionAdult:
    made = document(ADULT, edits)
    assert isinstance(made, ReturnDecisionAdult)
    return made


def child(edits: Mapping[str, object] | None = None) -> ReturnDecisionChild:
    made = document(CHILD, edits)
    assert isinstance(made, ReturnDecisionChild)
    return made


def misfits(made: Any, *earlier: Document) -> set[str]:
    return {problem.code for problem in made.misfits(earlier)}


def test_every_question_of_the_form_exists() -> None:
    assert set(INVENTORY.split()) <= set(ReturnDecisionChild.model_fields)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/panel": example(CHILD)["panel"][:1]}, "/panel", "panel_too_small", id="one-alone"),
        pytest.param(
            {"/panel": example(CHILD)["panel"][:1] * 2}, "/panel", "panel_too_small", id="the-same-role-twice"
        ),
        pytest.param({"/guardian": {}}, "/guardian", "guardian_missing", id="nobody-decides"),
        pytest.param({"/child_views/text": GONE}, "/child_views/text", "views_missing", id="nobody-asked-the-child"),
        pytest.param(
            {"/child_views/not_heard_because": "too_young"},
            "/child_views/text",
            "views_missing",
            id="heard-and-not-heard",
        ),
        pytest.param({"/child_views/expressed": []}, "/child_views/expressed", "required_blank", id="how"),
        pytest.param(
            {"/child_views/weight": "partial"},
            "/child_views/weight_reason",
            "weight_reason_missing",
            id="less-weight-but-why",
        ),
        pytest.param(
            {"/child_views": {**NOT_HEARD, "weight": "full"}},
            "/child_views/weight",
            "weight_contradicts",
            id="weight-of-nothing",
        ),
        pytest.param({"/factors/0": GONE}, "/factors", "factor_missing", id="safety-is-passed-over"),
        pytest.param({"/factors/0/factor": "family"}, "/factors", "duplicate_factor", id="weighed-twice"),
        pytest.param(
            {"/options_weighed": example(CHILD)["options_weighed"][1:2]},
            "/options_weighed",
            "options_missing",
            id="one-option",
        ),
        pytest.param({**NO_PLACE}, "/care_place", "care_place_missing", id="no-home-and-no-place"),
        pytest.param(
            {**MOTHERS_HOME, "/family_assessment_ref": GONE},
            "/family_assessment_ref",
            "assessment_missing",
            id="a-care-place-is-no-good-home",
        ),
        pytest.param(
            {"/family_assessment_ref": GONE},
            "/family_assessment_ref",
            "assessment_missing",
            id="kin-without-assessment",
        ),
        pytest.param(
            {"/recommendation": "FAMILY", "/lives_with": GONE},
            "/lives_with",
            "required_blank",
            id="family-but-with-whom",
        ),
        pytest.param(
            {"/decision": "further_tracing", "/review_date": GONE},
            "/review_date",
            "review_missing",
            id="looked-at-when",
        ),
        pytest.param({"/review_date": "2025-08-05"}, "/review_date", "wrong_order", id="reviewed-at-once"),
        pytest.param({"/recommendation": "PENDING"}, "/decision", "nothing_to_approve", id="approves-nothing"),
        pytest.param(
            {"/child_informed": False, "/child_accepted": GONE},
            "/child_informed",
            "child_not_informed",
            id="child-not-told",
        ),
        pytest.param({"/child_accepted": GONE}, "/child_accepted", "required_blank", id="does-the-child-accept"),
        pytest.param(
            {"/child_informed": False}, "/child_accepted", "accepted_contradicts", id="accepts-what-it-does-not-know"
        ),
    ],
)
def test_a_decision_that_is_not_in_the_best_interests_is_refused(
    edits: dict[str, object], path: str, code: str
) -> None:
    assert (path, code) in codes(CHILD, edits)


def test_an_infant_is_not_asked_and_that_is_said() -> None:
    edits = {"/child_views": NOT_HEARD, "/child_informed": False, "/child_accepted": GONE}
    assert codes(CHILD, edits) == set()


@pytest.mark.parametrize(
    ("edits", "earlier", "expected"),
    [
        pytest.param({}, (GIRL, AUNT, BAD_HOME), set(), id="with-the-aunt"),
        pytest.param({}, (AUNT,), set(), id="age-unknown-counts-as-a-child"),
        pytest.param({}, (case_file(S2, birth="2001"), AUNT), {"adult_rules_apply"}, id="an-adult"),
        pytest.param({}, (GIRL,), {"assessment_unknown"}, id="no-such-assessment"),
        pytest.param(MOTHERS_HOME, (GIRL, AUNT, BAD_HOME), {"assessment_not_positive"}, id="home-of-the-mother"),
        pytest.param(
            {**MOTHERS_HOME, "/family_assessment_ref": AUNT.id},
            (GIRL, AUNT, BAD_HOME),
            {"other_home"},
            id="home-of-the-mother-with-the-assessment-of-the-aunt",
        ),
        pytest.param(
            {"/lives_with": "mother", "/family_assessment_ref": BAD_HOME.id},
            (GIRL, AUNT, BAD_HOME),
            {"assessment_not_positive"},
            id="home-of-the-mother-under-another-name",
        ),
        pytest.param(
            {"/lives_with": "step_father"}, (GIRL, AUNT), {"contact_restricted", "other_home"}, id="stepfather"
        ),
        pytest.param({}, (GIRL, EXPIRED), {"assessment_expired"}, id="has-run-out"),
        pytest.param(
            {"/family_assessment_ref": HOME.id},
            (GIRL, document("family_assessment", {"/case_uid": S2})),
            {"other_home", "wrong_population"},
            id="assessed-as-an-adult",
        ),
        pytest.param(
            {"/lives_with": GONE, "/family_assessment_ref": BAD_HOME.id}, (GIRL, BAD_HOME), set(), id="a-place-instead"
        ),
        pytest.param(
            {**MOTHERS_HOME, "/decision": "reject"}, (GIRL, BAD_HOME), set(), id="rejecting-needs-no-positive-home"
        ),
    ],
)
def test_no_child_returns_to_a_home_that_is_not_positive(
    edits: dict[str, object], earlier: tuple[Document, ...], expected: set[str]
) -> None:
    """Scenario S2: *ReturnDecision FAMILY with home of mother* must fail."""
    assert misfits(child(edits), *earlier) == expected


def test_a_decision_is_shared_with_consent_by_either_side() -> None:
    arguments: dict[str, Any] = {"earlier": [GIRL, AUNT, BAD_HOME], "now": NOW}
    for side in Side:
        permit = may_record(child(), case_files={S2: GIRL}, side=side, **arguments)
        assert permit.ground is Ground.CONSENT
    with pytest.raises(NotPermitted):
        may_record(child(), case_files={}, side=Side.ORIGIN, **arguments)


STAY = {"/decision": "DESTINATION_INTEGRATION", "/options_presented/2/available": "yes"}


@pytest.mark.parametrize(
    ("made", "moves"),
    [
        pytest.param(adult(), CaseState.DECIDED, id="adult-goes-home"),
        pytest.param(adult(STAY), CaseState.NOT_RETURNING, id="adult-stays"),
        pytest.param(adult({"/decision": "PENDING"}), None, id="adult-thinks-it-over"),
        pytest.param(child(), CaseState.DECIDED, id="approved"),
        pytest.param(child({"/decision": "reject"}), None, id="rejected"),
        pytest.param(child({"/decision": "alternative_care"}), None, id="looks-for-care"),
        pytest.param(child({"/recommendation": "MAINTAIN_ARRANGEMENTS"}), None, id="stays-as-it-is"),
    ],
)
def test_a_decision_moves_its_own_case(made: Document, moves: CaseState | None) -> None:
    (own,) = made.case_uids()
    assert made.moves(own) is moves
    assert made.ends(own) == (frozenset({CaseState.NOT_RETURNING}) if moves is CaseState.DECIDED else frozenset())
    other = CaseUid(OTHER_ID)
    assert made.moves(other) is None
    assert made.ends(other) == frozenset()


def test_every_solution_is_a_return_or_a_stay_or_still_open() -> None:
    open_ones = {one for one in DurableSolution if not one.is_return and not one.is_stay}
    assert open_ones == {DurableSolution.MAINTAIN_ARRANGEMENTS, DurableSolution.PENDING}
    assert not any(one.is_return and one.is_stay for one in DurableSolution)
