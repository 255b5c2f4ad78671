"""A partner that uses jwcrypto exchanges with us in both directions, whatever kind of keys the two sides have."""

import json
from datetime import datetime

import pytest
from jwcrypto import jwe, jwk, jws

from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.seal import seal
from api.sealing.unseal import unseal
from schemas.base import AgencyId

KINDS = ("X25519-Ed25519", "P-256-ES256", "RSA-3072-ES256")
SIGNED_AS = [*((kind, kind.rpartition("-")[2]) for kind in KINDS), ("X25519-Ed25519", "EdDSA")]
JWE_ALGORITHMS = {"X25519": "ECDH-ES+A256KW", "P-256": "ECDH-ES+A256KW", "RSA": "RSA-OAEP-256"}


def imported(keys: PrivateKeySet, use: str) -> jwk.JWK:
    """Return the key as jwcrypto reads it, without the members that are ours alone."""
    key = next(key for key in keys.to_object()["keys"] if key["use"] == use)  # type: ignore[attr-defined]
    return jwk.JWK(**{name: value for name, value in key.items() if name not in {"nbf", "exp"}})


@pytest.mark.parametrize("kind", KINDS)
def test_jwcrypto_opens_what_we_seal(
    kind: str, key_sets: dict[str, PrivateKeySet], to_partner: bytes, now: datetime
) -> None:
    ours, partner = key_sets[f"ours-{kind}"], key_sets[f"partner-{kind}"]
    envelope = seal(to_partner, keys=ours, to=partner.public(), now=now)

    outside = jwe.JWE(algs=["ECDH-ES+A256KW", "RSA-OAEP-256", "A256GCM"])
    outside.deserialize(envelope.data.decode(), key=imported(partner, "enc"))
    inside = jws.JWS()
    inside.allowed_algs = ["ES256", "Ed25519"]
    inside.deserialize(outside.payload.decode(), key=imported(ours, "sig"))
    assert inside.objects["payload"] == to_partner
    assert json.loads(outside.objects["protected"])["aud"] == "TH-FOCAL"


@pytest.mark.parametrize("case", SIGNED_AS, ids="-as-".join)
def test_we_open_what_jwcrypto_seals(
    case: tuple[str, str],
    key_sets: dict[str, PrivateKeySet],
    to_us: bytes,
    outside: dict[str, object],
    now: datetime,
) -> None:
    kind, alg = case
    ours, partner = key_sets[f"ours-{kind}"], key_sets[f"partner-{kind}"]
    signing, encryption = imported(partner, "sig"), imported(ours, "enc")

    inside = jws.JWS(to_us)
    inside.add_signature(
        signing, protected=json.dumps({"alg": alg, "kid": signing["kid"], "typ": "homeward-document+jws"})
    )
    head = {
        **outside,
        "alg": JWE_ALGORITHMS[encryption["crv"] if "RSA" not in kind else "RSA"],
        "kid": encryption["kid"],
    }
    sealed = jwe.JWE(inside.serialize(compact=True).encode(), protected=json.dumps(head), recipient=encryption)

    opened = unseal(
        sealed.serialize(compact=True).encode(),
        recipient=AgencyId("MM-DSW"),
        keys=ours,
        sender_keys=partner.public(),
        now=now,
    )
    assert opened.payload == to_us


@pytest.mark.parametrize("crv", ["Ed25519", "X25519", "P-256"])
def test_a_key_that_jwcrypto_made_without_kid_and_use_gets_them_here(crv: str) -> None:
    made = jwk.JWK.generate(kty="EC" if crv == "P-256" else "OKP", crv=crv)
    text = json.dumps({"keys": [made.export_public(as_dict=True)]})
    key = PublicKeySet.from_json(text).keys[0]
    assert key.kid == made.thumbprint()
    assert key.uses == {"Ed25519": {"sig"}, "X25519": {"enc"}, "P-256": {"sig", "enc"}}[crv]


def test_an_rsa_key_that_jwcrypto_made_encrypts_to_its_owner() -> None:
    made = jwk.JWK.generate(kty="RSA", size=3072)
    key = PrivateKeySet.from_json(json.dumps({"keys": [made.export_private(as_dict=True)]})).keys[0]
    assert (key.kid, key.encrypts_with, key.signs_with) == (made.thumbprint(), "RSA-OAEP-256", None)
