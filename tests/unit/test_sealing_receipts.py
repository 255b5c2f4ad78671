"""A receipt proves who stored or refused which envelope and when; a descriptor says whose keys prove it."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.errors import Finding, SealError, TrustError
from api.sealing.descriptor import (
    Descriptor,
    fingerprint,
    is_same_fingerprint,
    read_descriptor,
    sign_descriptor,
    verify_descriptor,
)
from api.sealing.digest import sha256_hex
from api.sealing.keys import PrivateKeySet, PublicKeySet, generate_keys
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.signed import SignedType, payload_of, sign
from api.sealing.statement import sign_statement, verify_statement
from schemas.base import AgencyId, DocumentId

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)
US, THEM = AgencyId("TH-FOCAL"), AgencyId("MM-DSW")
KEYS = generate_keys(US, NOW, valid_from=NOW)
NEXT = generate_keys(US, NOW + timedelta(days=30), valid_from=NOW + timedelta(days=30))


def receipt(**over: object) -> Receipt:
    members = {
        "envelope_id": DocumentId("01JD3XN6Q0M3T9A2V8R5K7W4YE"),
        "envelope_sha256": "ab" * 32,
        "status": ReceiptStatus.STORED,
        "at": NOW,
        "by": US,
        "to": THEM,
        "tree_size": 3,
        "tree_root": "cd" * 32,
        **over,
    }
    return Receipt.model_validate(members)


@pytest.mark.parametrize(
    "over",
    [
        pytest.param({}, id="stored"),
        pytest.param({"status": "opened", "role": "CW", "signed_sha256": "ef" * 32}, id="opened_by_a_role"),
        pytest.param({"status": "answered"}, id="answered"),
        pytest.param(
            {"status": "refused", "code": "invalid_input", "findings": (Finding("/a/0", "missing", "x"),)}, id="refused"
        ),
    ],
)
def test_a_receipt_says_later_what_it_said_first(over: dict[str, object]) -> None:
    made = receipt(**over)
    data = sign_statement(made, KEYS, NOW)
    assert verify_statement(Receipt, data, keys=KEYS.public(), now=NOW + timedelta(days=400)) == made
    assert sign_statement(made, KEYS, NOW) == data


DATA = sign_statement(receipt(), KEYS, NOW)


@settings(max_examples=150)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_receipt_is_noticed(at: int, change: int) -> None:
    data = bytearray(DATA)
    data[at] ^= change
    with pytest.raises((SealError, TrustError)):
        verify_statement(Receipt, bytes(data), keys=KEYS.public(), now=NOW)


def test_a_receipt_from_before_its_key_or_after_our_clock_proves_nothing() -> None:
    early = sign(receipt(at=NOW - timedelta(days=1)).model_dump_json().encode(), SignedType.RECEIPT, KEYS.keys[0])
    with pytest.raises(TrustError, match="signer_key_not_yet_valid"):
        verify_statement(Receipt, early, keys=KEYS.public(), now=NOW)
    with pytest.raises(SealError, match="from_the_future"):
        verify_statement(Receipt, DATA, keys=KEYS.public(), now=NOW - timedelta(minutes=6))


def test_nobody_receipts_in_another_agencys_name() -> None:
    with pytest.raises(TrustError, match="agency_differs"):
        sign_statement(receipt(by=THEM), KEYS, NOW)
    anonymous = PrivateKeySet(KEYS.keys)
    with pytest.raises(TrustError, match="signer_not_sender"):
        verify_statement(Receipt, sign_statement(receipt(by=THEM), anonymous, NOW), keys=KEYS.public(), now=NOW)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"[]", id="not_an_object"),
        pytest.param(b'{"at":1,"at":2}', id="a_member_twice"),
        pytest.param(b"{}", id="nothing_in_it"),
        pytest.param(receipt().model_dump_json().replace("TH-FOCAL", "focal").encode(), id="an_agency_that_is_none"),
    ],
)
def test_signed_nonsense_is_no_receipt(payload: bytes) -> None:
    with pytest.raises(SealError, match=r"receipt_invalid|payload_"):
        verify_statement(Receipt, sign(payload, SignedType.RECEIPT, KEYS.keys[0]), keys=KEYS.public(), now=NOW)


def test_a_refusal_names_its_reason_and_a_long_list_is_cut() -> None:
    many = tuple(Finding("/" + "p" * 500, "missing", "h" * 500) for _ in range(200))
    made = receipt(status="refused", code="invalid_input", findings=many)
    assert len(made.findings) == 100
    assert (len(made.findings[0].path), len(made.findings[0].hint)) == (300, 300)
    for over in ({"status": "refused"}, {"code": "x"}, {"findings": (Finding("/a", "Not a code"),)}):
        with pytest.raises(ValidationError):
            receipt(**over)


def test_a_signed_refusal_has_no_clause_in_it() -> None:
    """It says what it always said, so that a receipt is the same for older nodes; who wrote the form is told more."""
    made = receipt(status="refused", code="invalid_input", findings=(Finding("/a", "missing", "give it", "004 1.6"),))
    assert made.findings == (Finding("/a", "missing", "give it"),)
    signed = sign_statement(made, KEYS, NOW)
    assert b"source" not in base64.urlsafe_b64decode(signed.split(b".")[1] + b"==")
    assert verify_statement(Receipt, signed, keys=KEYS.public(), now=NOW).findings == made.findings


def test_a_receipt_that_is_too_large_is_not_read() -> None:
    with pytest.raises(SealError, match="jws_too_large"):
        verify_statement(Receipt, DATA + b"A" * 200_000, keys=KEYS.public(), now=NOW)


FIRST = Descriptor(US, "Focal point (fictional)", "TH", "https://node.example/", KEYS.public(), 1, None, NOW)
FIRST_DATA = sign_descriptor(FIRST, KEYS, NOW)


def second(**over: object) -> Descriptor:
    both = NEXT.merged(KEYS).public()
    made = Descriptor(US, "Focal point (fictional)", "TH", None, both, 2, sha256_hex(FIRST_DATA), NOW)
    return replace(made, **over)  # type: ignore[arg-type]


def test_a_first_descriptor_is_believed_after_two_people_compared_its_fingerprint() -> None:
    first = verify_descriptor(FIRST_DATA, now=NOW, pinned=None)
    assert first == FIRST
    assert first.keys == KEYS.public()
    assert first.digest == sha256_hex(FIRST_DATA)
    shown = fingerprint(FIRST_DATA)
    assert [len(group) for group in shown.split(" ")] == [5] * 8
    assert shown.replace(" ", "").isdigit()
    assert is_same_fingerprint(shown, shown.replace(" ", "") + "\n")
    assert not is_same_fingerprint(shown, fingerprint(FIRST_DATA + b"A"))


def test_the_next_descriptor_brings_new_keys_when_a_trusted_key_signed_it() -> None:
    pinned = verify_descriptor(FIRST_DATA, now=NOW, pinned=None)
    data = sign_descriptor(second(), KEYS, NOW)
    accepted = verify_descriptor(data, now=NOW, pinned=pinned)
    assert accepted.sequence == 2
    assert accepted.keys.find(NEXT.keys[0].kid) is not None


@pytest.mark.parametrize(
    ("over", "signer", "code"),
    [
        pytest.param({}, NEXT, "signer_unknown", id="signed_by_its_own_new_key_only"),
        pytest.param({"sequence": 1}, KEYS, "descriptor_not_next", id="the_same_number_again"),
        pytest.param({"sequence": 3}, KEYS, "descriptor_not_next", id="one_left_out"),
        pytest.param({"previous": "ab" * 32}, KEYS, "descriptor_chain_broken", id="after_another_descriptor"),
        pytest.param({"previous": None}, KEYS, "descriptor_chain_broken", id="after_none"),
        pytest.param({"issued_at": NOW + timedelta(days=31)}, KEYS, "from_the_future", id="from_the_future"),
    ],
)
def test_the_next_descriptor_is_refused_when(over: dict[str, object], signer: PrivateKeySet, code: str) -> None:
    pinned = verify_descriptor(FIRST_DATA, now=NOW, pinned=None)
    at = NOW if signer is KEYS else NOW + timedelta(days=30)
    with pytest.raises((SealError, TrustError)) as caught:
        verify_descriptor(sign_descriptor(second(**over), signer, at), now=at, pinned=pinned)
    assert caught.value.code == code


def test_another_agencys_descriptor_never_follows() -> None:
    other = generate_keys(THEM, NOW)
    pinned = verify_descriptor(FIRST_DATA, now=NOW, pinned=None)
    made = Descriptor(THEM, "Department (fictional)", "MM", None, other.public(), 2, pinned.digest, NOW)
    with pytest.raises(TrustError, match="descriptor_agency_differs"):
        verify_descriptor(sign_descriptor(made, other, NOW), now=NOW, pinned=pinned)


def test_a_chain_ends_when_all_pinned_keys_have_expired() -> None:
    """Then the two sides meet again; nothing is believed silently."""
    late = NOW + timedelta(days=900)
    pinned = verify_descriptor(FIRST_DATA, now=NOW, pinned=None)
    data = sign_descriptor(second(), KEYS, NOW)
    with pytest.raises(TrustError, match="signer_key_expired"):
        verify_descriptor(data, now=late, pinned=pinned)


@settings(max_examples=100)
@given(st.integers(0, len(FIRST_DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_descriptor_is_noticed(at: int, change: int) -> None:
    data = bytearray(FIRST_DATA)
    data[at] ^= change
    with pytest.raises((SealError, TrustError)):
        verify_descriptor(bytes(data), now=NOW, pinned=None)


def test_a_descriptor_publishes_a_key_to_sign_and_a_key_to_seal_to() -> None:
    only_signing = PublicKeySet(tuple(key for key in KEYS.public().keys if "sig" in key.uses))
    with pytest.raises(TrustError, match="descriptor_without_keys"):
        sign_descriptor(replace(FIRST, keys=only_signing), KEYS, NOW)


def test_a_descriptor_never_publishes_a_private_key() -> None:
    members = {**json.loads(_body()), "keys": KEYS.to_object()["keys"]}
    data = sign(json.dumps(members).encode(), SignedType.DESCRIPTOR, KEYS.keys[0])
    with pytest.raises(TrustError, match="key_not_public"):
        verify_descriptor(data, now=NOW, pinned=None)


def _body() -> bytes:
    return payload_of(FIRST_DATA)


@pytest.mark.parametrize(
    "over",
    [
        pytest.param({"profile": 2}, id="another_profile"),
        pytest.param({"endpoint": "javascript:alert(1)"}, id="an_address_that_is_none"),
        pytest.param({"sequence": "1"}, id="a_number_that_is_text"),
        pytest.param({"keys": None}, id="no_keys"),
        pytest.param({"name": "a\nb"}, id="a_name_of_two_lines"),
    ],
)
def test_a_descriptor_has_the_form_of_the_profile(over: dict[str, object]) -> None:
    data = sign(json.dumps({**json.loads(_body()), **over}).encode(), SignedType.DESCRIPTOR, KEYS.keys[0])
    with pytest.raises(SealError, match="descriptor_invalid"):
        read_descriptor(data)


def test_members_of_a_newer_minor_version_are_kept_out_of_the_way() -> None:
    data = sign(json.dumps({**json.loads(_body()), "new": 1}).encode(), SignedType.DESCRIPTOR, KEYS.keys[0])
    assert verify_descriptor(data, now=NOW, pinned=None) == FIRST


def test_keys_of_another_agency_are_not_published_or_used_for_signing() -> None:
    other = generate_keys(THEM, NOW)
    for made, signer in ((replace(FIRST, keys=other.public()), KEYS), (FIRST, other)):
        with pytest.raises(TrustError, match="agency_differs"):
            sign_descriptor(made, signer, NOW)
