"""Make the vectors anew: ``python tests/vectors/make_vectors.py``. Keys are kept, so that only what is random changes.

The good envelopes and the bad ones are forged from primitives (``forge.py``); see README.md for the format.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from api.sealing.descriptor import Descriptor, fingerprint, sign_descriptor  # noqa: E402
from api.sealing.merkle import consistency_proof, inclusion_proof, leaf_hash, root_of  # noqa: E402
from api.sealing.receipt import Receipt, ReceiptStatus  # noqa: E402
from api.sealing.seal import seal  # noqa: E402
from api.sealing.statement import sign_statement  # noqa: E402
from tests.vectors import forge  # noqa: E402
from tests.vectors.bad_envelopes import bad  # noqa: E402
from tests.vectors.forge import changed, flip  # noqa: E402
from tests.vectors.scene import (  # noqa: E402
    DOCUMENT,
    NOW,
    RECIPIENT,
    SENDER,
    STRANGER,
    Case,
    document,
    iat_of,
    inner,
    outer,
    private,
    signing,
)


def good() -> Iterator[Case]:
    """Envelopes that open, for every combination of keys, and for what a partner may do differently."""

    def case(
        name: str, envelope: str, sender: str = "sender", recipient: str = "recipient", payload: bytes = b""
    ) -> Case:
        text = (payload or json.dumps(DOCUMENT, ensure_ascii=False).encode()).decode()
        return {"name": name, "sender_keys": sender, "recipient_keys": recipient, "envelope": envelope, "payload": text}

    for to in ("recipient", "recipient_p256", "recipient_rsa"):
        for by in ("sender", "sender_es256"):
            yield case(f"to_{to}_by_{by}", outer(inner(by=by), to=to), by, to)
    yield case("signed_under_the_old_name_EdDSA", outer(inner(alg="EdDSA")))
    yield case(
        "header_members_in_another_order",
        outer(spell=lambda text: json.dumps(dict(reversed(json.loads(text).items())))),
    )
    yield case("header_with_white_space", outer(spell=lambda text: json.dumps(json.loads(text), indent=2)))
    escaped = json.dumps(DOCUMENT, indent=1).encode()
    yield case("payload_with_escapes_and_white_space", outer(inner(escaped)), payload=escaped)
    fraction = document(created_at="2026-11-20T07:30:00.999Z")
    yield case("created_at_in_utc_with_a_fraction", outer(inner(fraction)), payload=fraction)
    old = document(created_at="2026-10-22T08:00:00Z")
    yield case("four_weeks_old_after_an_outage", outer(inner(old), iat=iat_of("2026-10-22T08:00:00Z")), payload=old)
    late = document(created_at="2026-10-25T08:00:00Z")
    expired = outer(inner(late, by="sender_expired"), iat=iat_of("2026-10-25T08:00:00Z"))
    yield case("signed_before_its_key_expired", expired, "sender_expired", payload=late)
    soon = document(created_at="2026-11-20T08:04:59Z")
    yield case("five_minutes_ahead_of_our_clock", outer(inner(soon), iat=iat_of("2026-11-20T08:04:59Z")), payload=soon)
    newer = document(schema_version="1.7", new_member={"of": ["a", "newer", "minor", "version"]})
    yield case("unknown_members_in_the_document", outer(inner(newer)), payload=newer)
    text = json.dumps(DOCUMENT, ensure_ascii=False).encode()
    hybrid = seal(text, keys=private("sender"), to=private("recipient_hybrid").public(), now=NOW)
    yield case("inside_the_hybrid_layer", hybrid.data.decode(), "sender", "recipient_hybrid")


def receipts() -> dict[str, Any]:
    """Return receipts that verify, and receipts that don't."""
    keys = private("recipient")
    receipt = Receipt(
        envelope_id=DOCUMENT["id"],
        envelope_sha256="ab" * 32,
        status=ReceiptStatus.STORED,
        at=NOW,
        by=RECIPIENT,
        to=SENDER,
        tree_size=7,
        tree_root="cd" * 32,
    )
    right = sign_statement(receipt, keys, NOW).decode()
    stranger = sign_statement(receipt.model_copy(update={"by": STRANGER}), private("stranger"), NOW).decode()
    jwk = signing("recipient")
    head = {"alg": "Ed25519", "kid": jwk["kid"], "typ": "homeward-receipt+jws"}
    members = json.loads(receipt.model_dump_json(exclude_none=True))

    def forged(drop: tuple[str, ...] = (), **over: Any) -> str:
        return forge.jws(json.dumps(changed(members, over, drop)).encode(), jwk, head)

    return {
        "keys": "recipient",
        "now": NOW.isoformat(),
        "good": [
            {"name": "stored", "receipt": right, "payload": members},
            {"name": "with_a_member_of_a_newer_version", "receipt": forged(new=1), "payload": members},
        ],
        "bad": [
            {"name": "tampered_payload", "code": "signature_wrong", "receipt": flip(right, 1, 5)},
            {"name": "tampered_signature", "code": "signature_wrong", "receipt": flip(right, 2)},
            {"name": "by_a_stranger", "code": "signer_unknown", "receipt": stranger},
            {"name": "a_document_is_no_receipt", "code": "jws_typ_wrong", "receipt": inner(by="recipient")},
            {"name": "in_another_agencys_name", "code": "signer_not_sender", "receipt": forged(by=STRANGER)},
            {"name": "status_unknown", "code": "receipt_invalid", "receipt": forged(status="lost")},
            {"name": "refused_without_a_code", "code": "receipt_invalid", "receipt": forged(status="refused")},
            {"name": "stored_with_a_code", "code": "receipt_invalid", "receipt": forged(code="too_late")},
            {"name": "without_tree_root", "code": "receipt_invalid", "receipt": forged(drop=("tree_root",))},
            {"name": "from_the_future", "code": "from_the_future", "receipt": forged(at="2026-11-20T08:06:00Z")},
            {
                "name": "before_its_key",
                "code": "signer_key_not_yet_valid",
                "receipt": forged(at="2026-10-01T08:00:00Z"),
            },
        ],
    }


