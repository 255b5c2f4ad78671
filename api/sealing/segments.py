"""Large plaintext in constant memory: segments of AES-256-GCM, chained so that none is missing.

As in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) the nonce of a segment holds its number and whether it is the
last: segments that are swapped, repeated or cut off do not open, and nothing of a segment comes out before it was
verified. A header stands before the segments; it ends in a random prefix of all nonces and is bound to each.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.sealing.codes import seal_error

PREFIX_BYTES: Final = 7
TAG_BYTES: Final = 16


def new_prefix() -> bytes:
    """Return the random end of a new header."""
    return secrets.token_bytes(PREFIX_BYTES)


def seal_segments(chunks: Iterable[bytes], cipher: AESGCM, header: bytes, size: int) -> Iterator[bytes]:
    """Return the header and the segments after it, each with so many bytes of plaintext but the last."""
    yield header
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > size:  # one byte more: the last segment is never empty behind a full one
            yield cipher.encrypt(_nonce(header, number, is_last=False), bytes(held[:size]), header)
            del held[:size]
            number += 1
    yield cipher.encrypt(_nonce(header, number, is_last=True), bytes(held), header)


def open_segments(segments: Iterator[bytes], cipher: AESGCM, header: bytes, code: str) -> Iterator[bytes]:
    """Return what was sealed, segment by segment; raises ``SealError`` with this code for anything else."""
    segment, number = next(segments, b""), 0
    while True:
        following = next(segments, b"")
        yield open_segment(segment, cipher, header, number, is_last=not following, code=code)
        if not following:
            return
        segment, number = following, number + 1


def open_segment(data: bytes, cipher: AESGCM, header: bytes, number: int, *, is_last: bool, code: str) -> bytes:
    """Return what is in one segment; raises ``SealError`` with this code where it is not that segment."""
    return opened(cipher, _nonce(header, number, is_last=is_last), data, header, code)


def opened(cipher: AESGCM, nonce: bytes, data: bytes, bound: bytes, code: str) -> bytes:
    """Return what was encrypted under a nonce; raises ``SealError`` with this code where anything does not fit."""
    try:
        return cipher.decrypt(nonce, data, bound)
    except (InvalidTag, ValueError):
        raise seal_error(code) from None


def _nonce(header: bytes, number: int, *, is_last: bool) -> bytes:
    return header[-PREFIX_BYTES:] + number.to_bytes(4, "big") + bytes([is_last])
