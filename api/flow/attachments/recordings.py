"""Recordings without what they tell beside the sound: where and when it was recorded, with what, and by whom."""

import re
from collections.abc import Iterator

from api.flow.attachments.pictures import malformed
from api.flow.attachments.source import CHUNK, Source, blanks, copy

MOST_BOXES = 10_000
_FRAME = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]")
"""How the first frame of sound begins."""
_ID3_HEAD, _ID3_FOOTER, _ID3_OLD = 10, 0x10, 128
_OUTER = frozenset({b"moov", b"trak", b"mdia"})
"""Boxes that hold boxes in which something is told (ISO 14496-12)."""
_TOLD = frozenset({b"udta", b"meta", b"uuid"})
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
"""Boxes that say when they were made."""


def clean_mp3(source: Source) -> Iterator[bytes]:
    """Yield the sound of an MP3, without the tags before and behind it."""
    start, stop = 0, source.size
    while (head := source.read(start, _ID3_HEAD))[:3] == b"ID3" and len(head) == _ID3_HEAD:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += _ID3_HEAD + size + (_ID3_HEAD if head[5] & _ID3_FOOTER else 0)
    if stop - start > _ID3_OLD and source.read(stop - _ID3_OLD, 3) == b"TAG":
        stop -= _ID3_OLD
    found = _FRAME.search(source.read(start, CHUNK))
    if found is None or start + found.start() >= stop:
        raise malformed()
    yield from copy(source, start + found.start(), stop)


def clean_mp4(source: Source) -> Iterator[bytes]:
    """Yield an MP4 of the same size, in which whatever tells something is blank; nothing is moved."""
    at = 0
    for start, told in sorted(_changes(source, 0, source.size)):
        yield from copy(source, at, start)
        yield told[0]
        yield from blanks(told[1])
        at = start + len(told[0]) + told[1]
    yield from copy(source, at)


def _changes(source: Source, start: int, stop: int) -> Iterator[tuple[int, tuple[bytes, int]]]:
    """Yield what is written over: from where, with what, and how many blanks follow it."""
    waiting, seen = [(start, stop)], 0
    while waiting:
        at, end = waiting.pop()
        while at + 8 <= end:
            seen += 1
            head, length, kind = _box(source, at, end)
            if seen > MOST_BOXES:
                raise malformed()
            if kind in _OUTER:
                waiting.append((at + head, at + length))
            elif kind in _TOLD:
                yield at + 4, (b"free" + source.read(at + 8, head - 8), length - head)
            elif kind in _TIMED:
                yield at + head + 4, (b"", 16 if source.read(at + head, 1) == b"\x01" else 8)
            at += length


def _box(source: Source, at: int, end: int) -> tuple[int, int, bytes]:
    """Return how long a box's head is, how long the box is, and its kind."""
    length, kind, head = int.from_bytes(source.read(at, 4), "big"), source.read(at + 4, 4), 8
    if length == 1:
        length, head = int.from_bytes(source.read(at + 8, 8), "big"), 16
    length = length or end - at
    if length < head or at + length > end:
        raise malformed()
    return head, length, kind
