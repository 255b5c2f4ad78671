"""A newcomer with nothing but the OpenAPI page: what stumbled once is told in the answer itself."""

from typing import Any

import pytest

from api.web.examples import EXAMPLES
from schemas.document import CaseState
from tests.support import example
from tests.web.clearing import ask_release, assigned, send_agreeing, worker
from tests.web.contract import document_of, operations_of
from tests.web.town import Pair, basic_form, codes, open_case, problem

EXPLAIN = "/v1/risk-catalogue/explain"
IMPORT = "/v1/records/import"


def _described(name: str) -> str:
    return next(str(one["description"]) for *_, one in operations_of("staff") if one["operationId"] == name)


def _post(pair: Pair, path: str, body: object, role: str = "SW") -> Any:
    return pair.shelter.http.post(path, json=body, headers=pair.shelter.as_role(role))


def test_a_field_that_does_not_exist_is_told_by_the_row_it_stood_in(pair: Pair) -> None:
    """And not by the key that was typed, which may be a name."""
    rank = {"factor_id": "F01", "level": "none", "Thidar Wai": "x"}
    answer = _post(pair, EXPLAIN, {"population": "adult", "ranks": [rank]})
    assert codes(answer) == {("/body/ranks/0", "unknown_field")}
    keyed = _post(pair, IMPORT, {"records": [{"Thidar Wai": {"deep": 1}}]})
    assert {path for path, _ in codes(keyed)} == {"/body/records/0"}
    assert "Thidar" not in answer.text + keyed.text


def test_the_ranks_of_form_12_can_be_explained_as_they_are(pair: Pair) -> None:
    """With their words, which change nothing."""
    form = next(
        media["example"]
        for *_, one in operations_of("staff")
        if one["operationId"] == "record_form_12"
        for media in one["requestBody"]["content"].values()
    )
    assert any({"rationale", "mitigation"} & set(rank) for rank in form["ranks"])
    answer = _post(pair, EXPLAIN, {"population": form["population"], "ranks": form["ranks"]})
    assert answer.status_code == 200, answer.text


def test_the_example_of_an_import_opens_a_draft(pair: Pair) -> None:
    answer = _post(pair, f"{IMPORT}?save=true&destination=TH&origin=MM", EXAMPLES["import_records"])
    assert answer.status_code == 200, answer.text
    (form,) = answer.json()["forms"]
    assert (answer.json()["problems"], form["problems"]) == ([], [])
    path, headers = f"/v1/cases/{form['case_uid']}/forms/1/draft", pair.shelter.as_role("SW")
    person = pair.shelter.http.get(path, headers=headers).json()["content"]["person"]
    assert (person["names"][0]["full_text"], person["nationality"]) == ("Thidar Wai", ["MM"])


def test_a_code_that_the_standard_does_not_know_is_told_with_those_it_knows(pair: Pair) -> None:
    (form,) = _post(pair, IMPORT, {"csv": "prs_FirstName,prs_Gender\nThidar,Woman\n"}).json()["forms"]
    (told,) = form["problems"]
    assert (told["column"], told["reason"]) == ("prs_Gender", "unknown_code")
    assert {"Feminine", "Masculine"} < set(told["choices"])


@pytest.mark.parametrize(
    ("over", "place", "code"),
    [
        pytest.param({"case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"}, "/case_uid", "set_by_node", id="the-case"),
        pytest.param({"sender": "TH-SHELTER-N1"}, "/sender", "set_by_node", id="the-sender"),
        pytest.param({"level": "complete"}, "/level", "unknown_code", id="no-such-level"),
        pytest.param({"vital_interest": {}}, "/vital_interest/reason", "missing", id="no-reason-for-an-override"),
    ],
)
def test_what_finalising_would_refuse_the_review_tells(pair: Pair, over: dict[str, Any], place: str, code: str) -> None:
    office, uid = pair.shelter, open_case(pair.shelter)
    path, headers = f"/v1/cases/{uid}/forms/1/draft", office.as_role("SW")
    good = {**example("case_file_basic"), "recipient": pair.department.agency}
    office.http.put(path, json=good, headers={**headers, "if-none-match": "*"})
    before = office.http.get(f"{path}/review", headers=headers).json()
    assert (before["problems"], before["ready_for_basic"]) == ([], True)
    office.http.put(path, json={**good, **over}, headers={**headers, "if-match": '"1"'})
    review = office.http.get(f"{path}/review", headers=headers).json()
    assert (place, code) in {(one["path"], one["code"]) for one in review["problems"]}
    assert not review["ready_for_basic"]
    refused = _post(pair, f"{path}/finalise", {"recipient": pair.department.agency})
    assert (refused.status_code, (place, code) in codes(refused)) == (422, True)


def test_a_key_that_is_too_short_is_told_as_such(pair: Pair) -> None:
    headers = {**pair.shelter.as_role("SW"), "idempotency-key": "x"}
    answer = pair.shelter.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=headers)
    assert codes(answer) == {("/header/Idempotency-Key", "too_short")}
    assert "at least 8" in answer.json()["errors"][0]["hint"]


