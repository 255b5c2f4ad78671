"""What waits says exactly why, and goes out by itself the moment its cause is gone: nobody waits for the next try.

The clock stands still after each mend, so whatever arrives did not wait for its time.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.flow.carrier import Carrier
from api.flow.founding import generate_like, renew_agency
from api.flow.line import Line
from api.flow.pull import pull
from api.flow.return_of_peers import PAUSE, knock
from api.flow.trust import trust
from api.rules.waiting_reasons import explain
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import sign_statement
from api.store import outbox, waiting
from tests.flow.steps import let_somebody_listen, outbox_of, receipts_of, send_file, waiting_for
from tests.support import Office, World, until


def try_often(office: Office, times: int = 12) -> None:
    """Let an item fail until its next try is minutes away."""
    for _ in range(times):
        assert office.deliver() == 0
        office.clock.now = max(item.due_at for item in outbox_of(office))
    assert office.deliver() == 0
    assert outbox_of(office)[-1].due_at - office.clock() > timedelta(minutes=5)


def settled(office: Office) -> None:
    """Wait until what a call handed to the writer is committed: each of its threads has done something since."""
    writer, done = office.node.writer, set[int]()
    until(lambda: done.add(writer.write(lambda _session: threading.get_ident())) or len(done) == len(writer._threads))


def rotate(office: Office) -> bytes:
    """Replace the keys of an office's agency and return its new descriptor; the node that runs knows them at once."""
    fresh = generate_like(office.node.keys_of(office.agency), office.clock())
    keyring = {office.agency: fresh.merged(office.node.keys_of(office.agency))}
    office.node = replace(office.node, keyring=keyring)
    return renew_agency(office.node, office.agency, fresh)


CALLS: dict[str, Callable[[World], object]] = {
    "it sends something": lambda world: (send_file(world.department, world.shelter), world.department.deliver()),
    "it fetches its mailbox": lambda world: pull(
        world.department.node, agency=world.department.agency, peer=world.shelter.agency
    ),
    "it only knocks": lambda world: knock(world.department.node, world.shelter.agency),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_peer_that_was_away_calls(world: World, call: str) -> None:
    """Its line was down for an hour; the first call from there brings everything."""
    shelter, department = world.shelter, world.department
    real = world.network.apps.pop(department.node.base_url)
    document_id = send_file(shelter, department)
    try_often(shelter)
    assert waiting_for(shelter) == ["peer_unreachable"]
    world.network.apps[department.node.base_url] = real
    assert shelter.deliver() == 0
    CALLS[call](world)
    settled(shelter)
    shelter.deliver()
    assert "stored" in receipts_of(shelter, document_id)


def test_the_first_that_arrives_takes_the_others_along(world: World) -> None:
    """Two wait, each for its own time; once one got through, the other has no reason to wait any longer."""
    shelter, department = world.shelter, world.department
    real = world.network.apps.pop(department.node.base_url)
    sent = [send_file(shelter, department) for _ in range(2)]
    assert shelter.deliver() == 0
    late = timedelta(minutes=15)
    shelter.node.writer.write(
        lambda session: outbox.put_off(
            session, outbox.get_item(session, outbox_of(shelter)[1].seq or 0), world.clock() + late, reason="away"
        )
    )
    world.network.apps[department.node.base_url] = real
    world.clock.wait(seconds=2)
    assert shelter.deliver() == 1
    settled(shelter)
    assert shelter.deliver() == 1
    assert all("stored" in receipts_of(shelter, one) for one in sent)


def test_a_node_that_begins_calls_whom_it_trusts(world: World) -> None:
    """It was away for an hour; what waits for it comes as soon as it is up, although it has nothing to say."""
    shelter, department = world.shelter, world.department
    real = world.network.apps.pop(department.node.base_url)
    document_id = send_file(shelter, department)
    try_often(shelter)
    world.network.apps[department.node.base_url] = real
    carrier = Carrier(department.node, pause=30)
    carrier.start()
    try:
        until(lambda: outbox_of(shelter)[0].due_at <= world.clock())
    finally:
        carrier.stop()
    assert shelter.deliver() == 1
    assert "stored" in receipts_of(shelter, document_id)


def test_a_peer_that_can_call_but_not_be_called_is_not_hammered(world: World) -> None:
    """Ten calls within a minute let one try happen, not ten."""
    shelter, department = world.shelter, world.department
    world.network.apps.pop(department.node.base_url)
    send_file(shelter, department)
    try_often(shelter)
    (before,) = outbox_of(shelter)
    line = Line(department.node, department.agency, shelter.node.base_url)
    for tries in (1, 2):
        for _ in range(10):
            assert line.send_receipts([]) == []
            settled(shelter)
            assert shelter.deliver() == 0
        assert outbox_of(shelter)[0].attempts == before.attempts + tries
        world.clock.wait(seconds=PAUSE.total_seconds())


def test_keys_that_the_other_side_does_not_trust_yet(world: World) -> None:
    """Parked as `not_let_in`; they trust the new descriptor, knock, and everything arrives."""
    shelter, department = world.shelter, world.department
    fresh = rotate(shelter)
    document_id = send_file(shelter, department)
    try_often(shelter)
    assert waiting_for(shelter) == ["not_let_in"]
    assert "has to trust our descriptor" in explain("not_let_in")
    trust(department.node, fresh, expected_fingerprint=None)
    assert knock(department.node, shelter.agency)
    settled(shelter)
    assert shelter.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"stored"}


