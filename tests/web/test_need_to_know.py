"""A reader sees what they need to know: by role, by assignment, for a purpose, and until the return is over."""

import json

import pytest
from ulid import ULID

from api.flow.opening import look_at
from api.rules.access import Principal, scopes_of
from schemas.document import Role
from tests.support import Office, example
from tests.web.clearing import assign, assigned, read, send_annex, worker
from tests.web.town import (
    Pair,
    basic_form,
    carry,
    case_file,
    look,
    open_case,
    problem,
    push,
    received,
    seal_for,
    send_basic,
    send_notice,
)

SECTIONS = {"header", "person", "home", "trafficking", "special_needs", "consents"}


def arrived(pair: Pair) -> tuple[str, str]:
    """Send a basic file to the department, and return the ids of its case and document."""
    found = send_basic(pair)
    carry(pair.shelter)
    return found


def actions(office: Office, uid: str) -> list[tuple[str, str, str | None]]:
    """Return what happened in a case: what, by whom, under which code."""
    answer = office.http.get(f"/v1/cases/{uid}/timeline", headers=office.as_role("WO"))
    return [(event["action"], event["by"], event.get("code")) for event in answer.json()["events"]]


def test_a_liaison_of_the_police_sees_flags_and_no_person(pair: Pair) -> None:
    """No section B, C or E; the answer says what is withheld and what could be done about it."""
    _, document_id = arrived(pair)
    body = read(pair.department, document_id, pair.department.as_role("LE")).json()
    assert SECTIONS & set(body["document"]) == {"header", "special_needs"}
    assert "Ma" not in json.dumps(body["document"], ensure_ascii=False).split()
    withheld = {item["part"]: item["why"] for item in body["withheld"]}
    assert withheld["B. Person"] == "not_assigned"
    assert all(item["hint"] for item in body["withheld"])


def test_a_provider_sees_a_case_once_assigned(pair: Pair) -> None:
    """Before that the document, the case and its history do not exist; the story never does."""
    uid, document_id = arrived(pair)
    client, headers = worker(pair.department, "NG")
    get = pair.department.http.get
    problem(read(pair.department, document_id, headers), 404, "not_found")
    assert get("/v1/cases", headers=headers).json()["items"] == []
    problem(get(f"/v1/cases/{uid}", headers=headers), 404, "not_found")
    assign(pair.department, uid, client, "NG")
    body = read(pair.department, document_id, headers).json()
    assert SECTIONS & set(body["document"]) == {"header", "person", "home", "special_needs", "consents"}
    assert [item["case_uid"] for item in get("/v1/cases", headers=headers).json()["items"]] == [uid]
    assert get(f"/v1/cases/{uid}/timeline", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("role", "is_told", "releases"),
    [("CM", True, True), ("HO", True, True), ("FO", True, True), ("SW", True, False), ("LE", False, False)],
)
def test_a_timeline_does_not_tell_that_there_is_an_annex(
    pair: Pair, role: str, *, is_told: bool, releases: bool
) -> None:
    """To who may not read any of it there is none; releases are told to who reads of them or approves them."""
    uid, annex = send_annex(pair)
    headers = assigned(pair.shelter, uid, role)
    assert read(pair.shelter, annex, headers).status_code == (200 if is_told else 404)
    told = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=headers).json()["events"]
    assert (annex in {event.get("document_id") for event in told}) == is_told
    assert ("release_approved" in {event["action"] for event in told}) == releases


def test_a_colleague_of_the_shelter_who_is_not_on_the_case_sees_nothing(pair: Pair) -> None:
    """Whoever opened it sees it; a colleague once put on it, and no more once taken off it."""
    uid, document_id = send_basic(pair)
    mine = read(pair.shelter, document_id, pair.shelter.as_role("SW")).json()
    assert (set(mine["document"]) >= SECTIONS, mine["withheld"]) == (True, [])
    client, headers = worker(pair.shelter, "SW")
    hidden = read(pair.shelter, document_id, headers)
    assert look(hidden) == look(read(pair.shelter, "01JP0ZK8W3T5N7Q9R1S2V4X6Y8", headers))
    assign(pair.shelter, uid, client, "SW")
    assert read(pair.shelter, document_id, headers).json()["withheld"] == []
    path = f"/v1/cases/{uid}/assignments/{client}"
    assert pair.shelter.http.delete(path, headers=pair.shelter.as_role("FO")).status_code == 204
    problem(read(pair.shelter, document_id, headers), 404, "not_found")


