"""A signed statement: a compact JWS whose header is exactly ``alg``, ``kid`` and ``typ``.

Documents, receipts and descriptors are all signed in this one way; ``typ`` keeps them apart, so that none can be
passed off as another. The key decides the algorithm; the header may only repeat it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSAlgModel  # type: ignore[attr-defined]  # joserfc does not list it

from api.sealing.codes import seal_error, trust_error
from api.sealing.keys import Key, PublicKeySet, window_code
from api.sealing.strict import decode_segment, parse_object, require_canonical

MAX_SIGNED_BYTES: Final = 16_777_216
"""The most that is ever signed (joserfc's own limit is 128,000 bytes); callers set limits of their own before."""

SKEW: Final = timedelta(minutes=5)
"""So far may the clocks of two nodes be apart."""

_MEMBERS = frozenset({"alg", "kid", "typ"})
_SIGNATURES = frozenset({"Ed25519", "EdDSA", "ES256"})
_PARTS = 3


class SignedType(StrEnum):
    """What is signed; stands in the signed header."""

    DOCUMENT = "homeward-document+jws"
    RECEIPT = "homeward-receipt+jws"
    DESCRIPTOR = "homeward-descriptor+jws"
    FIGURES = "homeward-figures+jws"
    BUNDLE = "homeward-bundle+jws"
    SILENCE = "homeward-silence+jws"


class _Registry(jws.JWSRegistry):
    """joserfc's registry with our limits; the old name EdDSA (RFC 8037) means Ed25519 (RFC 9864) and nothing else."""

    max_header_length = 1024
    max_payload_length = MAX_SIGNED_BYTES

    def get_alg(self, name: str) -> JWSAlgModel:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


_REGISTRIES = {name: _Registry(algorithms=[name]) for name in ("Ed25519", "ES256")}

TOKEN_REGISTRIES: Final = {
    name: _Registry(algorithms=["Ed25519" if name == "EdDSA" else name], strict_check_header=False)
    for name in ("Ed25519", "EdDSA", "ES256", "RS256", "PS256")
}
"""For tokens, whose issuers put members of their own into the header; one for each algorithm."""


@dataclass(frozen=True)
class Signed:
    """A statement taken apart, not yet believed: who says that it signed, and the bytes."""

    data: bytes
    alg: str
    kid: str


def sign(payload: bytes, typ: SignedType, key: Key) -> bytes:
    """Return the payload as a compact JWS signed with this private key, by the one algorithm that the key has."""
    alg = key.signs_with
    if alg is None or not key.is_private:
        raise trust_error("key_use_wrong")
    header = {"alg": alg, "kid": key.kid, "typ": str(typ)}
    return jws.serialize_compact(header, payload, key.jose, registry=_REGISTRIES[alg]).encode("ascii")


def take_apart(data: bytes, typ: SignedType, max_bytes: int = MAX_SIGNED_BYTES) -> Signed:
    """Return the parts of a compact JWS, strictly spelt; the signature is not looked at yet."""
    if len(data) > max_bytes:
        raise seal_error("jws_too_large")
    parts = data.split(b".")
    if len(parts) != _PARTS or not all(parts):
        raise seal_error("jws_not_compact")
    for part in parts:
        require_canonical(part, "jws_not_canonical")
    header = parse_object(decode_segment(parts[0], "jws_not_canonical"), "jws_header", max_depth=1)
    if header.keys() != _MEMBERS or not all(isinstance(value, str) for value in header.values()):
        raise seal_error("jws_header_not_exact")
    if header["typ"] != typ:
        raise seal_error("jws_typ_wrong")
    if header["alg"] not in _SIGNATURES:
        raise seal_error("jws_alg_not_allowed")
    return Signed(data, str(header["alg"]), str(header["kid"]))


def find_signer(signed: Signed, keys: PublicKeySet) -> Key:
    """Return the pinned key that is named; raises when it is not pinned or can't sign with that algorithm."""
    key = keys.find(signed.kid)
    if key is None:
        raise trust_error("signer_unknown")
    if key.signs_with != ("Ed25519" if signed.alg == "EdDSA" else signed.alg):
        raise seal_error("jws_alg_not_of_key")
    return key


def require_valid(key: Key, at: datetime, skew: timedelta) -> None:
    """Raise ``TrustError`` unless the signing key was valid at that instant, give or take the tolerated skew."""
    code = window_code(key, at, skew)
    if code is not None:
        raise trust_error("signer_" + code)


def open_signed(signed: Signed, key: Key) -> bytes:
    """Return the payload; raises ``SealError`` unless this key signed these bytes."""
    alg = "Ed25519" if signed.alg == "EdDSA" else signed.alg
    try:
        return jws.deserialize_compact(signed.data, key.jose, registry=_REGISTRIES[alg]).payload
    except (JoseError, ValueError):
        raise seal_error("signature_wrong") from None


def payload_of(signed: bytes) -> bytes:
    """Return the document's bytes out of signed bytes that were verified when they came in."""
    parts = signed.split(b".")
    if len(parts) != _PARTS:
        raise seal_error("jws_not_compact")
    return decode_segment(parts[1], "jws_not_canonical")
