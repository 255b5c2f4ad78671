"""The promises of the architecture about what nobody may see, what is unknown, and what tables are for (5 to 8).

Of promise 6 only the reason in the outbox is built.
"""

import base64
import json
import re
from typing import Any

import httpx2
import pytest
import structlog
from ulid import ULID

from api.errors import SealError
from api.flow import shelf
from api.flow.receive import receive
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import verify_statement
from api.store import tables
from api.store.tables import CaseRow
from tests.flow.secrets_of_a_person import found_in, secrets_in
from tests.flow.steps import (
    open_case,
    outbox_of,
    play_first_journey,
    post,
    read,
    rows_of,
    sealed_as,
    send_file,
    signed_content,
)
from tests.support import Office, World, example

# 5. No name, no kind of document, no word of the person in a URL, log line, metric, error body or clear header.


class Overheard:
    """Everything that an operator of the machines sees while a story is played."""

    def __init__(self, *offices: Office) -> None:
        self.addresses: list[str] = []
        self.answers: list[str] = []
        for office in offices:
            office.http.event_hooks["request"].append(self._on_request)
            office.http.event_hooks["response"].append(self._on_answer)

    def _on_request(self, request: httpx2.Request) -> None:
        self.addresses.append(str(request.url))

    def _on_answer(self, answer: httpx2.Response) -> None:
        if answer.is_error or answer.request.url.path == "/metrics":
            answer.read()
            self.answers.append(f"{answer.headers} {answer.text}")


