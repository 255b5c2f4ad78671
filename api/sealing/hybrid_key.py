"""The post-quantum key of the hybrid layer: ML-KEM-768 and X25519 together, as a JWK of type ``AKP``.

``pub`` is the ML-KEM key (1,184 bytes) and the X25519 key (32 bytes), one after the other, as HPKE's MLKEM768-X25519
has them; ``priv`` is the ML-KEM seed (64 bytes) and the X25519 scalar (32 bytes). JOSE has no finished standard for
this yet, so the layer carries its own version and only ever wraps.
"""

from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from api.sealing.codes import trust_error
from api.sealing.strict import decode_segment, encode_segment

ALGORITHM = "MLKEM768-X25519"
_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64
_X25519 = 32


def generate_members() -> dict[str, str]:
    """Return the JWK members of a new hybrid key, private part included."""
    mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    public = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    private = mlkem.private_bytes_raw() + x25519.private_bytes_raw()
    return {
        "kty": "AKP",
        "alg": ALGORITHM,
        "pub": encode_segment(public).decode("ascii"),
        "priv": encode_segment(private).decode("ascii"),
    }


def import_key(members: Mapping[str, str]) -> MLKEM768X25519PrivateKey | MLKEM768X25519PublicKey:
    """Return the key that the members spell; raises ``TrustError`` when the lengths or halves don't fit."""
    public = decode_segment(members["pub"].encode("ascii"), "envelope_not_canonical")
    try:
        if len(public) != _MLKEM_PUBLIC + _X25519:
            raise trust_error("key_malformed")
        if "priv" in members:
            return _private(decode_segment(members["priv"].encode("ascii"), "envelope_not_canonical"), public)
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
        )
    except (ValueError, UnsupportedAlgorithm):
        raise trust_error("key_malformed") from None


def _private(private: bytes, public: bytes) -> MLKEM768X25519PrivateKey:
    """Build the private key from its two halves, and prove that they belong to the public ones."""
    if len(private) != _MLKEM_SEED + _X25519:
        raise trust_error("key_malformed")
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:_MLKEM_SEED])
    x25519 = X25519PrivateKey.from_private_bytes(private[_MLKEM_SEED:])
    if mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw() != public:
        raise trust_error("key_inconsistent")
    return MLKEM768X25519PrivateKey(mlkem, x25519)