def test_who_opens_a_case_or_begins_the_work_on_one_that_came_in_is_on_it(pair: Pair) -> None:
    """Here the shelter worker, there the officer who wrote the first document of the department."""
    uid, _ = arrived(pair)
    http, officer = pair.department.http, pair.department.as_role("WO")
    assert http.get(f"/v1/cases/{uid}/assignments", headers=officer).json() == []
    content = {name: value for name, value in case_file(pair.department, pair.shelter).items() if name not in _HEADER}
    answer = http.post(f"/v1/cases/{uid}/forms/1", json=content, headers=officer)
    assert answer.status_code == 201, answer.text
    (own,) = http.get(f"/v1/cases/{uid}/assignments", headers=officer).json()
    assert own["role"] == "WO"
    opened = pair.shelter.http.get(f"/v1/cases/{uid}/assignments", headers=pair.shelter.as_role("SW")).json()
    assert [item["role"] for item in opened] == ["SW"]


_HEADER = {"kind", "schema_version", "id", "case_uid", "sender", "created_at"}


def test_an_officer_reads_who_it_is_before_anybody_is_on_the_case(pair: Pair) -> None:
    """Header, person, address and consents, so that they know whom to put on it; the story not before that."""
    uid, document_id = arrived(pair)
    body = read(pair.department, document_id, pair.department.as_role("WO")).json()
    assert SECTIONS & set(body["document"]) == SECTIONS - {"trafficking"}
    assert body["withheld"] == [
        {"part": "E. Trafficking summary", "why": "not_assigned", "hint": body["withheld"][0]["hint"]}
    ]
    officer = assigned(pair.department, uid, "WO")
    assert read(pair.department, document_id, officer).json()["withheld"] == []


@pytest.mark.parametrize(
    ("role", "path", "status", "code"),
    [
        pytest.param("SW", "{own}", 403, "scope_missing", id="a shelter worker puts nobody on a case"),
        pytest.param("WO", "{other}", 404, "not_found", id="nobody of another agency"),
        pytest.param("WO", "nobody-at-all", 404, "not_found", id="nobody who is not there"),
        pytest.param("WO", "{doctor}", 422, "role_not_held", id="not in a role that one does not have"),
    ],
)
def test_who_can_be_put_on_a_case(pair: Pair, role: str, path: str, status: int, code: str) -> None:
    uid = open_case(pair.shelter)
    clients = {"own": worker(pair.shelter, "SW")[0], "doctor": worker(pair.shelter, "HO")[0]}
    clients["other"] = worker(pair.department, "SW")[0]
    url = f"/v1/cases/{uid}/assignments/{path.format(**clients)}"
    problem(pair.shelter.http.put(url, json={"role": "SW"}, headers=pair.shelter.as_role(role)), status, code)


def test_an_auditor_works_on_no_case(pair: Pair) -> None:
    uid, (client, _) = open_case(pair.shelter), worker(pair.shelter, "AU")
    answer = pair.shelter.http.put(
        f"/v1/cases/{uid}/assignments/{client}", json={"role": "AU"}, headers=pair.shelter.as_role("FO")
    )
    problem(answer, 422, "role_not_assignable")
    path = f"/v1/cases/{uid}/assignments/{client}"
    problem(pair.shelter.http.delete(path, headers=pair.shelter.as_role("FO")), 404, "not_found")


def test_a_look_at_something_sensitive_is_logged_with_its_purpose(pair: Pair) -> None:
    """And one at nothing sensitive without; statistics show what is operational only."""
    uid, document_id = send_basic(pair)
    worker_on_it = pair.shelter.as_role("SW")
    counted = read(pair.shelter, document_id, worker_on_it, purpose="statistics").json()
    assert "person" not in counted["document"] or set(counted["document"]["person"]) <= {"interpreter_needed", "absent"}
    assert {item["why"] for item in counted["withheld"]} == {"purpose"}
    read(pair.shelter, document_id, worker_on_it, purpose="protection")
    problem(read(pair.shelter, document_id, worker_on_it, purpose="curiosity"), 422, "invalid_request")
    looks = [event for event in actions(pair.shelter, uid) if event[0] == "looked_at"]
    assert looks == [("looked_at", "SW", None), ("looked_at", "SW", "protection")]