def test_receipts_signed_with_keys_that_we_do_not_trust_yet(world: World) -> None:
    """The other side rotated: its receipts are not taken until we trust its descriptor, which makes it all due."""
    shelter, department = world.shelter, world.department
    fresh = rotate(department)
    receipt_by_new_keys = _answer(world, ReceiptStatus.STORED)
    document_id = send_file(shelter, department)
    let_somebody_listen(world.network, department, lambda _: receipt_by_new_keys(document_id))
    try_often(shelter)
    assert waiting_for(shelter) == ["signer_unknown"]
    trust(shelter.node, fresh, expected_fingerprint=None)
    assert shelter.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"stored"}


def test_our_own_keys_expired_in_a_process_that_was_never_restarted(world: World) -> None:
    """They were rotated in time, but the process went on with the old ones: after its restart everything goes out."""
    shelter = world.open_office("TH-SHORT", "A shelter whose keys live a month", valid_for=timedelta(days=30))
    department = world.department
    shelter.trust(department)
    department.trust(shelter)
    old = shelter.node
    world.clock.wait(days=20)
    trust(department.node, rotate(shelter), expected_fingerprint=None)
    restarted, shelter.node = shelter.node, old
    desk = TestClient(create_app(restarted), base_url=restarted.base_url)
    document_id = send_file(replace(shelter, node=restarted, http=desk), department)
    world.clock.wait(days=11)
    try_often(shelter)
    assert waiting_for(shelter) == ["key_expired"]
    assert "A key has expired" in explain("key_expired")
    shelter.node = restarted
    restarted.writer.write(lambda session: waiting.make_due(session, world.clock()))  # as a carrier does when it begins
    assert shelter.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"stored"}


def _answer(world: World, status: ReceiptStatus, code: str | None = None) -> Callable[[str], Response]:
    """Return what the department answers about a document: a receipt, or a refusal."""

    def answer(document_id: str) -> Response:
        item = next(item for item in outbox_of(world.shelter) if item.document_id == document_id)
        receipt = Receipt(
            envelope_id=item.document_id,
            envelope_sha256=item.sha256,
            status=status,
            code=code,
            at=world.clock(),
            by=world.department.agency,
            to=world.shelter.agency,
            tree_size=1,
            tree_root="0" * 64,
        )
        keys = world.department.node.keys_of(world.department.agency)
        return Response(sign_statement(receipt, keys, world.clock()), 201, media_type="application/jose")

    return answer


def test_a_version_that_the_other_side_can_not_read_yet(world: World) -> None:
    """Their signed refusal is kept and the letter parked; they upgrade, come anew, and it is stored."""
    shelter, department = world.shelter, world.department
    real = world.network.apps[department.node.base_url]
    document_id = send_file(shelter, department)
    refuse = _answer(world, ReceiptStatus.REFUSED, "unsupported_version")
    let_somebody_listen(world.network, department, lambda _: refuse(document_id))
    for _ in range(3):
        shelter.deliver()
        assert waiting_for(shelter) == ["unsupported_version"]
        assert set(receipts_of(shelter, document_id)) == {"refused"}
        world.clock.wait(minutes=15)
    shelter.deliver()
    assert "can't read this version yet" in explain("unsupported_version")
    world.network.apps[department.node.base_url] = real
    assert shelter.deliver() == 0
    assert knock(department.node, shelter.agency)
    settled(shelter)
    assert shelter.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"refused", "stored"}
    assert [item.state for item in outbox_of(shelter)] == ["done"]


def test_knocking_where_nobody_opens(world: World) -> None:
    """Away, or without an address: nothing is raised."""
    world.network.apps.pop(world.shelter.node.base_url)
    assert not knock(world.department.node, world.shelter.agency)
    hidden = world.open_office("TH-VILLAGE", "An office without an address", reachable=False)
    world.department.trust(hidden)
    assert not knock(world.department.node, hidden.agency)
