"""A large backup under a passphrase, in constant memory (``segments.py``): none of its segments is missing.

The header with the cost of the key is bound to all of them.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.sealing.backup import ACCEPTED_LOG_N, LOG_N, SALT_BYTES, key_of
from api.sealing.codes import seal_error
from api.sealing.segments import PREFIX_BYTES, TAG_BYTES, new_prefix, open_segments, seal_segments

_MAGIC: Final = b"HOMEWARD-BACKUP\x02"
_HEADER_BYTES: Final = len(_MAGIC) + 1 + SALT_BYTES + PREFIX_BYTES
_SEGMENT: Final = 1 << 20


def lock_archive(chunks: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """Return the bytes sealed under the passphrase, piece by piece."""
    salt = secrets.token_bytes(SALT_BYTES)
    header = _MAGIC + bytes([LOG_N]) + salt + new_prefix()
    yield from seal_segments(chunks, AESGCM(key_of(salt, LOG_N, passphrase)), header, _SEGMENT)


def open_archive(read: Callable[[int], bytes], passphrase: str) -> Iterator[bytes]:
    """Return what was sealed, piece by piece; nothing of a segment comes out before it was verified.

    Raises ``SealError``: ``backup_malformed`` when it is none, ``backup_passphrase`` when the passphrase is wrong or
    the file was altered or cut off.
    """
    header = read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC) or header[len(_MAGIC)] not in ACCEPTED_LOG_N:
        raise seal_error("backup_malformed")
    salt = header[len(_MAGIC) + 1 : -PREFIX_BYTES]
    cipher = AESGCM(key_of(salt, header[len(_MAGIC)], passphrase))
    segments = iter(lambda: read(_SEGMENT + TAG_BYTES), b"")
    yield from open_segments(segments, cipher, header, "backup_passphrase")
