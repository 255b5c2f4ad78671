"""Delivering: at least once, without end, and whatever answers at the other end, nothing but a good receipt counts."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from api.flow.carrier import Carrier
from api.flow.deliver import AT_ONCE, LONGEST_WAIT, Lanes, wait_after
from api.flow.receive import receive
from api.rules.waiting_reasons import explain
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import sign_statement
from api.store import outbox
from tests.flow.steps import (
    let_somebody_listen,
    outbox_of,
    receipts_of,
    rows_of,
    send_file,
    settle,
    waiting_for,
)
from tests.support import Office, World, until


def test_waiting_grows_with_jitter_and_never_past_a_quarter_of_an_hour() -> None:
    """Half to whole of 1, 2, 4 ... seconds; the hundredth wait is as long as the eleventh."""
    for attempts in range(1, 101):
        whole = min(timedelta(seconds=2 ** (attempts - 1)), timedelta(minutes=15)) if attempts < 20 else LONGEST_WAIT
        assert wait_after(attempts, lambda: 0.0) == whole / 2
        assert wait_after(attempts, lambda: 1.0) == whole
    assert len({wait_after(9) for _ in range(20)}) > 10, "nodes that came back together do not come again together"


def test_the_wait_of_an_item_grows(world: World) -> None:
    """Each attempt that failed puts it off further, and it is not tried before its time."""
    world.network.apps.pop(world.department.node.base_url)
    send_file(world.shelter, world.department)
    waits = []
    for _ in range(12):
        assert world.shelter.deliver() == 0
        assert world.shelter.deliver() == 0
        (item,) = outbox_of(world.shelter)
        waits.append(item.due_at - world.clock())
        world.clock.now = item.due_at
    assert waits[5] > waits[0]
    assert waits[9] > waits[4]
    assert max(waits) <= LONGEST_WAIT
    assert outbox_of(world.shelter)[0].attempts == 12


def _raise(error: Exception) -> Response:
    raise error


BAD_ANSWERS: dict[str, tuple[Callable[[Request], Response], str]] = {
    "a page of a hotel's wifi": (lambda _: PlainTextResponse("<html>Log in</html>"), "peer_answered_200"),
    "a broken proxy": (lambda _: PlainTextResponse("Bad gateway", 502), "peer_answered_502"),
    "a redirect is not followed": (lambda _: RedirectResponse("http://elsewhere.example/"), "peer_answered_307"),
    "our problem": (lambda _: JSONResponse({"code": "rate_limited"}, 429), "peer_says_rate_limited"),
    "a problem that is a list": (lambda _: JSONResponse([1], 500), "peer_answered_500"),
    "a code that is a sentence": (lambda _: JSONResponse({"code": "Thidar Wai"}, 500), "peer_answered_500"),
    "too slow": (lambda _: _raise(httpx2.ReadTimeout("slow")), "peer_timed_out"),
    "hangs up": (lambda _: _raise(httpx2.RemoteProtocolError("gone")), "peer_unreachable"),
    "never takes the token": (lambda _: JSONResponse({}, 401), "token_refused"),
    "garbage for a receipt": (lambda _: Response(b"\xff\x00", media_type="application/jose"), "jws_not_compact"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_what_is_no_receipt_is_not_taken(world: World, case: str) -> None:
    """The item waits on with a reason that is ours in form; when the node is back, it arrives."""
    answer, reason = BAD_ANSWERS[case]
    shelter, department = world.shelter, world.department
    real = world.network.apps[department.node.base_url]
    let_somebody_listen(world.network, department, answer)
    document_id = send_file(shelter, department)
    assert shelter.deliver() == 0
    assert waiting_for(shelter) == [reason]
    assert explain(reason) != explain("nothing that is known")
    world.network.apps[department.node.base_url] = real
    world.clock.wait(minutes=15)
    assert shelter.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"stored"}


TOKEN_ANSWERS: dict[str, tuple[Callable[[Request], Response], str]] = {
    "not let in": (lambda _: JSONResponse({"error": "invalid_client"}, 401), "not_let_in"),
    "somebody's page": (lambda _: PlainTextResponse("<html>"), "peer_answered_garbage"),
    "a token without an end": (lambda _: JSONResponse({"access_token": "a"}), "peer_answered_garbage"),
    "not JSON's numbers": (lambda _: JSONResponse({"access_token": "a", "expires_in": -1}), "peer_answered_garbage"),
    "a broken proxy": (lambda _: PlainTextResponse("", 503), "peer_answered_503"),
}


@pytest.mark.parametrize("case", TOKEN_ANSWERS)
def test_no_token_no_envelope(world: World, case: str) -> None:
    """Whatever stands in for the token endpoint, nothing is handed to it."""
    answer, reason = TOKEN_ANSWERS[case]
    paths: list[str] = []

    def listen(request: Request) -> Response:
        paths.append(request.url.path)
        return answer(request)

    let_somebody_listen(world.network, world.department, listen, tokens=False)
    send_file(world.shelter, world.department)
    world.shelter.deliver()
    assert waiting_for(world.shelter) == [reason]
    assert paths == ["/oauth/token"]


def _receipt(world: World, signer: Office, **over: object) -> bytes:
    (item,) = outbox_of(world.shelter)
    facts: dict[str, object] = {
        "envelope_id": item.document_id,
        "envelope_sha256": item.sha256,
        "status": ReceiptStatus.STORED,
        "at": world.clock(),
        "by": world.department.agency,
        "to": world.shelter.agency,
        "tree_size": 1,
        "tree_root": "0" * 64,
    }
    receipt = Receipt.model_validate({**facts, **over})
    keys = signer.node.keys_of(signer.agency)
    return sign_statement(receipt, type(keys)(keys.keys), world.clock())


@pytest.mark.parametrize(
    ("over", "code"),
    [
        pytest.param({}, "signer_unknown", id="signed by somebody else"),
        pytest.param({"envelope_sha256": "1" * 64}, "receipt_of_no_envelope", id="about another envelope"),
        pytest.param({"envelope_id": "01JNXF2M1S0000000000000000"}, "receipt_of_no_envelope", id="about another id"),
        pytest.param({"to": "TH-OTHER"}, "receipt_names_differ", id="for another agency"),
        pytest.param({"by": "MM-OTHER"}, "signer_not_sender", id="in another agency's name"),
    ],
)
def test_a_receipt_that_does_not_fit_is_not_taken(world: World, over: dict[str, object], code: str) -> None:
    """The wrong key or the wrong envelope: nothing counts as delivered."""
    send_file(world.shelter, world.department)
    forged = _receipt(world, world.department if over else world.shelter, **over)
    let_somebody_listen(world.network, world.department, lambda _: Response(forged, 201, media_type="application/jose"))
    assert world.shelter.deliver() == 0
    assert waiting_for(world.shelter) == [code]


def test_a_good_receipt_of_another_envelope_is_not_taken(world: World) -> None:
    """The first one arrived and its receipt is kept; the second goes on waiting, each time longer, and says why."""
    shelter, department = world.shelter, world.department
    first, second = send_file(shelter, department), send_file(shelter, department)
    item = next(one for one in outbox_of(shelter) if one.document_id == first)
    receipt = receive(department.node, item.data, peer=shelter.agency).receipt
    let_somebody_listen(world.network, department, lambda _: Response(receipt, 201, media_type="application/jose"))
    assert shelter.deliver() == 1
    waits = next(one for one in outbox_of(shelter) if one.document_id == second)
    assert (waits.state, waits.reason) == ("waiting", "receipt_of_another_envelope")
    assert explain(waits.reason) != explain("nothing that is known")
    assert set(receipts_of(shelter, first)) == {"stored"}


def test_a_signed_refusal_ends_the_waiting(world: World) -> None:
    """The other side can't take it and says so with its signature: it is not sent again, the reason is kept."""
    shelter = world.shelter
    document_id = send_file(shelter, world.department)
    refusal = _receipt(world, world.department, status=ReceiptStatus.REFUSED, code="invalid_input")
    let_somebody_listen(
        world.network, world.department, lambda _: Response(refusal, 422, media_type="application/jose")
    )
    shelter.deliver()
    (item,) = outbox_of(shelter)
    assert (item.state, item.reason, set(receipts_of(shelter, document_id))) == (
        "refused",
        "invalid_input",
        {"refused"},
    )
    world.clock.wait(days=1)
    assert shelter.deliver() == 0


