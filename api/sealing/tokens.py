"""JSON Web Tokens: what proves who is calling (RFC 7519, RFC 7523, RFC 9068).

Only the header and the signature are judged here; who, for whom and until when (the claims) is judged by the caller.
The header never brings a key along: keys come from a pinned set or from the issuer's own key set, and the key decides
which algorithms can be meant.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from api.errors import SealError
from api.sealing.codes import seal_error, trust_error
from api.sealing.jwk import JoseKey, Key
from api.sealing.keys import PublicKeySet, window_code
from api.sealing.secret import generate_secret, hash_secret, verify_secret
from api.sealing.signed import TOKEN_REGISTRIES
from api.sealing.strict import decode_segment, parse_object, require_canonical

__all__ = ["generate_secret", "hash_secret", "peek_claims", "sign_token", "verify_secret", "verify_token"]

OUR_ALGORITHMS: Final = frozenset({"Ed25519", "EdDSA", "ES256"})
"""What agencies sign with."""
PROVIDER_ALGORITHMS: Final = OUR_ALGORITHMS | {"RS256", "PS256"}
"""What OpenID Connect providers sign with; HMAC and ``none`` are never among them."""

MAX_TOKEN_BYTES: Final = 16_384
_MAX_PROVIDER_KEYS: Final = 32
_RSA_BITS: Final = range(2048, 8193)
_PARTS: Final = 3


@dataclass(frozen=True)
class _Verifier:
    """A public key that may have signed a token, and the algorithms that it can have signed with."""

    kid: str | None
    algorithms: frozenset[str]
    jose: JoseKey = field(repr=False, compare=False)


def sign_token(claims: Mapping[str, object], key: Key, typ: str = "at+jwt") -> str:
    """Return the claims as a JWT signed with this private key."""
    alg = key.signs_with
    if alg is None or not key.is_private:
        raise trust_error("key_use_wrong")
    header = {"alg": alg, "kid": key.kid, "typ": typ}
    payload = json.dumps(dict(claims), separators=(",", ":"))
    return jws.serialize_compact(header, payload, key.jose, registry=TOKEN_REGISTRIES[alg])


def verify_token(
    token: str,
    keys: PublicKeySet | str,
    *,
    typ: frozenset[str] | None,
    algorithms: frozenset[str] = OUR_ALGORITHMS,
    now: datetime | None = None,
) -> dict[str, object]:
    """Return the claims of a token that one of the keys signed; the claims themselves are not judged.

    ``keys`` is a pinned set, or the text of an issuer's JWK Set. ``typ`` lists the accepted types (a token without
    one counts as ``JWT``); ``None`` accepts any. With ``now`` the window of a pinned key is judged too. Raises
    ``SealError``.
    """
    parts = _segments(token)
    header = _read(parts[0])
    alg, kid = _judge_header(header, typ, algorithms)
    for candidate in _candidates(keys, alg, kid, now):
        if _is_signed_by(token, candidate, alg):
            return _read(parts[1])
    raise seal_error("token_signature_wrong")


def peek_claims(token: str) -> dict[str, object]:
    """Return what a token claims, **unproven**: only to find the issuer or client whose keys will verify it."""
    return _read(_segments(token)[1])


def _segments(token: str) -> list[bytes]:
    """Return the three parts, each spelt canonically."""
    if len(token) > MAX_TOKEN_BYTES or not token.isascii():
        raise seal_error("token_malformed")
    parts = token.encode("ascii").split(b".")
    if len(parts) != _PARTS or not all(parts):
        raise seal_error("token_malformed")
    for part in parts:
        require_canonical(part, "token_malformed")
    return parts


def _read(segment: bytes) -> dict[str, object]:
    """Return the JSON object in a part of the token."""
    try:
        return parse_object(decode_segment(segment, "token_malformed"), "payload")
    except SealError:
        raise seal_error("token_malformed") from None


def _judge_header(
    header: dict[str, object], typ: frozenset[str] | None, algorithms: frozenset[str]
) -> tuple[str, str | None]:
    """Return the algorithm and the key id that the header names, if both may be."""
    alg, kid, own_typ = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(alg, str) or alg not in algorithms & PROVIDER_ALGORITHMS:
        raise seal_error("token_alg_not_allowed")
    if header.keys() & {"crit", "b64", "zip"} or not isinstance(kid, str | None) or not isinstance(own_typ, str):
        raise seal_error("token_malformed")
    if typ is not None and _plain(own_typ) not in {_plain(one) for one in typ}:
        raise seal_error("token_typ_wrong")
    return alg, kid


def _plain(typ: str) -> str:
    """Return a type as RFC 7515 section 4.1.9 compares it: without ``application/``, in lower case."""
    return typ.lower().removeprefix("application/")


def _candidates(keys: PublicKeySet | str, alg: str, kid: str | None, now: datetime | None) -> list[_Verifier]:
    """Return the keys that can have signed; with a key id that is one key, or none."""
    known = _provider_keys(keys) if isinstance(keys, str) else tuple(_pinned(keys, now))
    matching = [key for key in known if alg in key.algorithms and (kid is None or key.kid == kid)]
    if not matching:
        raise seal_error("token_key_unknown")
    return matching


def _pinned(keys: PublicKeySet, now: datetime | None) -> Iterable[_Verifier]:
    """Return an agency's keys that sign, and that are valid now when that was asked for."""
    for key in keys.keys:
        if key.signs_with and (now is None or window_code(key, now) is None):
            names = {"Ed25519", "EdDSA"} if key.signs_with == "Ed25519" else {key.signs_with}
            yield _Verifier(key.kid, frozenset(names), key.jose)


