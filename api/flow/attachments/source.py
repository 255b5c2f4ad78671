"""The bytes of an upload or of a sealed file, read again from any place; a part of it is in memory at a time."""

import io
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

CHUNK = 1 << 16


class Source(Protocol):
    """Bytes of a known number that can be read anywhere, again and again."""

    size: int

    def read(self, start: int, length: int) -> bytes:
        """Return the bytes from a place on: as many as asked for, or as there are."""
        ...


class Pieces:
    """A source made of pieces, each opened when it is needed; the last one stays at hand."""

    def __init__(self, starts: Sequence[int], size: int, load: Callable[[int], bytes]) -> None:
        self.size = size
        self._starts, self._load = starts, load
        self._number, self._piece = -1, b""

    def read(self, start: int, length: int) -> bytes:
        """Return the bytes from a place on."""
        found, stop = bytearray(), min(start + length, self.size)
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            piece = self._at(number)[start - self._starts[number] :][: stop - start]
            if not piece:
                break
            found += piece
            start += len(piece)
        return bytes(found)

    def _at(self, number: int) -> bytes:
        if number != self._number:
            self._piece, self._number = self._load(number), number
        return self._piece


def copy(source: Source, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Yield the bytes from a place to before another, to the end by default."""
    stop = source.size if stop is None else stop
    while start < stop:
        chunk = source.read(start, min(CHUNK, stop - start))
        if not chunk:
            return
        yield chunk
        start += len(chunk)


def blanks(length: int) -> Iterator[bytes]:
    """Yield so many zero bytes."""
    while length > 0:
        yield bytes(min(length, CHUNK))
        length -= CHUNK


class AsFile(io.RawIOBase):
    """A source as a file that can be read and searched, for libraries that want one."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source, self._at = source, 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be read from any place."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer and return how many bytes came."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # whatever has a buffer
        found = self._source.read(self._at, len(view))
        view[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._source.size}[whence])
        return self._at

    def tell(self) -> int:
        """Return the place at which it is read next."""
        return self._at
