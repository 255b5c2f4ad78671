"""Where the bytes of attachments lie: blobs, each a row of pieces under a name that means nothing.

Whatever lies there is encrypted. A piece is small enough for memory and stored whole or not at all, so that a blob can
grow piece by piece, and go on after any cut, in every kind of store; a name is never used again. A piece that is there
is never replaced: what was checked is what is read, whoever brings the same file at the same time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from ulid import ULID

PIECE = 1 << 18
"""Bytes of each piece but the last of a sealed file: half a minute over a telephone line."""


class Blobs(Protocol):
    """A store of blobs; every call raises ``NodeError`` ``blobs_unavailable`` where it can't be reached."""

    def put(self, blob: str, number: int, data: bytes) -> None:
        """Store a piece, whole and lasting when the call returns; where there is one already, that one stays."""
        ...

    def get(self, blob: str, number: int) -> bytes:
        """Return a piece; raises ``NodeError`` ``blob_missing`` where it is gone."""
        ...

    def count(self, blob: str) -> int:
        """Return how many pieces of a blob are there, from its first one on without a gap."""
        ...

    def remove(self, blob: str) -> None:
        """Remove a blob with all its pieces, if it is there."""
        ...

    def names(self) -> Iterator[str]:
        """Yield the name of every blob."""
        ...


def new_name(now: datetime) -> str:
    """Return a name for a new blob; it tells only when it was made."""
    return str(ULID.from_datetime(now))


def made_at(blob: str) -> datetime:
    """Return when a blob was named."""
    return datetime.fromtimestamp(ULID.from_str(blob).timestamp, UTC)


def is_name(text: str) -> bool:
    """Say whether something can be the name of a blob, and is not what somebody else put there."""
    try:
        ULID.from_str(text)
    except ValueError:
        return False
    return True


def pieces_of(size: int) -> range:
    """Return the numbers of the pieces of a sealed file of that size."""
    return range(-(-size // PIECE))


def piece_size(size: int, number: int) -> int:
    """Return how many bytes a piece of a sealed file of that size has; none or less where there is no such piece."""
    return min(PIECE, size - number * PIECE)


def read_blob(blobs: Blobs, blob: str, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of a sealed file from ``start`` to before ``stop``, a piece in memory at a time."""
    while start < stop:
        number, skipped = divmod(start, PIECE)
        piece = blobs.get(blob, number)[skipped : skipped + stop - start]
        yield piece
        start += len(piece) or stop


def write_blob(blobs: Blobs, blob: str, chunks: Iterator[bytes]) -> None:
    """Store a sealed file, a piece in memory at a time."""
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE:
            blobs.put(blob, number, bytes(held[:PIECE]))
            del held[:PIECE]
            number += 1
    if held:
        blobs.put(blob, number, bytes(held))


def count_in_order(numbers: list[int]) -> int:
    """Return how many numbers there are from 0 on without a gap."""
    have = set(numbers)
    return next(number for number in range(len(have) + 1) if number not in have)
