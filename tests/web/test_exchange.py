"""What other agencies can do: read descriptors and bring envelopes; and how little one learns from a bad envelope."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from ulid import ULID

from api.sealing.descriptor import read_descriptor
from api.sealing.digest import sha256_hex
from api.sealing.keys import generate_keys
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.seal import reseal, seal
from api.sealing.statement import verify_statement
from tests.support import Office
from tests.web.town import (
    JOSE,
    Pair,
    case_file,
    look,
    open_branch,
    problem,
    push,
    received,
    seal_for,
)


def _proven(answer: httpx2.Response, by: Office) -> Receipt:
    """Return the receipt of an answer, verified under the pinned key of its issuer."""
    assert answer.headers["content-type"].startswith(JOSE), answer.text
    return verify_statement(Receipt, answer.content, keys=by.node.keys_of(by.agency).public(), now=by.clock())


def _flip(envelope: bytes, part: int, at: int) -> bytes:
    parts = envelope.split(b".")
    data = bytearray(base64.urlsafe_b64decode(parts[part] + b"=" * (-len(parts[part]) % 4)))
    data[at] ^= 1
    parts[part] = base64.urlsafe_b64encode(bytes(data)).rstrip(b"=")
    return b".".join(parts)


# Envelopes ----------------------------------------------------------------------------------------------------------


def test_an_envelope_is_stored_once_and_answered_with_the_same_receipt(pair: Pair) -> None:
    """However often it comes: 201, then 200, byte for byte."""
    envelope = seal_for(pair.shelter, pair.department, case_file(pair.shelter, pair.department))
    first = push(pair.department, pair.shelter, envelope)
    pair.shelter.clock.wait(days=30)
    again = push(pair.department, pair.shelter, envelope)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    receipt = _proven(first, pair.department)
    assert (receipt.status, receipt.envelope_sha256) == (ReceiptStatus.STORED, sha256_hex(envelope))
    assert len(received(pair)) == 1


def test_a_document_that_was_sealed_again_is_the_same_document(pair: Pair) -> None:
    """After a change of keys: nothing new is stored; another document under the same id is refused."""
    content = case_file(pair.shelter, pair.department)
    keys, to = pair.shelter.node.keys_of(pair.shelter.agency), pair.department.node.keys_of(pair.department.agency)
    sealed = seal(json.dumps(content).encode(), keys=keys, to=to.public(), now=pair.shelter.clock())
    first = push(pair.department, pair.shelter, sealed.data)
    other = reseal(sealed.signed, to=to.public(), now=pair.shelter.clock())
    assert other.data != sealed.data
    again = push(pair.department, pair.shelter, other.data)
    assert (again.status_code, again.content) == (200, first.content)
    different = seal_for(pair.shelter, pair.department, {**content, "case_uid": str(ULID())})
    problem(push(pair.department, pair.shelter, different), 422, "envelope_refused")
    assert len(received(pair)) == 1


Bad = Callable[[Pair, bytes], bytes]


def _of_stranger(pair: Pair, _good: bytes) -> bytes:
    stranger = open_branch(pair.shelter)
    return seal_for(stranger, pair.department, case_file(stranger, pair.department))


def _to_own_neighbour(pair: Pair, _good: bytes) -> bytes:
    other = open_branch(pair.shelter)
    return seal_for(pair.shelter, other, case_file(pair.shelter, other))


def _with_keys(pair: Pair, sign: Any, to: Any, at: timedelta = timedelta()) -> bytes:
    now = pair.shelter.clock()
    content = case_file(pair.shelter, pair.department, created_at=(now + at).isoformat())
    return seal(json.dumps(content).encode(), keys=sign, to=to, now=now + at).data


def _signed_by_a_key_that_nobody_pinned(pair: Pair, _good: bytes) -> bytes:
    sign = generate_keys(pair.shelter.agency, pair.shelter.clock() - timedelta(days=1))
    return _with_keys(pair, sign, pair.department.node.keys_of(pair.department.agency).public())


def _sealed_to_a_key_we_do_not_have(pair: Pair, _good: bytes) -> bytes:
    to = generate_keys(pair.department.agency, pair.shelter.clock() - timedelta(days=1)).public()
    return _with_keys(pair, pair.shelter.node.keys_of(pair.shelter.agency), to)


def _from_the_future(pair: Pair, _good: bytes) -> bytes:
    to = pair.department.node.keys_of(pair.department.agency).public()
    return _with_keys(pair, pair.shelter.node.keys_of(pair.shelter.agency), to, timedelta(minutes=6))


BAD: dict[str, Bad] = {
    "empty": lambda _pair, _good: b"",
    "rubbish": lambda _pair, _good: b"rubbish",
    "bytes that are no text": lambda _pair, _good: b"\xff\xfe.\x00.a.b.c",
    "cut off": lambda _pair, good: good[:-1],
    "a part too many": lambda _pair, good: good + b".AAAA",
    "padded": lambda _pair, good: good + b"=",
    "with a new line": lambda _pair, good: good + b"\n",
    "larger than an envelope may be": lambda pair, _good: b"A" * (pair.shelter.node.limits.envelope_bytes),
    "sent by an agency that is not the caller": _of_stranger,
    "for an agency that is not served here": _to_own_neighbour,
    "signed by a key that nobody pinned": _signed_by_a_key_that_nobody_pinned,
    "sealed to a key we do not have": _sealed_to_a_key_we_do_not_have,
    "from the future": _from_the_future,
    **{
        f"tampered in part {part} at byte {at}": lambda _pair, good, part=part, at=at: _flip(good, part, at)  # type: ignore[misc]
        for part in range(5)
        for at in (0, 5, -1)
    },
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_all_bad_envelopes_look_alike(pair: Pair, make: Bad) -> None:
    """Nothing is stored, and the answer does not tell which check failed."""
    good = seal_for(pair.shelter, pair.department, case_file(pair.shelter, pair.department))
    answer = push(pair.department, pair.shelter, make(pair, good))
    problem(answer, 422, "envelope_refused")
    assert look(answer) == look(push(pair.department, pair.shelter, b"rubbish"))
    assert received(pair) == []
    assert push(pair.department, pair.shelter, good).status_code == 201


def test_an_envelope_is_brought_by_its_sender(pair: Pair) -> None:
    """The token of one agency does not bring what another one sealed."""
    good = seal_for(pair.shelter, pair.department, case_file(pair.shelter, pair.department))
    courier = open_branch(pair.shelter)
    pair.department.trust(courier)
    problem(push(pair.department, courier, good), 422, "envelope_refused")
    assert received(pair) == []


def test_an_envelope_that_is_not_sent_as_one(pair: Pair) -> None:
    """Another media type, a body past every bound, no token."""
    good = seal_for(pair.shelter, pair.department, case_file(pair.shelter, pair.department))
    for media_type in ("application/octet-stream", "text/plain; application/jose", ""):
        answer = push(pair.department, pair.shelter, good, **{"content-type": media_type})
        problem(answer, 415, "unsupported_media_type")
    problem(push(pair.department, pair.shelter, b"A" * 1_000_001), 413, "too_large")
    problem(pair.department.http.post("/exchange/v1/envelopes", content=good), 401, "token_missing")
    assert received(pair) == []
    upper = push(pair.department, pair.shelter, good, **{"content-type": "Application/JOSE; charset=utf-8"})
    assert upper.status_code == 201


def test_a_newer_minor_version_is_kept_whole(pair: Pair) -> None:
    """What is understood is used; the bytes that were signed are the evidence."""
    content = case_file(pair.shelter, pair.department, schema_version="1.9", moon_phase="waxing")
    answer = push(pair.department, pair.shelter, seal_for(pair.shelter, pair.department, content))
    assert answer.status_code == 201, answer.text
    read = pair.department.http.get(f"/v1/documents/{content['id']}", headers=pair.department.as_role("WO")).json()
    assert read["document"]["header"]["admission_date"] == "2025-03-10"
    assert "moon_phase" not in read["document"]


REFUSED: dict[str, tuple[dict[str, Any], str, set[tuple[str, str]]]] = {
    "a newer major version": ({"schema_version": "2.0"}, "unsupported_version", set()),
    "a kind of a newer version": ({"schema_version": "1.9", "kind": "horoscope"}, "unsupported_kind", set()),
    "an unknown field": ({"CANARY": "CANARY"}, "invalid_input", {("", "unknown_field")}),
    "a wrong code": ({"level": "CANARY"}, "invalid_input", {("/level", "unknown_code")}),
    "nothing in it": ({"header": None}, "invalid_input", {("/header/corridor", "required_blank")}),
}


@pytest.mark.parametrize(("over", "code", "found"), REFUSED.values(), ids=REFUSED)
def test_what_is_signed_but_cannot_be_taken_gets_a_signed_refusal(
    pair: Pair, over: dict[str, Any], code: str, found: set[tuple[str, str]]
) -> None:
    """With paths and codes only; nothing is stored, and it may be sent again once it is mended."""
    content = case_file(pair.shelter, pair.department, **over)
    answer = push(pair.department, pair.shelter, seal_for(pair.shelter, pair.department, content))
    assert answer.status_code == 422
    receipt = _proven(answer, pair.department)
    assert (receipt.status, receipt.code) == (ReceiptStatus.REFUSED, code)
    assert found <= {(item.path, item.code) for item in receipt.findings}
    payload = answer.content.split(b".")[1]
    assert b"CANARY" not in base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    assert received(pair) == []
    mended = case_file(pair.shelter, pair.department, id=content["id"])
    assert push(pair.department, pair.shelter, seal_for(pair.shelter, pair.department, mended)).status_code == 201


# Descriptors --------------------------------------------------------------------------------------------------------


def test_a_descriptor_is_public(pair: Pair) -> None:
    """Of every agency that is served here; of peers and of nobodies there is none."""
    get = pair.department.http.get
    answer = get(f"/exchange/v1/descriptors/{pair.department.agency}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, JOSE)
    assert read_descriptor(answer.content).agency == pair.department.agency
    problem(get(f"/exchange/v1/descriptors/{pair.shelter.agency}"), 404, "not_found")
    for name in ("MM-NOBODY", "nonsense", "%00", "MM-NOBODY%20"):
        assert look(get(f"/exchange/v1/descriptors/{name}")) == look(get("/exchange/v1/descriptors/MM-NO"))