def test_a_receipt_that_is_not_kept_comes_again(world: World) -> None:
    """The proof that a document was opened is carried until the other side has it."""
    shelter, department = world.shelter, world.department
    document_id = send_file(shelter, department)
    settle(shelter)
    department.http.get(f"/v1/documents/{document_id}", headers=department.as_role("WO"))
    real = world.network.apps[shelter.node.base_url]
    let_somebody_listen(world.network, shelter, lambda _: JSONResponse({"kept": 0, "refused": [0]}))
    assert department.deliver() == 0
    assert waiting_for(department) == ["receipt_not_kept"]
    world.network.apps[shelter.node.base_url] = real
    world.clock.wait(minutes=15)
    assert department.deliver() == 1
    assert set(receipts_of(shelter, document_id)) == {"stored", "opened"}


def test_one_that_is_away_holds_up_nobody(world: World) -> None:
    """Another department answers nothing for as long as it likes; the letters to the first arrive meanwhile."""
    shelter, department = world.shelter, world.department
    slow = world.open_office("MM-SLOW", "An office at the end of a bad line")
    shelter.trust(slow)
    let_go, reached = threading.Event(), threading.Event()

    def hang(_request: Request) -> Response:
        reached.set()
        let_go.wait(30)
        return PlainTextResponse("at last", 503)

    let_somebody_listen(world.network, slow, hang, tokens=False)
    for to in (slow, slow, department):
        send_file(shelter, to)
    lanes = Lanes(shelter.node)
    try:
        lanes.begin()
        assert reached.wait(20)
        until(lambda: len(rows_of(department)) == 1)
        send_file(shelter, department)
        lanes.begin()
        until(lambda: len(rows_of(department)) == 2)
        assert not let_go.is_set()
    finally:
        let_go.set()
        lanes.close()
    assert [row.reason for row in outbox_of(shelter) if row.peer == slow.agency][:1] == ["peer_answered_503"]