def test_flags_alone_prove_to_nobody_that_it_was_read(pair: Pair) -> None:
    """A provider who sees codes opens nothing; the officer who reads does, and the sender holds the proof by role."""
    uid, _ = arrived(pair)
    notice_id = send_notice(pair, uid, planned_date="2025-04-19")
    carry(pair.shelter)
    masked = read(pair.department, notice_id, pair.department.as_role("LE"))
    assert masked.json()["evidence"]["opened_at"] is None
    read(pair.department, notice_id, pair.department.as_role("WO"))
    carry(pair.department)
    receipts = read(pair.shelter, notice_id, pair.shelter.as_role("FO")).json()["evidence"]["receipts"]
    assert [item["status"] for item in receipts] == ["stored", "opened"]


def test_a_border_officer_sees_that_a_group_comes_but_neither_day_nor_name(pair: Pair) -> None:
    """In the list and in the notice; no cursor and no filter tells the day either."""
    uid, _ = arrived(pair)
    notice_id = send_notice(pair, uid, planned_date="2025-04-19")
    carry(pair.shelter)
    http, officer = pair.department.http, pair.department.as_role("LE")
    page = http.get("/v1/notices?limit=1&from=2026-01-01", headers=officer).json()
    (item,) = page["items"]
    assert (item["planned_date"], item["standing"], page["next"]) == (None, None, None)
    assert item["totals"]["female"] + item["totals"]["male"] == 1
    shown = read(pair.department, notice_id, officer).json()["document"]
    assert "2025-04-19" not in json.dumps([shown, page])
    assert {"seq", "needs_codes"} <= set(shown["persons"][0])
    assert not {"name", "case_uid"} & set(shown["persons"][0])
    whole = http.get("/v1/notices", headers=pair.department.as_role("WO")).json()["items"]
    assert [one["planned_date"] for one in whole] == ["2025-04-19"]


def test_a_provider_is_shown_notices_of_its_own_cases(pair: Pair) -> None:
    uid, _ = arrived(pair)
    send_notice(pair, uid, planned_date="2025-04-19")
    carry(pair.shelter)
    client, headers = worker(pair.department, "NG")
    assert pair.department.http.get("/v1/notices", headers=headers).json()["items"] == []
    assign(pair.department, uid, client, "NG")
    assert len(pair.department.http.get("/v1/notices", headers=headers).json()["items"]) == 1


def closed_over_there(pair: Pair, uid: str) -> None:
    """Let the department tell the shelter that the case is closed."""
    now = pair.shelter.clock()
    header = {"kind": "case_closure", "schema_version": "1.0", "id": str(ULID()), "case_uid": uid}
    header |= {"sender": pair.department.agency, "recipient": pair.shelter.agency}
    days = {"closed_on": f"{now:%Y-%m-%d}", "revisit_due": f"{now.year + 1}-{now:%m-%d}"}
    told = {**example("case_closure"), **header, **days, "created_at": now.isoformat()}
    assert push(pair.shelter, pair.department, seal_for(pair.department, pair.shelter, told)).status_code == 201


def test_the_destination_side_keeps_what_it_wrote_when_the_time_of_grace_is_over(pair: Pair) -> None:
    """Ninety days after the return the shelter sees its own records only, whatever it writes since."""
    uid, own = send_basic(pair)
    carry(pair.shelter)
    told = case_file(pair.department, pair.shelter, case_uid=uid)
    assert push(pair.shelter, pair.department, seal_for(pair.department, pair.shelter, told)).status_code == 201
    headers = pair.shelter.as_role("SW")
    assert read(pair.shelter, told["id"], headers).status_code == 200
    closed_over_there(pair, uid)
    pair.shelter.clock.wait(days=89)
    closed_over_there(pair, uid)
    path, content = f"/v1/cases/{uid}/forms/1", {**basic_form(pair.department), "supersedes": own}
    answer = pair.shelter.http.post(path, json=content, headers=pair.shelter.as_role("SW"))
    assert answer.status_code == 201, answer.text
    pair.shelter.clock.wait(days=1)
    assert read(pair.shelter, told["id"], pair.shelter.as_role("SW")).status_code == 200
    pair.shelter.clock.wait(days=1)
    problem(read(pair.shelter, told["id"], pair.shelter.as_role("SW")), 404, "not_found")
    assert read(pair.shelter, own, pair.shelter.as_role("SW")).json()["withheld"] == []
    assert read(pair.department, own, pair.department.as_role("WO")).status_code == 200


