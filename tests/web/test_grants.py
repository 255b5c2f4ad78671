"""Leave beyond the matrix: restricted detail leaves and is read by two people; broken glass is heard by auditors."""

import pytest

from tests.support import Office
from tests.web.clearing import (
    approve,
    ask_release,
    assign,
    assigned,
    post_annex,
    read,
    release,
    send_agreeing,
    send_annex,
    worker,
)
from tests.web.town import Pair, carry, look, open_case, problem, send_basic

RESTRICTED = {"health", "medicines"}
EMERGENCY = {"reason_code": "urgent_care", "reason": "CANARY she has collapsed"}


def _grants(office: Office, role: str = "AU") -> list[dict[str, object]]:
    answer = office.http.get("/v1/grants", headers=office.as_role(role))
    assert "CANARY" not in answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def test_an_annex_leaves_once_a_second_person_agreed(pair: Pair) -> None:
    """Not before, not by the one who asked, not to anybody else, and not a second time."""
    uid = send_agreeing(pair)
    doctor = assigned(pair.shelter, uid, "HO")
    problem(post_annex(pair, uid, doctor), 403, "release_needed")
    asked = ask_release(pair.shelter, uid, doctor, recipient=pair.department.agency).json()
    problem(post_annex(pair, uid, doctor), 403, "release_needed")
    problem(approve(pair.shelter, asked["grant_id"], doctor), 403, "second_person_needed")
    manager = assigned(pair.shelter, uid, "CM")
    why = pair.shelter.http.get(f"/v1/releases/{asked['grant_id']}", headers=manager).json()
    assert why["words"] == "CANARY the treatment must go on"
    assert approve(pair.shelter, asked["grant_id"], manager).json()["approved_by"]
    problem(post_annex(pair, uid, assigned(pair.shelter, uid, "HO")), 403, "release_needed")
    assert post_annex(pair, uid, doctor).status_code == 201
    problem(post_annex(pair, uid, doctor), 403, "release_needed")
    (grant,) = _grants(pair.shelter)
    assert (grant["what"], grant["role"], grant["purpose"]) == ("release", "HO", "care")
    assert grant["used_at"] is not None


def test_a_release_ends_by_itself(pair: Pair) -> None:
    uid = send_agreeing(pair)
    doctor, client = assigned(pair.shelter, uid, "HO"), pair.shelter.clients["HO"]
    release(pair.shelter, uid, doctor, recipient=pair.department.agency)
    late = ask_release(pair.shelter, uid, doctor, recipient=pair.department.agency).json()["grant_id"]
    pair.shelter.clock.wait(hours=73)
    pair.shelter.clients["HO"] = client
    again = Office.as_role(pair.shelter, "HO")
    problem(post_annex(pair, uid, again), 403, "release_needed")
    problem(approve(pair.shelter, late, assigned(pair.shelter, uid, "CM")), 404, "not_found")


def test_another_purpose_or_another_role_is_no_second_person(pair: Pair) -> None:
    """A second health officer agrees for the sake of health, and for nothing else."""
    uid = send_agreeing(pair)
    first, second = assigned(pair.shelter, uid, "HO"), assigned(pair.shelter, uid, "HO")
    legal = ask_release(pair.shelter, uid, first, recipient=pair.department.agency, purpose="legal").json()["grant_id"]
    problem(approve(pair.shelter, legal, second), 403, "role_may_not_release")
    problem(approve(pair.shelter, legal, pair.shelter.as_role("WO")), 403, "scope_missing")
    health = ask_release(pair.shelter, uid, first, recipient=pair.department.agency).json()["grant_id"]
    assert approve(pair.shelter, health, second).status_code == 200


@pytest.mark.parametrize("role", ["CM", "HO"])
def test_who_may_not_know_of_a_case_neither_reads_nor_approves_its_release(pair: Pair, role: str) -> None:
    """The words of the reason are about one person; it is as if nobody had asked."""
    uid = send_agreeing(pair)
    doctor = assigned(pair.shelter, uid, "HO")
    asked = ask_release(pair.shelter, uid, doctor, recipient=pair.department.agency).json()["grant_id"]
    stranger, http = worker(pair.shelter, role)[1], pair.shelter.http
    nobodys = http.get("/v1/releases/01JP0ZK8W3T5N7Q9R1S2V4X6Y8", headers=stranger)
    assert look(http.get(f"/v1/releases/{asked}", headers=stranger)) == look(nobodys)
    problem(nobodys, 404, "not_found")
    problem(approve(pair.shelter, asked, stranger), 404, "not_found")
    known = assigned(pair.shelter, uid, role)
    assert http.get(f"/v1/releases/{asked}", headers=known).json()["words"].startswith("CANARY")
    assert http.get(f"/v1/releases/{asked}", headers=worker(pair.shelter, "FO")[1]).status_code == 200


