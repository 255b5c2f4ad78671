"""The promises of the architecture about documents and receipts (1 to 4), each with a test that fails without it.

Nodes that are killed (promise 4) are real processes and have a file of their own.
"""

import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest
from sqlalchemy import PoolProxiedConnection
from ulid import ULID

from api.errors import NodeError, SealError
from api.flow import shelf
from api.flow.receive import receive
from api.sealing.seal import reseal
from api.sealing.signed import SignedType, find_signer, open_signed, take_apart
from api.store.engine import Database
from tests.flow.steps import (
    open_case,
    outbox_of,
    receipts_of,
    rows_of,
    sealed_as,
    send_file,
    settle,
    signed_content,
    waiting_for,
)
from tests.support import World, example

REPLAYS = 8


@pytest.fixture
def broken_commits(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a database break off every commit until it is whole again, as a full disk does."""

    def break_it(database: Database) -> threading.Event:
        whole, dialect = threading.Event(), database.writing.dialect
        error = sqlite3.OperationalError if database.is_sqlite else psycopg.OperationalError
        real = dialect.do_commit

        def do_commit(connection: PoolProxiedConnection) -> None:
            if not whole.is_set():
                raise error("broken off")
            real(connection)

        monkeypatch.setattr(dialect, "do_commit", do_commit)
        return whole

    return break_it


# 1. A receipt never leaves before the commit that stores what it receipts.


def test_1_without_a_commit_there_is_no_receipt(world: World, broken_commits: Any) -> None:
    """The department's disk is full: the shelter gets no receipt and keeps the envelope; later it arrives by itself."""
    shelter, department = world.shelter, world.department
    document_id = send_file(shelter, department)
    whole = broken_commits(department.node.database)
    with pytest.raises(NodeError, match="storage_unavailable"):
        receive(department.node, outbox_of(shelter)[0].data, peer=shelter.agency)
    assert shelter.deliver() == 0
    assert receipts_of(shelter, document_id) == {}
    assert len(waiting_for(shelter)) == 1
    whole.set()
    assert rows_of(department) == []
    world.clock.wait(minutes=15)
    assert shelter.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"stored"}


def test_1_when_the_answer_leaves_document_and_receipt_are_stored(world: World) -> None:
    """At the instant of the answer, another connection finds both, with the same bytes as in the answer."""
    shelter, department = world.shelter, world.department
    found: list[tuple[bytes, dict[str, bytes]]] = []

    def look(answer: httpx2.Response) -> None:
        if answer.request.url.path == "/exchange/v1/envelopes":
            answer.read()
            (row,) = rows_of(department)
            found.append((answer.content, receipts_of(department, row.document_id)))

    department.http.event_hooks["response"].append(look)
    send_file(shelter, department)
    assert shelter.deliver() == 1
    assert [issued for _, issued in found] == [{"stored": answer} for answer, _ in found]
    assert len(found) == 1


# 2. The same envelope is stored once and answered with the same receipt.


def _envelope(world: World) -> bytes:
    send_file(world.shelter, world.department)
    return outbox_of(world.shelter)[0].data


def test_2_however_late_it_comes_the_receipt_is_the_same(world: World) -> None:
    """Brought again at once, and again after a year."""
    department, envelope = world.department, _envelope(world)
    first = receive(department.node, envelope, peer=world.shelter.agency)
    again = receive(department.node, envelope, peer=world.shelter.agency)
    world.clock.wait(days=400)
    late = receive(department.node, envelope, peer=world.shelter.agency)
    assert (first.is_new, again.is_new, late.is_new) == (True, False, False)
    assert first.receipt == again.receipt == late.receipt
    assert len(rows_of(department)) == 1


