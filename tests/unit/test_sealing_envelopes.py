"""A document travels from one agency to another, and nobody between them can read, alter, forward or fake it."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import HomewardError, SealError, TrustError
from api.sealing.hybrid import wrap
from api.sealing.keys import PrivateKeySet, PublicKeySet, generate_keys
from api.sealing.seal import SealedEnvelope, document_bytes, encrypt, reseal, seal
from api.sealing.unseal import payload_of, peek, unseal
from schemas.base import AgencyId, DocumentId
from schemas.document import Document

NOW = datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC)
US, THEM = AgencyId("TH-FOCAL"), AgencyId("MM-DSW")
OURS, THEIRS = generate_keys(US, NOW - timedelta(days=1)), generate_keys(THEM, NOW - timedelta(days=1))
HYBRID = generate_keys(THEM, NOW - timedelta(days=1), hybrid=True)


def make(**over: object) -> bytes:
    members = {
        "kind": "note",
        "id": "01JD3XN6Q0M3T9A2V8R5K7W4YE",
        "sender": US,
        "recipient": THEM,
        "created_at": "2026-11-20T15:00:05+07:00",
        **over,
    }
    return json.dumps(members, ensure_ascii=False).encode()


def send(payload: bytes | None = None, to: PrivateKeySet = THEIRS) -> SealedEnvelope:
    return seal(payload or make(), keys=OURS, to=to.public(), now=NOW)


ENVELOPE = send()
PARTS = ENVELOPE.data.split(b".")


def open_(data: bytes, keys: PrivateKeySet = THEIRS, pinned: PublicKeySet | None = None, now: datetime = NOW) -> bytes:
    return unseal(data, recipient=THEM, keys=keys, sender_keys=pinned or OURS.public(), now=now).payload


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=40)
@given(st.dictionaries(texts, st.recursive(st.none() | st.booleans() | st.integers() | texts, st.lists, max_leaves=8)))
def test_whatever_a_document_holds_arrives_byte_by_byte(content: dict[str, object]) -> None:
    payload = make(content=content)
    assert open_(send(payload).data) == payload


def test_the_envelope_names_what_the_receipt_will_name() -> None:
    opened = unseal(ENVELOPE.data, recipient=THEM, keys=THEIRS, sender_keys=OURS.public(), now=NOW)
    assert (opened.sha256, opened.signed) == (ENVELOPE.sha256, ENVELOPE.signed)
    assert opened.header == peek(ENVELOPE.data)
    assert (opened.header.id, opened.header.sender, opened.header.recipient) == (ENVELOPE.id, US, THEM)
    assert opened.header.issued_at == ENVELOPE.issued_at == NOW
    assert opened.content == json.loads(opened.payload)
    assert opened.signer_kid == OURS.signing_key(NOW).kid
    assert payload_of(opened.signed) == opened.payload


def test_two_envelopes_of_one_document_hold_the_same_signed_bytes_and_share_nothing_else() -> None:
    """Sealing again after a change of keys is still the same document; Ed25519 signs the same bytes alike."""
    one, other = send(), send()
    assert one.signed == other.signed
    assert {one.data.split(b".")[part] for part in (1, 2, 3, 4)}.isdisjoint(other.data.split(b".")[1:])


def test_nothing_of_the_document_is_readable_outside() -> None:
    payload = make(kind="medical", text="A-fictional-name")
    header = peek(send(payload).data)
    assert "medical" not in repr(header)
    assert b"fictional" not in send(payload).data
    opened = unseal(send(payload).data, recipient=THEM, keys=THEIRS, sender_keys=OURS.public(), now=NOW)
    assert "fictional" not in repr(opened)
    assert "medical" not in repr(opened)


@settings(max_examples=300)
@given(st.integers(0, len(ENVELOPE.data) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, change: int) -> None:
    data = bytearray(ENVELOPE.data)
    data[at] ^= change
    with pytest.raises((SealError, TrustError)):
        open_(bytes(data))


@settings(max_examples=150)
@given(st.data())
def test_any_changed_byte_of_the_hybrid_layer_is_noticed(data: st.DataObject) -> None:
    envelope = bytearray(_HYBRID_ENVELOPE)
    envelope[data.draw(st.integers(0, len(envelope) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises((SealError, TrustError)):
        open_(bytes(envelope), keys=HYBRID)


_HYBRID_ENVELOPE = send(to=HYBRID).data


@settings(max_examples=150)
@given(st.integers(0, len(ENVELOPE.signed) - 1), st.integers(1, 255))
def test_any_changed_byte_of_what_was_signed_is_noticed(at: int, change: int) -> None:
    """Whoever can encrypt to us (anybody) still can't change what was signed."""
    signed = bytearray(ENVELOPE.signed)
    signed[at] ^= change
    with pytest.raises((SealError, TrustError)):
        open_(encrypt(bytes(signed), peek(ENVELOPE.data), THEIRS.public().encryption_key(NOW)))


@settings(max_examples=150)
@given(
    st.binary(max_size=400) | st.lists(st.text("AQgw-_", max_size=24), max_size=6).map(lambda p: ".".join(p).encode())
)
def test_noise_is_refused_by_a_check_and_never_by_a_crash(noise: bytes) -> None:
    with pytest.raises(SealError):
        open_(noise)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["alg", "enc", "kid", "typ", "cty", "iss", "aud", "jti", "iat", "epk", "crit", "zip"]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | texts, st.lists, max_leaves=3),
    )
)
def test_a_header_of_any_shape_is_refused_by_a_check_and_never_by_a_crash(header: dict[str, object]) -> None:
    head = json.dumps({**json.loads(base64.urlsafe_b64decode(PARTS[0] + b"==")), **header}).encode()
    with pytest.raises(SealError):
        open_(b".".join((base64.urlsafe_b64encode(head).rstrip(b"="), *PARTS[1:])))