def test_an_annex_names_the_two_who_released_it(pair: Pair) -> None:
    """Not whom somebody typed in; what is left out the node fills in, by the numbers of its two clients."""
    uid = send_agreeing(pair)
    doctor, clients = assigned(pair.shelter, uid, "HO"), pair.shelter.clients
    release(pair.shelter, uid, doctor, recipient=pair.department.agency)
    two = {"decided_by": clients["HO"], "approved_by": clients["CM"], "approved_on": "2025-03-14"}
    for typed in ({"approved_by": "N1-002"}, {"decided_by": "N1-017"}, {"approved_on": "2025-03-13"}):
        problem(post_annex(pair, uid, doctor, release={**two, **typed}), 403, "release_differs")
    sent = post_annex(pair, uid, doctor)
    assert sent.status_code == 201, sent.text
    own = read(pair.shelter, sent.json()["document_id"], doctor).json()
    assert own["document"]["release"] == {**two, "absent": {}}


def test_an_address_by_which_an_issuer_knows_somebody_stays_here(pair: Pair) -> None:
    """What is no worker number becomes one of this node's own."""
    uid = send_agreeing(pair)
    client = pair.shelter.add_client("HO", client_id=f"{uid.lower()}@health.example")
    pair.shelter.clients["HO"] = client
    doctor = Office.as_role(pair.shelter, "HO")
    assign(pair.shelter, uid, client, "HO")
    release(pair.shelter, uid, doctor, recipient=pair.department.agency)
    document_id = post_annex(pair, uid, doctor).json()["document_id"]
    stated = read(pair.shelter, document_id, doctor).json()["document"]["release"]["decided_by"]
    assert stated.startswith("worker-")
    assert "example" not in stated


def test_who_wrote_an_annex_is_told_that_something_is_not_shown(pair: Pair) -> None:
    """A case manager may write the annex and has no part in health: that there is something is no secret to them."""
    uid, annex = send_annex(pair)
    own = read(pair.shelter, annex, assigned(pair.shelter, uid, "CM")).json()
    assert not RESTRICTED & set(own["document"])
    (withheld,) = own["withheld"]
    assert (withheld["part"], withheld["why"], bool(withheld["hint"])) == ("Restricted annex", "role", True)
    carry(pair.shelter)
    assert read(pair.department, annex, assigned(pair.department, uid, "CM")).json()["withheld"] == []


def test_an_annex_is_read_by_two_people_and_for_a_purpose(pair: Pair) -> None:
    """The health officer of the other side: on the case, agreed to by the person, released by a case manager."""
    uid, annex = send_annex(pair)
    carry(pair.shelter)
    doctor = assigned(pair.department, uid, "HO")
    closed = read(pair.department, annex, doctor, purpose="care").json()
    assert not RESTRICTED & set(closed["document"])
    assert {(item["part"], item["why"]) for item in closed["withheld"]} == {("Restricted annex", "release")}
    release(pair.department, uid, doctor, document_id=annex)
    assert set(read(pair.department, annex, doctor, purpose="care").json()["document"]) >= RESTRICTED
    for purpose in ("case_work", "legal"):
        assert not RESTRICTED & set(read(pair.department, annex, doctor, purpose=purpose).json()["document"])
    colleague = assigned(pair.department, uid, "HO")
    assert not RESTRICTED & set(read(pair.department, annex, colleague, purpose="care").json()["document"])


def test_who_has_no_part_in_health_sees_none_even_if_released(pair: Pair) -> None:
    uid, annex = send_annex(pair)
    manager = assigned(pair.shelter, uid, "CM")
    release(pair.shelter, uid, manager, document_id=annex)
    assert not RESTRICTED & set(read(pair.shelter, annex, manager, purpose="care").json()["document"])


def test_a_focal_officer_breaks_the_glass_and_everybody_hears_it(pair: Pair) -> None:
    """Alone and at once, for a shift; under an action of its own in the log, and first in the auditor's list."""
    uid, annex = send_annex(pair)
    carry(pair.shelter)
    _, officer = worker(pair.department, "FO")
    http, path = pair.department.http, f"/v1/cases/{uid}/break-glass"
    closed = read(pair.department, annex, officer, purpose="protection").json()
    assert not RESTRICTED & set(closed["document"])
    broken = http.post(path, json=EMERGENCY, headers=officer)
    assert (broken.status_code, broken.json()["role"]) == (201, "FO")
    assert set(read(pair.department, annex, officer, purpose="protection").json()["document"]) >= RESTRICTED
    assert not RESTRICTED & set(read(pair.department, annex, officer).json()["document"])
    colleague = worker(pair.department, "FO")[1]
    assert not RESTRICTED & set(read(pair.department, annex, colleague, purpose="protection").json()["document"])
    (grant,) = _grants(pair.department)
    assert (grant["what"], grant["reason"], grant["case_uid"]) == ("break_glass", "urgent_care", uid)
    lines = http.get("/v1/audit?action=glass_broken", headers=pair.department.as_role("AU")).json()["items"]
    assert [(line["by"], line["code"], line["case_uid"]) for line in lines] == [("FO", "urgent_care", uid)]


