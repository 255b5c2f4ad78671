"""Bad input gets a clear problem with a stable code: nothing is stored, and no value that was entered comes back."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from ulid import ULID

from api.web.staff.records import path_of
from schemas.registry import KINDS
from tests.support import example, scenario_content
from tests.web.clearing import assigned, release
from tests.web.town import (
    PROBLEM,
    Pair,
    basic_form,
    codes,
    notice,
    open_branch,
    open_case,
    problem,
    send_basic,
    send_notice,
)

EXAMPLES = ["case_file_basic", "case_file_full", "restricted_annex"]
ROLES = ("SW", "CM", "FO", "HO", "PI")


def _post(pair: Pair, content: dict[str, Any], uid: str | None = None, role: str = "SW") -> httpx2.Response:
    path = f"/v1/cases/{uid or open_case(pair.shelter)}/forms/1"
    return pair.shelter.http.post(path, json=content, headers=pair.shelter.as_role(role))


def _is_nothing_stored(pair: Pair) -> bool:
    items: list[object] = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role("SW")).json()["items"]
    return not items


def _edited(content: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    edited: dict[str, Any] = json.loads(json.dumps(content))
    *way, last = path.strip("/").split("/")
    node: Any = edited
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    node[last] = value
    return edited


FINDINGS: dict[str, tuple[str, object, str, str]] = {
    "an unknown field": ("/person/Thidar Wai", 1, "/person", "unknown_field"),
    "an unknown field of the form": ("/Thidar Wai", 1, "", "unknown_field"),
    "a future date": ("/header/admission_date", "2025-03-15", "/header/admission_date", "future_date"),
    "a year of the Buddhist era": ("/header/admission_date", "2568-03-10", "/header/admission_date", "buddhist_era"),
    "an approximate one": ("/person/birth/edtf", "2544~", "/person/birth/edtf", "buddhist_era"),
    "a day before everybody": ("/header/admission_date", "0001-01-01", "/header/admission_date", "year_out_of_range"),
    "a day that is none": ("/header/admission_date", "2025-02-30", "/header/admission_date", "no_such_day"),
    "a code that is none": ("/header/priority", "urgent", "/header/priority", "unknown_code"),
    "text that is too long": ("/person/honorific", "x" * 900, "/person/honorific", "too_long"),
    "no agency": ("/recipient", "Ministry", "/recipient", "bad_format"),
    "a country outside the corridor": ("/recipient", "LA-DSW", "/recipient", "outside_corridor"),
}


@pytest.mark.parametrize(("path", "value", "place", "code"), FINDINGS.values(), ids=FINDINGS)
def test_a_finding_has_a_place_and_a_code(pair: Pair, path: str, value: object, place: str, code: str) -> None:
    """A JSON pointer of declared names, a stable code, how to mend it."""
    answer = _post(pair, _edited(basic_form(pair.department), path, value))
    problem(answer, 422, "invalid_input")
    assert (place, code) in codes(answer)
    assert "Thidar" not in answer.text
    assert _is_nothing_stored(pair)


def test_a_buddhist_year_gets_the_year_that_may_have_been_meant(pair: Pair) -> None:
    answer = _post(pair, _edited(basic_form(pair.department), "/header/admission_date", "2568-03-10"))
    assert any("2025" in item["hint"] for item in answer.json()["errors"])


def test_totals_have_to_equal_the_list(pair: Pair) -> None:
    """A lost row is noticed."""
    uid, _ = send_basic(pair)
    content = notice(pair, uid, planned_date="2025-04-20")
    content["totals"]["female"] = 2
    answer = pair.shelter.http.post("/v1/forms/9", json=content, headers=pair.shelter.as_role("FO"))
    problem(answer, 422, "invalid_input")
    assert codes(answer) == {("/totals", "totals_mismatch")}


@pytest.mark.parametrize("name", ["kind", "schema_version", "id", "sender", "created_at", "case_uid"])
def test_what_the_node_sets_is_refused(pair: Pair, name: str) -> None:
    answer = _post(pair, {**basic_form(pair.department), name: "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"})
    problem(answer, 422, "set_by_node")
    assert codes(answer) == {(f"/{name}", "set_by_node")}


def test_a_recipient_that_nobody_pinned(pair: Pair) -> None:
    """Its keys are not known, so nothing can be sealed to it, and nothing is stored."""
    problem(_post(pair, {**basic_form(pair.department), "recipient": "MM-NOBODY"}), 409, "agency_unknown")
    assert _is_nothing_stored(pair)


def test_a_role_that_may_not_write(pair: Pair) -> None:
    """An auditor, an administrator, a health officer: each form has its writers."""
    for role in ("AU", "AD", "HO", "NG"):
        problem(_post(pair, basic_form(pair.department), role=role), 403, "role_may_not_write")
    answer = pair.shelter.http.post("/v1/forms/9", json={}, headers=pair.shelter.as_role("SW"))
    problem(answer, 403, "role_may_not_write")


def test_the_wrong_side(pair: Pair) -> None:
    """The origin side announces nothing, and the destination side acknowledges nothing."""
    content = notice(pair, str(ULID()), planned_date="2025-04-20") | {"recipient": pair.shelter.agency}
    answer = pair.department.http.post("/v1/forms/9", json=content, headers=pair.department.as_role("FO"))
    problem(answer, 403, "wrong_side")
    uid, _ = send_basic(pair)
    sent = send_notice(pair, uid, planned_date="2025-04-20")
    content = {**scenario_content("acknowledgement", case=uid, notice=sent), "recipient": pair.department.agency}
    content["received_at"] = "2025-03-14T09:00:00+07:00"
    answer = pair.shelter.http.post("/v1/forms/10", json=content, headers=pair.shelter.as_role("FO"))
    problem(answer, 403, "wrong_side")


def test_without_consent_nothing_is_told(pair: Pair) -> None:
    """Neither where it was never asked, nor where it was withdrawn or has ended."""
    content = basic_form(pair.department)
    others = [record for record in content["consents"] if record["purpose"] != "SHARE_BASIC_ORIGIN_WELFARE"]
    (given,) = (record for record in content["consents"] if record["purpose"] == "SHARE_BASIC_ORIGIN_WELFARE")
    withdrawn = {**given, "decision": "withdrawn", "date": "2025-03-12"}
    for consents in (others, [*others, given, withdrawn], [*others, {**given, "valid_until": "2025-03-13"}]):
        answer = _post(pair, {**content, "consents": consents})
        problem(answer, 403, "consent_missing")
    assert _is_nothing_stored(pair)


def test_a_vital_interest_needs_two_people(pair: Pair) -> None:
    """One person alone may not decide that waiting for consent would cost a life; two may."""
    content = basic_form(pair.department)
    content["consents"] = [
        record for record in content["consents"] if record["purpose"] != "SHARE_BASIC_ORIGIN_WELFARE"
    ]
    alone = {"reason": "CANARY reason", "decided_by": "N1-017", "approved_by": "N1-017"}
    answer = _post(pair, {**content, "vital_interest": alone})
    problem(answer, 403, "second_person_needed")
    assert "CANARY" not in answer.text
    both, uid = {**content, "vital_interest": {**alone, "approved_by": "N1-002"}}, open_case(pair.shelter)
    problem(_post(pair, both, uid), 403, "release_needed")
    writer = pair.shelter.as_role("SW")
    release(pair.shelter, uid, writer, recipient=pair.department.agency, purpose="protection")
    answer = _post(pair, both, uid)
    assert answer.status_code == 201, answer.text
    problem(_post(pair, both, uid), 403, "release_needed")  # good once


def test_an_annex_needs_a_consent_that_names_its_recipient(pair: Pair) -> None:
    uid, _ = send_basic(pair)
    content = {**example("restricted_annex"), "recipient": pair.department.agency}
    content["release"]["approved_on"] = "2025-03-14"
    path = f"/v1/cases/{uid}/forms/2"
    problem(pair.shelter.http.post(path, json=content, headers=pair.shelter.as_role("HO")), 404, "case_not_found")
    answer = pair.shelter.http.post(path, json=content, headers=assigned(pair.shelter, uid, "HO"))
    problem(answer, 403, "consent_missing")


# No value comes back ------------------------------------------------------------------------------------------------


def _with_canaries(node: object, canary: object, counter: list[int]) -> Any:
    """Return a form with every value replaced by one that can be recognised."""
    if isinstance(node, dict):
        return {key: _with_canaries(value, canary, counter) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_canaries(value, canary, counter) for value in node]
    counter[0] += 1
    return f"{canary}{counter[0]}" if isinstance(canary, str) else canary


def _with_keys(node: object) -> Any:
    """Return a form with an unknown key in every group."""
    if isinstance(node, dict):
        return {**{key: _with_keys(value) for key, value in node.items()}, "CANARY key": "CANARY value"}
    return [_with_keys(value) for value in node] if isinstance(node, list) else node


def _one_by_one(node: object, path: str = "") -> Iterator[str]:
    """Yield the place of every value."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _one_by_one(value, f"{path}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _one_by_one(value, f"{path}/{place}")
    else:
        yield path