def test_what_comes_while_a_lane_is_busy_goes_as_soon_as_it_is_free(world: World) -> None:
    """Whoever is told that a lane is through finds it free: nothing lies there until somebody looks by chance."""
    shelter, department = world.shelter, world.department
    late = list[str]()

    def go_on() -> None:
        if not late:
            late.append(send_file(shelter, department))
            lanes.begin()

    lanes = Lanes(shelter.node, arrived=go_on)
    send_file(shelter, department)
    try:
        lanes.begin()
        until(lambda: bool(late) and "stored" in receipts_of(shelter, late[0]))
    finally:
        lanes.close()


def test_several_letters_are_on_the_line_at_a_time(world: World) -> None:
    """A recipient that was there for the first gets the others side by side; each still has its own receipt."""
    shelter, department = world.shelter, world.department
    together = threading.Barrier(AT_ONCE)
    calls = iter(range(100))

    def meet(client: httpx2.Client) -> httpx2.Client:
        class Meeting:
            def request(self, method: str, url: str, **more: Any) -> httpx2.Response:
                if url.endswith("/envelopes") and next(calls) > 0:
                    together.wait(30)
                return client.request(method, url, **more)

        return cast("httpx2.Client", Meeting())

    sent = [send_file(shelter, department) for _ in range(1 + 2 * AT_ONCE)]
    world.network.apps[department.node.base_url] = meet(world.network.apps[department.node.base_url])
    assert shelter.deliver() == len(sent)
    assert {row.document_id for row in rows_of(department)} == set(sent)
    assert all(set(receipts_of(shelter, document_id)) == {"stored"} for document_id in sent)