@pytest.mark.parametrize(
    ("query", "place", "known"),
    [
        pytest.param("/v1/cases?state=FOO", "/query/state", [*CaseState], id="a-state"),
        pytest.param("/v1/alerts?rule=D99", "/query/rule", ["D04", "D04a"], id="a-rule"),
        pytest.param("/v1/cases?side=left", "/query/side", ["destination", "origin"], id="a-side"),
    ],
)
def test_a_code_that_a_parameter_does_not_know_is_told_with_those_it_knows(
    pair: Pair, query: str, place: str, known: list[str]
) -> None:
    answer = pair.shelter.http.get(query, headers=pair.shelter.as_role("FO"))
    assert codes(answer) == {(place, "unknown_code")}
    assert all(code in answer.json()["errors"][0]["hint"] for code in known)


def test_what_stands_in_a_form_has_no_list_in_the_answer(pair: Pair) -> None:
    """Its codes may be words about a person; the schema has them (promise 5)."""
    content = basic_form(pair.department, level="whole")
    answer = _post(pair, f"/v1/cases/{open_case(pair.shelter)}/forms/1", content)
    (found,) = (one for one in answer.json()["errors"] if one["path"] == "/level")
    assert "the schema names" in found["hint"]


def test_the_page_lists_states_and_rules() -> None:
    schemas = document_of("staff")["components"]["schemas"]
    shown = schemas["CaseView"]["properties"]["state"]["anyOf"]  # ``null`` where the role is not told
    assert any(one.get("$ref", "").endswith("/CaseState") for one in shown)
    rule = schemas["AlertView"]["properties"]["rule"]
    assert "`D01` Home within six months" in rule["description"]


def test_who_may_agree_to_a_release_finds_it(pair: Pair) -> None:
    """A health officer on the case, for the sake of health; not who asked, and no words."""
    uid = send_agreeing(pair)
    first, second = assigned(pair.shelter, uid, "HO"), assigned(pair.shelter, uid, "HO")
    asked = ask_release(pair.shelter, uid, first, recipient=pair.department.agency).json()["grant_id"]
    legal = ask_release(pair.shelter, uid, first, recipient=pair.department.agency, purpose="legal").json()["grant_id"]
    waiting = {
        "second": _waiting(pair, second),
        "who asked": _waiting(pair, first),
        "a stranger": _waiting(pair, worker(pair.shelter, "HO")[1]),
        "an officer": _waiting(pair, worker(pair.shelter, "FO")[1]),
    }
    assert waiting == {"second": [asked], "who asked": [], "a stranger": [], "an officer": sorted([legal, asked])}
    assert pair.shelter.http.post(f"/v1/releases/{asked}/approve", headers=second).status_code == 200
    assert _waiting(pair, second) == []
    pair.shelter.clock.wait(hours=73)
    assert _waiting(pair, pair.shelter.as_role("FO")) == []


def _waiting(pair: Pair, headers: dict[str, str]) -> list[str]:
    answer = pair.shelter.http.get("/v1/releases", headers=headers)
    assert "CANARY" not in answer.text
    return sorted(item["grant_id"] for item in answer.json()["items"] if "words" not in item)


def test_the_page_begins_with_what_to_do_first() -> None:
    """And with the forms in the order of a usual return, each with who sends it."""
    told = document_of("staff")["info"]["description"]
    numbers = [int(line.split()[2]) for line in told.splitlines() if line[:1].isdigit() and "Form" in line]
    assert numbers[:2] + numbers[-6:] == [1, 8, 17, 18, 19, 23, 20, 21]
    assert "Form 9 (Advance repatriation notice): from the destination side, by FO or PI" in told
    assert "POST /oauth/token" in told


@pytest.mark.parametrize("name", ["staff", "exchange"])
def test_every_operation_is_called_by_what_it_does(name: str) -> None:
    """Not by the name of a function."""
    assert [
        one["summary"]
        for *_, one in operations_of(name)
        if one["summary"] == one["operationId"].replace("_", " ").title() or one["summary"].endswith(".")
    ] == []


def test_an_agency_that_nobody_pinned_is_told_whom_to_ask(pair: Pair) -> None:
    answer = _post(
        pair, f"/v1/cases/{open_case(pair.shelter)}/forms/1", basic_form(pair.department, recipient="MM-NOBODY")
    )
    assert "ask your operator" in problem(answer, 409, "agency_unknown")["detail"]


def test_who_has_no_glass_is_told_who_has(pair: Pair) -> None:
    body = EXAMPLES["break_glass"]
    answer = _post(pair, f"/v1/cases/{open_case(pair.shelter)}/break-glass", body)
    assert problem(answer, 403, "no_glass_to_break")["detail"].endswith("the roles FO only")
    assert "**For** FO" in _described("break_glass")


@pytest.mark.parametrize("number", [1, 12, 19])
def test_a_form_tells_how_the_receiving_side_records_a_consent(number: int) -> None:
    told = _described(f"record_form_{number}")
    assert "the receiving side too records a consent in a case file of its own" in told
    assert "9 `SHARE_WITH_NGO_PROVIDER`" in told