def _says_nothing(answer: httpx2.Response) -> None:
    whole = answer.text + str(answer.headers)
    assert answer.headers["content-type"] == PROBLEM, answer.text
    assert answer.status_code in {403, 409, 422}, answer.text
    assert "CANARY" not in whole
    assert "987654321" not in whole


def _contents(pair: Pair, uid: str) -> dict[str, dict[str, Any]]:
    forms = {f"/v1/cases/{uid}/forms/{1 if name.startswith('case') else 2}": example(name) for name in EXAMPLES}
    forms["/v1/forms/9"] = notice(pair, uid, planned_date="2025-04-20")
    forms["/v1/forms/10"] = scenario_content("acknowledgement", case=uid, notice=str(ULID()))
    for name, kind in KINDS.items():
        if kind.facts.form not in {1, 2, 9, 10}:
            forms[path_of(kind).format(case_uid=uid)] = example(name)
    assert len(forms) == len(KINDS)
    return {path: {**content, "recipient": pair.department.agency} for path, content in forms.items()}


CANARIES: dict[str, object] = {
    "text": "CANARY ",
    "long text": "CANARY" * 300,
    "a control character": "CANARY\x00",
    "a date of the wrong era": "2568-CANARY-",
    "a number": 987654321,
    "a fraction": 987654321.5,
    "a list": ["CANARY"],
    "a group": {"CANARY": "CANARY"},
    "nothing and a number": [None, 987654321],
}


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_no_value_that_was_entered_comes_back(pair: Pair, canary: object) -> None:
    """Whatever is typed wherever into whichever form, errors and reviews name places and codes only."""
    uid, headers = open_case(pair.shelter), pair.shelter.as_role(*ROLES, "WO")
    for path, content in _contents(pair, uid).items():
        _says_nothing(pair.shelter.http.post(path, json=_with_canaries(content, canary, [0]), headers=headers))
    form = _with_canaries(example("case_file_full"), canary, [0])
    saved = pair.shelter.http.put(
        f"/v1/cases/{uid}/forms/1/draft", json=form, headers={**headers, "if-none-match": "*"}
    )
    assert saved.status_code == 200, saved.text
    assert "CANARY" not in saved.text
    assert "987654321" not in saved.text
    body = {"recipient": pair.department.agency}
    _says_nothing(pair.shelter.http.post(f"/v1/cases/{uid}/forms/1/draft/finalise", json=body, headers=headers))