def descriptors() -> dict[str, Any]:
    """Return a chain of two descriptors, with the fingerprints that two people compare."""
    first_keys, next_keys = private("sender"), private("sender_es256")
    first = Descriptor(SENDER, "Focal point (fictional)", "TH", None, first_keys.public(), 1, None, NOW)
    one = sign_descriptor(first, first_keys, NOW)
    digest = hashlib.sha256(one).hexdigest()
    second = Descriptor(
        SENDER,
        "Focal point (fictional)",
        "TH",
        "https://node.example",
        next_keys.merged(first_keys).public(),
        2,
        digest,
        NOW,
    )
    two = sign_descriptor(second, first_keys, NOW)
    chain = [{"descriptor": data.decode(), "fingerprint": fingerprint(data)} for data in (one, two)]
    return {"now": NOW.isoformat(), "chain": chain}


def merkle() -> dict[str, Any]:
    """Return roots and proofs over small trees."""
    entries = [f"entry {index}".encode() for index in range(9)]
    leaves = [leaf_hash(entry) for entry in entries]
    return {
        "entries": [entry.decode() for entry in entries],
        "roots": [root_of(leaves[:size]).hex() for size in range(len(leaves) + 1)],
        "inclusion": [
            {"index": index, "size": 7, "proof": [step.hex() for step in inclusion_proof(leaves[:7], index)]}
            for index in range(7)
        ],
        "consistency": [
            {"old": old, "new": 9, "proof": [step.hex() for step in consistency_proof(leaves, old)]}
            for old in range(1, 10)
        ],
    }


def main() -> None:
    """Write all files of vectors."""
    head = {"now": NOW.isoformat(), "recipient": RECIPIENT, "max_bytes": 1_048_576, "skew_seconds": 300}
    _write("envelopes_good.json", {**head, "cases": list(good())})
    _write("envelopes_bad.json", {**head, "cases": [_short(case) for case in bad()]})
    _write("receipts.json", receipts())
    _write("descriptors.json", descriptors())
    _write("merkle.json", merkle())


def _short(case: Case) -> Case:
    """Keep a megabyte of As out of the repository: a run of one character is written as ``{"repeat": ...}``."""
    parts = case["envelope"].split(".")
    if len(parts) > 3 and len(parts[3]) > 500_000:
        case = {**case, "envelope": ".".join([*parts[:3], "{A*1048576}", *parts[4:]])}
    return case


def _write(name: str, content: dict[str, Any]) -> None:
    (HERE / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
