"""Open an envelope: numbered checks, in this order, each with its own code; the first that fails ends it.

     1  size                       envelope_too_large
     2  five parts (hybrid: two)   envelope_not_compact
     3  canonical base64url        envelope_not_canonical, envelope_part_size
     4  header is strict JSON      header_not_json, header_duplicate_member, header_too_deep
     5  header's members           header_forbidden, header_unknown, header_missing
     6  type                       typ_wrong, cty_wrong, hybrid_version
     7  algorithms                 enc_not_allowed, alg_not_allowed
     8  header's values            header_invalid
     9  it is for us               recipient_not_us
    10  our key                    key_unknown, alg_not_of_key
    11  ephemeral key              epk_invalid
    12  decryption                 not_decrypted (hybrid: 1 to 12 again for the JWE inside; hybrid_nested, *_differs)
    13  inner JWS                  jws_not_compact, jws_not_canonical, jws_header_*, jws_typ_wrong, jws_alg_not_allowed
    14  pinned key of the sender   signer_not_sender, signer_unknown, jws_alg_not_of_key
    15  valid when it was issued   signer_key_expired, signer_key_not_yet_valid
    16  signature                  signature_wrong
    17  payload is strict JSON     payload_not_json, payload_duplicate_member, payload_too_deep
    18  payload names itself       payload_incomplete, created_at_invalid
    19  inside equals outside      sender_differs, recipient_differs, id_differs, time_differs
    20  not from the future        from_the_future

All of them look alike from outside the node. Old documents are fine: networks fail for days, and the store remembers
every id.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc import jwe
from joserfc.errors import JoseError

from api.sealing.codes import seal_error, trust_error
from api.sealing.digest import sha256_hex
from api.sealing.envelope import MAX_ENVELOPE_BYTES, EnvelopeHeader, Outside, look_outside, peek
from api.sealing.hybrid import unwrap
from api.sealing.jwk import Key, KeyKind
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.payload import Payload, read_payload
from api.sealing.seal import REGISTRIES
from api.sealing.signed import SKEW, Signed, SignedType, find_signer, open_signed, payload_of, require_valid, take_apart
from api.sealing.strict import decode_segment
from schemas.base import AgencyId

__all__ = ["EnvelopeHeader", "Unsealed", "payload_of", "peek", "unseal"]

_EPK = {
    KeyKind.X25519: ("OKP", frozenset({"kty", "crv", "x"})),
    KeyKind.P256: ("EC", frozenset({"kty", "crv", "x", "y"})),
}
_COORDINATE_BYTES = 32


@dataclass(frozen=True)
class Unsealed:
    """An opened envelope, all checks passed: the original bytes, and the parsed view beside them.

    ``signed`` is what is kept as evidence; ``payload`` is the document's bytes and ``content`` the same, parsed once.
    """

    header: EnvelopeHeader
    signed: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    content: dict[str, object] = field(repr=False, compare=False)
    kind: str = field(repr=False)
    sha256: str
    signed_sha256: str
    signer_kid: str


def unseal(
    data: bytes,
    *,
    recipient: AgencyId,
    keys: PrivateKeySet,
    sender_keys: PublicKeySet,
    now: datetime,
    max_bytes: int = MAX_ENVELOPE_BYTES,
    skew: timedelta = SKEW,
) -> Unsealed:
    """Return the document that the sender sealed to us, after all 20 checks.

    Raises ``SealError`` when the envelope is not right and ``TrustError`` when its signer is not trusted; ``code``
    says which check.
    """
    outside = look_outside(data, max_bytes)  # checks 1 to 8
    if outside.header.recipient != recipient:  # check 9
        raise seal_error("recipient_not_us")
    sealed = unwrap(outside, keys) if outside.is_hybrid else data
    inner = _inside_layer(outside, sealed, max_bytes) if outside.is_hybrid else outside
    signed = take_apart(_decrypt(sealed, inner, keys), SignedType.DOCUMENT)  # check 13
    payload = _open_as_signed(signed, inner.header, sender_keys, skew)
    document = read_payload(payload)  # checks 17 and 18
    _require_same(document, inner.header)
    if inner.header.issued_at > now + skew:  # check 20
        raise seal_error("from_the_future")
    return Unsealed(
        header=outside.header,
        signed=signed.data,
        payload=payload,
        content=document.content,
        kind=document.kind,
        sha256=sha256_hex(data),
        signed_sha256=sha256_hex(signed.data),
        signer_kid=signed.kid,
    )


def _inside_layer(outside: Outside, sealed: bytes, max_bytes: int) -> Outside:
    """Return the JWE inside the hybrid layer taken apart; its routing values have to be those of the layer."""
    inner = look_outside(sealed, max_bytes)
    if inner.is_hybrid:
        raise seal_error("hybrid_nested")
    _require_equal(inner.header.routing(), outside.header.routing())
    return inner


def _decrypt(data: bytes, outside: Outside, keys: PrivateKeySet) -> bytes:
    """Return the signed bytes that the JWE holds (checks 10 to 12). An old key still opens what was sealed to it."""
    key = keys.find(outside.header.kid)
    if key is None:
        raise seal_error("key_unknown")
    alg = key.encrypts_with
    if alg != outside.header.alg:
        raise seal_error("alg_not_of_key")
    _require_ephemeral(outside.members.get("epk"), key)
    try:
        plaintext = jwe.decrypt_compact(data, key.jose, registry=REGISTRIES[alg]).plaintext
    except (JoseError, ValueError, TypeError, AssertionError):
        raise seal_error("not_decrypted") from None
    return plaintext or b""


def _require_ephemeral(epk: object, key: Key) -> None:
    """Check 11: an ephemeral key on the curve of our key and nothing more in it; none at all for RSA."""
    if key.kind not in _EPK:
        if epk is not None:
            raise seal_error("epk_invalid")
        return
    kty, names = _EPK[key.kind]
    if not isinstance(epk, dict) or epk.keys() != names or epk["kty"] != kty or epk["crv"] != key.kind:
        raise seal_error("epk_invalid")
    for name in names & {"x", "y"}:
        value = epk[name]
        if not isinstance(value, str) or not value.isascii():
            raise seal_error("epk_invalid")
        if len(decode_segment(value.encode("ascii"), "epk_invalid")) != _COORDINATE_BYTES:
            raise seal_error("epk_invalid")


def _open_as_signed(signed: Signed, header: EnvelopeHeader, sender_keys: PublicKeySet, skew: timedelta) -> bytes:
    """Return the payload, signed by a pinned key of the sender that was valid when it was issued (checks 14 to 16)."""
    if sender_keys.agency is not None and sender_keys.agency != header.sender:
        raise trust_error("signer_not_sender")
    key = find_signer(signed, sender_keys)
    require_valid(key, header.issued_at, skew)
    return open_signed(signed, key)


def _require_same(document: Payload, header: EnvelopeHeader) -> None:
    """Check 19: nobody can forward a document as if it were meant for another."""
    _require_equal((document.id, document.sender, document.recipient, document.issued_at), header.routing())


def _require_equal(inside: tuple[str, str, str, datetime], outside: tuple[str, str, str, datetime]) -> None:
    """Refuse unless sender, recipient, id and time are the same on both sides."""
    codes = ("id_differs", "sender_differs", "recipient_differs", "time_differs")
    for code, one, other in zip(codes, inside, outside, strict=True):
        if one != other:
            raise seal_error(code)
