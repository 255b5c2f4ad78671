"""Who can't be reached fetches its mailbox and leaves receipts; nothing is kept there that could be lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.flow.pull import pull, pull_all
from tests.flow.steps import (
    case_of,
    let_somebody_listen,
    open_case,
    outbox_of,
    read,
    receipts_of,
    rows_of,
    sealed_as,
    send_file,
    settle,
    waiting_for,
)
from tests.support import Office, World


def test_a_case_file_is_fetched_and_receipted(world: World, village: Office) -> None:
    """Never pushed; fetched, stored, receipted, opened; and the answer to the sender is pushed as usual."""
    shelter = world.shelter
    uid = open_case(shelter)
    document_id = send_file(shelter, village, uid)
    assert shelter.deliver() == 0
    assert (waiting_for(shelter), outbox_of(shelter)[0].attempts) == ([None], 0)
    assert pull_all(village.node) == 1
    assert waiting_for(shelter) == []
    assert set(receipts_of(shelter, document_id)) == {"stored"}
    read(village, document_id, "WO")
    settle(village)
    assert set(receipts_of(shelter, document_id)) == {"stored", "opened"}
    assert case_of(village, uid, "WO") == case_of(shelter, uid, "SW")
    assert pull_all(village.node) == 0


def test_what_the_fetcher_sent_is_receipted_in_its_mailbox(world: World, village: Office) -> None:
    """The village pushes; that the shelter opened it lies in the village's mailbox until it was fetched."""
    shelter = world.shelter
    uid = open_case(shelter)
    send_file(shelter, village, uid)
    pull_all(village.node)
    back = send_file(village, shelter, open_case(village))
    settle(village)
    read(shelter, back, "FO")
    assert shelter.deliver() == 0, "the village can't be reached"
    assert pull_all(village.node) == 1
    assert set(receipts_of(village, back)) == {"stored", "opened"}
    assert waiting_for(shelter) == []


def test_a_line_that_breaks_before_the_receipts_are_left_loses_nothing(world: World, village: Office) -> None:
    """Fetched and stored, then the line breaks: next time it comes again and is answered with the same receipt."""
    shelter = world.shelter
    document_id = send_file(shelter, village)
    real = world.network.apps[shelter.node.base_url]

    def without_receipts(request: Request) -> Response:
        if request.url.path.endswith("/receipts"):
            return PlainTextResponse("", 502)
        headers = {"authorization": request.headers["authorization"]}
        answer = real.get(str(request.url), headers=headers)
        return Response(answer.content, answer.status_code, media_type="application/json")

    let_somebody_listen(world.network, shelter, without_receipts)
    assert pull_all(village.node) == 0
    issued = receipts_of(village, document_id)
    assert set(issued) == {"stored"}
    assert waiting_for(shelter) == [None]
    world.network.apps[shelter.node.base_url] = real
    assert pull_all(village.node) == 1
    assert receipts_of(shelter, document_id) == issued
    assert len(rows_of(village)) == 1


def test_a_broken_item_blocks_nobody(world: World, village: Office) -> None:
    """Sixty items, the first and the fiftieth spoilt: all others are taken, on whatever page they lie."""
    shelter = world.shelter
    uid = open_case(shelter)
    for _ in range(60):
        send_file(shelter, village, uid)
    spoilt = [outbox_of(shelter)[place].seq for place in (0, 49)]

    def spoil(session: Any) -> None:
        for row in outbox_of(shelter):
            if row.seq in spoilt:
                row.data = row.data[:-8] + b"AAAAAAAA"
                session.merge(row)

    shelter.node.writer.write(spoil)
    assert pull_all(village.node) == 58
    assert len(waiting_for(shelter)) == 2
    assert pull_all(village.node) == 0


def test_a_refusal_is_left_as_a_receipt_too(world: World, village: Office) -> None:
    """What the fetcher can't read yet it refuses with its signature; it is not offered again before its time."""
    shelter = world.shelter
    document_id = send_file(shelter, village)

    def make_it_newer(session: Any) -> None:
        from hashlib import sha256  # noqa: PLC0415

        (row,) = outbox_of(shelter)
        content = {"kind": "case_file", "schema_version": "2.0", "id": document_id, "sender": shelter.agency}
        content |= {"recipient": village.agency, "created_at": world.clock().isoformat()}
        row.data = sealed_as(shelter, village, content)
        row.sha256 = sha256(row.data).hexdigest()
        session.merge(row)

    shelter.node.writer.write(make_it_newer)
    assert pull_all(village.node) == 1
    assert [(row.state, row.reason) for row in outbox_of(shelter)] == [("waiting", "unsupported_version")]
    assert pull_all(village.node) == 0
    world.clock.wait(minutes=15)
    assert pull_all(village.node) == 1


BAD_MAILBOXES: dict[str, Callable[[Request], Response]] = {
    "somebody's page": lambda _: PlainTextResponse("<html>"),
    "no list": lambda _: JSONResponse({"items": 7, "cursor": "a"}),
    "items without data": lambda _: JSONResponse({"items": [{"type": "envelope"}], "cursor": "a"}),
    "refused": lambda _: JSONResponse({"code": "not_found"}, 404),
    "the same page for ever": lambda _: JSONResponse({"items": [{"type": "receipt", "data": "x"}], "cursor": "a"}),
}


@pytest.mark.parametrize("case", BAD_MAILBOXES)
def test_whatever_answers_there_the_fetcher_goes_on(world: World, village: Office, case: str) -> None:
    """Nothing is taken, nothing is raised, and the fetching ends."""
    let_somebody_listen(world.network, world.shelter, BAD_MAILBOXES[case])
    assert pull_all(village.node) == 0
    assert rows_of(village) == []


def test_a_peer_without_an_address_has_no_mailbox_to_fetch(world: World, village: Office) -> None:
    """Two that can't be reached can't reach each other; nothing breaks."""
    other = world.open_office("TH-VILLAGE", "Another such office", reachable=False)
    village.trust(other, is_pulled=True)
    assert pull(village.node, agency=village.agency, peer=other.agency) == 0
    assert pull(village.node, agency=village.agency, peer=world.department.agency) == 0, "never heard of"


def test_receipts_that_are_not_kept_come_again(world: World, village: Office) -> None:
    """The sender does not keep them this time: no harm, next time they are left again."""
    shelter = world.shelter
    send_file(shelter, village)
    envelope = outbox_of(shelter)[0].data.decode()

    def keeps_nothing(request: Request) -> Response:
        if request.url.path.endswith("/receipts"):
            return JSONResponse({"kept": 0, "refused": [0]})
        is_first = request.query_params["cursor"] == "0"
        return JSONResponse({"items": [{"type": "envelope", "data": envelope}] if is_first else [], "cursor": "MQ"})

    real = world.network.apps[shelter.node.base_url]
    let_somebody_listen(world.network, shelter, keeps_nothing)
    assert pull_all(village.node) == 1
    world.network.apps[shelter.node.base_url] = real
    assert json.loads(real.get("/health/live").text) == {"status": "live"}
    assert pull_all(village.node) == 1
    assert waiting_for(shelter) == []