def test_the_glass_mends_itself(pair: Pair) -> None:
    uid, annex = send_annex(pair)
    client, officer = worker(pair.shelter, "FO")
    pair.shelter.http.post(f"/v1/cases/{uid}/break-glass", json=EMERGENCY, headers=officer)
    pair.shelter.clock.wait(hours=8)
    pair.shelter.clients["FO"] = client
    later = Office.as_role(pair.shelter, "FO")
    assert not RESTRICTED & set(read(pair.shelter, annex, later, purpose="protection").json()["document"])


@pytest.mark.parametrize("role", ["SW", "CM", "NG", "LE", "HO", "AU", "PI"])
def test_an_emergency_opens_nothing_to_other_roles(pair: Pair, role: str) -> None:
    uid, _ = send_basic(pair)
    answer = pair.shelter.http.post(f"/v1/cases/{uid}/break-glass", json=EMERGENCY, headers=pair.shelter.as_role(role))
    problem(answer, 403, "no_glass_to_break")
    assert _grants(pair.shelter) == []


ASKED_WRONG = {
    "nothing": ({}, 422, "release_of_what"),
    "both": ({"recipient": "MM-DSW", "document_id": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"}, 422, "release_of_what"),
    "an ordinary purpose": ({"recipient": "MM-DSW", "purpose": "case_work"}, 422, "purpose_opens_nothing"),
    "a document that is not there": ({"document_id": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"}, 404, "not_found"),
}


@pytest.mark.parametrize(("what", "status", "code"), ASKED_WRONG.values(), ids=ASKED_WRONG)
def test_a_release_is_of_one_thing_that_is_there(pair: Pair, what: dict[str, str], status: int, code: str) -> None:
    uid, _ = send_basic(pair)
    problem(ask_release(pair.shelter, uid, pair.shelter.as_role("SW"), **what), status, code)


def test_a_release_of_a_document_is_asked_in_its_own_case(pair: Pair) -> None:
    """And only by who knows of the case."""
    _, document_id = send_basic(pair)
    other = open_case(pair.shelter)
    problem(ask_release(pair.shelter, other, pair.shelter.as_role("SW"), document_id=document_id), 404, "not_found")
    stranger = worker(pair.shelter, "HO")[1]
    problem(ask_release(pair.shelter, other, stranger, recipient=pair.department.agency), 404, "not_found")


def test_the_list_of_grants_is_read_page_by_page_by_who_watches(pair: Pair) -> None:
    """Newest first; auditors, focal officers and case managers, and nobody else."""
    uid, _ = send_basic(pair)
    _, officer = worker(pair.shelter, "FO")
    made = []
    for _ in range(3):
        pair.shelter.clock.wait(minutes=1)
        answer = pair.shelter.http.post(f"/v1/cases/{uid}/break-glass", json=EMERGENCY, headers=officer)
        made.append(answer.json()["grant_id"])
    http, auditor, seen, query = pair.shelter.http, pair.shelter.as_role("AU"), list[str](), "limit=2"
    for _ in range(2):
        page = http.get(f"/v1/grants?{query}", headers=auditor).json()
        seen += [item["grant_id"] for item in page["items"]]
        query = f"limit=2&cursor={page['next']}"
    assert (seen, page["next"]) == (made[::-1], None)
    assert (len(_grants(pair.shelter, "FO")), _grants(pair.shelter, "CM")) == (3, [])
    problem(http.get("/v1/grants", headers=pair.shelter.as_role("SW")), 403, "scope_missing")
    problem(http.get("/v1/grants?cursor=rubbish", headers=auditor), 422, "cursor_unknown")


def test_broken_glass_is_no_release_to_approve(pair: Pair) -> None:
    """Whoever asks for it by the address of releases finds nothing there."""
    uid, _ = send_basic(pair)
    broken = pair.shelter.http.post(
        f"/v1/cases/{uid}/break-glass", json=EMERGENCY, headers=pair.shelter.as_role("FO")
    ).json()["grant_id"]
    manager = pair.shelter.as_role("CM")
    get = pair.shelter.http.get
    nobodys = get("/v1/releases/01JP0ZK8W3T5N7Q9R1S2V4X6Y8", headers=manager)
    assert look(get(f"/v1/releases/{broken}", headers=manager)) == look(nobodys)
    problem(approve(pair.shelter, broken, manager), 404, "not_found")


def test_a_case_manager_is_not_told_of_the_grants_of_other_cases(pair: Pair) -> None:
    """That there is restricted detail in a case is for who works on it, who asked or agreed, and who knows of all."""
    uid, _ = send_annex(pair)
    approver = Office.as_role(pair.shelter, "CM")
    assert [one["case_uid"] for one in pair.shelter.http.get("/v1/grants", headers=approver).json()["items"]] == [uid]
    client, other = worker(pair.shelter, "CM")
    assert pair.shelter.http.get("/v1/grants", headers=other).json()["items"] == []
    assert [one["case_uid"] for one in _grants(pair.shelter, "FO")] == [uid]
    assign(pair.shelter, uid, client, "CM")
    assert [one["case_uid"] for one in pair.shelter.http.get("/v1/grants", headers=other).json()["items"]] == [uid]
