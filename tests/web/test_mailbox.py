"""What an agency that fetches its mail can do: read its mailbox page by page, and leave receipts for what it took."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from ulid import ULID

from api.errors import Finding
from api.sealing.digest import sha256_hex
from api.sealing.keys import generate_keys
from api.sealing.receipt import MAX_RECEIPT_BYTES, Receipt, ReceiptStatus
from api.sealing.statement import sign_statement, verify_statement
from api.sealing.unseal import unseal
from tests.support import Office, World
from tests.web.town import (
    Pair,
    as_peer,
    carry,
    case_file,
    open_branch,
    open_case,
    problem,
    push,
    received,
    seal_for,
    send_basic,
)


def _mailbox(pair: Pair, by: Office | None = None, **query: str) -> dict[str, Any]:
    headers = as_peer(pair.shelter, by or pair.department)
    answer = pair.shelter.http.get("/exchange/v1/mailbox", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def _receipt(pair: Pair, envelope: bytes, **over: Any) -> str:
    """Sign a receipt of the department for an envelope."""
    now = pair.department.clock()
    keys = over.pop("keys", None) or pair.department.node.keys_of(pair.department.agency)
    head = json.loads(base64.urlsafe_b64decode(envelope.split(b".")[0] + b"=="))
    said = {"envelope_id": head["jti"], "envelope_sha256": sha256_hex(envelope), "status": ReceiptStatus.STORED}
    said |= {"at": now, "by": pair.department.agency, "to": pair.shelter.agency, "tree_size": 1, "tree_root": "0" * 64}
    return sign_statement(Receipt.model_validate({**said, **over}), keys, now).decode()


def _leave(pair: Pair, *receipts: str, by: Office | None = None) -> dict[str, Any]:
    headers = as_peer(pair.shelter, by or pair.department)
    answer = pair.shelter.http.post("/exchange/v1/receipts", json={"receipts": receipts}, headers=headers)
    assert answer.status_code == 200, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


def test_a_mailbox_is_read_page_by_page_and_empties_with_receipts(pair: Pair) -> None:
    """Oldest first; an envelope waits until its receipt was left, whatever the cursor."""
    uid = open_case(pair.shelter)
    ids = [send_basic(pair, uid)[1] for _ in range(3)]
    first = _mailbox(pair, limit="2")
    assert [item["type"] for item in first["items"]] == ["envelope", "envelope"]
    rest = _mailbox(pair, cursor=first["cursor"], limit="2")
    assert len(rest["items"]) == 1
    after = _mailbox(pair, cursor=rest["cursor"])
    assert (after["items"], after["cursor"]) == ([], rest["cursor"])
    envelopes = [item["data"].encode() for item in [*first["items"], *rest["items"]]]
    keys = pair.department.node.keys_of(pair.department.agency)
    opened = [
        unseal(
            envelope,
            recipient=pair.department.agency,
            keys=keys,
            sender_keys=pair.shelter.node.keys_of(pair.shelter.agency).public(),
            now=pair.department.clock(),
        )
        for envelope in envelopes
    ]
    assert [item.header.id for item in opened] == ids
    assert len(_mailbox(pair)["items"]) == 3, "nothing left without a receipt"
    assert _leave(pair, *(_receipt(pair, envelope) for envelope in envelopes[:2])) == {"kept": 2, "refused": []}
    assert [item["data"].encode() for item in _mailbox(pair)["items"]] == envelopes[2:]
    states = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role("SW")).json()["items"]
    assert [item["state"] for item in states] == ["waiting", "done", "done"]


def test_receipts_wait_until_the_cursor_has_passed_them(pair: Pair) -> None:
    """A receipt that travels back leaves the mailbox once the caller says that it has it."""
    envelope = seal_for(pair.department, pair.shelter, case_file(pair.department, pair.shelter))
    assert push(pair.shelter, pair.department, envelope).status_code == 201
    (item,) = pair.shelter.http.get("/v1/inbox", headers=pair.shelter.as_role("FO")).json()["items"]
    pair.shelter.http.get(f"/v1/documents/{item['document_id']}", headers=pair.shelter.as_role("FO"))
    page = _mailbox(pair)
    (waiting,) = page["items"]
    assert waiting["type"] == "receipt"
    keys = pair.shelter.node.keys_of(pair.shelter.agency).public()
    said = verify_statement(Receipt, waiting["data"].encode(), keys=keys, now=pair.shelter.clock())
    assert (said.status, said.role, said.envelope_id) == (ReceiptStatus.OPENED, "FO", item["document_id"])
    assert _mailbox(pair) == page, "still there: nobody has said that it arrived"
    assert _mailbox(pair, cursor=page["cursor"])["items"] == []
    assert _mailbox(pair)["items"] == []


def test_a_mailbox_is_seen_by_its_agency_only(pair: Pair) -> None:
    """Neither by another peer, nor by the sender's own neighbour; nor can they empty it."""
    send_basic(pair)
    for other in (open_branch(pair.department), open_branch(pair.shelter)):
        pair.shelter.trust(other) if other.node is not pair.shelter.node else None
        assert _mailbox(pair, by=other)["items"] == []
        assert _mailbox(pair, by=other, cursor=_mailbox(pair)["cursor"])["items"] == []
    assert len(_mailbox(pair)["items"]) == 1