def test_nobody_comes_onto_a_case_by_writing_about_it(pair: Pair) -> None:
    """Who is not on a case, or was taken off it, neither writes in it nor saves a form over somebody's interview."""
    uid, document_id = arrived(pair)
    client, stranger = worker(pair.department, "SW")
    withdrawal = {"recipient": pair.shelter.agency, "records": []}
    path = f"/v1/cases/{uid}/forms"
    for _ in range(2):  # never on it, and taken off it
        answer = pair.department.http.post(f"{path}/26", json=withdrawal, headers=stranger)
        problem(answer, 404, "case_not_found")
        problem(
            pair.department.http.post(f"{path}/1", json=basic_form(pair.shelter), headers=stranger),
            404,
            "case_not_found",
        )
        draft = pair.department.http.put(f"{path}/1/draft", json={}, headers={**stranger, "if-none-match": "*"})
        problem(draft, 404, "not_found")
        problem(read(pair.department, document_id, stranger), 404, "not_found")
        (item,) = pair.department.http.get("/v1/inbox", headers=stranger).json()["items"]
        assert item["case_uids"] == []
        assign(pair.department, uid, client, "SW")
        off = pair.department.http.delete(
            f"/v1/cases/{uid}/assignments/{client}", headers=pair.department.as_role("WO")
        )
        assert off.status_code == 204, off.text


def test_a_draft_is_read_by_who_works_on_the_case_or_saved_it(pair: Pair) -> None:
    """To a colleague it looks as if there were none; each look is logged."""
    uid = open_case(pair.shelter)
    path, http, own = f"/v1/cases/{uid}/forms/1/draft", pair.shelter.http, pair.shelter.as_role("SW")
    _, colleague = worker(pair.shelter, "SW")
    none = http.get(path, headers=own)
    assert http.put(path, json={"person": {}}, headers={**own, "if-none-match": "*"}).status_code == 200
    assert http.get(path, headers=own).status_code == 200
    assert look(http.get(path, headers=colleague)) == look(none)
    problem(
        http.post(f"{path}/finalise", json={"recipient": pair.department.agency}, headers=colleague),
        404,
        "draft_not_found",
    )
    tag = http.get(path, headers=own).headers["etag"]
    over = {**colleague, "if-match": tag}
    problem(http.put(path, json={"person": {}}, headers=over), 404, "not_found")
    manager = assigned(pair.shelter, uid, "CM")
    assert http.put(path, json={"person": {}}, headers={**manager, "if-match": tag}).status_code == 200
    assert http.get(path, headers=manager).status_code == 200
    looks = [event for event in actions(pair.shelter, uid) if event[0] == "looked_at"]
    assert [by for _, by, _ in looks] == ["SW", "SW", "CM"]


def test_scopes_narrow_what_a_role_sees(pair: Pair) -> None:
    """A partner's system that was given the scope of notices only reads no case file."""
    uid, document_id = arrived(pair)
    assert uid
    narrow = pair.department.as_role("PI", client_id=f"partner-{pair.department.agency.lower()}", scopes="notice:read")
    problem(read(pair.department, document_id, narrow), 404, "not_found")
    wide = read(pair.department, document_id, pair.department.as_role("PI")).json()["document"]
    assert SECTIONS & set(wide) == {"header", "person", "home", "special_needs", "consents"}


def test_of_several_roles_the_one_that_sees_most_counts(pair: Pair) -> None:
    _, document_id = arrived(pair)
    both = look_at(
        pair.department.node,
        Principal("two-hats", pair.department.agency, frozenset({Role.LE, Role.FO}), scopes_of([Role.FO])),
        document_id,
    )
    assert {"person", "home"} <= set(both.view.content)
    assert received(pair)[0]["opened_at"] is not None
