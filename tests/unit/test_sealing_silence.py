"""Who waited in vain signs that nothing came; nobody can say it before the time, or for somebody else."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.errors import SealError, TrustError
from api.sealing.keys import generate_keys
from api.sealing.receipt import Receipt
from api.sealing.signed import SignedType, sign
from api.sealing.silence import Silence
from api.sealing.statement import sign_statement, verify_statement
from schemas.base import AgencyId

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)
US, THEM = AgencyId("TH-FOCAL"), AgencyId("MM-DSW")
KEYS = generate_keys(US, NOW, valid_from=NOW)


def silence(**over: object) -> Silence:
    members = {
        "rule": "D06a",
        "case_uid": "01JD3XN6Q0M3T9A2V8R5K7W4YE",
        "document_id": "01JD3XN6Q0M3T9A2V8R5K7W4YF",
        "due_at": NOW - timedelta(seconds=1),
        "at": NOW,
        "by": US,
        **over,
    }
    return Silence.model_validate(members)


@pytest.mark.parametrize("over", [{}, {"document_id": None}, {"case_uid": None, "document_id": None, "rule": "D16"}])
def test_it_says_later_what_it_said_first(over: dict[str, object]) -> None:
    made = silence(**over)
    data = sign_statement(made, KEYS, NOW)
    assert verify_statement(Silence, data, keys=KEYS.public(), now=NOW + timedelta(days=4000)) == made


@pytest.mark.parametrize("early", [timedelta(0), timedelta(seconds=1), timedelta(days=9)])
def test_nobody_states_it_before_the_time_is_over(early: timedelta) -> None:
    with pytest.raises(ValidationError, match="the time is not over"):
        silence(due_at=NOW + early)
    forged = silence().model_dump(mode="json") | {"due_at": (NOW + early).isoformat()}
    data = sign(json.dumps(forged).encode(), SignedType.SILENCE, KEYS.keys[0])
    with pytest.raises(SealError, match="silence_invalid"):
        verify_statement(Silence, data, keys=KEYS.public(), now=NOW)


def test_nobody_states_it_for_another() -> None:
    with pytest.raises(TrustError, match="agency_differs"):
        sign_statement(silence(by=THEM), KEYS, NOW)
    theirs = sign(silence(by=THEM).model_dump_json().encode(), SignedType.SILENCE, KEYS.keys[0])
    with pytest.raises(TrustError, match="signer_not_sender"):
        verify_statement(Silence, theirs, keys=KEYS.public(), now=NOW)


def test_it_is_not_dated_ahead_and_is_no_receipt() -> None:
    data = sign_statement(silence(), KEYS, NOW)
    with pytest.raises(SealError, match="from_the_future"):
        verify_statement(Silence, data, keys=KEYS.public(), now=NOW - timedelta(minutes=6))
    with pytest.raises(SealError, match="jws_typ_wrong"):
        verify_statement(Receipt, data, keys=KEYS.public(), now=NOW)


DATA = sign_statement(silence(), KEYS, NOW)


@settings(max_examples=60)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(at: int, change: int) -> None:
    data = bytearray(DATA)
    data[at] ^= change
    with pytest.raises((SealError, TrustError)):
        verify_statement(Silence, bytes(data), keys=KEYS.public(), now=NOW)
