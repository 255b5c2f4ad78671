"""A special case is told early and taken on with a plan; the flag travels, the diagnosis does not."""

from datetime import UTC, datetime

import pytest

from api.errors import InvalidInput, NotPermitted
from api.rules.permit import Ground, may_record
from schemas.document import Side
from schemas.registry import KINDS
from tests.cases import S2, case_file
from tests.forms import GONE, codes, document

ALERT, ACK = "special_case_alert", "special_case_acknowledgement"
NOW = datetime(2025, 4, 30, 10, 0, tzinfo=UTC)
FILE = case_file(S2, birth="2011~", on="2025-04-22")
INVENTORY = {
    ALERT: "case_uid categories raised_on raised_by_role urgency requested_actions continuity_needs "
    "medicine_supply_until l4_section_ref full_case_file_expected_by",
    ACK: "accepted_by plan plan_due reply_to",
}


@pytest.mark.parametrize("name", INVENTORY)
def test_every_question_of_the_form_exists(name: str) -> None:
    assert set(INVENTORY[name].split()) <= set(KINDS[name].model_fields)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/categories": []}, "/categories", "too_few", id="nothing-special"),
        pytest.param({"/categories/0/category": GONE}, "/categories/0/category", "required_blank", id="which-category"),
        pytest.param(
            {"/categories/1/category": "CHILD_UNACCOMPANIED"}, "/categories/1", "duplicate_category", id="twice"
        ),
        pytest.param({"/categories/0/category": "HIV"}, "/categories/0/category", "unknown_code", id="a-diagnosis"),
        pytest.param(
            {"/categories/0/identified_on": "2025-04-26"},
            "/categories/0/identified_on",
            "wrong_order",
            id="found-after-the-alert",
        ),
        pytest.param(
            {"/categories/0/resolved_on": "2025-04-24", "/categories/1/resolved_on": "2025-04-25"},
            "/categories",
            "nothing_open",
            id="all-resolved",
        ),
        pytest.param({"/urgency": "routine"}, "/urgency", "urgency_contradicts", id="urgent-need-as-routine"),
        pytest.param(
            {"/interpreter_language": GONE}, "/interpreter_language", "interpreter_language", id="which-language"
        ),
        pytest.param(
            {"/requested_actions": []}, "/interpreter_language", "interpreter_language", id="language-for-nothing"
        ),
        pytest.param(
            {"/full_case_file_expected_by": "2025-04-01"},
            "/full_case_file_expected_by",
            "planned_in_past",
            id="file-expected-before",
        ),
        pytest.param({"/raised_on": "2025-05-01"}, "/raised_on", "future_date", id="raised-tomorrow"),
        pytest.param({"/diagnosis": "x"}, "", "unknown_field", id="no-room-for-a-diagnosis"),
    ],
)
def test_an_alert_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(ALERT, edits)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/plan": GONE}, "/plan", "missing", id="no-plan"),
        pytest.param({"/reply_to": GONE}, "/reply_to", "missing", id="answers-nothing"),
        pytest.param({"/plan_due": "2025-04-29"}, "/plan_due", "planned_in_past", id="plan-was-due-yesterday"),
        pytest.param(
            {"/actions_not_possible": ["security_plan"]},
            "/actions_not_possible",
            "action_contradicts",
            id="possible-and-not",
        ),
    ],
)
def test_an_acknowledgement_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(ACK, edits)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, set(), id="fits"),
        pytest.param({"/actions_accepted": [], "/actions_not_possible": []}, set(), id="role-plan-and-day-suffice"),
        pytest.param({"/actions_accepted": ["document_issuance"]}, {"not_requested"}, id="was-not-asked"),
        pytest.param({"/case_uid": FILE.id}, {"other_case"}, id="another-case"),
    ],
)
def test_an_acknowledgement_fits_its_alert(edits: dict[str, object], expected: set[str]) -> None:
    made, alert = document(ACK, edits), document(ALERT)
    arguments = {"case_files": {}, "earlier": [alert], "side": Side.ORIGIN, "now": NOW}
    if not expected:
        assert may_record(made, **arguments).ground is Ground.NOTHING_DISCLOSED
        return
    with pytest.raises(InvalidInput) as caught:
        may_record(made, **arguments)
    assert {finding.code for finding in caught.value.findings} == expected


def test_an_acknowledgement_without_its_alert_here_is_judged_by_the_place_it_has() -> None:
    with pytest.raises(NotPermitted) as caught:
        may_record(document(ACK), case_files={}, earlier=[], side=Side.ORIGIN, now=NOW)
    assert caught.value.code == "answers_unknown"
    assert not list(document(ACK).misfits([]))


@pytest.mark.parametrize("side", Side)
def test_either_side_may_raise_an_alert_with_consent(side: Side) -> None:
    """004 2.10.2: special cases are found on the origin side too."""
    permit = may_record(document(ALERT), case_files={S2: FILE}, earlier=[], side=side, now=NOW)
    assert permit.ground is Ground.CONSENT
    with pytest.raises(NotPermitted) as caught:
        may_record(document(ALERT), case_files={}, earlier=[], side=side, now=NOW)
    assert caught.value.code == "consent_missing"


def test_an_alert_moves_no_case() -> None:
    alert = document(ALERT)
    assert alert.moves(S2) is None
    assert alert.ends(S2) == frozenset()
