"""Whoever asks for a day, a year or a number at the end of the calendar is told so; no list, agenda or reminder falls.

The contract says which parameters and members there are, so a new one is asked with the same values.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from api.web.cursors import write_cursor
from schemas.document import Role
from schemas.years import IN_SCHEMA
from tests.support import Office
from tests.web.contract import document_of, found_in, operations_of
from tests.web.town import Pair, as_peer, carry, send_basic

FAR = {
    "date": ["0001-01-01", "1900-01-01", "2200-12-31", "9999-12-31"],
    "date-time": ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2200-12-31T23:59:59-12:00"],
    "integer": [-(2**63), -1, 0, 2000, 2100, 2**31, 2**63, 10**40],
}
NOBODY = "01JP0ZK8W3T5N7Q9R1S2V4X6Y9"
CMM = {"meeting": "cmm", "corridor": {"destination": "TH", "origin": "MM"}}
OTHERS = {"sealed_sha256": "0" * 64, "number": 0, "form": 1, "year": 2025, "township": "MMR011002", "limit": 50}
"""What a parameter holds while another one of the same call is far."""


class Place(NamedTuple):
    """A parameter of an operation, and what kind of value it takes."""

    contract: str
    method: str
    path: str
    where: str
    name: str
    takes: str


def shapes_of(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a schema allows, without the names that lead there."""
    whole = found_in(document, schema)
    return [whole, *(found_in(document, one) for one in whole.get("anyOf", ()))]


def taken_by(document: dict[str, Any], schema: dict[str, Any]) -> str | None:
    """Return which far values a parameter may be given: its format, or that it is a number."""
    shapes = shapes_of(document, schema)
    names = {shape.get("format") for shape in shapes} | {shape.get("type") for shape in shapes}
    return next((one for one in FAR if one in names), None)


def places() -> Iterator[Place]:
    """Yield every parameter that takes a day, an instant or a number."""
    for contract in ("staff", "exchange"):
        document = document_of(contract)
        for path, method, operation in operations_of(contract):
            for one in operation.get("parameters", ()):
                takes = taken_by(document, one["schema"])
                if takes is not None:
                    yield Place(contract, method, path, one["in"], one["name"], takes)


def path_of(path: str, held: dict[str, Any]) -> str:
    """Fill the parameters of a path; an id that none is named for is one that nobody knows."""
    return re.sub(r"\{(\w+)\}", lambda found: str(held.get(found[1], NOBODY)), path)


def ask(pair: Pair, contract: str, method: str, path: str, **more: Any) -> int:
    """Ask as somebody who may do everything, and return the status of the answer."""
    office = pair.shelter
    headers = office.as_role(*Role) if contract == "staff" else as_peer(office, pair.department)
    prefix = "" if contract == "staff" else "/exchange"
    answer = office.http.request(method, prefix + path, headers={**headers, **more.pop("headers", {})}, **more)
    return answer.status_code


def test_no_parameter_at_the_end_of_the_calendar_is_a_fault_of_ours(pair: Pair) -> None:
    """Nothing is answered with 5xx, and a day of which no document tells is refused."""
    uid, document_id = send_basic(pair)
    others = {**OTHERS, "case_uid": uid, "document_id": document_id}
    asked = list(places())
    assert {one.takes for one in asked} == {"date", "integer"}
    for place in asked:
        for value in FAR[place.takes]:
            path = path_of(place.path, {**others, place.name: value})
            sent = {"params": {"township": others["township"]} if "providers" in path else {}, "headers": {}}
            if place.where != "path":
                sent["params" if place.where == "query" else "headers"][place.name] = str(value)
            status = ask(pair, place.contract, place.method, path, **sent)
            assert status < 500, (place, value)
            if place.takes == "date":
                assert (status == 422) == (value[:4] in {"0001", "9999"}), (place, value, status)


@pytest.mark.parametrize("value", [*FAR["date"], *FAR["date-time"], str(10**17)])
def test_no_cursor_at_the_end_of_the_calendar_is_a_fault_of_ours(pair: Pair, value: str) -> None:
    """A cursor holds days, instants and numbers too, and anybody can make one."""
    uid, _ = send_basic(pair)
    for contract in ("staff", "exchange"):
        for path, method, operation in operations_of(contract):
            if method != "get" or not any(one["name"] == "cursor" for one in operation.get("parameters", ())):
                continue
            there = path_of(path, {**OTHERS, "case_uid": uid})
            for parts in ((value,), (value, uid), (value, uid, "D01", ""), (value, uid, "a" * 64)):
                status = ask(pair, contract, method, there, params={"cursor": write_cursor(*parts)})
                assert status < 500, (path, parts)


def members_of(document: dict[str, Any], schema: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[Any]:
    """Yield every schema inside a body that is a day or an instant, with the name of its member."""
    name = schema.get("$ref", "")
    if name in seen:
        return
    for shape in shapes_of(document, schema):
        for key, member in shape.get("properties", {}).items():
            yield from ((key, one) for one in shapes_of(document, member) if one.get("format") in {"date", "date-time"})
            yield from members_of(document, member, seen | {name})
        for rows in filter(None, (shape.get("items"), shape.get("additionalProperties"))):
            if isinstance(rows, dict):
                yield from members_of(document, rows, seen | {name})


def test_every_day_that_a_caller_tells_in_a_body_is_bound() -> None:
    """By its type, so before anything is worked out from it."""
    document, found = document_of("staff"), 0
    for path, method, operation in operations_of("staff"):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for name, schema in members_of(document, content.get("schema", {})):
                found += 1
                assert schema.items() >= IN_SCHEMA.items(), (method, path, name)
    assert found > 50


MEETING = {"held_on": {"0001", "9999"}, "since": {"0001", "2200", "9999"}}
"""The years that are refused; what a meeting looks back at is behind it."""


@pytest.mark.parametrize("name", MEETING)
@pytest.mark.parametrize("value", FAR["date"])
def test_no_meeting_is_held_at_the_end_of_the_calendar(pair: Pair, name: str, value: str) -> None:
    send_basic(pair)
    for meeting in ("cmm", "om"):
        city = {"city": "MM-MLM"} if meeting == "om" else {}
        wanted = {**CMM, **city, "meeting": meeting, name: value}
        status = ask(pair, "staff", "post", "/v1/agendas/preview", json=wanted)
        assert status == (422 if value[:4] in MEETING[name] else 200), wanted


@pytest.mark.parametrize("until", FAR["date-time"])
def test_nothing_is_put_off_until_the_end_of_the_calendar(pair: Pair, until: str) -> None:
    office = pair.department
    send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-12-20")
    first = _alerts(office)[0]["alert_id"]
    sent = {"until": until, "reason_code": "waiting_for_other_side"}
    answer = office.http.post(f"/v1/alerts/{first}/snooze", json=sent, headers=office.as_role("WO"))
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("due", FAR["date"])
def test_no_return_is_due_at_the_end_of_the_calendar(pair: Pair, due: str) -> None:
    send_basic(pair)
    status = ask(pair, "staff", "get", "/v1/cases", params={"due": due})
    assert status == (422 if due[:4] in {"0001", "9999"} else 200)


def _alerts(office: Office) -> list[dict[str, Any]]:
    answer = office.http.get("/v1/alerts", headers=office.as_role("WO"))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
