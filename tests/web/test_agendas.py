"""An agenda is proposed from the cases and posted as form 28; names stand beside it for who may know them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from api.flow.agendas import draw_up
from api.rules.agenda.brought import Occasion
from api.rules.policy import DEFAULT_POLICY
from api.store.case_tables import CaseLinkRow, DeadlineRow
from schemas.corridor import Corridor
from schemas.figures_codes import Meeting
from tests.web.town import Pair, carry, codes, open_case, problem, send_basic

CMM = {"meeting": "cmm", "corridor": {"destination": "TH", "origin": "MM"}}
OM = {**CMM, "meeting": "om", "city": "MM-MLM"}


def preview(pair: Pair, wanted: dict[str, Any], role: str = "FO", query: str = "", *, at: str = "shelter") -> Any:
    office = getattr(pair, at)
    return office.http.post(f"/v1/agendas/preview{query}", json=wanted, headers=office.as_role(role))


def put(pair: Pair, row: SQLModel) -> None:
    """Write a row as another part of the node writes it."""
    pair.shelter.node.writer.write(lambda session: session.merge(row) and None)


def items(answer: Any, topic: str) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["content"]["items"] if item["topic"] == topic]


def test_what_is_proposed_can_be_posted_as_it_is(pair: Pair) -> None:
    """The overdue return is on it by its reference; the other side reads the agenda, and no name is in it."""
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-11-10T03:00:00+00:00")
    answer = preview(pair, {**CMM, "held_on": "2025-11-12", "since": "2025-05-14"}, query="?resolve=names")
    assert [(item["case_uid"], item["due"]) for item in items(answer, "overdue")] == [(uid, "2025-09-10")]
    proposal = answer.json()
    assert proposal["content"]["participants"] == [pair.shelter.agency, pair.department.agency]
    assert (proposal["path"], proposal["cases"], proposal["left_out"]) == ("/v1/forms/28", 1, 0)
    name = proposal["names"][uid]
    assert name not in str(proposal["content"])
    sent = pair.shelter.http.post(proposal["path"], json=proposal["content"], headers=pair.shelter.as_role("FO"))
    assert sent.status_code == 201, sent.text
    assert sent.json()["recipient"] == pair.department.agency
    carry(pair.shelter)
    path, headers = f"/v1/documents/{sent.json()['document_id']}", pair.department.as_role("WO")
    assert pair.department.http.get(path, headers=headers).json()["document"]["meeting_id"] == "CMM-TH-MM-2025-11-12"


def test_resolving_a_name_is_a_look_that_is_logged(pair: Pair) -> None:
    uid, document_id = send_basic(pair)
    pair.shelter.clock.set("2025-11-10T03:00:00+00:00")
    assert preview(pair, CMM).json()["names"] is None
    events = f"/v1/cases/{uid}/timeline"
    before = pair.shelter.http.get(events, headers=pair.shelter.as_role("FO")).json()["events"]
    assert preview(pair, CMM, query="?resolve=names").json()["names"].keys() == {uid}
    after = pair.shelter.http.get(events, headers=pair.shelter.as_role("FO")).json()["events"]
    [look] = after[len(before) :]
    assert (look["action"], look["by"], look["document_id"]) == ("looked_at", "FO", document_id)
    assert look["code"] == "agenda_names"


def test_who_does_not_work_on_a_case_gets_the_reference_and_no_name(pair: Pair) -> None:
    """A focal officer knows everybody by name; a case manager those whom she is assigned to."""
    uid, _ = send_basic(pair)
    pair.shelter.clock.set("2025-11-10T03:00:00+00:00")
    answer = preview(pair, CMM, "CM", "?resolve=names")
    assert [item["case_uid"] for item in items(answer, "overdue")] == [uid]
    assert answer.json()["names"] == {}
    assert preview(pair, CMM, "FO", "?resolve=names").json()["names"].keys() == {uid}


def test_what_nobody_signed_for_is_brought_until_it_arrives(pair: Pair) -> None:
    """Sent on a Friday it has until Tuesday; on Wednesday it is late, and late in the list of alerts too."""
    uid, document_id = send_basic(pair)
    for days in (1, 3):
        pair.shelter.clock.wait(days=days)
        assert items(preview(pair, CMM), "unacknowledged") == []
    pair.shelter.clock.wait(days=1)
    query = "/v1/alerts?rule=D06a&severity=breach"
    late = pair.shelter.http.get(query, headers=pair.shelter.as_role("FO")).json()["items"]
    assert [one["subject"] for one in late] == [document_id]
    [item] = items(preview(pair, CMM), "unacknowledged")
    assert (item["case_uid"], item["document_refs"]) == (uid, [document_id])
    carry(pair.shelter)
    assert items(preview(pair, CMM), "unacknowledged") == []


def test_a_barrier_that_somebody_recorded_is_told(pair: Pair) -> None:
    uid, _ = send_basic(pair)
    pair.shelter.clock.set("2025-11-10T03:00:00+00:00")
    assert [item["barrier"] for item in items(preview(pair, CMM), "overdue")] == ["nationality"]
    now, agency = pair.shelter.clock(), pair.shelter.agency
    for rule, barrier in (("D01", "no_safe_family"), ("D07", "security")):
        due = {"agency_id": agency, "case_uid": uid, "rule": rule, "subject": "", "owners": "SW", "barrier": barrier}
        put(pair, DeadlineRow(**due, warn_at=now - timedelta(days=60), due_at=now))
    assert [item["barrier"] for item in items(preview(pair, CMM), "overdue")] == ["no_safe_family"]


def test_every_page_of_cases_is_read_and_those_of_another_corridor_are_not(pair: Pair) -> None:
    for _ in range(5):
        open_case(pair.shelter)
    corridor = Corridor(destination="TH", origin="MM")
    meeting = Occasion(Meeting.CMM, corridor, pair.shelter.clock().date(), None, DEFAULT_POLICY)
    for page in (2, 5, 100):
        assert draw_up(pair.shelter.node, pair.shelter.agency, meeting, page=page).cases == 5
    other = {**CMM, "corridor": {"destination": "TH", "origin": "LA"}}
    assert preview(pair, other).json()["cases"] == 0


def test_a_case_that_was_merged_is_spoken_about_where_it_went(pair: Pair) -> None:
    kept, merged = open_case(pair.shelter), open_case(pair.shelter)
    link = {"agency_id": pair.shelter.agency, "case_uid": merged, "into_uid": kept, "reason": "same_person"}
    put(pair, CaseLinkRow(**link, linked_at=pair.shelter.clock(), linked_by="somebody"))
    assert preview(pair, CMM).json()["cases"] == 1


def test_an_agency_sees_its_own_cases_only(pair: Pair) -> None:
    """The other side has its own, and nothing before something arrived."""
    send_basic(pair)
    assert preview(pair, CMM, "WO", at="department").json()["cases"] == 0
    carry(pair.shelter)
    assert preview(pair, OM, "WO", at="department").json()["cases"] == 1


@pytest.mark.parametrize(
    ("wanted", "path", "code"),
    [
        pytest.param({**CMM, "city": "MM-MLM"}, "/city", "city_contradicts", id="two-countries-in-a-city"),
        pytest.param({**OM, "city": None}, "/city", "city_contradicts", id="in-no-city"),
        pytest.param({**CMM, "since": "2025-03-14"}, "/since", "wrong_order", id="before-is-now"),
    ],
)
def test_a_meeting_that_does_not_agree_is_refused(pair: Pair, wanted: dict[str, Any], path: str, code: str) -> None:
    answer = preview(pair, wanted)
    problem(answer, 422, "invalid_input")
    assert (f"/body{path}", code) in codes(answer)


def test_whoever_may_not_send_an_agenda_gets_none(pair: Pair) -> None:
    problem(preview(pair, CMM, "SW"), 403, "role_may_not_write")
    problem(preview(pair, CMM, "AU"), 403, "role_may_not_write")
    corridor = {"destination": "CN", "origin": "VN"}
    problem(preview(pair, {**CMM, "corridor": corridor}), 422, "corridor_not_ours")


def test_nobody_is_invented_to_sit_at_the_table(pair: Pair) -> None:
    """Before anything was sent there is no other agency; the content then waits for a recipient."""
    open_case(pair.shelter)
    content = preview(pair, CMM).json()["content"]
    assert content["participants"] == [pair.shelter.agency]
    assert "recipient" not in content
    named = preview(pair, {**CMM, "recipient": pair.department.agency}).json()["content"]
    assert named["recipient"] == pair.department.agency


def test_a_case_without_a_file_has_nobody_to_name(pair: Pair) -> None:
    open_case(pair.shelter)
    assert preview(pair, CMM, query="?resolve=names").json()["names"] == {}
