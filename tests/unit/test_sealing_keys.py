"""An agency's keys: which are taken, which are refused, which one is used when, and what never leaves them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.errors import TrustError
from api.sealing.keys import KeyKind, PrivateKeySet, PublicKeySet, generate_keys, window_code
from api.sealing.signed import SignedType, sign
from schemas.base import AgencyId

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)
AGENCY = AgencyId("TH-FOCAL")
KEYS = generate_keys(AGENCY, NOW, valid_from=NOW, hybrid=True)


def jwk(crv: str = "Ed25519", *, private: bool = False, **over: Any) -> dict[str, Any]:
    made = ECKey.generate_key(crv) if crv.startswith("P-") else OKPKey.generate_key(crv)  # type: ignore[arg-type]
    return {**made.as_dict(private=private), **over}


def set_of(*keys: dict[str, Any], **over: Any) -> str:
    return json.dumps({"keys": keys, **over})


@pytest.mark.parametrize("signing", ["Ed25519", "ES256"])
@pytest.mark.parametrize("encryption", ["X25519", "P-256", "RSA-3072"])
def test_new_keys_survive_being_written_and_read(signing: Any, encryption: Any) -> None:
    keys = generate_keys(AGENCY, NOW, signing=signing, encryption=encryption)
    assert PrivateKeySet.from_json(keys.to_json()) == keys
    assert PublicKeySet.from_json(keys.public().to_json().encode()) == keys.public()
    assert keys.signing_key(NOW).signs_with == signing
    assert keys.encryption_key(NOW).encrypts_with == ("RSA-OAEP-256" if "RSA" in encryption else "ECDH-ES+A256KW")
    assert keys.agency == keys.public().agency == AGENCY


def test_hybrid_keys_survive_being_written_and_read() -> None:
    again = PrivateKeySet.from_json(KEYS.to_json())
    assert again == KEYS
    assert PublicKeySet.from_json(again.public().to_json()) == KEYS.public()
    hybrid = KEYS.find_hybrid_key(NOW)
    assert hybrid is not None
    assert hybrid.kind is KeyKind.HYBRID
    assert KEYS.find_hybrid_key(NOW + timedelta(days=9999)) is None


def test_private_parts_are_in_no_repr_and_no_public_set() -> None:
    secrets = [key.members[name] for key in KEYS.keys for name in ("d", "priv") if name in key.members]
    assert len(secrets) == 3
    shown = repr(KEYS) + repr(KEYS.keys[0]) + KEYS.public().to_json() + repr(KEYS.public())
    assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        pytest.param("[]", "keys_malformed", id="not_an_object"),
        pytest.param("{", "keys_malformed", id="not_json"),
        pytest.param('{"keys":[],"keys":[]}', "keys_malformed", id="a_member_twice"),
        pytest.param('{"keys":{}}', "keys_malformed", id="keys_not_a_list"),
        pytest.param('{"keys":["a"]}', "keys_malformed", id="a_key_not_an_object"),
        pytest.param(set_of(agency="focal"), "keys_malformed", id="an_agency_that_is_none"),
        pytest.param(set_of(*[{}] * 65), "keys_malformed", id="too_many"),
        pytest.param("\ud800", "keys_malformed", id="half_a_surrogate_pair"),
        pytest.param(set_of(OctKey.generate_key(256).as_dict()), "key_refused", id="a_shared_secret"),
        pytest.param(set_of(jwk("P-384")), "key_refused", id="another_curve"),
        pytest.param(set_of(jwk("Ed448")), "key_refused", id="another_edwards_curve"),
        pytest.param(set_of({"kty": "OKP", "crv": "P-256", "x": "AAAA"}), "key_refused", id="a_curve_of_another_type"),
        pytest.param(set_of({"kty": 7}), "key_refused", id="a_type_that_is_no_text"),
        pytest.param(set_of({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}), "key_refused", id="another_new_key"),
        pytest.param(set_of(jwk(x="AAAA")), "key_malformed", id="too_short"),
        pytest.param(set_of({"kty": "OKP", "crv": "Ed25519"}), "key_malformed", id="without_x"),
        pytest.param(set_of(jwk(x="é" * 43)), "key_malformed", id="not_ascii"),
        pytest.param(set_of(jwk(x="A" * 42 + "B")), "key_malformed", id="unused_bits"),
        pytest.param(set_of(jwk(x="A" * 43 + "=")), "key_malformed", id="padding"),
        pytest.param(set_of(jwk("P-256", y="A" * 43)), "key_malformed", id="not_on_the_curve"),
        pytest.param(set_of(jwk(kid="mine")), "kid_not_thumbprint", id="a_kid_of_its_own"),
        pytest.param(set_of(jwk(kid=7)), "kid_not_thumbprint", id="a_kid_that_is_no_text"),
        pytest.param(set_of(jwk("X25519", use="sig")), "key_use_wrong", id="x25519_cannot_sign"),
        pytest.param(set_of(jwk(use="enc")), "key_use_wrong", id="ed25519_cannot_encrypt"),
        pytest.param(set_of(jwk(use="both")), "key_use_wrong", id="an_unknown_use"),
        pytest.param(set_of(jwk(alg="HS256")), "key_use_wrong", id="an_algorithm_of_another_kind"),
        pytest.param(set_of(jwk("P-256", use="enc", alg="ES256")), "key_use_wrong", id="use_against_alg"),
        pytest.param(set_of(jwk(nbf=10, exp=10)), "key_window_invalid", id="a_window_of_nothing"),
        pytest.param(set_of(jwk(nbf="10")), "key_window_invalid", id="a_window_that_is_text"),
        pytest.param(set_of(jwk(exp=True)), "key_window_invalid", id="a_window_that_is_true"),
        pytest.param(set_of(jwk(exp=10**15)), "key_window_invalid", id="a_window_past_the_calendar"),
        pytest.param(set_of(*[jwk()] * 1, *[jwk(x="A" * 43)] * 2), "key_duplicate", id="twice_the_same"),
        pytest.param(set_of(jwk(private=True)), "key_not_public", id="a_private_key_where_a_public_one_belongs"),
    ],
)
def test_a_public_set_is_refused_when(keys: str, code: str) -> None:
    with pytest.raises(TrustError) as caught:
        PublicKeySet.from_json(keys)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        pytest.param(set_of(jwk()), "key_not_private", id="a_public_key"),
        pytest.param(set_of(), "key_not_private", id="no_key_at_all"),
        pytest.param(set_of(jwk(private=True, d="A" * 43)), "key_inconsistent", id="d_of_another_ed25519_key"),
        pytest.param(set_of(jwk("P-256", private=True, d="A" * 42 + "E")), "key_malformed", id="d_of_another_p256_key"),
        pytest.param(set_of(jwk(d=7)), "key_malformed", id="d_that_is_no_text"),
        pytest.param(set_of(jwk(p="AAAA")), "key_malformed", id="p_but_no_d"),
    ],
)
def test_a_private_set_is_refused_when(keys: str, code: str) -> None:
    with pytest.raises(TrustError) as caught:
        PrivateKeySet.from_json(keys)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"pub": "AAAA"}, id="short_public"),
        pytest.param({"priv": "AAAA"}, id="short_private"),
        pytest.param({"priv": "A" * 128}, id="private_of_another"),
    ],
)
def test_a_hybrid_key_is_refused_when_its_halves_do_not_fit(change: dict[str, str]) -> None:
    key = next(key for key in KEYS.keys if key.kind is KeyKind.HYBRID)
    with pytest.raises(TrustError, match=r"key_malformed|key_inconsistent"):
        PrivateKeySet.from_json(set_of({**key.members, **change}))


def test_a_hybrid_key_never_signs_or_encrypts_by_itself() -> None:
    key = next(key for key in KEYS.keys if key.kind is KeyKind.HYBRID)
    assert (key.signs_with, key.encrypts_with) == (None, None)
    with pytest.raises(TrustError, match="key_use_wrong"):
        _ = key.jose


@pytest.mark.parametrize(("bits", "is_taken"), [(2048, False), (3072, True), (4104, False)])
def test_rsa_keys_are_long_enough_and_not_too_long(bits: int, is_taken: bool) -> None:
    made = RSAKey.import_key(rsa.generate_private_key(65537, bits).public_key()).as_dict()
    if is_taken:
        assert PublicKeySet.from_json(set_of(made)).keys[0].encrypts_with == "RSA-OAEP-256"  # type: ignore[arg-type]
        return
    with pytest.raises(TrustError, match="key_refused"):
        PublicKeySet.from_json(set_of(made))  # type: ignore[arg-type]


def test_an_rsa_number_has_one_spelling() -> None:
    with pytest.raises(TrustError, match="key_malformed"):
        PublicKeySet.from_json(set_of({"kty": "RSA", "n": "AAEB", "e": "AQAB"}))


def test_alg_narrows_what_a_p256_key_is_for() -> None:
    both, signs, encrypts = (
        PublicKeySet.from_json(set_of(jwk("P-256", **over))).keys[0].uses
        for over in ({}, {"alg": "ES256"}, {"alg": "ECDH-ES+A256KW"})
    )
    assert (both, signs, encrypts) == ({"sig", "enc"}, {"sig"}, {"enc"})


def test_the_newest_valid_key_is_used_and_the_old_one_stays() -> None:
    later = NOW + timedelta(days=300)
    new = generate_keys(AGENCY, later, valid_from=later)
    both = KEYS.merged(new)
    assert both.signing_key(later) == new.signing_key(later)
    assert both.signing_key(later - timedelta(seconds=1)) == KEYS.signing_key(NOW)
    assert both.find(KEYS.signing_key(NOW).kid) is not None
    assert both.find("unknown") is None
    assert both.merged(new) == both


def test_a_key_without_a_window_is_always_valid_but_never_the_newest() -> None:
    timeless = PrivateKeySet.from_json(set_of(jwk(private=True)))
    assert timeless.signing_key(NOW - timedelta(days=9000)) == timeless.keys[0]
    assert KEYS.merged(timeless).signing_key(NOW) == KEYS.signing_key(NOW)


def test_of_keys_without_a_beginning_the_one_that_lasts_longest_is_used() -> None:
    one, other = generate_keys(AGENCY, NOW), generate_keys(AGENCY, NOW + timedelta(days=30))
    assert one.merged(other).signing_key(NOW + timedelta(days=30)) == other.signing_key(NOW)
    assert one.signing_key(NOW, issued_at=NOW - timedelta(days=3000)) == one.keys[0]


def test_the_window_opens_and_closes_to_the_second() -> None:
    key = KEYS.signing_key(NOW)
    assert key.not_after is not None
    assert window_code(key, NOW - timedelta(seconds=1)) == "key_not_yet_valid"
    assert window_code(key, key.not_after - timedelta(seconds=1)) is None
    assert window_code(key, key.not_after) == "key_expired"
    assert window_code(key, key.not_after, timedelta(minutes=5)) is None


@pytest.mark.parametrize(
    ("at", "code"), [(NOW - timedelta(days=1), "key_not_yet_valid"), (NOW + timedelta(days=9999), "key_expired")]
)
def test_without_a_valid_key_the_reason_is_named(at: datetime, code: str) -> None:
    for pick in (KEYS.signing_key, KEYS.encryption_key):
        with pytest.raises(TrustError) as caught:
            pick(at)
        assert caught.value.code == code


def test_a_set_without_a_key_for_the_use_says_so() -> None:
    with pytest.raises(TrustError, match="key_missing"):
        PublicKeySet.from_json(set_of(jwk())).encryption_key(NOW)


def test_the_keys_of_two_agencies_are_never_mixed() -> None:
    with pytest.raises(TrustError, match="agency_differs"):
        KEYS.merged(generate_keys(AgencyId("MM-DSW"), NOW))


def test_only_a_private_signing_key_signs() -> None:
    for key in (KEYS.public().signing_key(NOW), KEYS.encryption_key(NOW)):
        with pytest.raises(TrustError, match="key_use_wrong"):
            sign(b"x", SignedType.DOCUMENT, key)
