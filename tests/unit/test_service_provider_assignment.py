"""Somebody looks after the person at home, or it is counted that nobody could."""

import pytest

from schemas.document import CaseState, ConsentPurpose
from schemas.service_provider_assignment import ServiceProviderAssignment
from tests.forms import GONE, codes, document

KIND = "service_provider_assignment"
NOBODY = {"/provider": GONE, "/accepted_on": GONE}
STEPS = ["accompany", "reunify", "assess_needs_with_parents", "buy_items"]
FOR_CHILD = {
    "/is_child": "true",
    "/support_model": "minimum_child",
    "/services_planned": [],
    "/minimum_support": {"child_steps": STEPS},
}
MONEY = {"amount": "100000.00", "currency": "MMK"}
FOR_ADULT = {
    "/support_model": "minimum_adult",
    "/services_planned": [],
    "/minimum_support": {"transport_cash": MONEY, "reintegration_grant": MONEY},
}


def assignment(edits: dict[str, object] | None = None) -> ServiceProviderAssignment:
    made = document(KIND, edits)
    assert isinstance(made, ServiceProviderAssignment)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(NOBODY, "/provider", "provider_contradicts", id="assigned-to-nobody"),
        pytest.param({"/outcome": "pending"}, "/provider", "provider_contradicts", id="pending-with-provider"),
        pytest.param(
            {**NOBODY, "/outcome": "unassigned"}, "/unassigned_reason", "unassigned_reason", id="unassigned-why"
        ),
        pytest.param(
            {"/unassigned_reason": "capacity"}, "/unassigned_reason", "unassigned_reason", id="assigned-with-reason"
        ),
        pytest.param(
            {"/outcome": "declined_by_victim", "/provider": GONE},
            "/accepted_on",
            "accepted_by_nobody",
            id="declined-and-accepted",
        ),
        pytest.param({"/monitoring": "6_to_7"}, "/monitoring_reason", "monitoring_reason", id="other-schedule"),
        pytest.param({**FOR_CHILD, "/is_child": "false"}, "/support_model", "model_population", id="adult-as-child"),
        pytest.param({**FOR_ADULT, "/is_child": "true"}, "/support_model", "model_population", id="child-as-adult"),
        pytest.param(
            {**FOR_CHILD, "/minimum_support": {"child_steps": STEPS[:3]}},
            "/minimum_support/child_steps",
            "minimum_steps",
            id="a-step-is-missing",
        ),
        pytest.param(
            {"/minimum_support": {"child_steps": ["reunify"]}},
            "/minimum_support/child_steps",
            "minimum_steps",
            id="a-step-of-another-model",
        ),
        pytest.param(
            {**FOR_ADULT, "/minimum_support": {"transport_cash": MONEY}},
            "/minimum_support/reintegration_grant",
            "minimum_money",
            id="no-grant",
        ),
        pytest.param(
            {**FOR_CHILD, "/minimum_support": {"child_steps": STEPS, "transport_cash": MONEY}},
            "/minimum_support/transport_cash",
            "minimum_money",
            id="money-for-a-child",
        ),
        pytest.param(
            {**FOR_CHILD, "/services_planned": [{"domain": "HEALTH"}]},
            "/services_planned",
            "minimum_has_no_plan",
            id="minimum-with-plan",
        ),
        pytest.param(
            {**FOR_CHILD, "/monitoring": "6_to_7", "/monitoring_reason": "Far away."},
            "/monitoring",
            "minimum_has_no_follow_up",
            id="minimum-with-follow-up",
        ),
        pytest.param({"/packet_scope": ["E"]}, "/packet_scope/0", "unknown_code", id="the-story"),
        pytest.param({"/decided_on": "2025-08-23"}, "/decided_on", "future_date", id="tomorrow"),
    ],
)
def test_an_assignment_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


@pytest.mark.parametrize(
    ("edits", "state"),
    [
        pytest.param({}, CaseState.ASSIGNED, id="assigned"),
        pytest.param(
            {**NOBODY, "/outcome": "unassigned", "/unassigned_reason": "no_provider_in_township"},
            CaseState.UNASSIGNED,
            id="nobody-there",
        ),
        pytest.param({**NOBODY, "/outcome": "declined_by_victim"}, CaseState.UNASSIGNED, id="declined-without-reason"),
        pytest.param({**NOBODY, "/outcome": "pending"}, None, id="pending"),
    ],
)
def test_an_outcome_moves_the_case(edits: dict[str, object], state: CaseState | None) -> None:
    made = assignment(edits)
    assert made.moves(made.case_uid) is state
    assert made.moves("01JSDQ7A1B2C3D4E5F6G7H8J9K") is None


@pytest.mark.parametrize(
    ("edits", "has_follow_up"),
    [
        pytest.param({}, True, id="full"),
        pytest.param({"/support_model": "none"}, True, id="none"),
        pytest.param(FOR_CHILD, False, id="child"),
        pytest.param(FOR_ADULT, False, id="adult"),
        pytest.param({"/monitoring": "6_to_7", "/monitoring_reason": "Little violence."}, True, id="other-schedule"),
    ],
)
def test_the_minimum_models_have_no_follow_up(edits: dict[str, object], has_follow_up: bool) -> None:
    assert assignment(edits).has_follow_up is has_follow_up


def test_a_provider_is_told_under_a_consent_and_health_only_under_one_that_names_it() -> None:
    health = assignment({"/packet_scope/5": "restricted_health"})
    assert [(d.purpose, d.must_name_recipient) for d in health.disclosures()] == [
        (ConsentPurpose.SHARE_WITH_NGO_PROVIDER, False),
        (ConsentPurpose.SHARE_HEALTH_RESTRICTED, True),
    ]
    assert assignment({"/recipient": "TH-SHELTER-N1"}).disclosures() == ()


def test_a_provider_gets_what_helps_unless_told_otherwise() -> None:
    assert [section.value for section in assignment({"/packet_scope": GONE}).packet_scope] == [
        "B",
        "C",
        "D_summary",
        "F_flags",
        "plan",
    ]


def test_whoever_may_be_a_child_by_the_file_is_no_adult_here() -> None:
    file = document("case_file_basic", {"/person/birth/edtf": "2007", "/consents": []})
    assert [problem.code for problem in assignment().misfits([file])] == ["child_contradicts"]
    assert list(assignment().misfits([document("case_file_basic")])) == []
