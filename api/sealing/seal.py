"""Seal a document: sign it as the sender, then encrypt it to the recipient (the sealing profile, version 1).

Inside a compact JWS, outside a compact JWE; when the recipient publishes a hybrid key, the JWE travels inside one
more layer. What the header says (sender, recipient, id, time) is taken from the document and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from joserfc import jwe
from joserfc.registry import HeaderParameter

from api.sealing.codes import seal_error, trust_error
from api.sealing.digest import sha256_hex
from api.sealing.envelope import ENCRYPTION, ENVELOPE_TYP, EnvelopeHeader, read_routing
from api.sealing.hybrid import wrap
from api.sealing.jwk import Key
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.payload import Payload, document_bytes, read_payload
from api.sealing.signed import MAX_SIGNED_BYTES, SignedType, payload_of, sign
from schemas.base import AgencyId, DocumentId

__all__ = ["SealedEnvelope", "document_bytes", "reseal", "seal"]


class Registry(jwe.JWERegistry):
    """joserfc's registry with our size limits and our header members."""

    max_protected_header_length = 4096
    max_ciphertext_length = MAX_SIGNED_BYTES * 2

    def __init__(self, algorithm: str) -> None:
        routing = {name: HeaderParameter("Routing", "str", required=True) for name in ("iss", "aud", "jti")}
        super().__init__(
            {**routing, "iat": HeaderParameter("Issued at", "int", required=True)}, [algorithm, ENCRYPTION]
        )


REGISTRIES: Final = {name: Registry(name) for name in ("ECDH-ES+A256KW", "RSA-OAEP-256")}
"""One for each algorithm, so that each call allows exactly one."""


@dataclass(frozen=True)
class SealedEnvelope:
    """An envelope ready to travel: ``data`` is sent, ``sha256`` names it in receipts, ``signed`` is the inner JWS."""

    id: DocumentId
    sender: AgencyId
    recipient: AgencyId
    issued_at: datetime
    data: bytes = field(repr=False)
    sha256: str
    signed: bytes = field(repr=False)


def seal(payload: bytes, *, keys: PrivateKeySet, to: PublicKeySet, now: datetime) -> SealedEnvelope:
    """Return the document sealed with the sender's newest valid key to the recipient's newest valid key.

    Raises ``SealError`` when the payload is no document, or names other agencies than the key sets belong to, and
    ``TrustError`` when one of the sets has no key that is valid now.
    """
    document = read_payload(payload)
    _require_agencies(document, keys, to)
    signed = sign(payload, SignedType.DOCUMENT, keys.signing_key(now, document.issued_at))
    return _seal(signed, document, to, now)


def reseal(signed: bytes, *, to: PublicKeySet, now: datetime) -> SealedEnvelope:
    """Return signed bytes in a new envelope, for a recipient that changed its keys before it could open the old one.

    It stays the same document: what was signed, when and by which key is not touched.
    """
    document = read_payload(payload_of(signed))
    if to.agency is not None and to.agency != document.recipient:
        raise trust_error("agency_differs")
    return _seal(signed, document, to, now)


def _seal(signed: bytes, document: Payload, to: PublicKeySet, now: datetime) -> SealedEnvelope:
    """Encrypt signed bytes to the recipient's newest keys."""
    key = to.encryption_key(now)
    header = _header(document, key)
    data = encrypt(signed, header, key)
    if (hybrid := to.find_hybrid_key(now)) is not None:
        data = wrap(data, header, hybrid)
    return SealedEnvelope(header.id, header.sender, header.recipient, header.issued_at, data, sha256_hex(data), signed)


def _header(document: Payload, key: Key) -> EnvelopeHeader:
    """Return what the envelope will say on its outside, judged as strictly as a recipient judges it."""
    iat = int(document.issued_at.timestamp())
    members = {"kid": key.kid, "iss": document.sender, "aud": document.recipient, "jti": document.id, "iat": iat}
    return read_routing(members, key.encrypts_with or "")


def encrypt(signed: bytes, header: EnvelopeHeader, key: Key) -> bytes:
    """Return the signed bytes as a compact JWE to this key, with the routing values in its protected header."""
    types = {"alg": header.alg, "enc": ENCRYPTION, "typ": ENVELOPE_TYP, "cty": "JWS"}
    protected: dict[str, object] = {**types, **header.members()}
    return jwe.encrypt_compact(protected, signed, key.jose, registry=REGISTRIES[header.alg]).encode("ascii")


def _require_agencies(document: Payload, keys: PrivateKeySet, to: PublicKeySet) -> None:
    """Refuse to sign in another agency's name, or to seal to keys that are not the recipient's."""
    if keys.agency is not None and keys.agency != document.sender:
        raise seal_error("sender_differs")
    if to.agency is not None and to.agency != document.recipient:
        raise trust_error("agency_differs")
