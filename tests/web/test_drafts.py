"""A form is filled in over hours and by more than one person: nothing is refused, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from ulid import ULID

from api.store import documents
from tests.support import Office, example
from tests.web.clearing import assigned
from tests.web.town import Pair, codes, open_case, problem

NEW = {"if-none-match": "*"}


def _url(uid: str, form: int = 1) -> str:
    return f"/v1/cases/{uid}/forms/{form}/draft"


def _put(office: Office, uid: str, content: Any, *, role: str = "SW", form: int = 1, **when: str) -> httpx2.Response:
    return _put_when(office, uid, content, {name.replace("_", "-"): text for name, text in when.items()}, role, form)


def _put_when(
    office: Office, uid: str, content: Any, when: dict[str, str], role: str = "SW", form: int = 1
) -> httpx2.Response:
    return office.http.put(_url(uid, form), json=content, headers={**office.as_role(role), **when})


def _read(office: Office, uid: str, path: str = "", role: str = "SW", form: int = 1) -> httpx2.Response:
    return office.http.get(_url(uid, form) + path, headers=office.as_role(role))


def test_a_form_is_saved_and_read_and_saved_again(pair: Pair) -> None:
    """The ETag that comes back with one save is what the next one needs."""
    office, uid = pair.shelter, open_case(pair.shelter)
    saved = _put(office, uid, {"level": "basic"}, if_none_match="*")
    read = _read(office, uid)
    assert (saved.status_code, saved.headers["etag"], read.headers["etag"]) == (200, '"1"', '"1"')
    assert read.json()["content"] == {"level": "basic"}
    again = _put(office, uid, {"level": "full"}, if_match=read.headers["etag"])
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    weak = _put(office, uid, {"level": "basic"}, if_match='W/"2"')
    assert (weak.status_code, _read(office, uid).json()["content"]) == (200, {"level": "basic"})


def test_nobody_overwrites_what_they_have_not_seen(pair: Pair) -> None:
    """Without a precondition only the first save succeeds; with an old one none does."""
    office, uid = pair.shelter, open_case(pair.shelter)
    problem(_put(office, uid, {}, if_match='"1"'), 412, "draft_changed")
    assert _put(office, uid, {"level": "basic"}, if_none_match="*").status_code == 200
    problem(_put(office, uid, {}), 428, "precondition_required")
    problem(_put(office, uid, {}, if_none_match="*"), 412, "draft_changed")
    problem(_put(office, uid, {}, if_match='"2"'), 412, "draft_changed")
    for strange in ('"x"', "*", '"²"', '"9999999999"', "Thidar"):
        headers = {**office.as_role("SW"), "if-match": strange.encode("latin-1")}
        problem(office.http.put(_url(uid), json={}, headers=headers), 412, "draft_changed")  # type: ignore[arg-type]
    problem(_put(office, uid, {}, if_none_match='"1"'), 422, "precondition_malformed")
    problem(_put(office, uid, {}, if_none_match="*", if_match='"1"'), 422, "precondition_malformed")
    assert _read(office, uid).json()["content"] == {"level": "basic"}


def test_two_people_who_save_at_once_lose_nothing(pair: Pair) -> None:
    """One is first; everybody else is told, and what the first one wrote is there."""
    office, uid = pair.shelter, open_case(pair.shelter)
    when = NEW
    for version in range(1, 6):
        office.as_role("SW")

        def save(number: int, when: dict[str, str] = when) -> tuple[int, httpx2.Response]:
            return number, _put_when(office, uid, {"person": {"honorific": f"{number}"}}, when)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(save, range(4)))
        first = [(number, answer) for number, answer in answers if answer.status_code == 200]
        assert len(first) == 1, [answer.text for _, answer in answers]
        assert {answer.status_code for _, answer in answers} == {200, 412}
        now = _read(office, uid)
        assert (now.headers["etag"], now.json()["content"]["person"]["honorific"]) == (f'"{version}"', str(first[0][0]))
        when = {"if-match": now.headers["etag"]}


BROKEN: dict[str, Any] = {
    "nothing": {},
    "fields that do not exist": {"no_such_field": {"a": [1, None, "x"]}},
    "wrong types everywhere": {"header": 7, "person": [], "consents": {"a": 1}, "home": "x"},
    "what the node sets": {"id": "x", "sender": "y", "kind": "z"},
    "a future date": {"header": {"admission_date": "2999-01-01"}},
    "any script": {"person": {"names": [{"full_text": "သီတာဝေ"}, {"full_text": "สีดา"}, {"full_text": "😀"}]}},
    "numbers": {"person": {"age_reported": 1e300}},
    "a control character": {"person": {"honorific": "a\x00b"}},
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_whatever_was_typed_is_saved(pair: Pair, content: dict[str, Any]) -> None:
    """Incomplete or wrong, it comes back exactly; the review says what is wrong with it and repeats nothing."""
    office, uid = pair.shelter, open_case(pair.shelter)
    saved = _put(office, uid, content, if_none_match="*")
    assert saved.status_code == 200, saved.text
    assert _read(office, uid).json()["content"] == content
    assert _read(office, uid, "/review").json() == saved.json()["review"]


def test_the_review_tells_what_is_missing_section_by_section(pair: Pair) -> None:
    """From an empty form to one with which the family can be traced."""
    office, uid = pair.shelter, open_case(pair.shelter)
    empty = _put(office, uid, {}, if_none_match="*").json()["review"]
    assert [section["letter"] for section in empty["sections"]] == list("ABCDEFGHIJK")
    assert not empty["tracing_ready"]
    whole = _put(office, uid, example("case_file_full"), if_match='"1"').json()["review"]
    assert whole["tracing_ready"]
    letter = {section["letter"]: section for section in whole["sections"]}
    before = {section["letter"]: section for section in empty["sections"]}
    assert len(letter["A"]["missing_basic"]) < len(before["A"]["missing_basic"])


def test_an_incomplete_form_is_not_sent(pair: Pair) -> None:
    """It gets findings, each with a place and a code; the draft stays as it is."""
    office, uid = pair.shelter, open_case(pair.shelter)
    content = {"level": "full", "person": {"honorific": "Ma"}}
    _put(office, uid, content, if_none_match="*")
    url, body = f"{_url(uid)}/finalise", {"recipient": pair.department.agency}
    answer = office.http.post(url, json=body, headers=office.as_role("SW"))
    problem(answer, 422, "invalid_input")
    assert ("/header", "required_blank") in {(path[:7], code) for path, code in codes(answer)}
    assert all(item["hint"] for item in answer.json()["errors"])
    assert _read(office, uid).json()["content"] == content
    assert office.http.get("/v1/outbox", headers=office.as_role("SW")).json()["items"] == []


def test_a_form_is_finalised_once(pair: Pair) -> None:
    """With the ETag that was read; the same key is answered the same; the draft stays for the next version."""
    office, uid = pair.shelter, open_case(pair.shelter)
    etag = _put(office, uid, {**example("case_file_basic"), "recipient": "MM-OLD"}, if_none_match="*").headers["etag"]
    url, body = f"{_url(uid)}/finalise", {"recipient": pair.department.agency}
    headers = {**office.as_role("SW"), "idempotency-key": "finalise-once"}
    stale = office.http.post(url, json=body, headers={**office.as_role("SW"), "if-match": '"9"'})
    problem(stale, 412, "draft_changed")
    first = office.http.post(url, json=body, headers={**headers, "if-match": etag})
    assert first.status_code == 201, first.text
    assert first.json()["recipient"] == pair.department.agency
    again = office.http.post(url, json=body, headers={**headers, "if-match": etag})
    assert (again.status_code, again.json()) == (201, first.json())
    other = office.http.post(url, json=body, headers=headers)
    problem(other, 409, "idempotency_key_reused")
    assert len(office.http.get("/v1/outbox", headers=office.as_role("SW")).json()["items"]) == 1
    assert _read(office, uid).headers["etag"] == etag
    unknown = office.http.post(url, json={"recipient": "nobody", "note": 1}, headers=office.as_role("SW"))
    problem(unknown, 422, "invalid_request")


def _refuse(office: Office, uid: str, document_id: str) -> None:
    """Let the office hold a receipt by which the other side refused a document."""
    with office.node.database.reader() as session:
        row = documents.find_document(session, office.agency, document_id)
    assert row is not None
    receipt = documents.NewReceipt(
        office.agency, row.peer, document_id, is_issued=False, status="refused", at=office.clock(), data=b""
    )
    office.node.writer.write(lambda session: documents.add_receipt(session, receipt))


def test_a_version_that_says_the_same_is_not_sent_again(pair: Pair) -> None:
    """Nobody over there reads six pages to find nothing new; another word, or another recipient, is new."""
    office, uid = pair.shelter, open_case(pair.shelter)
    form = example("case_file_basic")
    _put(office, uid, form, if_none_match="*")
    url, body = f"{_url(uid)}/finalise", {"recipient": pair.department.agency}
    first = office.http.post(url, json=body, headers=office.as_role("SW"))
    assert first.status_code == 201, first.text
    office.clock.wait(hours=1)
    problem(office.http.post(url, json=body, headers=office.as_role("SW")), 409, "unchanged")
    assert len(office.http.get("/v1/outbox", headers=office.as_role("SW")).json()["items"]) == 1
    _put(office, uid, {**form, "person": {**form["person"], "honorific": "Daw"}}, if_match='"1"')
    second = office.http.post(url, json=body, headers=office.as_role("SW"))
    assert second.status_code == 201, second.text
    problem(office.http.post(url, json=body, headers=office.as_role("SW")), 409, "unchanged")
    _refuse(office, uid, second.json()["document_id"])
    assert office.http.post(url, json=body, headers=office.as_role("SW")).status_code == 201


def test_an_old_draft_takes_nothing_back_that_was_told_since(pair: Pair) -> None:
    """A newer version that somebody posted stands, for every recipient, until somebody who saw it saves the draft."""
    office, uid, form = pair.shelter, open_case(pair.shelter), example("case_file_basic")
    _put(office, uid, form, if_none_match="*")
    url, body = f"{_url(uid)}/finalise", {"recipient": pair.department.agency}
    headers = {**office.as_role("SW"), "if-match": '"1"'}
    first = office.http.post(url, json=body, headers=headers)
    assert first.status_code == 201, first.text
    office.clock.wait(hours=1)
    held = {**form, "supersedes": first.json()["document_id"], "recipient": pair.department.agency}
    held["person"] = {**form["person"], "honorific": "Daw"}
    newest = office.http.post(f"/v1/cases/{uid}/forms/1", json=held, headers=assigned(office, uid, "CM"))
    assert newest.status_code == 201, newest.text
    office.clock.wait(hours=1)
    for recipient in (pair.department.agency, "MM-NGO-A"):
        answer = office.http.post(url, json={"recipient": recipient}, headers={**headers, **office.as_role("SW")})
        problem(answer, 409, "draft_outdated")
        assert newest.json()["document_id"] in answer.json()["detail"]
    _put(office, uid, form, if_match='"1"')
    saved = office.http.post(url, json=body, headers=office.as_role("SW"))
    assert saved.status_code == 201, saved.text


def test_what_the_node_sets_is_refused_at_the_end(pair: Pair) -> None:
    office, uid = pair.shelter, open_case(pair.shelter)
    _put(office, uid, {**example("case_file_basic"), "id": str(ULID())}, if_none_match="*")
    answer = office.http.post(
        f"{_url(uid)}/finalise", json={"recipient": pair.department.agency}, headers=office.as_role("SW")
    )
    problem(answer, 422, "set_by_node")
    assert codes(answer) == {("/id", "set_by_node")}


def test_forms_that_have_no_draft(pair: Pair) -> None:
    """A form about several persons, a form that does not exist, a case that does not, and a form nobody began."""
    office, uid = pair.shelter, open_case(pair.shelter)
    problem(_put(office, uid, {}, form=9, role="FO", if_none_match="*"), 422, "form_without_draft")
    problem(_put(office, uid, {}, form=99, if_none_match="*"), 404, "form_not_found")
    problem(_put(office, str(ULID()), {}, if_none_match="*"), 404, "not_found")
    problem(_read(office, uid), 404, "draft_not_found")
    problem(_read(office, uid, "/review"), 404, "draft_not_found")
    answer = office.http.post(f"{_url(uid)}/finalise", json={"recipient": "MM-DSW"}, headers=office.as_role("SW"))
    problem(answer, 404, "draft_not_found")


def test_a_form_without_sections_has_no_review(pair: Pair) -> None:
    """The annex is half a page: it is saved like every form, by those who may write it, and judged when it is sent."""
    office, uid = pair.shelter, open_case(pair.shelter)
    problem(_put(office, uid, {}, form=2, if_none_match="*"), 403, "role_may_not_write")
    problem(_put(office, uid, {}, form=2, role="HO", if_none_match="*"), 404, "not_found")
    doctor = assigned(office, uid, "HO")
    saved = office.http.put(_url(uid, 2), json={}, headers={**doctor, "if-none-match": "*"})
    assert (saved.status_code, saved.json()["review"]) == (200, None)
    problem(office.http.get(f"{_url(uid, 2)}/review", headers=doctor), 404, "form_without_review")
    problem(_read(office, uid, "", "SW", 2), 403, "role_may_not_write")


NOT_JSON: dict[str, tuple[bytes, str]] = {
    "rubbish": (b"{person", "not_json"),
    "nothing after all": (b"{} {}", "not_json"),
    "not a number": (b'{"a": NaN}', "not_json"),
    "infinite": (b'{"a": -Infinity}', "not_json"),
    "half a character": (b'{"a": "\\ud800"}', "not_json"),
    "not UTF-8": (b'{"a": "\xff"}', "not_json"),
    "the same twice": (b'{"a": 1, "a": 2}', "duplicate_member"),
    "too deep": (b'{"a": ' * 33 + b"1" + b"}" * 33, "too_deep"),
    "much too deep": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
    "a list": (b"[1]", "invalid_request"),
    "text": (b'"a"', "invalid_request"),
    "nothing": (b"", "invalid_request"),
}


@pytest.mark.parametrize(("body", "code"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_object_is_refused(pair: Pair, body: bytes, code: str) -> None:
    """And nothing is saved, whatever the spelling of its media type."""
    office, uid = pair.shelter, open_case(pair.shelter)
    for media_type in ("application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"):
        headers = {**office.as_role("SW"), **NEW, "content-type": media_type}
        problem(office.http.put(_url(uid), content=body, headers=headers), 422, code)
    problem(_read(office, uid), 404, "draft_not_found")


def test_what_does_not_say_that_it_is_json_is_refused(pair: Pair) -> None:
    office, uid = pair.shelter, open_case(pair.shelter)
    headers = {**office.as_role("SW"), **NEW, "content-type": "text/plain"}
    problem(office.http.put(_url(uid), content=b"{}", headers=headers), 415, "unsupported_media_type")


def test_what_is_too_large_is_refused(pair: Pair) -> None:
    """Whether its length is announced or not; the deepest and longest that may be is taken."""
    office, uid = pair.shelter, open_case(pair.shelter)
    limit = office.node.limits.body_bytes
    headers = {**office.as_role("SW"), **NEW, "content-type": "application/json"}
    large = b'{"a": "' + b"x" * limit + b'"}'
    problem(office.http.put(_url(uid), content=large, headers=headers), 413, "too_large")
    problem(office.http.put(_url(uid), content=iter([large[:9], large[9:]]), headers=headers), 413, "too_large")
    whole = b'{"a": "' + b"x" * (limit - 9) + b'"}'
    assert office.http.put(_url(uid), content=whole, headers=headers).status_code == 200
    deep = b'{"a": ' * 32 + b"1" + b"}" * 32
    when = {"if-match": '"1"', "content-type": "application/json"}
    assert office.http.put(_url(uid), content=deep, headers={**office.as_role("SW"), **when}).status_code == 200


def test_a_first_save_needs_no_precondition(pair: Pair) -> None:
    """There is nothing yet that could be lost."""
    office, uid = pair.shelter, open_case(pair.shelter)
    assert _put(office, uid, {"level": "basic"}).status_code == 200
    problem(_put(office, uid, {"level": "full"}), 428, "precondition_required")
