"""TIFF without what it tells beside its pages: the tags that show them are kept, the bytes that they need, no others.

What is left out is blank. Nothing is moved, so that everything is found where it was (TIFF 6.0).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.flow.attachments.pictures import malformed
from api.flow.attachments.source import Source, blanks, copy

MOST_PAGES, MOST_TAGS, MOST_STRIPS = 1000, 512, 500_000
_KEPT = frozenset(
    {
        *range(254, 260),  # size, depth, compression
        *(262, 263, 264, 265, 266),  # how a pixel is shown
        *(273, 274, 277, 278, 279, 280, 281, 282, 283, 284),  # strips, orientation, resolution
        *(290, 291, 292, 293, 296, 297, 301),  # grey, fax, unit, page number
        *range(317, 326),  # predictor, colours, tiles
        *(332, 334, 336, 338, 339, 340, 341, 347),  # inks, samples, tables of JPEG
        *(529, 530, 531, 532),  # YCbCr
    }
)
_PLACES = ((273, 279), (324, 325))
"""Where strips and tiles lie, and how long they are."""
_COMPRESSION, _OLD_JPEG = 259, 6
_LENGTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}


@dataclass(frozen=True)
class _Tag:
    number: int
    kind: int
    count: int
    raw: bytes
    at: int
    """Where the values lie."""

    @property
    def length(self) -> int:
        return _LENGTHS.get(self.kind, 1) * self.count


def clean_tiff(source: Source) -> Iterator[bytes]:
    """Yield a TIFF of the same size with its pages, and nothing else; raises ``InvalidInput`` ``file_malformed``."""
    written: dict[int, bytes] = {0: source.read(0, 8)}
    kept: list[tuple[int, int]] = []
    reader = _Reader(source)
    page, seen = reader.number(4, 4), set[int]()
    while page:
        if page in seen or len(seen) >= MOST_PAGES:
            raise malformed()
        seen.add(page)
        table, spans, page = _page(reader, page)
        written |= table
        kept += spans
        if len(kept) > MOST_STRIPS:
            raise malformed()
    yield from _written(source, written, kept)


def _page(reader: "_Reader", at: int) -> tuple[dict[int, bytes], list[tuple[int, int]], int]:
    """Return the table of a page as it is kept, the places it needs, and where the next page's table is."""
    found = reader.number(at, 2)
    if not 0 < found <= MOST_TAGS:
        raise malformed()
    tags = [tag for entry in range(found) if (tag := reader.tag(at + 2 + 12 * entry)).number in _KEPT]
    by_number = {tag.number: tag for tag in tags}
    if _COMPRESSION in by_number and reader.values(by_number[_COMPRESSION]) == [_OLD_JPEG]:
        raise malformed()
    following = reader.read(at + 2 + 12 * found, 4)
    table = reader.written(len(tags), 2) + b"".join(tag.raw for tag in tags) + following
    spans = [(tag.at, tag.at + tag.length) for tag in tags if tag.length > 4]  # noqa: PLR2004  # else it lies in its entry
    for places, lengths in _PLACES:
        if places in by_number and lengths in by_number:
            pairs = zip(reader.values(by_number[places]), reader.values(by_number[lengths]), strict=False)
            spans += [(start, start + length) for start, length in pairs]
    return {at: table}, spans, reader.number(at + 2 + 12 * found, 4)


class _Reader:
    """Reads numbers in the order of the file's bytes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._order: Literal["little", "big"] = "little" if source.read(0, 2) == b"II" else "big"

    def read(self, at: int, length: int) -> bytes:
        found = self._source.read(at, length)
        if len(found) < length:
            raise malformed()
        return found

    def number(self, at: int, length: int) -> int:
        return int.from_bytes(self.read(at, length), self._order)

    def written(self, number: int, length: int) -> bytes:
        return number.to_bytes(length, self._order)

    def tag(self, at: int) -> _Tag:
        tag = _Tag(self.number(at, 2), self.number(at + 2, 2), self.number(at + 4, 4), self.read(at, 12), at + 8)
        if tag.length <= 4:  # noqa: PLR2004  # the values lie in the entry itself
            return tag
        return _Tag(tag.number, tag.kind, tag.count, tag.raw, self.number(at + 8, 4))

    def values(self, tag: _Tag) -> list[int]:
        """Return the numbers of a tag."""
        size = _LENGTHS.get(tag.kind, 1)
        if tag.count > MOST_STRIPS:
            raise malformed()
        raw = self.read(tag.at, size * tag.count)
        return [int.from_bytes(raw[start : start + size], self._order) for start in range(0, len(raw), size)]


def _written(source: Source, written: dict[int, bytes], kept: list[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the tables as they are kept, the places that are needed, and blanks for the rest."""
    spans = [*((start, start + len(data)) for start, data in written.items()), *kept]
    at = 0
    for start, stop in sorted(spans):
        if stop > source.size:
            raise malformed()
        yield from blanks(start - at)
        if start in written and stop == start + len(written[start]) and start >= at:
            yield written[start]
        else:
            yield from copy(source, max(start, at), stop)
        at = max(at, stop)
    yield from blanks(source.size - at)
