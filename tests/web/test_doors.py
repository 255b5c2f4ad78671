"""The doors of a node: what is refused before anything is parsed, and how little it costs."""

import time
from typing import Any

import anyio
import pytest

from api.app import create_app
from api.errors import InvalidInput, TooMuch
from api.web.bodies import MOST_ELEMENTS, require_json
from api.web.limits import Bounds, Rate, counted_as
from tests.support import World
from tests.web.town import problem

CASE = b'{"destination": "TH", "origin": "MM"}'
JSON = "application/json"


def test_a_content_type_is_said_once(world: World) -> None:
    """Two readers could believe different ones; so nobody reads any."""
    headers = [*world.shelter.as_role("SW").items(), ("content-type", JSON), ("content-type", "text/plain")]
    for given in (headers, [*headers[:1], *reversed(headers[1:])]):
        problem(world.shelter.http.post("/v1/cases", content=CASE, headers=given), 422, "invalid_request")


@pytest.mark.parametrize("media_type", ["text/plain", "text/json", "application/x-json-or-so", "", "json", None])
def test_staff_send_json_and_say_so(world: World, media_type: str | None) -> None:
    headers = world.shelter.as_role("SW") | ({} if media_type is None else {"content-type": media_type})
    answer = world.shelter.http.post("/v1/cases", content=CASE, headers=headers)
    assert "application/json" in problem(answer, 415, "unsupported_media_type")["detail"]


@pytest.mark.parametrize("media_type", [JSON, "Application/JSON; charset=utf-8"])
def test_json_may_be_spelt_in_several_ways(world: World, media_type: str) -> None:
    headers = {**world.shelter.as_role("SW"), "content-type": media_type}
    assert world.shelter.http.post("/v1/cases", content=CASE, headers=headers).status_code == 201


NOT_UTF8 = {
    "UTF-16": CASE.decode().encode("utf-16"),
    "UTF-16 without a mark": CASE.decode().encode("utf-16-le"),
    "UTF-32": CASE.decode().encode("utf-32-be"),
    "half a surrogate pair as bytes": b'{"a": "\xed\xa0\x80"}',
    "a byte order mark": b"\xef\xbb\xbf" + CASE,
    "a number past every bound": b'{"a": 1e999}',
}


@pytest.mark.parametrize("body", NOT_UTF8.values(), ids=NOT_UTF8)
def test_only_utf8_is_json(world: World, body: bytes) -> None:
    headers = {**world.shelter.as_role("SW"), "content-type": JSON}
    problem(world.shelter.http.post("/v1/cases", content=body, headers=headers), 422, "not_json")


def test_elements_are_counted_before_they_are_made(world: World) -> None:
    """Commas inside strings are text."""
    headers = {**world.shelter.as_role("SW"), "content-type": JSON}
    many = b"[" + b"{}," * (MOST_ELEMENTS + 1) + b"{}]"
    problem(world.shelter.http.post("/v1/cases", content=many, headers=headers), 413, "too_many")
    require_json(b'["' + b"," * (MOST_ELEMENTS + 1) + b'"]', depth=32)
    with pytest.raises(TooMuch):
        require_json(many, depth=32)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'"' + b'\\"' * 500_000, id="a string that never ends"),
        pytest.param(b'"\\' * 500_000, id="escapes without end"),
        pytest.param(b'"\\\n' * 300_000, id="escaped lines"),
        pytest.param(b"[" * 1_000_000, id="brackets"),
    ],
)
def test_the_worst_bodies_are_refused(body: bytes) -> None:
    """A million bytes at their worst; a scan that looked back at each of them would not end in a night."""
    with pytest.raises(InvalidInput):
        require_json(body, depth=32)


@pytest.mark.parametrize("path", ["/v1/cases", "/exchange/v1/envelopes", "/exchange/v1/receipts"])
@pytest.mark.parametrize("credentials", [None, "Basic eDp5", "Bearer"])
def test_without_a_token_no_body_is_read(world: World, path: str, credentials: str | None) -> None:
    """A length that is announced is enough; the token endpoint and what is public are open."""
    headers = {"content-type": JSON, "content-length": "900000"}
    headers |= {"authorization": credentials} if credentials else {}
    told = _ask(world, path, headers, parts=[])
    assert told == 401
    assert world.shelter.http.get(f"/exchange/v1/descriptors/{world.shelter.agency}").status_code == 200
    assert world.shelter.http.post("/oauth/token", data={"grant_type": "x"}).status_code == 400


def test_who_sends_a_body_drop_by_drop_is_not_waited_for(world: World) -> None:
    headers = {**world.shelter.as_role("SW"), "content-type": JSON, "content-length": "1000"}
    began = time.monotonic()
    assert _ask(world, "/v1/cases", headers, parts=[b"{"], patience=0.2) == 408
    assert time.monotonic() - began < 5


def test_calls_are_counted_a_minute_long_for_each_caller() -> None:
    """Who called too often waits for the minute to end, and keeps nobody else out."""
    rate = Rate(2)
    assert [rate.allows("one", at) for at in (100, 101, 159)] == [True, True, False]
    assert rate.allows("another", 159)
    assert [rate.allows("one", at) for at in (160, 161, 162)] == [True, True, False]


@pytest.mark.parametrize(
    ("host", "other", "is_one"),
    [
        pytest.param("192.0.2.1", "192.0.2.2", False, id="two machines"),
        pytest.param("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True, id="one line, another of its addresses"),
        pytest.param("2001:db8:1:2::1", "2001:db8:1:3::1", False, id="two lines"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", True, id="the same machine, spelt the other way"),
        pytest.param("::ffff:192.0.2.1", "::ffff:192.0.2.2", False, id="two machines, spelt so"),
        pytest.param("fe80::1%eth0", "fe80::2%eth0", True, id="in one building"),
        pytest.param("a name", "another name", False, id="no addresses at all"),
    ],
)
def test_who_has_many_addresses_is_counted_once(host: str, other: str, *, is_one: bool) -> None:
    """A line with IPv6 has more addresses than there are minutes."""
    assert (counted_as(host) == counted_as(other)) is is_one


def _ask(world: World, path: str, headers: dict[str, str], *, parts: list[bytes], patience: float | None = None) -> int:
    """Send the head of a request and some parts of its body, then nothing more; return the status of the answer."""
    app = create_app(world.shelter.node)
    assert isinstance(app, Bounds)
    if patience is not None:
        app = Bounds(app._app, world.shelter.node.limits, patience=patience)
    given, statuses = iter(parts), []
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": named, "query_string": b""}

    async def receive() -> dict[str, Any]:
        assert parts, "a body was asked for that nobody would take"
        for part in given:
            return {"type": "http.request", "body": part, "more_body": True}
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def run() -> None:
        with anyio.fail_after(10):
            await app(scope, receive, send)

    anyio.run(run)
    (status,) = statuses
    return int(status)
