"""Every vector that partners run is run here: good ones open, bad ones are refused by exactly the named check."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.errors import SealError, TrustError
from api.sealing.descriptor import fingerprint, verify_descriptor
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from api.sealing.receipt import Receipt
from api.sealing.statement import verify_statement
from api.sealing.unseal import Unsealed, unseal

VECTORS = Path(__file__).parents[1] / "vectors"


def load(name: str) -> dict[str, Any]:
    return dict(json.loads((VECTORS / name).read_text("utf-8")))


KEYS = {name: PrivateKeySet.from_object(keys) for name, keys in load("keys.json").items()}
GOOD, BAD = load("envelopes_good.json"), load("envelopes_bad.json")
RECEIPTS = load("receipts.json")


def public(name: str) -> PublicKeySet:
    return KEYS[name].public()


def open_case(case: dict[str, Any], file: dict[str, Any]) -> Unsealed:
    return unseal(
        case["envelope"].replace("{A*1048576}", "A" * 1_048_576).encode(),
        recipient=case.get("recipient", file["recipient"]),
        keys=KEYS[case["recipient_keys"]],
        sender_keys=public(case["sender_keys"]),
        now=datetime.fromisoformat(file["now"]),
        max_bytes=file["max_bytes"],
        skew=timedelta(seconds=file["skew_seconds"]),
    )


@pytest.mark.parametrize("case", GOOD["cases"], ids=lambda case: case["name"])
def test_a_good_envelope_opens_to_exactly_its_payload(case: dict[str, Any]) -> None:
    assert open_case(case, GOOD).payload == case["payload"].encode()


@pytest.mark.parametrize("case", BAD["cases"], ids=lambda case: case["name"])
def test_a_bad_envelope_is_refused_by_the_named_check(case: dict[str, Any]) -> None:
    with pytest.raises((SealError, TrustError)) as caught:
        open_case(case, BAD)
    assert caught.value.code == case["code"]
    assert caught.value.hint


def test_no_name_stands_for_two_vectors() -> None:
    names = [case["name"] for case in GOOD["cases"] + BAD["cases"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", RECEIPTS["good"], ids=lambda case: case["name"])
def test_a_good_receipt_says_what_was_signed(case: dict[str, Any]) -> None:
    receipt = verify_statement(
        Receipt, case["receipt"].encode(), keys=public(RECEIPTS["keys"]), now=datetime.fromisoformat(RECEIPTS["now"])
    )
    assert json.loads(receipt.model_dump_json(exclude_none=True)) == case["payload"]


@pytest.mark.parametrize("case", RECEIPTS["bad"], ids=lambda case: case["name"])
def test_a_bad_receipt_is_refused_by_the_named_check(case: dict[str, Any]) -> None:
    with pytest.raises((SealError, TrustError)) as caught:
        verify_statement(
            Receipt,
            case["receipt"].encode(),
            keys=public(RECEIPTS["keys"]),
            now=datetime.fromisoformat(RECEIPTS["now"]),
        )
    assert caught.value.code == case["code"]


def test_the_chain_of_descriptors_leads_from_the_pinned_one_to_the_next() -> None:
    file, pinned = load("descriptors.json"), None
    for link in file["chain"]:
        data = link["descriptor"].encode()
        assert fingerprint(data) == link["fingerprint"]
        pinned = verify_descriptor(data, now=datetime.fromisoformat(file["now"]), pinned=pinned)
    assert pinned is not None
    assert pinned.sequence == 2


def test_the_trees_have_the_roots_and_proofs_that_are_written_down() -> None:
    file = load("merkle.json")
    leaves = [leaf_hash(entry.encode()) for entry in file["entries"]]
    roots = [bytes.fromhex(root) for root in file["roots"]]
    assert [root_of(leaves[:size]) for size in range(len(roots))] == roots
    for one in file["inclusion"]:
        proof = [bytes.fromhex(step) for step in one["proof"]]
        verify_inclusion(leaves[one["index"]], one["index"], one["size"], proof, roots[one["size"]])
    for one in file["consistency"]:
        proof = [bytes.fromhex(step) for step in one["proof"]]
        verify_consistency(one["old"], one["new"], roots[one["old"]], roots[one["new"]], proof)
