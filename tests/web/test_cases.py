"""Cases are opened once, however often the call is repeated, and found again page by page."""

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.errors import NotFound
from api.rules.access import Principal
from api.web.idempotency import Once
from tests.support import Office
from tests.web.town import Pair, basic_form, carry, codes, open_case, problem, send_basic

CORRIDOR = {"destination": "TH", "origin": "MM"}


def _key(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


def _ids(office: Office, query: str = "") -> list[str]:
    answer = office.http.get(f"/v1/cases{query}", headers=office.as_role("SW"))
    assert answer.status_code == 200, answer.text
    return [item["case_uid"] for item in answer.json()["items"]]


def test_a_case_is_opened(pair: Pair) -> None:
    """The answer says where it is and holds nothing about a person."""
    answer = pair.shelter.http.post("/v1/cases", json=CORRIDOR, headers=pair.shelter.as_role("SW"))
    body = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/cases/{body['case_uid']}")
    assert (body["side"], body["state"], body["return_due"]) == ("destination", "NEW", None)
    read = pair.shelter.http.get(answer.headers["location"], headers=pair.shelter.as_role("SW"))
    streams = dict.fromkeys(("assessment", "legal", "special"), "none")
    streams |= {"tracing": "not_requested", "consent": "not_recorded"}
    assert read.json() == {**body, "streams": streams}
    there = pair.department.http.post("/v1/cases", json=CORRIDOR, headers=pair.department.as_role("WO"))
    assert there.json()["side"] == "origin"


BAD_CASES: dict[str, tuple[object, str, set[tuple[str, str]]]] = {
    "somebody else's corridor": ({"destination": "CN", "origin": "VN"}, "corridor_not_ours", set()),
    "an unknown field": ({**CORRIDOR, "note": 1}, "invalid_request", {("/body", "unknown_field")}),
    "no country": ({"destination": "TH"}, "invalid_request", {("/body/origin", "missing")}),
    "no code": (
        {"destination": "TH", "origin": "mm"},
        "invalid_request",
        {("/body/origin", "bad_format")},
    ),
    "a list": ([CORRIDOR], "invalid_request", {("/body", "wrong_type")}),
}


@pytest.mark.parametrize(("body", "code", "found"), BAD_CASES.values(), ids=BAD_CASES)
def test_a_case_that_cannot_be_opened(pair: Pair, body: object, code: str, found: set[tuple[str, str]]) -> None:
    answer = pair.shelter.http.post("/v1/cases", json=body, headers=pair.shelter.as_role("SW"))
    problem(answer, 422, code)
    if found:
        assert codes(answer) == found
        assert all(item["hint"] for item in answer.json()["errors"])
    assert _ids(pair.shelter) == []


def test_a_repeated_call_opens_one_case(pair: Pair) -> None:
    """The same key is answered the same; with another request it is refused; without a key there are two cases."""
    post, headers = pair.shelter.http.post, pair.shelter.as_role("SW")
    first = post("/v1/cases", json=CORRIDOR, headers={**headers, **_key("key-of-a-case")})
    again = post("/v1/cases", json=CORRIDOR, headers={**headers, **_key("key-of-a-case")})
    assert (again.status_code, again.json(), again.headers["location"]) == (
        201,
        first.json(),
        first.headers["location"],
    )
    other = post("/v1/cases", json={"destination": "TH", "origin": "LA"}, headers={**headers, **_key("key-of-a-case")})
    problem(other, 409, "idempotency_key_reused")
    assert len(_ids(pair.shelter)) == 1
    post("/v1/cases", json=CORRIDOR, headers=headers)
    assert len(_ids(pair.shelter)) == 2
    path, form = f"/v1/cases/{first.json()['case_uid']}/forms/1", basic_form(pair.department)
    answers = [post(path, json=form, headers={**headers, **_key("key-of-a-form")}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    changed = {**form, "level": "full"}
    problem(post(path, json=changed, headers={**headers, **_key("key-of-a-form")}), 409, "idempotency_key_reused")


def test_the_same_call_at_the_same_moment_opens_one_case(pair: Pair) -> None:
    """A form that is posted many times at once, too."""
    office = pair.shelter
    headers = {**office.as_role("SW"), **_key("all-at-once")}

    def repeat(path: str, body: object) -> set[str]:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: office.http.post(path, json=body, headers=headers), range(6)))
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        return {answer.text for answer in answers}

    assert len(repeat("/v1/cases", CORRIDOR)) == 1
    (uid,) = _ids(office)
    headers |= _key("all-forms-at-once")
    assert len(repeat(f"/v1/cases/{uid}/forms/1", basic_form(pair.department))) == 1
    assert len(office.http.get("/v1/outbox", headers=headers).json()["items"]) == 1


def test_the_one_that_comes_too_late_is_answered_like_the_first(pair: Pair) -> None:
    """Two writers on PostgreSQL: whatever stops the second of two equal calls, what the first one did is its answer."""
    node = pair.shelter.node
    if node.database.is_sqlite:
        return  # has one writer
    caller = Principal("system", pair.shelter.agency, frozenset(), frozenset())
    early, late = (Once(node, caller, f"race-{pair.shelter.agency}", "the same") for _ in range(2))

    def overtaken(_session: object) -> dict[str, str]:
        asyncio.run(early.do(lambda _: {"by": "the first"}, node.clock()))
        return {"by": "the second"}

    assert asyncio.run(late.do(overtaken, node.clock())) == {"by": "the first"}
    other = Once(node, caller, None, "the same")
    with pytest.raises(NotFound):
        asyncio.run(other.do(_stopped, node.clock()))


def _stopped(_session: object) -> dict[str, str]:
    raise NotFound


@pytest.mark.parametrize("key", ["short", "with space in it", "x" * 129, "naïve-key-here"])
def test_a_key_that_is_none(pair: Pair, key: str) -> None:
    headers = {**pair.shelter.as_role("SW"), "idempotency-key": key.encode("latin-1")}
    problem(pair.shelter.http.post("/v1/cases", json=CORRIDOR, headers=headers), 422, "invalid_request")  # type: ignore[arg-type]


def test_pages_have_no_doubles_and_no_gaps(pair: Pair) -> None:
    """Even where many cases were opened in the same second, and more come while one reads; newest first."""
    office = pair.shelter
    opened = [open_case(office) for _ in range(7)]
    office.clock.wait(minutes=1)
    opened += [open_case(office) for _ in range(4)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = office.http.get(f"/v1/cases?limit=3{cursor}", headers=office.as_role("SW")).json()
        seen += [item["case_uid"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        office.clock.wait(seconds=1)
        open_case(office)
    assert len(seen) == len(set(seen)) == 11
    assert set(seen) == set(opened)
    assert set(seen[:4]) == set(opened[7:])


def test_filters(pair: Pair) -> None:
    """By state, side and country; what nobody has is an empty page."""
    uid, _ = send_basic(pair)
    new = open_case(pair.shelter)
    assert _ids(pair.shelter, "?state=ADMITTED") == [uid]
    assert _ids(pair.shelter, "?state=NEW&side=destination&country=MM") == [new]
    assert _ids(pair.shelter, "?side=origin") == []
    assert _ids(pair.shelter, "?country=LA") == []
    carry(pair.shelter)
    answer = pair.department.http.get("/v1/cases?side=origin", headers=pair.department.as_role("WO"))
    assert [item["case_uid"] for item in answer.json()["items"]] == [uid]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "state=a%20b", "side=left", "country=Burma"])
def test_a_filter_that_cannot_be(pair: Pair, query: str) -> None:
    answer = pair.shelter.http.get(f"/v1/cases?{query}", headers=pair.shelter.as_role("SW"))
    problem(answer, 422, "invalid_request")


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


FOREIGN = {
    "rubbish": "rubbish",
    "half a byte": "a",
    "no text": "_____w",
    "an object": base64.urlsafe_b64encode(b'{"a": 1}').decode().rstrip("="),
    "numbers": _cursor(1, 2),
    "one part": _cursor("2025-03-14"),
    "three parts": _cursor("a", "b", "c"),
    "no date": _cursor("yesterday", "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"),
    "before the calendar begins": _cursor("0001-01-01T00:00:00+14:00", "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"),
    "no id": _cursor("2025-03-14", "a\x00b"),
    "no number": _cursor("one"),
    "no number either": _cursor("²"),
    "a number past the end": _cursor("9" * 19),
}
LISTS = ["cases", "notices", "inbox", "outbox", "attachments/waiting"]


@pytest.mark.parametrize("cursor", FOREIGN.values(), ids=FOREIGN)
def test_a_cursor_of_somebody_else_is_refused(pair: Pair, cursor: str) -> None:
    """On every list; also the cursor of another list."""
    for name in LISTS:
        answer = pair.shelter.http.get(f"/v1/{name}?cursor={cursor}", headers=pair.shelter.as_role("SW", "FO"))
        problem(answer, 422, "cursor_unknown")


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_that_is_too_long_or_no_base64(pair: Pair, name: str) -> None:
    for cursor in ("x" * 201, "%00", "a b"):
        answer = pair.shelter.http.get(f"/v1/{name}?cursor={cursor}", headers=pair.shelter.as_role("SW", "FO"))
        problem(answer, 422, "invalid_request")


def test_inbox_and_outbox_are_read_page_by_page(pair: Pair) -> None:
    """Inbox oldest first, outbox newest first; what waits says why; what was read is left out on demand."""
    uid = open_case(pair.shelter)
    sent = []
    for _ in range(5):
        sent.append(send_basic(pair, uid)[1])
        carry(pair.shelter)

    def walk(office: Office, path: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = office.http.get(f"{path}{cursor}", headers=office.as_role("SW", "WO")).json()
            found += [item["document_id"] for item in page["items"]]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    assert walk(pair.department, "/v1/inbox?limit=2") == sent
    assert walk(pair.shelter, "/v1/outbox?limit=2") == sent[::-1]
    assert walk(pair.shelter, "/v1/outbox?limit=2&state=waiting") == []
    pair.department.http.get(f"/v1/documents/{sent[0]}", headers=pair.department.as_role("WO"))
    assert walk(pair.department, "/v1/inbox?limit=2&unopened=true") == sent[1:]


def test_what_waits_says_why(pair: Pair) -> None:
    """In plain words, for a clerk."""
    send_basic(pair)
    network = pair.shelter.node.wire
    listening = network.apps.pop(pair.department.node.base_url)  # type: ignore[attr-defined]
    carry(pair.shelter)
    network.apps[pair.department.node.base_url] = listening  # type: ignore[attr-defined]
    (item,) = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role("SW")).json()["items"]
    assert (item["state"], item["reason"], item["attempts"]) == ("waiting", "peer_unreachable", 1)
    assert "tried again" in item["explanation"]


def test_who_may_not_is_told_which_scope_is_missing(pair: Pair) -> None:
    """Each list, and opening a case."""
    http = pair.shelter.http
    shut = {"cases": "AD", "notices": "HO", "inbox": "NG", "outbox": "ST", "attachments/waiting": "LE"}
    for name, role in shut.items():
        problem(http.get(f"/v1/{name}", headers=pair.shelter.as_role(role)), 403, "scope_missing")
    problem(http.post("/v1/cases", json=CORRIDOR, headers=pair.shelter.as_role("AU")), 403, "scope_missing")


def test_agencies_and_forms_are_listed(pair: Pair) -> None:
    """To whom something can be sent, and what."""
    http, headers = pair.shelter.http, pair.shelter.as_role("SW")
    agencies = {item["agency_id"]: item for item in http.get("/v1/agencies", headers=headers).json()}
    assert agencies[pair.shelter.agency]["is_local"]
    assert not agencies[pair.department.agency]["is_local"]
    forms = http.get("/v1/forms", headers=headers).json()
    assert [form["form"] for form in forms] == sorted(form["form"] for form in forms)
    assert {form["path"] for form in forms} >= {"/v1/cases/{case_uid}/forms/1", "/v1/forms/9"}
    assert all(set(form["readers_if_assigned"]) <= set(form["readers"]) for form in forms)
    (tracing,) = (form for form in forms if form["form"] == 11)
    assert tracing["readers_if_assigned"] == ["NG"]
