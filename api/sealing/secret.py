"""Secrets of staff systems: made here, shown once, kept only as a salted scrypt hash (RFC 7914)."""

import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from api.sealing.codes import seal_error
from api.sealing.strict import decode_segment, encode_segment

_LOG_N: Final = 14
_R: Final = 8
_P: Final = 1
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_FIELDS: Final = 4
_TWO_AT_ONCE: Final = ThreadPoolExecutor(2, thread_name_prefix="scrypt")
"""Each derivation takes 16 MB and tens of milliseconds of a core; callers without a good secret wait for each other.

The memory allocator keeps what a thread has used, so it is always the same two that derive.

The secrets have 256 bits and are made here, so scrypt is more than they need; what is stored stays readable.
"""


def generate_secret() -> str:
    """Return a new secret of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret: ``scrypt$14$<salt>$<hash>``."""
    salt = secrets.token_bytes(_SALT_BYTES)
    parts = ("scrypt", str(_LOG_N), encode_segment(salt).decode(), encode_segment(_derive(secret, salt)).decode())
    return "$".join(parts)


def verify_secret(secret: str, hashed: str) -> bool:
    """Whether this is the secret that was hashed, in constant time; raises ``SealError`` for a damaged hash."""
    fields = hashed.split("$")
    if len(fields) != _FIELDS or fields[:2] != ["scrypt", str(_LOG_N)] or not hashed.isascii():
        raise seal_error("secret_hash_malformed")
    salt, expected = (decode_segment(one.encode("ascii"), "secret_hash_malformed") for one in fields[2:])
    return hmac.compare_digest(_derive(secret, salt), expected)


def _derive(secret: str, salt: bytes) -> bytes:
    data = secret.encode("utf-8", "surrogatepass")
    scrypt = Scrypt(salt=salt, length=_HASH_BYTES, n=2**_LOG_N, r=_R, p=_P)
    return _TWO_AT_ONCE.submit(scrypt.derive, data).result()
