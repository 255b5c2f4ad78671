"""A backup that only its passphrase opens: scrypt (RFC 7914) makes the key, AES-256-GCM seals the bytes.

The header names its version and the cost of the key, and is bound to what it heads, so nobody can make it cheaper.
"""

import secrets
import unicodedata
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from api.sealing.codes import seal_error

_MAGIC: Final = b"HOMEWARD-BACKUP\x01"
SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
LOG_N: Final = 16
"""2**16 blocks of 1 KB: 64 MB and a third of a second, which a node of 150 MB can bear and a guesser can't."""
ACCEPTED_LOG_N: Final = range(14, 19)
_HEADER_BYTES: Final = len(_MAGIC) + 1 + SALT_BYTES + _NONCE_BYTES


def lock_backup(plaintext: bytes, passphrase: str) -> bytes:
    """Return the bytes sealed under the passphrase."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    header = _MAGIC + bytes([LOG_N]) + secrets.token_bytes(SALT_BYTES) + nonce
    return header + AESGCM(_key(header, passphrase)).encrypt(nonce, plaintext, header)


def open_backup(data: bytes, passphrase: str) -> bytes:
    """Return what the backup holds.

    Raises ``SealError`` with ``backup_malformed`` when it is none, and ``backup_passphrase`` when the passphrase is
    wrong or the backup was altered: the two can't be told apart.
    """
    header = data[:_HEADER_BYTES]
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC) or header[len(_MAGIC)] not in ACCEPTED_LOG_N:
        raise seal_error("backup_malformed")
    try:
        return AESGCM(_key(header, passphrase)).decrypt(header[-_NONCE_BYTES:], data[_HEADER_BYTES:], header)
    except (InvalidTag, ValueError):
        raise seal_error("backup_passphrase") from None


def _key(header: bytes, passphrase: str) -> bytes:
    """Derive the key with the cost and the salt that the header names."""
    return key_of(header[len(_MAGIC) + 1 : len(_MAGIC) + 1 + SALT_BYTES], header[len(_MAGIC)], passphrase)


def key_of(salt: bytes, log_n: int, passphrase: str) -> bytes:
    """Derive a key of 32 bytes from a passphrase: as many rounds as the cost says, and 1 KB of memory for each."""
    phrase = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return Scrypt(salt=salt, length=32, n=2**log_n, r=8, p=2).derive(phrase)