def _is_signed_by(token: str, key: _Verifier, alg: str) -> bool:
    """Whether this key made the token's signature with this algorithm."""
    try:
        jws.deserialize_compact(token, key.jose, registry=TOKEN_REGISTRIES[alg])
    except (JoseError, ValueError):
        return False
    return True


@lru_cache(maxsize=32)
def _provider_keys(text: str) -> tuple[_Verifier, ...]:
    """Return the keys of an issuer's JWK Set that may verify; unknown kinds are passed over (RFC 7517 section 5)."""
    try:
        listed = parse_object(text.encode("utf-8"), "payload").get("keys")
    except (SealError, UnicodeError):
        raise trust_error("keys_malformed") from None
    if not isinstance(listed, list) or len(listed) > _MAX_PROVIDER_KEYS:
        raise trust_error("keys_malformed")
    return tuple(key for jwk in listed if isinstance(jwk, dict) and (key := _find_provider_key(jwk)) is not None)


def _find_provider_key(jwk: dict[str, object]) -> _Verifier | None:
    """Return a key that can verify what we accept, or ``None`` for every other kind of key."""
    kid, alg = jwk.get("kid"), jwk.get("alg")
    try:
        imported = _import(jwk)
    except (JoseError, SealError, ValueError, TypeError, KeyError):
        return None
    if imported is None or jwk.get("use", "sig") != "sig" or not isinstance(kid, str | None):
        return None
    jose, names = imported
    if alg is not None:
        same = {"Ed25519", "EdDSA"} if alg in {"Ed25519", "EdDSA"} else {alg}
        names = frozenset(name for name in names if name in same)
    return _Verifier(kid, names, jose)


def _import(jwk: dict[str, object]) -> tuple[JoseKey, frozenset[str]] | None:
    """Return the public key and what it can verify, judged by its kind, curve and length."""
    bare: dict[str, str | list[str]] = {
        name: value for name in ("kty", "crv", "x", "y", "n", "e") if isinstance(value := jwk.get(name), str)
    }
    match jwk.get("kty"), jwk.get("crv"):
        case "RSA", _:
            size = len(decode_segment(str(jwk.get("n", "")).encode(), "token_malformed")) * 8
            return (RSAKey.import_key(bare), frozenset({"RS256", "PS256"})) if size in _RSA_BITS else None
        case "EC", "P-256":
            return ECKey.import_key(bare), frozenset({"ES256"})
        case "OKP", "Ed25519":
            return OKPKey.import_key(bare), frozenset({"Ed25519", "EdDSA"})
        case _:
            return None
