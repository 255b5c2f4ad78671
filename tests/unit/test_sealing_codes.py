"""The codes that a partner meets are the codes that are documented, and the vectors reach the checks of an envelope."""

import json
import re
from pathlib import Path

import pytest

from api.errors import SealError, TrustError
from api.sealing.codes import SEAL_HINTS, TRUST_HINTS, seal_error, trust_error

ROOT = Path(__file__).parents[2]
PROFILE = (ROOT / "docs" / "sealing-profile.md").read_text("utf-8")
CHECKS = (ROOT / "api" / "sealing" / "unseal.py").read_text("utf-8")
DEFENCE_IN_DEPTH = {"jws_too_large"}
"""Bounded by check 1 already for envelopes; receipts and descriptors have limits of their own."""


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    named = set(re.findall(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`", PROFILE))
    members = {"created_at", "envelope_sha256", "signed_sha256", "tree_size", "tree_root", "issued_at"}
    members |= {"case_uid", "document_id", "due_at"}
    others = {*members, "tests_vectors"}
    assert set(SEAL_HINTS) | set(TRUST_HINTS) == named - others


def test_every_check_of_an_envelope_has_a_vector() -> None:
    table = PROFILE[PROFILE.index("| no. |") : PROFILE.index("Old documents are fine")]
    codes = set(re.findall(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`", table)) - {"created_at"} - DEFENCE_IN_DEPTH
    cases = json.loads((ROOT / "tests" / "vectors" / "envelopes_bad.json").read_text("utf-8"))["cases"]
    assert codes - {case["code"] for case in cases} == set()


def test_the_room_raises_no_code_that_it_does_not_name() -> None:
    raised = set()
    for file in (ROOT / "api" / "sealing").glob("*.py"):
        raised |= set(re.findall(r"(?:seal|trust)_error\(\"([a-z0-9_]+)\"\)", file.read_text("utf-8")))
    assert raised <= set(SEAL_HINTS) | set(TRUST_HINTS)


def test_a_code_comes_with_its_hint() -> None:
    assert isinstance(seal_error("typ_wrong"), SealError)
    assert isinstance(trust_error("key_missing"), TrustError)
    assert seal_error("typ_wrong").hint == SEAL_HINTS["typ_wrong"]
    with pytest.raises(KeyError):
        seal_error("never_heard_of")
