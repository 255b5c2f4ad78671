"""Reception: who arrives may stay and may decline, and nobody asks why."""

import pytest

from api.rules.cautions import cautions_of
from schemas.document import CaseState
from schemas.reception_record import ReceptionRecord
from tests.forms import GONE, codes, document, example

KIND, SECOND = "reception_record", "handover_record_countersigned"
CASE = example(KIND)["case_uid"]


def reception(edits: dict[str, object] | None = None) -> ReceptionRecord:
    made = document(KIND, edits)
    assert isinstance(made, ReceptionRecord)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/stay_choice/offered": "no"}, "/stay_choice/chosen_days", "stay_not_offered", id="not-offered"),
        pytest.param(
            {"/police_interview/held": "yes"},
            "/police_interview/consented",
            "interview_consent_unstated",
            id="did-she-agree",
        ),
        pytest.param({"/victim_type": "INTERNAL"}, "/handover_ref", "handover_contradicts", id="no-border"),
        pytest.param({"/arrived_at": "2025-08-20T09:00:00+06:30"}, "/arrived_at", "future_date", id="not-yet"),
        pytest.param(
            {"/services/4": {"service": "medical", "outcome": "ongoing"}}, "/services", "duplicate_service", id="twice"
        ),
        pytest.param({"/services/1/reason": "x"}, "/services/1", "unknown_field", id="a-reason-to-decline"),
        pytest.param({"/stay_choice/until": "2025-09-01"}, "/stay_choice", "unknown_field", id="a-day-to-leave"),
        pytest.param({"/kit_issued": GONE}, "/kit_issued", "missing", id="which-kit"),
    ],
)
def test_a_reception_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


@pytest.mark.parametrize("victim_type", ["INTERNAL", "SELF_RETURN_XB", "SELF_RETURN_INTERNAL"])
def test_who_came_alone_begins_here(victim_type: str) -> None:
    """A direct entry has no documents of the side of destination (domain 4)."""
    made = reception({"/victim_type": victim_type, "/handover_ref": GONE})
    assert made.moves(CASE) is CaseState.RECEIVED
    assert list(made.misfits([])) == []


@pytest.mark.parametrize(
    ("of_handover", "of_reception", "expected"),
    [
        pytest.param({}, {}, [], id="fits"),
        pytest.param({"/persons/0/outcome": "refused_entry"}, {}, ["not_handed_over"], id="did-not-cross"),
        pytest.param({}, {"/arrived_at": "2025-08-19T09:00:00+06:30"}, ["wrong_order"], id="before-the-border"),
    ],
)
def test_a_reception_follows_its_hand_over(
    of_handover: dict[str, object], of_reception: dict[str, object], expected: list[str]
) -> None:
    if of_handover:
        of_handover = {**of_handover, "/persons/0/original_file": {"handed": False}}
    earlier = [document(SECOND, of_handover)]
    assert [problem.code for problem in reception(of_reception).misfits(earlier)] == expected


def test_another_document_is_no_hand_over() -> None:
    other = document("needs_assessment", {"/id": reception().handover_ref})
    assert [problem.code for problem in reception().misfits([other])] == ["not_handed_over"]


@pytest.mark.parametrize(
    ("interview", "expected"),
    [
        pytest.param({"held": "no"}, [], id="none"),
        pytest.param({"held": "yes", "consented": "yes"}, [], id="agreed"),
        pytest.param({"held": "yes", "consented": "no"}, ["interview_without_consent"], id="not-agreed"),
    ],
)
def test_an_interview_against_the_persons_will_is_recorded_and_noticed(
    interview: dict[str, str], expected: list[str]
) -> None:
    made = reception({"/police_interview": interview})
    assert [problem.code for problem in cautions_of(made)] == expected


def test_declined_services_are_counted() -> None:
    assert reception().declined == 1
    assert reception().moves("01JSDQ7A1B2C3D4E5F6G7H8J9K") is None
