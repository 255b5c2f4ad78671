"""One more layer around the JWE, against those who record today and break X25519 tomorrow.

HPKE (RFC 9180) with ML-KEM-768 + X25519, HKDF-SHA256 and AES-256-GCM. The layer only ever wraps: what it holds is at
least as safe as without it. Its header repeats the routing values, is bound to the ciphertext as HPKE's ``info``, and
carries its own version. Form: ``base64url(header) "." base64url(HPKE encapsulated key and ciphertext)``.
"""

import json
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from api.sealing.codes import seal_error, trust_error
from api.sealing.envelope import HYBRID_TYP, EnvelopeHeader, Outside
from api.sealing.jwk import Key
from api.sealing.keys import PrivateKeySet
from api.sealing.strict import decode_segment, encode_segment

VERSION: Final = 1
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def wrap(data: bytes, header: EnvelopeHeader, key: Key) -> bytes:
    """Return the JWE inside the hybrid layer to this key, with the same routing values on the outside."""
    public = key.handle
    if not isinstance(public, MLKEM768X25519PublicKey):
        raise trust_error("key_use_wrong")
    members = {"typ": HYBRID_TYP, "v": VERSION, **header.members(), "kid": key.kid}
    info = json.dumps(members, separators=(",", ":")).encode("ascii")
    return encode_segment(info) + b"." + encode_segment(_SUITE.encrypt(data, public, info=info))


def unwrap(outside: Outside, keys: PrivateKeySet) -> bytes:
    """Return the JWE that the layer holds; raises ``SealError`` when the key is not ours or the bytes were altered."""
    key = keys.find(outside.header.kid)
    if key is None:
        raise seal_error("key_unknown")
    private = key.handle
    if not isinstance(private, MLKEM768X25519PrivateKey):
        raise seal_error("alg_not_of_key")
    info, ciphertext = (decode_segment(part, "envelope_not_canonical") for part in outside.parts)
    try:
        return _SUITE.decrypt(ciphertext, private, info=info)
    except (InvalidTag, ValueError):
        raise seal_error("not_decrypted") from None
