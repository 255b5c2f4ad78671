"""One call tells everyone; what the node finds by itself nobody may say differently."""

from typing import Any

import pytest
from ulid import ULID

from tests.support import example
from tests.web.clearing import assigned, read
from tests.web.town import Pair, basic_form, carry, codes, look, open_case, problem, send_basic

BASIC, HEALTH = "SHARE_BASIC_ORIGIN_WELFARE", "SHARE_HEALTH_RESTRICTED"


def rows(*purposes: str, **over: Any) -> list[dict[str, Any]]:
    record = example("case_file_basic")["consents"][0]
    record.pop("recipient")
    return [{**record, "decision": "withdrawn", "date": "2025-03-14", "purpose": one, **over} for one in purposes]


def post(pair: Pair, uid: str, content: object, role: str = "SW", *, key: str | None = None) -> Any:
    headers = pair.shelter.as_role(role) | ({"idempotency-key": key} if key else {})
    return pair.shelter.http.post(f"/v1/cases/{uid}/recalls", json=content, headers=headers)


def test_the_same_call_twice_tells_everyone_once(pair: Pair) -> None:
    """With its key it is answered the same; without one it says that everyone knows."""
    uid, file = send_basic(pair)
    content = {"records": rows(BASIC)}
    first = post(pair, uid, content, key="recall-once")
    assert first.status_code == 201, first.text
    [item] = first.json()["items"]
    assert (item["recipient"], len(item["envelope_sha256"])) == (pair.department.agency, 64)
    assert post(pair, uid, content, key="recall-once").json() == first.json()
    problem(post(pair, uid, content), 409, "recalled_already")
    path = f"/v1/cases/{uid}/recalls"
    [told] = pair.shelter.http.get(path, headers=pair.shelter.as_role("SW")).json()["told"]
    assert (told["document_id"], told["recalled"], told["purposes"]) == (item["document_id"], [file], [BASIC])


def test_where_nobody_was_reached_the_case_file_is_the_place(pair: Pair) -> None:
    """Nothing is recorded that nobody would get; the draft's section J says it before anything leaves."""
    answer = problem(post(pair, open_case(pair.shelter), {"records": rows(BASIC)}), 422, "nobody_reached")
    assert "section J" in answer["detail"]


@pytest.mark.parametrize("name", ["recipient", "recalled", "reply_to", "supersedes"])
def test_what_follows_from_the_case_is_not_taken_from_the_caller(pair: Pair, name: str) -> None:
    uid, _ = send_basic(pair)
    answer = post(pair, uid, {"records": rows(BASIC), name: pair.department.agency})
    problem(answer, 422, "set_by_node")
    assert codes(answer) == {(f"/{name}", "set_by_node")}


@pytest.mark.parametrize(
    ("content", "path", "code"),
    [
        pytest.param({"records": rows(BASIC, decision="given")}, "/records/0/decision", "not_a_withdrawal", id="given"),
        pytest.param({"records": rows(BASIC, BASIC)}, "/records", "duplicate_consent", id="twice"),
        pytest.param({"records": rows(BASIC), "reason": "x"}, "", "unknown_field", id="a-reason-is-not-asked"),
        pytest.param({"records": []}, "/records", "too_few", id="nothing"),
        pytest.param({}, "/records", "missing", id="empty"),
        pytest.param(
            {"records": rows(BASIC), "services_continue": False}, "/services_continue", "unknown_code", id="x"
        ),
        pytest.param({"pass_on": 7}, "/pass_on", "pass_on_alone", id="no-id"),
        pytest.param({"pass_on": str(ULID()), "asks": ["erase"]}, "/pass_on", "pass_on_alone", id="and-more"),
    ],
)
def test_a_recall_that_does_not_agree_is_refused(pair: Pair, content: object, path: str, code: str) -> None:
    uid, _ = send_basic(pair)
    answer = post(pair, uid, content)
    assert answer.status_code == 422, answer.text
    assert (path, code) in codes(answer)


def test_only_who_records_consents_recalls_them(pair: Pair) -> None:
    uid, _ = send_basic(pair)
    problem(post(pair, uid, {"records": rows(BASIC)}, "FO"), 403, "role_may_not_write")
    answer = pair.shelter.http.get(f"/v1/cases/{uid}/recalls", headers=pair.shelter.as_role("ST"))
    problem(answer, 403, "scope_missing")


def test_a_case_of_somebody_else_looks_like_one_that_does_not_exist(pair: Pair) -> None:
    """Before the file arrives the department knows nothing; then a case manager who is not on it still does not."""
    uid, _ = send_basic(pair)
    nobodys, office = str(ULID()), pair.department
    headers = office.as_role("CM")
    for method, more in (("GET", {}), ("POST", {"json": {"records": rows(BASIC)}})):
        theirs = office.http.request(method, f"/v1/cases/{uid}/recalls", headers=headers, **more)
        no_ones = office.http.request(method, f"/v1/cases/{nobodys}/recalls", headers=headers, **more)
        assert look(theirs) == look(no_ones)
        assert theirs.status_code == 404
    carry(pair.shelter)
    assert office.http.get(f"/v1/cases/{uid}/recalls", headers=office.as_role("FO")).json()["got"] == []
    still_hidden = office.http.get(f"/v1/cases/{uid}/recalls", headers=headers)
    assert look(still_hidden) == look(no_ones)


@pytest.mark.parametrize("role", ["LE", "NG"])
def test_who_sees_only_its_own_rows_of_section_j_learns_of_no_other_here(pair: Pair, role: str) -> None:
    """That another agency was told of somebody's health is hidden in form 26, so the list does not tell it."""
    uid, form = open_case(pair.shelter), basic_form(pair.department)
    given = {**form["consents"][0], "purpose": HEALTH, "recipient_agency": pair.department.agency}
    given.pop("recipient", None)
    content = {**form, "consents": [*form["consents"], given]}
    answer = pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=content, headers=pair.shelter.as_role("SW"))
    assert answer.status_code == 201, answer.text
    headers, path = assigned(pair.shelter, uid, role), f"/v1/cases/{uid}/recalls"
    restricted = {**rows(HEALTH)[0], "recipient_agency": pair.department.agency}
    [item] = post(pair, uid, {"records": [restricted]}).json()["items"]
    assert "records" not in read(pair.shelter, item["document_id"], headers).json()["document"]
    seen = pair.shelter.http.get(path, headers=headers)
    assert (seen.status_code, seen.json()["told"], seen.json()["to_tell"]) == (200, [], [])
    assert HEALTH not in seen.text

    post(pair, uid, {"records": [*rows(BASIC)]})
    [told] = pair.shelter.http.get(path, headers=headers).json()["told"]
    assert told["purposes"] == [BASIC], "a row that names no agency concerns all"
    whole = pair.shelter.http.get(path, headers=pair.shelter.as_role("SW")).json()["told"]
    assert [one["purposes"] for one in whole] == [[HEALTH], [BASIC]]
