"""A large backup under a passphrase, in constant memory: segments of AES-256-GCM, chained so that none is missing.

As in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) the nonce of a segment holds its number and whether it is the
last: segments that are swapped, repeated or cut off do not open. The header with the cost of the key is bound to all.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.sealing.backup import ACCEPTED_LOG_N, LOG_N, SALT_BYTES, key_of
from api.sealing.codes import seal_error

_MAGIC: Final = b"HOMEWARD-BACKUP\x02"
_PREFIX_BYTES: Final = 7
_HEADER_BYTES: Final = len(_MAGIC) + 1 + SALT_BYTES + _PREFIX_BYTES
_SEGMENT: Final = 1 << 20
_TAG_BYTES: Final = 16


def lock_archive(chunks: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """Return the bytes sealed under the passphrase, piece by piece."""
    salt, prefix = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(_PREFIX_BYTES)
    header = _MAGIC + bytes([LOG_N]) + salt + prefix
    cipher = AESGCM(key_of(salt, LOG_N, passphrase))
    yield header
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > _SEGMENT:  # one byte more: the last segment is never empty behind a full one
            yield cipher.encrypt(_nonce(prefix, number, is_last=False), bytes(held[:_SEGMENT]), header)
            del held[:_SEGMENT]
            number += 1
    yield cipher.encrypt(_nonce(prefix, number, is_last=True), bytes(held), header)


def open_archive(read: Callable[[int], bytes], passphrase: str) -> Iterator[bytes]:
    """Return what was sealed, piece by piece; nothing of a segment comes out before it was verified.

    Raises ``SealError``: ``backup_malformed`` when it is none, ``backup_passphrase`` when the passphrase is wrong or
    the file was altered or cut off.
    """
    header = read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC) or header[len(_MAGIC)] not in ACCEPTED_LOG_N:
        raise seal_error("backup_malformed")
    salt, prefix = header[len(_MAGIC) + 1 : -_PREFIX_BYTES], header[-_PREFIX_BYTES:]
    cipher = AESGCM(key_of(salt, header[len(_MAGIC)], passphrase))
    segment, number = read(_SEGMENT + _TAG_BYTES), 0
    while True:
        following = read(_SEGMENT + _TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(prefix, number, is_last=not following), segment, header)
        except (InvalidTag, ValueError):
            raise seal_error("backup_passphrase") from None
        if not following:
            return
        segment, number = following, number + 1


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])