def test_no_key_that_was_typed_comes_back(pair: Pair) -> None:
    """People type names into the strangest places."""
    uid, headers = open_case(pair.shelter), pair.shelter.as_role(*ROLES, "WO")
    for path, content in _contents(pair, uid).items():
        _says_nothing(pair.shelter.http.post(path, json=_with_keys(content), headers=headers))
    for path in ("/v1/cases", f"/v1/cases/{uid}/forms/1/draft/finalise"):
        _says_nothing(pair.shelter.http.post(path, json={"CANARY": "CANARY"}, headers=headers))


def test_no_value_of_one_wrong_field_comes_back(pair: Pair) -> None:
    """Each place of the full form by itself, so that later checks are reached too."""
    uid, headers = open_case(pair.shelter), pair.shelter.as_role("SW")
    content = {**example("case_file_full"), "recipient": pair.department.agency}
    for place in list(_one_by_one(content))[::3]:
        edited: Any = json.loads(json.dumps(content))
        *way, last = place.strip("/").split("/")
        node = edited
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[int(last) if isinstance(node, list) else last] = "CANARY\x07"
        _says_nothing(pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=edited, headers=headers))


def test_no_header_query_or_token_comes_back(pair: Pair) -> None:
    """What was sent beside the form is not repeated either."""
    office, get = pair.shelter, pair.shelter.http.get
    headers = office.as_role("SW", "FO")
    answers = [
        get("/v1/cases", headers={"authorization": "Bearer CANARY"}),
        get("/v1/cases", headers={"authorization": "CANARY CANARY"}),
        *(get(f"/v1/{path}", headers=headers) for path in ("cases?state=CANARY!", "cases?cursor=CANARY", "CANARY")),
        *(
            get(f"/v1/{path}", headers=headers)
            for path in ("notices?from=CANARY", "cases/CANARY", "outbox?state=CANARY")
        ),
        office.http.post("/v1/cases", json={}, headers={**headers, "idempotency-key": "CANARY!!"}),
        office.http.put("/v1/cases/CANARY/forms/CANARY/draft", json={}, headers={**headers, "if-match": "CANARY"}),
        office.http.post("/oauth/token", data={"grant_type": "CANARY", "client_id": "CANARY"}),
        office.http.post("/oauth/token", data={"grant_type": "client_credentials", "client_id": "CANARY"}),
        office.http.request("CANARY", "/v1/cases", headers=headers),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert "CANARY" not in answer.text + str(answer.headers)


def test_a_document_can_only_correct_its_own_kind(pair: Pair) -> None:
    """A notice does not supersede a case file, and nothing supersedes what was received."""
    uid, document_id = send_basic(pair)
    wrong = notice(pair, uid, planned_date="2025-04-20", notice_version=2, supersedes=document_id)
    answer = pair.shelter.http.post("/v1/forms/9", json=wrong, headers=pair.shelter.as_role("FO"))
    problem(answer, 403, "supersedes_unknown")
    stranger = open_branch(pair.shelter)
    problem(_post(Pair(stranger, pair.department), basic_form(pair.department), uid), 404, "case_not_found")


def test_a_parameter_that_nobody_heeds_is_refused(pair: Pair) -> None:
    """A filter with a slip of the pen would show what was not asked for; what was typed does not come back."""
    headers = pair.shelter.as_role("FO")
    answer = pair.shelter.http.get("/v1/cases?stat=closed&Thidar=1", headers=headers)
    problem(answer, 422, "invalid_request")
    assert codes(answer) == {("/query", "unknown_parameter")}
    assert answer.json()["errors"][0]["hint"] == "did you mean 'state'?"
    assert "Thidar" not in answer.text
    problem(pair.shelter.http.get("/v1/cases?stat=closed"), 401, "token_missing")
    assert pair.shelter.http.get("/v1/forms", headers=headers).status_code == 200


def test_few_codes_of_a_body_are_named(pair: Pair) -> None:
    """Those of the request itself; those of a form may be words about a person, and stand in its schema."""
    headers = pair.shelter.as_role("FO")
    sent = {"reason_code": "because", "reason": "The person needs to be reached tonight."}
    answer = pair.shelter.http.post(f"/v1/cases/{ULID()}/break-glass", json=sent, headers=headers)
    assert codes(answer) == {("/body/reason_code", "unknown_code")}
    assert "'nobody_reachable'" in answer.json()["errors"][0]["hint"]


def test_a_file_of_another_type_is_told_in_words(pair: Pair) -> None:
    path, sent = f"/v1/cases/{open_case(pair.shelter)}/attachments", {"media_type": "text/html", "bytes": 10}
    answer = pair.shelter.http.post(path, json=sent, headers=pair.shelter.as_role("SW"))
    assert codes(answer) == {("/body/media_type", "bad_format")}
    assert answer.json()["errors"][0]["hint"].startswith("a PDF")
