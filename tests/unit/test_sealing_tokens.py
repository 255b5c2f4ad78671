"""Tokens prove who calls, by keys that we know already; nothing in a token's header can choose how it is judged."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.errors import HomewardError, SealError, TrustError
from api.sealing.keys import PublicKeySet, generate_keys
from api.sealing.tokens import OUR_ALGORITHMS, PROVIDER_ALGORITHMS, peek_claims, sign_token, verify_token
from schemas.base import AgencyId

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)
KEYS = generate_keys(AgencyId("TH-FOCAL"), NOW)
ES256 = generate_keys(AgencyId("TH-FOCAL"), NOW, signing="ES256")
CLAIMS: dict[str, object] = {"iss": "TH-FOCAL", "roles": ["CW"], "exp": 1}
AT = frozenset({"at+jwt"})
RSA = RSAKey.generate_key(2048)
P256 = ECKey.generate_key("P-256")
ED = OKPKey.generate_key("Ed25519")


def provider_token(key: Any, alg: str, registry_alg: str | None = None, **header: Any) -> str:
    registry = jws.JWSRegistry(algorithms=[registry_alg or alg], strict_check_header=False)
    return jws.serialize_compact({"alg": alg, **header}, json.dumps(CLAIMS), key, registry=registry)


def provider_set(*keys: tuple[Any, dict[str, Any]]) -> str:
    return json.dumps({"keys": [{**key.as_dict(private=False), **over} for key, over in keys]})


ISSUER = provider_set((RSA, {"kid": "rsa"}), (P256, {"kid": "ec", "use": "sig"}), (ED, {"kid": "ed", "alg": "EdDSA"}))


@pytest.mark.parametrize("keys", [KEYS, ES256], ids=["Ed25519", "ES256"])
def test_our_own_tokens_prove_themselves(keys: Any) -> None:
    token = sign_token(CLAIMS, keys.signing_key(NOW))
    assert verify_token(token, keys.public(), typ=AT) == CLAIMS
    assert peek_claims(token) == CLAIMS


@pytest.mark.parametrize(
    ("key", "alg", "kid"),
    [(RSA, "RS256", "rsa"), (RSA, "PS256", "rsa"), (P256, "ES256", "ec"), (ED, "Ed25519", "ed")],
    ids=["RS256", "PS256", "ES256", "Ed25519"],
)
def test_a_providers_token_is_verified_with_its_key_set(key: Any, alg: str, kid: str) -> None:
    for header in ({"kid": kid}, {}, {"kid": kid, "typ": "JWT", "x5t": "AAAA"}):
        token = provider_token(key, alg, **header)
        assert verify_token(token, ISSUER, typ=frozenset({"JWT"}), algorithms=PROVIDER_ALGORITHMS) == CLAIMS


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")
def test_a_token_under_the_older_name_of_ed25519_is_verified() -> None:
    token = provider_token(ED, "EdDSA", kid="ed")
    assert verify_token(token, ISSUER, typ=None, algorithms=PROVIDER_ALGORITHMS) == CLAIMS


def test_what_a_provider_may_use_an_agency_may_not() -> None:
    with pytest.raises(SealError, match="token_alg_not_allowed"):
        verify_token(provider_token(RSA, "RS256", kid="rsa"), ISSUER, typ=None)
    assert "RS256" not in OUR_ALGORITHMS


TOKEN = sign_token(CLAIMS, KEYS.signing_key(NOW))
HEAD, BODY, SIGNATURE = TOKEN.split(".")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        pytest.param("", "token_malformed", id="empty"),
        pytest.param(f"{HEAD}.{BODY}", "token_malformed", id="two_parts"),
        pytest.param(f"{HEAD}.{BODY}.", "token_malformed", id="without_signature"),
        pytest.param(TOKEN + "=", "token_malformed", id="padding"),
        pytest.param("é" + TOKEN, "token_malformed", id="not_ascii"),
        pytest.param("A" * 20_000, "token_malformed", id="too_large"),
        pytest.param(f"AAAA.{BODY}.{SIGNATURE}", "token_malformed", id="header_not_json"),
        pytest.param(f"{HEAD}.{BODY}.{'A' * 10}{SIGNATURE[10:]}", "token_signature_wrong", id="another_signature"),
        pytest.param(f"{HEAD}.e30.{SIGNATURE}", "token_signature_wrong", id="other_claims"),
        pytest.param(sign_token(CLAIMS, ES256.signing_key(NOW)), "token_key_unknown", id="another_key"),
        pytest.param(sign_token(CLAIMS, KEYS.signing_key(NOW), "JWT"), "token_typ_wrong", id="another_type"),
        pytest.param(provider_token(OctKey.generate_key(256), "HS256"), "token_alg_not_allowed", id="hmac"),
        pytest.param(provider_token(ED, "Ed25519", kid=""), "token_typ_wrong", id="no_type_is_a_jwt"),
    ],
)
def test_a_token_is_refused_when(token: str, code: str) -> None:
    with pytest.raises(SealError) as caught:
        verify_token(token, KEYS.public(), typ=AT)
    assert caught.value.code == code
    assert "CW" not in str(caught.value)


@pytest.mark.parametrize("header", [{"kid": 7}, {"b64": True, "crit": ["b64"]}, {"typ": 7}])
def test_a_header_that_asks_for_more_is_refused(header: dict[str, Any]) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "Ed25519", **header}).encode()).rstrip(b"=").decode()
    with pytest.raises(SealError, match="token_malformed"):
        verify_token(f"{head}.{BODY}.{SIGNATURE}", KEYS.public(), typ=None)


def test_types_are_compared_as_media_types() -> None:
    token = sign_token(CLAIMS, KEYS.signing_key(NOW), "application/AT+JWT")
    assert verify_token(token, KEYS.public(), typ=AT) == CLAIMS


def test_with_a_clock_an_expired_key_verifies_no_token() -> None:
    assert verify_token(TOKEN, KEYS.public(), typ=AT, now=NOW) == CLAIMS
    with pytest.raises(SealError, match="token_key_unknown"):
        verify_token(TOKEN, KEYS.public(), typ=AT, now=NOW + timedelta(days=3000))


def test_a_public_key_signs_no_token() -> None:
    with pytest.raises(TrustError, match="key_use_wrong"):
        sign_token(CLAIMS, KEYS.public().signing_key(NOW))


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param((RSA, {"use": "enc"}), id="for_encryption"),
        pytest.param((RSA, {"alg": "RS512"}), id="for_another_algorithm"),
        pytest.param((RSA, {"kid": ["rsa"]}), id="a_kid_that_is_no_text"),
        pytest.param((RSA, {"n": "AQAB"}), id="too_short"),
        pytest.param((RSA, {"n": "="}), id="not_canonical"),
        pytest.param((RSA, {"e": "*"}), id="an_exponent_that_is_none"),
        pytest.param((P256, {"x": "AAAA"}), id="not_on_the_curve"),
        pytest.param((ECKey.generate_key("P-384"), {}), id="another_curve"),
        pytest.param((ED, {"kty": "AKP"}), id="an_unknown_type"),
    ],
)
def test_keys_of_a_provider_that_can_not_verify_are_passed_over(jwk: tuple[Any, dict[str, Any]]) -> None:
    with pytest.raises(SealError, match="token_key_unknown"):
        verify_token(provider_token(RSA, "RS256"), provider_set(jwk), typ=None, algorithms=PROVIDER_ALGORITHMS)


@pytest.mark.parametrize("text", ["{", "[]", '{"keys":7}', "\ud800", json.dumps({"keys": [{}] * 40})])
def test_a_damaged_key_set_of_a_provider_is_refused(text: str) -> None:
    with pytest.raises(HomewardError, match="keys_malformed"):
        verify_token(provider_token(RSA, "RS256"), text, typ=None, algorithms=PROVIDER_ALGORITHMS)


def test_without_a_key_id_each_key_that_can_have_signed_is_tried() -> None:
    keys = PublicKeySet.from_json(provider_set((ED, {}), (OKPKey.generate_key("Ed25519"), {})))
    assert verify_token(provider_token(ED, "Ed25519"), keys, typ=None) == CLAIMS
    with pytest.raises(SealError, match="token_signature_wrong"):
        verify_token(provider_token(OKPKey.generate_key("Ed25519"), "Ed25519"), keys, typ=None)
