"""A large file sealed once, under a key of its own, in constant memory (``segments.py``).

The key is made for one file and lies inside the sealed document that names it. The parts of an upload that is not
finished are locked one by one, since they come in any size and again.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.sealing.codes import seal_error
from api.sealing.segments import PREFIX_BYTES, TAG_BYTES, new_prefix, open_segments, opened, seal_segments
from api.sealing.segments import open_segment as open_one
from api.sealing.strict import decode_segment, encode_segment

SEGMENT: Final = 1 << 16
"""Bytes of plaintext in each segment but the last."""
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"
_HEADER_BYTES: Final = len(_VERSION) + PREFIX_BYTES
_SEALED: Final = SEGMENT + TAG_BYTES
_BROKEN: Final = "attachment_broken"


def generate_key() -> str:
    """Return a new key for one file, as documents carry it: 256 bits in base64url."""
    return encode_segment(secrets.token_bytes(_KEY_BYTES)).decode("ascii")


def sealed_size(size: int) -> int:
    """Return how many bytes a file of that size has when it is sealed."""
    return _HEADER_BYTES + size + TAG_BYTES * max(1, -(-size // SEGMENT))


def seal_stream(chunks: Iterable[bytes], key: str) -> Iterator[bytes]:
    """Return a file sealed under its key, piece by piece; a key seals one file and never another."""
    yield from seal_segments(chunks, _cipher(key), _VERSION + new_prefix(), SEGMENT)


def open_stream(chunks: Iterable[bytes], key: str) -> Iterator[bytes]:
    """Return what was sealed, segment by segment; raises ``SealError`` ``attachment_broken`` for anything else."""
    cipher, cut = _cipher(key), _cut(chunks)
    header = next(cut)
    if len(header) < _HEADER_BYTES or not header.startswith(_VERSION):
        raise seal_error(_BROKEN)
    yield from open_segments(cut, cipher, header, _BROKEN)


def sealed_range(number: int) -> tuple[int, int]:
    """Return where a segment begins in a sealed file, and where it ends if it is not the last."""
    start = _HEADER_BYTES + number * _SEALED
    return start, start + _SEALED


def open_segment(data: bytes, key: str, header: bytes, number: int, *, is_last: bool) -> bytes:
    """Return what is in one segment of a sealed file whose first bytes are given; raises like ``open_stream``."""
    return open_one(data, _cipher(key), header[:_HEADER_BYTES], number, is_last=is_last, code=_BROKEN)


class Measured:
    """Chunks that are measured on their way: how many bytes they have, and their SHA-256."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._hash = chunks, hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the chunks."""
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.size += len(chunk)
            yield chunk

    def to_end(self) -> tuple[str, int]:
        """Let all chunks go by, and return their SHA-256 and how many bytes they have."""
        for _ in self:
            pass
        return self.sha256, self.size

    @property
    def sha256(self) -> str:
        """The SHA-256 of what went by, in lower-case hexadecimal."""
        return self._hash.hexdigest()


def lock_part(data: bytes, key: str, place: str) -> bytes:
    """Return a part of an upload locked under the upload's key, to be opened only as the part of that place."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, data, place.encode())


def open_part(data: bytes, key: str, place: str) -> bytes:
    """Return a part of an upload; raises ``SealError`` when bytes, key and place don't belong together."""
    return opened(_cipher(key), data[:_NONCE_BYTES], data[_NONCE_BYTES:], place.encode(), _BROKEN)


def _cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a sealed file into its header and its segments, however it comes."""
    held, size = bytearray(), _HEADER_BYTES
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
            size = _SEALED
    if held or size == _HEADER_BYTES:
        yield bytes(held)


def _cipher(key: str) -> AESGCM:
    secret = decode_segment(key.encode("ascii"), _BROKEN)
    if len(secret) != _KEY_BYTES:
        raise seal_error(_BROKEN)
    return AESGCM(secret)