def test_2_however_many_bring_it_at_once(world: World) -> None:
    """Eight connections bring the same envelope at the same instant: one stores it, all get its receipt."""
    department, envelope = world.department, _envelope(world)
    start = threading.Barrier(REPLAYS)

    def bring(_number: int) -> tuple[bytes, bool]:
        start.wait(timeout=20)
        got = receive(department.node, envelope, peer=world.shelter.agency)
        return got.receipt, got.is_new

    with ThreadPoolExecutor(REPLAYS) as pool:
        answers = list(pool.map(bring, range(REPLAYS)))
    assert len({receipt for receipt, _ in answers}) == 1
    assert sum(is_new for _, is_new in answers) == 1
    assert len(rows_of(department)) == 1


def test_2_sealed_again_under_other_keys_it_is_the_same_document(world: World) -> None:
    """After the recipient changed its keys the same signed bytes come in another envelope."""
    shelter, department = world.shelter, world.department
    first = receive(department.node, _envelope(world), peer=shelter.agency)
    signed = shelf.read_signed(shelter.node, rows_of(shelter)[0])
    fresh = reseal(signed, to=department.node.keys_of(department.agency).public(), now=world.clock())
    again = receive(department.node, fresh.data, peer=shelter.agency)
    assert (again.receipt, again.is_new) == (first.receipt, False)
    assert len(rows_of(department)) == 1


def test_2_another_document_under_the_same_id_is_refused(world: World) -> None:
    """An id is spent for ever: a second text under it is no correction but a forgery or a mistake."""
    shelter, department = world.shelter, world.department
    receive(department.node, _envelope(world), peer=shelter.agency)
    content = signed_content(shelter, rows_of(shelter)[0].document_id)
    other = sealed_as(shelter, department, {**content, "case_uid": str(ULID())})
    with pytest.raises(SealError, match="id_stands_for_another_document"):
        receive(department.node, other, peer=shelter.agency)
    assert len(rows_of(department)) == 1


# 3. A document is never edited. Bytes that were signed are stored and verified as bytes.


def test_3_the_signed_bytes_are_the_same_on_both_sides_and_verify(world: World) -> None:
    """What the department holds is byte for byte what the shelter signed, blanks and order included."""
    shelter, department = world.shelter, world.department
    content = {**example("case_file_basic"), "kind": "case_file", "schema_version": "1.0", "id": str(ULID())}
    content |= {"sender": shelter.agency, "recipient": department.agency, "case_uid": str(ULID())}
    content["created_at"] = world.clock().isoformat()
    odd = dict(reversed([*content.items()]))
    receive(department.node, sealed_as(shelter, department, odd), peer=shelter.agency)
    (row,) = rows_of(department)
    signed = take_apart(shelf.read_signed(department.node, row), SignedType.DOCUMENT)
    payload = open_signed(signed, find_signer(signed, shelter.node.keys_of(shelter.agency).public()))
    assert payload == json.dumps(odd).encode(), "not one blank was moved"


def test_3_a_changed_byte_at_rest_is_noticed(world: World) -> None:
    """Somebody edits the row: it opens no more, and says nothing of what is in it."""
    send_file(world.shelter, world.department)
    (row,) = rows_of(world.shelter)
    body = bytearray(row.body)
    body[len(body) // 2] ^= 1
    row.body = bytes(body)
    with pytest.raises(SealError, match="vault_broken"):
        shelf.read_signed(world.shelter.node, row)


# 4. After an outage of days everything drains without anyone re-queueing by hand.


def test_4_an_outage_of_days_drains_by_itself(world: World) -> None:
    """Ten days nobody listens at the department; a quarter of an hour after it is back, everything is there."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    sent = [send_file(shelter, department, uid) for _ in range(3)]
    listener = world.network.apps.pop(department.node.base_url)
    for _ in range(40):
        assert shelter.deliver() == 0
        world.clock.wait(hours=6)
    assert waiting_for(shelter) == ["peer_unreachable"] * 3
    world.network.apps[department.node.base_url] = listener
    world.clock.wait(minutes=15)
    settle(shelter, department)
    assert waiting_for(shelter) == []
    assert sorted(row.document_id for row in rows_of(department)) == sorted(sent)