def test_closing_gives_back_what_was_not_begun(world: World) -> None:
    """A carrier that is asked to stop finishes the letter on the line; the next carrier has the others at once."""
    shelter, department = world.shelter, world.department
    let_go, reached = threading.Event(), threading.Event()

    def hang(_request: Request) -> Response:
        reached.set()
        let_go.wait(30)
        return PlainTextResponse("", 503)

    real = world.network.apps[department.node.base_url]
    let_somebody_listen(world.network, department, hang, tokens=False)
    for _ in range(3):
        send_file(shelter, department)
    lanes = Lanes(shelter.node)
    lanes.begin()
    assert reached.wait(20)
    closing = threading.Thread(target=lanes.close)
    closing.start()
    time.sleep(0.2)
    let_go.set()
    closing.join(20)
    assert sorted(row.attempts for row in outbox_of(shelter)) == [0, 0, 1]
    world.network.apps[department.node.base_url] = real
    assert shelter.deliver() == 2


def test_a_mistake_of_ours_costs_one_item_its_turn(world: World) -> None:
    """An outbox row that our own code can't carry does not stop the lane, and says that it is our mistake."""
    shelter, department = world.shelter, world.department
    first, second = send_file(shelter, department), send_file(shelter, department)

    def spoil(session: object) -> None:
        row = outbox.find_item(session, shelter.agency, department.agency, first, "envelope")  # type: ignore[arg-type]
        assert row is not None
        row.what, row.data = "opened", b"\xff"

    shelter.node.writer.write(spoil)
    assert shelter.deliver() == 1
    assert waiting_for(shelter) == ["carrier_failed"]
    assert set(receipts_of(shelter, second)) == {"stored"}


def test_a_peer_that_moved_is_found_at_its_new_address(world: World) -> None:
    """Lines are kept open, but a newer descriptor with another address counts at once."""
    shelter, department = world.shelter, world.department
    lanes = Lanes(shelter.node)
    send_file(shelter, department)
    assert [lane.result() for lane in lanes.begin()] == [1]
    line = lanes._lines[shelter.agency, department.agency]
    line.endpoint = "http://where-it-was-before.example"
    send_file(shelter, department)
    assert [lane.result() for lane in lanes.begin()] == [1]
    assert lanes._lines[shelter.agency, department.agency] is not line
    lanes.close()


def test_the_carrier_delivers_as_soon_as_something_is_recorded(world: World) -> None:
    """In a thread of the node: woken at once, stopped cleanly, and it outlives an error."""
    shelter, department = world.shelter, world.department
    carrier = Carrier(shelter.node, pause=30, pull_every=0.05)
    carrier.start()
    try:
        document_id = send_file(shelter, department)
        until(lambda: "stored" in receipts_of(shelter, document_id))
    finally:
        carrier.stop()
    carrier.stop()
    assert not carrier._thread.is_alive()


def test_the_carrier_outlives_a_broken_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is away for a moment: the round is lost, the loop is not."""
    shelter, department = world.shelter, world.department
    document_id = send_file(shelter, department)
    broken = threading.Event()

    def claim_nothing(*_: object, **__: object) -> None:
        broken.set()
        monkeypatch.undo()
        raise OSError

    monkeypatch.setattr(outbox, "claim_due", claim_nothing)
    carrier = Carrier(shelter.node, pause=0.05)
    carrier.start()
    try:
        assert broken.wait(10)
        until(lambda: "stored" in receipts_of(shelter, document_id))
    finally:
        carrier.stop()