def test_5_nothing_is_overheard(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The whole journey with mistakes on the way: addresses, log lines, metrics and error bodies hold no secret."""
    shelter, department = world.shelter, world.department
    overheard = Overheard(shelter, department)
    with caplog.at_level(0), structlog.testing.capture_logs() as lines:
        uid, entered = play_first_journey(world)
        entered.extend(_make_mistakes(world, uid))
        send_file(shelter, department, uid)
        world.network.apps.pop(department.node.base_url)
        shelter.deliver()
        for office in (shelter, department):
            assert office.http.get("/metrics").is_success
    secrets = secrets_in(entered)
    assert {"Thidar Wai", "Nobody May Read This", "case_file"} < secrets
    for heard in (
        overheard.addresses,
        overheard.answers,
        [json.dumps(line, ensure_ascii=False, default=repr) for line in lines],
        [record.getMessage() for record in caplog.records],
    ):
        assert found_in("\n".join(heard).encode(), secrets) == []
    assert any(line["event"] == "put_off" for line in lines)
    assert len(overheard.answers) > 4


def _make_mistakes(world: World, uid: str) -> list[dict[str, Any]]:
    """Send forms that are refused for one reason or another, with a name in many places; returns what was entered."""
    name = "Nobody May Read This"
    base = {**example("case_file_basic"), "recipient": world.department.agency}
    wrong = [
        {**base, name: name},
        {**base, "supersedes": name},
        {**base, "person": {**base["person"], name: name, "sex": name}},
        {**base, "recipient": name},
        {**base, "level": name, "consents": [{"purpose": name}]},
    ]
    for content in wrong:
        path, headers = f"/v1/cases/{uid}/forms/1", world.shelter.as_role("SW")
        assert world.shelter.http.post(path, json=content, headers=headers).is_error
    bad = sealed_as(world.shelter, world.department, {**signed_content(world.shelter, _first(world)), "level": name})
    with pytest.raises(SealError):
        receive(world.department.node, bad, peer=world.shelter.agency)
    return wrong


def _first(world: World) -> str:
    return rows_of(world.shelter)[0].document_id


def test_5_a_clear_header_holds_routing_and_nothing_else(world: World) -> None:
    """Who, to whom, which id, when, and how it is encrypted: the same members whatever is inside."""
    play_first_journey(world)
    envelopes = [
        row for office in (world.shelter, world.department) for row in outbox_of(office) if row.what == "envelope"
    ]
    assert len(envelopes) == 4
    for row in envelopes:
        segment = row.data.split(b".")[0]
        header = json.loads(base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4)))
        members = {"alg", "enc", "typ", "cty", "kid", "epk", "iss", "aud", "jti", "iat"}
        assert set(header) == members
        assert (header["iss"], header["aud"], header["jti"]) == (row.agency_id, row.peer, row.document_id)
        assert header["typ"] == "homeward-envelope+jwe"


def test_5_no_file_is_named_after_anything(world: World, tmp_path: Any) -> None:
    """Files are called after the node and nothing that travels through it."""
    play_first_journey(world)
    names = {path.name for path in tmp_path.rglob("*")}
    assert all(re.fullmatch(r"node-\d\.db(-wal|-shm|-turn)?", name) for name in names)


# 6. Silence is evidence too: so far, what waits says why.


def test_6_what_waits_says_why(world: World) -> None:
    """A clerk sees the reason in plain words."""
    world.network.apps.pop(world.department.node.base_url)
    send_file(world.shelter, world.department)
    world.shelter.deliver()
    (item,) = world.shelter.http.get("/v1/outbox", headers=world.shelter.as_role("SW")).json()["items"]
    assert (item["state"], item["attempts"], item["reason"]) == ("waiting", 1, "peer_unreachable")
    assert "does not answer" in item["explanation"]


# 7. Unknown is not refused blindly.


def _of_version(world: World, version: str, **over: Any) -> bytes:
    send_file(world.shelter, world.department)
    content = signed_content(world.shelter, rows_of(world.shelter)[-1].document_id)
    return sealed_as(world.shelter, world.department, {**content, "schema_version": version, "id": str(ULID()), **over})


def test_7_a_newer_minor_version_is_kept_whole(world: World) -> None:
    """A field that only 1.7 knows: stored as it was signed, receipted, and what is understood is read."""
    department = world.department
    envelope = _of_version(world, "1.7", shoe_size="38 and a half")
    got = receive(department.node, envelope, peer=world.shelter.agency)
    assert (got.is_new, got.is_refused) == (True, False)
    (row,) = rows_of(department)
    payload = shelf.read_signed(department.node, row).split(b".")[1]
    assert b"38 and a half" in base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    view = read(department, row.document_id, "WO")
    assert "shoe_size" not in view["document"]
    assert view["document"]["person"]["names"]


def test_7_a_newer_major_version_gets_a_signed_refusal(world: World) -> None:
    """Nothing is stored; the sender holds the department's signature that it could not take it, and why."""
    shelter, department = world.shelter, world.department
    got = receive(department.node, _of_version(world, "2.0"), peer=shelter.agency)
    receipt = verify_statement(
        Receipt, got.receipt, keys=department.node.keys_of(department.agency).public(), now=world.clock()
    )
    assert (receipt.status, receipt.code, got.is_refused) == (ReceiptStatus.REFUSED, "unsupported_version", True)
    assert rows_of(department) == []


def test_7_a_users_own_unknown_field_is_an_error(world: World) -> None:
    """Nobody's typing mistake is silently dropped."""
    content = {**example("case_file_basic"), "recipient": world.department.agency, "shoe_size": "38"}
    path = f"/v1/cases/{open_case(world.shelter)}/forms/1"
    answer = world.shelter.http.post(path, json=content, headers=world.shelter.as_role("SW"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert post(world.shelter, path, {name: value for name, value in content.items() if name != "shoe_size"})


# 8. A table class never validates anything.


def test_8_a_table_class_takes_whatever_it_is_given() -> None:
    """So nothing may rely on it: what comes in is checked by a schema before."""
    anything: Any = {"not": "a date"}
    row = CaseRow(agency_id=anything, return_due=anything)  # type: ignore[call-arg]
    assert (row.agency_id, row.return_due) == (anything, anything)


def test_8_no_table_class_pretends_to_validate() -> None:
    """No table declares a validator or a constraint that would never run."""
    classes = [row for row in vars(tables).values() if hasattr(row, "__table__")]
    assert len(classes) > 10
    for row in classes:
        assert row.__pydantic_decorators__.field_validators == {}
        assert row.__pydantic_decorators__.model_validators == {}
