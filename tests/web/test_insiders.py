"""What an insider of one side tries with closures, lists and states: it opens, hides and tells nothing more."""

import pytest

from tests.support import Office, example
from tests.web.clearing import assigned, close_without_visits, read, reminders, send_annex, tell
from tests.web.town import Pair, basic_form, carry, case_file, open_branch, problem, push, seal_for, send_basic

WITHDREW = ("VICTIM_WITHDREW", "withdrew", "CLOSED")


def _told_over_there(pair: Pair) -> tuple[str, str]:
    """Send the department a case and let it tell something of its own; return the case and that document."""
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    told = case_file(pair.department, pair.shelter, case_uid=uid)
    assert push(pair.shelter, pair.department, seal_for(pair.department, pair.shelter, told)).status_code == 201
    return uid, told["id"]


def _received_long_ago(pair: Pair) -> tuple[str, str]:
    """Do the same, let the department tell that the person has arrived, and let the time of grace pass."""
    uid, told = _told_over_there(pair)
    arrived = {"arrived_at": pair.shelter.clock().isoformat(), "handover_ref": None}
    tell(pair.shelter, pair.department, uid, "reception_record", arrived)
    pair.shelter.clock.wait(days=95)
    return uid, told


def test_no_closure_of_its_own_opens_again_what_the_return_ended(pair: Pair) -> None:
    """The shelter tells that she was transferred; that was after she came home, and changes nothing."""
    uid, told = _received_long_ago(pair)
    problem(read(pair.shelter, told, pair.shelter.as_role("SW")), 404, "not_found")
    answer = close_without_visits(pair.shelter, uid, pair.department, "TRANSFERRED")
    assert answer.status_code == 201, answer.text
    case = pair.shelter.http.get(f"/v1/cases/{uid}", headers=pair.shelter.as_role("FO"))
    assert case.json()["state"] == "TRANSFERRED"
    problem(read(pair.shelter, told, pair.shelter.as_role("SW")), 404, "not_found")


def test_a_new_admission_opens_the_case_again_once_the_other_side_has_written(pair: Pair) -> None:
    """The shelter alone makes no return undone; with the department's next letter its work goes on."""
    uid, told = _received_long_ago(pair)
    again = basic_form(pair.department)
    again["header"] |= {"admission_kind": "readmission", "admission_date": pair.shelter.clock().date().isoformat()}
    answer = pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=again, headers=assigned(pair.shelter, uid, "SW"))
    assert answer.status_code == 201, answer.text
    case = pair.shelter.http.get(f"/v1/cases/{uid}", headers=pair.shelter.as_role("FO")).json()
    assert case["state"] == "ADMITTED"
    problem(read(pair.shelter, told, pair.shelter.as_role("SW")), 404, "not_found")
    pair.shelter.clock.wait(days=1)
    letter = case_file(pair.department, pair.shelter, case_uid=uid, created_at=pair.shelter.clock().isoformat())
    assert push(pair.shelter, pair.department, seal_for(pair.department, pair.shelter, letter)).status_code == 201
    assert read(pair.shelter, told, pair.shelter.as_role("SW")).status_code == 200


def test_who_was_transferred_and_never_came_home_stays_open_to_the_shelter(pair: Pair) -> None:
    """A closure marks the return only of somebody who went."""
    uid, told = _told_over_there(pair)
    assert close_without_visits(pair.shelter, uid, pair.department, "TRANSFERRED").status_code == 201
    pair.shelter.clock.wait(days=95)
    assert read(pair.shelter, told, pair.shelter.as_role("SW")).status_code == 200


def test_the_inbox_leaves_out_what_is_kept_from_a_role(pair: Pair) -> None:
    """Restricted detail came in: a partner's system, a welfare officer and an administrator are not told."""
    _, annex = send_annex(pair)
    carry(pair.shelter)

    def came(role: str) -> list[str]:
        items = pair.department.http.get("/v1/inbox", headers=pair.department.as_role(role)).json()["items"]
        return [item["document_id"] for item in items]

    assert {role: (annex in came(role), len(came(role))) for role in ("FO", "AU", "WO", "PI", "AD")} == {
        "FO": (True, 2),
        "AU": (True, 2),
        "WO": (False, 1),
        "PI": (False, 1),
        "AD": (False, 0),
    }


def test_the_outbox_leaves_out_what_is_kept_from_a_role(pair: Pair) -> None:
    """As timelines do, before and after it left; the operator, who knows of no case, sees what has to be carried."""
    _, annex = send_annex(pair)

    def sent(*roles: str) -> bool:
        items = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role(*roles)).json()["items"]
        assert len(items) in {1, 2}
        return annex in {item["document_id"] for item in items}

    told = {"SW": True, "FO": True, "AU": True, "WO": False, "PI": False, "AD": True}
    assert {role: sent(role) for role in told} == told
    assert not sent("AD", "WO"), "who also reads timelines could compare"
    carry(pair.shelter)
    assert {role: sent(role) for role in told} == told


@pytest.mark.parametrize(("role", "state"), [("FO", "VOID"), ("PI", None), ("AU", None)])
def test_a_state_tells_no_more_than_the_documents_behind_it(pair: Pair, role: str, state: str | None) -> None:
    """That a case is off the way home is for who may know of closures, decisions and escapes, in a filter too."""
    uid, _ = send_basic(pair)
    assert close_without_visits(pair.shelter, uid, pair.department, "NOT_VOT").status_code == 201
    http, headers = pair.shelter.http, pair.shelter.as_role(role)
    assert http.get(f"/v1/cases/{uid}", headers=headers).json()["state"] == state
    assert [case["state"] for case in http.get("/v1/cases", headers=headers).json()["items"]] == [state]
    found = http.get("/v1/cases?state=VOID", headers=headers).json()["items"]
    assert len(found) == (state is not None)