@pytest.mark.parametrize(
    "cursor",
    ["x", "AAAA", "WyItNSJd", "WyIxLjUiXQ", "WyLCsiJd", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5Il0", "MTI", "WyIxIiwiMiJd"],
)
def test_a_mailbox_cursor_of_somebody_else_is_refused(pair: Pair, cursor: str) -> None:
    """Rubbish, a negative number, a fraction, digits that are none, one past the end, no list, two numbers."""
    headers = as_peer(pair.shelter, pair.department)
    answer = pair.shelter.http.get("/exchange/v1/mailbox", params={"cursor": cursor}, headers=headers)
    problem(answer, 422, "cursor_unknown")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=", "cursor=a%00", f"cursor={'a' * 33}"])
def test_a_mailbox_query_that_cannot_be(pair: Pair, query: str) -> None:
    headers = as_peer(pair.shelter, pair.department)
    problem(pair.shelter.http.get(f"/exchange/v1/mailbox?{query}", headers=headers), 422, "invalid_request")


# Receipts -----------------------------------------------------------------------------------------------------------


def _waiting(pair: Pair) -> bytes:
    send_basic(pair)
    (item,) = _mailbox(pair)["items"]
    data: str = item["data"]
    return data.encode()


def test_a_receipt_may_come_twice(pair: Pair) -> None:
    """It is kept once, as the proof it is; a refusal is kept with its code."""
    envelope = _waiting(pair)
    receipt = _receipt(pair, envelope)
    assert _leave(pair, receipt, receipt) == {"kept": 2, "refused": []}
    assert _leave(pair, receipt)["kept"] == 1
    (item,) = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role("SW")).json()["items"]
    read = pair.shelter.http.get(f"/v1/documents/{item['document_id']}", headers=pair.shelter.as_role("SW")).json()
    assert [held["jws"] for held in read["evidence"]["receipts"]] == [receipt]


def test_a_refusal_ends_the_waiting(pair: Pair) -> None:
    envelope = _waiting(pair)
    refusal = _receipt(
        pair, envelope, status=ReceiptStatus.REFUSED, code="invalid_input", findings=(Finding("/x", "y"),)
    )
    assert _leave(pair, refusal)["kept"] == 1
    (item,) = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role("SW")).json()["items"]
    assert (item["state"], item["reason"]) == ("refused", "invalid_input")
    assert item["explanation"]
    assert _mailbox(pair)["items"] == []


def test_a_refusal_with_many_findings_is_kept(pair: Pair) -> None:
    """A receipt may be as long as a node writes it."""
    envelope = _waiting(pair)
    findings = tuple(Finding(f"/place/{number}/" + "x" * 200, "y", "z" * 200) for number in range(100))
    refusal = _receipt(pair, envelope, status=ReceiptStatus.REFUSED, code="invalid_input", findings=findings)
    assert len(refusal) > 50_000
    assert _leave(pair, refusal) == {"kept": 1, "refused": []}


def test_receipts_that_prove_nothing_are_not_kept(pair: Pair) -> None:
    """Forged, about another envelope, for another agency, altered, no receipt at all: the good one beside them is."""
    envelope = _waiting(pair)
    good = _receipt(pair, envelope)
    stranger = generate_keys(pair.department.agency, pair.department.clock() - timedelta(days=1))
    bad = [
        _receipt(pair, envelope, keys=stranger),
        _receipt(pair, envelope, envelope_sha256="f" * 64),
        _receipt(pair, envelope, envelope_id=str(ULID())),
        _receipt(pair, envelope, to="TH-SOMEBODY-ELSE"),
        _receipt(pair, envelope, to=open_branch(pair.shelter).agency),
        good[:-4] + "AAAA",
        "rubbish",
        "ก",
        "",
    ]
    assert _leave(pair, *bad[:3], good, *bad[3:]) == {"kept": 1, "refused": [0, 1, 2, 4, 5, 6, 7, 8, 9]}


def test_nobody_leaves_receipts_for_somebody_else(pair: Pair) -> None:
    """Another peer brings the department's receipt: it is not taken from there."""
    envelope = _waiting(pair)
    courier = open_branch(pair.department)
    pair.shelter.trust(courier)
    assert _leave(pair, _receipt(pair, envelope), by=courier) == {"kept": 0, "refused": [0]}
    assert len(_mailbox(pair)["items"]) == 1


BAD_BODIES: dict[str, Any] = {
    "nothing": {},
    "too many": {"receipts": ["x"] * 101},
    "too long": {"receipts": ["x" * (MAX_RECEIPT_BYTES + 1)]},
    "no text": {"receipts": [1]},
    "an unknown field": {"receipts": [], "CANARY": 1},
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_list_of_receipts_that_is_none(world: World, body: Any) -> None:
    headers = as_peer(world.shelter, world.department)
    answer = world.shelter.http.post("/exchange/v1/receipts", json=body, headers=headers)
    problem(answer, 422, "invalid_request")
    assert "CANARY" not in answer.text


def test_a_peer_whose_node_is_another_carries_by_itself(pair: Pair) -> None:
    """What waits in a mailbox is pushed as well: whichever is first, it arrives once."""
    send_basic(pair)
    (item,) = _mailbox(pair)["items"]
    assert push(pair.department, pair.shelter, item["data"].encode()).status_code == 201
    carry(pair.shelter)
    assert len(received(pair)) == 1
    assert _mailbox(pair)["items"] == []
