"""An agency that is trusted and has no part in a case tells what it likes: that is kept, and decides nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support import Office, example
from tests.web.clearing import assigned, close_without_visits, reminders, tell
from tests.web.town import Pair, basic_form, carry, open_branch, problem, send_basic

ARRIVED: Mapping[str, Any] = {"arrived_at": "2025-12-19T10:00:00+06:30", "handover_ref": None}


def _stranger(pair: Pair, country: str) -> Office:
    """Open an agency whom the shelter trusts, and which trusts the shelter."""
    other = open_branch(pair.department, country)
    pair.shelter.trust(other)
    other.trust(pair.shelter)
    return other


def _look(office: Office, uid: str) -> tuple[str, set[str], int]:
    """Return where a case stands, of what its officers are reminded, and how many cases are overdue."""
    http, headers = office.http, office.as_role("FO")
    state = http.get(f"/v1/cases/{uid}", headers=headers).json()["state"]
    overdue = http.get("/v1/cases?due=overdue", headers=headers).json()["items"]
    return state, reminders(office, uid, "FO"), len(overdue)


def _write_to(office: Office, other: Office, uid: str) -> None:
    """Tell another agency of a case: from now on it has a part."""
    headers = assigned(office, uid, "SW")
    answer = office.http.post(f"/v1/cases/{uid}/forms/1", json=basic_form(other), headers=headers)
    assert answer.status_code == 201, answer.text


def _late(pair: Pair) -> str:
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-12-20")
    return uid


@pytest.mark.parametrize(
    ("kind", "changes", "country"),
    [
        pytest.param("reception_record", ARRIVED, "MM", id="arrived"),
        pytest.param("readmission", {"readmitted_on": "2025-12-10"}, "MM", id="taken-in-again"),
    ],
)
def test_who_has_no_part_brings_nobody_home(pair: Pair, kind: str, changes: Mapping[str, Any], country: str) -> None:
    """The case is late and stays so, until the shelter writes to that agency about it."""
    uid = _late(pair)
    before = _look(pair.shelter, uid)
    assert before[0] == "ADMITTED"
    assert "D01" in before[1]
    stranger = _stranger(pair, country)
    tell(pair.shelter, stranger, uid, kind, changes)
    assert _look(pair.shelter, uid) == before
    _write_to(pair.shelter, stranger, uid)
    assert _look(pair.shelter, uid)[0] != "ADMITTED"


def test_who_has_no_part_ends_no_escape(pair: Pair) -> None:
    uid = _late(pair)
    gone = {**example("escape_notice"), "recipient": pair.department.agency}
    headers = assigned(pair.shelter, uid, "SW")
    told = pair.shelter.http.post(f"/v1/cases/{uid}/forms/5", json=gone, headers=headers)
    assert told.status_code == 201, told.text
    assert _look(pair.shelter, uid)[0] == "ESCAPED"
    found = {"escape_ref": told.json()["document_id"], "status": "returned_to_shelter", "located_on": "2025-12-19"}
    stranger = _stranger(pair, "TH")
    tell(pair.shelter, stranger, uid, "escape_update", found)
    assert _look(pair.shelter, uid)[0] == "ESCAPED"
    _write_to(pair.shelter, stranger, uid)
    assert _look(pair.shelter, uid)[0] == "ADMITTED"


def test_an_answer_gives_nobody_a_part(pair: Pair) -> None:
    """Somebody asks, the shelter answers as its own list of reminders wants: what that agency closes stays open."""
    uid = _late(pair)
    before, stranger = _look(pair.shelter, uid), _stranger(pair, "MM")
    alert = tell(pair.shelter, stranger, uid, "special_case_alert", {})
    ack = {**example("special_case_acknowledgement"), "recipient": stranger.agency, "reply_to": alert}
    ack["plan_due"] = "2026-02-01"
    answer = pair.shelter.http.post(f"/v1/cases/{uid}/forms/4", json=ack, headers=assigned(pair.shelter, uid, "CM"))
    assert answer.status_code == 201, answer.text
    tell(pair.shelter, stranger, uid, "reception_record", ARRIVED)
    assert _look(pair.shelter, uid) == before


@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_part_counts_for_what_was_told_before_it_too(pair: Pair, *, is_told_first: bool) -> None:
    """The same documents come to the same, whether she is handed on before or after the other shelter tells it."""
    uid, other = _late(pair), _stranger(pair, "TH")
    if not is_told_first:
        _write_to(pair.shelter, other, uid)
    gone = {"reason": "DEATH", "victim_informed": "no", "no_revisit_reason": "death", "closed_on": "2025-12-19"}
    rest = {"revisit_due": None, "last_follow_up_ref": None, "no_follow_up_reason": "no_case"}
    tell(pair.shelter, other, uid, "case_closure", {**gone, **rest})
    if is_told_first:
        _write_to(pair.shelter, other, uid)
    assert _look(pair.shelter, uid)[0] == "DECEASED"


def test_a_correction_goes_to_whom_the_first_version_went(pair: Pair) -> None:
    """Another agency got nothing that it could correct."""
    uid, first = send_basic(pair)
    other, headers = _stranger(pair, "MM"), assigned(pair.shelter, uid, "SW")
    told = {**basic_form(other), "supersedes": first}
    problem(pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=told, headers=headers), 403, "supersedes_unknown")
    again = {**told, "recipient": pair.department.agency}
    assert pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=again, headers=headers).status_code == 201


@pytest.mark.parametrize(("role", "is_told"), [("WO", True), ("HO", False)])
def test_a_caution_tells_of_no_document_that_is_kept_from_its_reader(pair: Pair, role: str, *, is_told: bool) -> None:
    """Who provides health care writes into a closed case, and reads no closure."""
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-06-10")
    over = {"no_revisit_reason": "withdrew"}
    assert close_without_visits(pair.department, uid, pair.shelter, "VICTIM_WITHDREW", **over).status_code == 201
    needs = {**example("needs_assessment"), "recipient": pair.shelter.agency, "assessed_on": "2025-03-15"}
    headers = assigned(pair.department, uid, role)
    answer = pair.department.http.post(f"/v1/cases/{uid}/forms/17", json=needs, headers=headers)
    assert answer.status_code == 201, answer.text
    assert ("case_closed" in {one["code"] for one in answer.json()["cautions"]}) is is_told