def test_an_envelope_in_the_hybrid_layer_opens_with_its_key_and_not_without() -> None:
    envelope = send(to=HYBRID)
    assert envelope.data.count(b".") == 1
    assert open_(envelope.data, keys=HYBRID) == make()
    assert peek(envelope.data).alg == "MLKEM768-X25519"
    without = PrivateKeySet(tuple(key for key in HYBRID.keys if key.uses), THEM)
    with pytest.raises(SealError, match="key_unknown"):
        open_(envelope.data, keys=without)


def test_only_a_public_hybrid_key_wraps() -> None:
    for key in HYBRID.keys:
        with pytest.raises(TrustError, match="key_use_wrong"):
            wrap(ENVELOPE.data, peek(ENVELOPE.data), key)


def test_a_sender_who_knows_no_hybrid_key_still_reaches_a_recipient_who_has_one() -> None:
    older = PublicKeySet(tuple(key for key in HYBRID.public().keys if key.uses), THEM)
    data = seal(make(), keys=OURS, to=older, now=NOW).data
    assert open_(data, keys=HYBRID) == make()


def test_a_document_may_arrive_after_weeks_but_not_from_the_future() -> None:
    assert open_(ENVELOPE.data, now=NOW + timedelta(days=200)) == make()
    assert open_(ENVELOPE.data, now=NOW - timedelta(minutes=5)) == make()
    with pytest.raises(SealError, match="from_the_future"):
        open_(ENVELOPE.data, now=NOW - timedelta(minutes=5, seconds=1))


def test_an_old_decryption_key_opens_what_was_sealed_to_it_after_it_was_replaced() -> None:
    after = NOW + timedelta(days=800)
    rotated = THEIRS.merged(generate_keys(THEM, after))
    assert rotated.encryption_key(after) != THEIRS.encryption_key(NOW)
    assert open_(ENVELOPE.data, keys=rotated, now=after) == make()


def test_a_signing_key_that_was_replaced_still_proves_what_it_signed_in_its_time() -> None:
    after = NOW + timedelta(days=900)
    pinned = OURS.merged(generate_keys(US, after)).public()
    assert open_(ENVELOPE.data, pinned=pinned, now=after) == make()


def test_nobody_signs_in_another_agencys_name() -> None:
    with pytest.raises(SealError, match="sender_differs"):
        seal(make(sender="LA-DSW"), keys=OURS, to=THEIRS.public(), now=NOW)


def test_nothing_is_sealed_to_keys_that_are_not_the_recipients() -> None:
    with pytest.raises(TrustError, match="agency_differs"):
        seal(make(recipient="LA-DSW"), keys=OURS, to=THEIRS.public(), now=NOW)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        pytest.param({"id": "anything"}, "header_invalid", id="an_id_that_is_no_id"),
        pytest.param({"sender": "focal"}, "header_invalid", id="a_sender_that_is_no_agency"),
        pytest.param({"created_at": "2026-11-20"}, "created_at_invalid", id="a_day_is_no_instant"),
        pytest.param({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at_invalid", id="before_all_time"),
    ],
)
def test_what_no_recipient_would_open_is_not_sealed(over: dict[str, object], code: str) -> None:
    keys = PrivateKeySet(OURS.keys)
    with pytest.raises(SealError) as caught:
        seal(make(**over), keys=keys, to=THEIRS.public(), now=NOW)
    assert caught.value.code == code


def test_a_document_is_sealed_again_to_new_keys_without_being_signed_again() -> None:
    after = NOW + timedelta(days=800)
    new = generate_keys(THEM, after)
    again = reseal(ENVELOPE.signed, to=new.public(), now=after)
    assert (again.signed, again.issued_at) == (ENVELOPE.signed, NOW)
    assert open_(again.data, keys=new, now=after) == make()
    with pytest.raises(TrustError, match="agency_differs"):
        reseal(ENVELOPE.signed, to=OURS.public(), now=NOW)


def test_a_document_from_before_a_change_of_keys_is_signed_with_a_key_of_its_time() -> None:
    """Else the recipient would refuse it: a key proves nothing about the time before it."""
    later = NOW + timedelta(days=1)
    new = generate_keys(US, later, valid_from=later)
    both = OURS.merged(new)
    data = seal(make(), keys=both, to=THEIRS.public(), now=later).data
    assert open_(data, now=later) == make()
    with pytest.raises(TrustError, match="key_not_yet_valid"):
        seal(make(), keys=new, to=THEIRS.public(), now=later)


def test_sealing_needs_a_key_that_is_valid_now() -> None:
    with pytest.raises(TrustError, match="key_expired"):
        seal(make(), keys=OURS, to=THEIRS.public(), now=NOW + timedelta(days=3000))


def test_a_document_becomes_bytes_without_escapes_and_without_blanks() -> None:
    document = Document(
        kind="note",
        id=DocumentId("01JD3XN6Q0M3T9A2V8R5K7W4YE"),
        sender=US,
        recipient=THEM,
        created_at=NOW,
    )
    data = document_bytes(document)
    assert b"supersedes" not in data
    assert open_(send(data).data) == data


def test_kept_signed_bytes_that_are_damaged_are_noticed() -> None:
    with pytest.raises(SealError, match="jws_not_compact"):
        payload_of(b"AAAA.AAAA")


def test_an_error_holds_no_value() -> None:
    with pytest.raises(HomewardError) as caught:
        open_(send(make(text="A-fictional-name")).data[:-4] + b"AAAA")
    assert "fictional" not in repr(caught.value) + str(caught.value.__cause__)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