@pytest.mark.parametrize(("reason", "why", "state"), [("NOT_VOT", "no_case", "VOID"), WITHDREW])
def test_one_side_alone_ends_no_reminders_of_the_other(pair: Pair, reason: str, why: str, state: str) -> None:
    """The shelter closes the case: what is late stays late at the department until it closes the case too."""
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-12-20")
    before = reminders(pair.department, uid, "WO")
    assert "D01" in before
    over = {"no_revisit_reason": why}
    assert close_without_visits(pair.shelter, uid, pair.department, reason, **over).status_code == 201
    carry(pair.shelter)
    states = [
        office.http.get(f"/v1/cases/{uid}", headers=office.as_role("FO")).json()["state"]
        for office in (pair.shelter, pair.department)
    ]
    assert states == [state, state]
    assert "D01" not in reminders(pair.shelter, uid, "FO")
    assert reminders(pair.department, uid, "WO") == {*before, "D21"}
    assert close_without_visits(pair.department, uid, pair.shelter, reason, **over).status_code == 201
    assert not {"D01", "D21"} & reminders(pair.department, uid, "WO")


def test_who_closed_a_case_corrects_the_closure_and_tells_no_second_one(pair: Pair) -> None:
    """The refusal names what stands; another agency closes by its own word."""
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    reason, why, _ = WITHDREW
    first, second = (
        close_without_visits(pair.shelter, uid, pair.department, reason, no_revisit_reason=why) for _ in range(2)
    )
    assert first.status_code == 201, first.text
    (error,) = problem(second, 422, "invalid_input")["errors"]
    assert (error["path"], error["code"]) == ("/closed_on", "already_told")
    assert first.json()["document_id"] in error["hint"]
    over = {"no_revisit_reason": why, "supersedes": first.json()["document_id"]}
    assert close_without_visits(pair.shelter, uid, pair.department, reason, **over).status_code == 201


def _closed_over_there(pair: Pair, by: Office, uid: str, reason: str) -> None:
    """Let another agency tell the shelter that it closed a case."""
    why = {"reason": reason, "closed_on": f"{pair.shelter.clock():%Y-%m-%d}"}
    none = {"no_follow_up_reason": "no_case", "no_revisit_reason": "no_case"}
    tell(pair.shelter, by, uid, "case_closure", {**why, **none, "revisit_due": None, "last_follow_up_ref": None})


def _on_the_agenda(pair: Pair, uid: str) -> set[str]:
    wanted = {"meeting": "cmm", "corridor": {"destination": "TH", "origin": "MM"}}
    http, headers = pair.shelter.http, pair.shelter.as_role("FO")
    content = http.post("/v1/agendas/preview", json=wanted, headers=headers).json()["content"]
    return {item["topic"] for item in content["items"] if item.get("case_uid") == uid}


@pytest.mark.parametrize(("has_part", "state"), [(True, "VOID"), (False, "ADMITTED")])
def test_nobody_takes_a_late_case_off_the_agenda_alone(pair: Pair, state: str, *, has_part: bool) -> None:
    """Not the other side, whose closure is looked into, and least an agency of the own country without a part."""
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-12-20")
    before, agenda = reminders(pair.shelter, uid, "FO"), _on_the_agenda(pair, uid)
    assert "overdue" in agenda
    stranger = open_branch(pair.department, "TH")
    pair.shelter.trust(stranger)
    _closed_over_there(pair, pair.department if has_part else stranger, uid, "NOT_VOT")
    case = pair.shelter.http.get(f"/v1/cases/{uid}", headers=pair.shelter.as_role("FO")).json()
    assert case["state"] == state
    assert reminders(pair.shelter, uid, "FO") == before | ({"D21"} if has_part else set())
    assert _on_the_agenda(pair, uid) == agenda


def test_who_closed_by_mistake_is_told_so_and_takes_it_back(pair: Pair) -> None:
    """The shelter goes on in its closed case, and is told how to open it: by a correction, without the other side."""
    uid, _ = send_basic(pair)
    first = close_without_visits(pair.shelter, uid, pair.department, "VICTIM_WITHDREW", no_revisit_reason="withdrew")
    closure = first.json()["document_id"]
    alert = {**example("special_case_alert"), "recipient": pair.department.agency}
    pair.shelter.clock.set("2025-06-10")

    def cautioned() -> list[str]:
        path, headers = f"/v1/cases/{uid}/forms/3", assigned(pair.shelter, uid, "CM")
        answer = pair.shelter.http.post(path, json=alert, headers=headers)
        assert answer.status_code == 201, answer.text
        return [one["hint"] for one in answer.json()["cautions"] if one["code"] == "case_closed"]

    (hint,) = cautioned()
    assert closure in hint
    back = close_without_visits(pair.shelter, uid, pair.department, "TOLD_BY_MISTAKE", supersedes=closure)
    assert back.status_code == 201, back.text
    carry(pair.shelter)
    for office in (pair.shelter, pair.department):
        case = office.http.get(f"/v1/cases/{uid}", headers=office.as_role("FO")).json()
        assert case["state"] == "ADMITTED"
    assert "D21" not in reminders(pair.department, uid, "WO")
    assert cautioned() == []
