"""An agenda has references and decisions; whoever sits at the table learns no names from it."""

import pytest

from schemas.meeting_agenda import AgendaItem, MeetingAgenda
from tests.forms import GONE, codes, document, example

CMM, OM = "meeting_agenda", "meeting_agenda_decided"
CASE = example("case_file_full")["case_uid"]
S2 = example(CMM)["items"][0]["case_uid"]


def agenda(name: str, edits: dict[str, object] | None = None) -> MeetingAgenda:
    made = document(name, edits)
    assert isinstance(made, MeetingAgenda)
    return made


@pytest.mark.parametrize(
    ("name", "edits", "path", "code"),
    [
        pytest.param(CMM, {"/corridor": GONE}, "/corridor", "corridor_contradicts", id="which-corridor"),
        pytest.param(CMM, {"/city": "MM-MLM"}, "/city", "city_contradicts", id="a-city-of-two-countries"),
        pytest.param(OM, {"/city": GONE}, "/city", "city_contradicts", id="which-city"),
        pytest.param(CMM, {"/case_uid": CASE}, "/case_uid", "case_in_header", id="case-in-the-header"),
        pytest.param(CMM, {"/since": "2025-11-12"}, "/since", "wrong_order", id="before-is-now"),
        pytest.param(OM, {"/held_on": "2025-08-23"}, "/held_on", "future_date", id="decided-before-it-was-held"),
        pytest.param(CMM, {"/items/1/no": 1}, "/items", "duplicate_no", id="same-number"),
        pytest.param(
            CMM, {"/items/1/topic": "long_stay"}, "/items/1/topic", "topic_of_other_meeting", id="topic-of-the-other"
        ),
        pytest.param(
            OM,
            {"/items/0/topic": "overdue", "/items/0/barrier": "medical"},
            "/items/0/topic",
            "topic_of_other_meeting",
            id="overdue-in-a-city",
        ),
        pytest.param(CMM, {"/items/0/decision": "noted"}, "/items/0/decision", "decided_too_early", id="too-early"),
        pytest.param(
            OM, {"/items/0/responsible": "MM-NGO-B"}, "/items/0/responsible", "not_at_the_table", id="a-stranger"
        ),
        pytest.param(OM, {"/items/0/decision": GONE}, "/items/0/decision", "decision_missing", id="what-was-decided"),
        pytest.param(CMM, {"/items/0/barrier": GONE}, "/items/0/barrier", "barrier_missing", id="overdue-why"),
        pytest.param(CMM, {"/items/0/case_uid": GONE}, "/items/0", "item_empty", id="about-nothing"),
        pytest.param(CMM, {"/items/2/percent": GONE}, "/items/2", "item_empty", id="no-figure"),
        pytest.param(CMM, {"/items/1/percent": 40}, "/items/1", "item_empty", id="a-figure-for-a-person"),
        pytest.param(CMM, {"/items/0/name": "x"}, "/items/0", "unknown_field", id="a-name"),
        pytest.param(CMM, {"/items/0/note": "x"}, "/items/0", "unknown_field", id="a-story"),
    ],
)
def test_an_agenda_that_does_not_agree_is_refused(name: str, edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(name, edits)


def test_an_agenda_is_about_each_case_once_and_moves_none() -> None:
    """It names no corridor of its cases either, so that nobody at the table has a case opened by it."""
    made = agenda(CMM)
    assert made.case_uids() == (S2,)
    assert made.moves(made.case_uids()[0]) is None
    assert made.find_corridor() is None


def test_an_item_may_name_documents_instead_of_a_case() -> None:
    edits = {"/items/0": {"no": 1, "topic": "unacknowledged", "document_refs": ["01K0ZAB1C2D3E4F5G6H7J8K9M0"]}}
    assert codes(CMM, edits) == set()


def test_no_field_of_an_item_is_free_text() -> None:
    lengths = [value.get("maxLength") for value in AgendaItem.model_json_schema()["properties"].values()]
    assert set(lengths) == {None}


def test_the_overdue_child_is_on_both_agendas() -> None:
    """Scenario S2: overdue with a barrier at the one, a negative assessment at the other."""
    topics = [item.topic.value for item in agenda(CMM).items if item.case_uid == S2]
    assert topics == ["overdue", "negative_assessment"]
    edits = {"/items/0": {"no": 1, "topic": "negative_assessment", "case_uid": S2, "decision": "alternative_care"}}
    assert agenda(OM, edits).items[0].case_uid == S2
