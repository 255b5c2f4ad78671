"""JPEG, PNG and WebP without what they tell beside the picture: rows of named pieces, of which some are kept.

How a picture is turned is kept, since without it a photo lies on its side; position, time, camera, owner, comments,
previews, colour profiles and whatever is hung on behind the picture are left out.
"""

import re
from collections.abc import Iterator
from itertools import chain, count

from api.errors import InvalidInput
from api.flow.attachments.source import CHUNK, Source, copy

MOST_PIECES = 100_000
"""A picture of 50 MB has some thousands."""
_SOI, _EOI, _SOS, _JFIF, _EXIF, _ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_JPEG_KEPT = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}) - {0xC8}
"""Frames, scans and the tables they are read with (ITU-T T.81)."""
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the data of a scan: neither a stuffed byte, nor a restart, nor a fill byte."""
_ORIENTATION = 0x0112
_PNG_HEAD = 8
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)
_WEBP_HEAD, _WEBP_ALPHA = 12, 0x10
_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L"})
_WEBP_KEPT = _WEBP_PICTURE | {b"ALPH"}


def clean_jpeg(source: Source) -> Iterator[bytes]:
    """Yield a JPEG with its picture, and how it is turned, and nothing else."""
    at, is_turned = 2, False
    yield bytes((0xFF, _SOI))
    for _ in range(MOST_PIECES):
        marker, start = _next_marker(source, at)
        if marker == _EOI:
            yield bytes((0xFF, _EOI))
            return
        stop = start + _number(source, start, 2)
        if stop < start + 2 or stop > source.size:
            break
        if marker == _EXIF and not is_turned:
            turned = _turned(source.read(start + 2, stop - start - 2))
            is_turned = turned != b""
            yield turned
        elif marker == _JFIF and source.read(start + 2, 5) == b"JFIF\0":
            yield bytes((0xFF, _JFIF, 0, 16)) + source.read(start + 2, 12) + b"\0\0"  # without its preview
        elif _is_kept(marker, source.read(start + 2, 5)):
            yield bytes((0xFF, marker))
            yield from copy(source, start, stop)
        at = stop
        if marker == _SOS:
            at = _scan_end(source, stop)
            yield from copy(source, stop, at)
    raise malformed()


def _is_kept(marker: int, beginning: bytes) -> bool:
    return marker in _JPEG_KEPT or (marker == _ADOBE and beginning == b"Adobe")


def _next_marker(source: Source, at: int) -> tuple[int, int]:
    """Return the marker at a place and where its segment begins; fill bytes in front of it are passed over."""
    if source.read(at, 1) != b"\xff":
        raise malformed()
    for place in range(at + 1, at + 256):
        code = source.read(place, 1)
        if code != b"\xff":
            break
    if code in {b"", b"\x00", b"\xff"}:
        raise malformed()
    return code[0], place + 1


def _scan_end(source: Source, at: int) -> int:
    """Return where the data of a scan end: at the next marker."""
    while len(window := source.read(at, CHUNK)) > 1:
        found = _MARKER.search(window)
        if found is not None:
            return at + found.start()
        at += len(window) - 1
    raise malformed()


def _turned(segment: bytes) -> bytes:
    """Return a segment that says how the picture is turned and no more, or nothing where it stands upright."""
    order = {b"Exif\0\0II": "little", b"Exif\0\0MM": "big"}.get(segment[:8])
    if order is None:
        return b""
    tiff = segment[6:]

    def number(place: int, length: int) -> int:
        return int.from_bytes(tiff[place : place + length], "little" if order == "little" else "big")

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * min(number(first, 2), 512), 12):
        if number(entry, 2) == _ORIENTATION:
            how = number(entry + 8, 2)
            return _exif(how) if how in range(2, 9) else b""
    return b""


def _exif(how: int) -> bytes:
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + how.to_bytes(2, "big") + b"\0\0"
    body = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"
    return bytes((0xFF, _EXIF)) + (len(body) + 2).to_bytes(2, "big") + body


def clean_png(source: Source) -> Iterator[bytes]:
    """Yield a PNG with the chunks that show its picture, and nothing else."""
    yield source.read(0, _PNG_HEAD)
    at = _PNG_HEAD
    for number in range(MOST_PIECES):
        length, kind = _number(source, at, 4), source.read(at + 4, 4)
        stop = at + 12 + length
        if stop > source.size or (number == 0) != (kind == b"IHDR"):
            break
        if kind in _PNG_KEPT:
            yield from copy(source, at, stop)
        if kind == b"IEND":
            return
        at = stop
    raise malformed()


def clean_webp(source: Source) -> Iterator[bytes]:
    """Yield a WebP with its picture, and nothing else; one that moves is refused."""
    kept = [(kind, start, stop) for kind, start, stop in _webp_chunks(source) if kind in _WEBP_KEPT]
    if not _WEBP_PICTURE & {kind for kind, _, _ in kept}:
        raise malformed()
    extended = source.read(_WEBP_HEAD, 18) if source.read(_WEBP_HEAD, 4) == b"VP8X" else b""
    if extended:
        extended = extended[:8] + bytes((extended[8] & _WEBP_ALPHA,)) + extended[9:]
    size = 4 + len(extended) + sum(stop - start for _, start, stop in kept)
    yield b"RIFF" + size.to_bytes(4, "little") + b"WEBP" + extended
    yield from chain.from_iterable(copy(source, start, stop) for _, start, stop in kept)


def _webp_chunks(source: Source) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each chunk, where it begins, and where it ends with its padding."""
    at, end = _WEBP_HEAD, min(source.size, 8 + _number(source, 4, 4, "little"))
    for number in count():
        if at + 8 > end:
            return
        length = _number(source, at + 4, 4, "little")
        stop = at + 8 + length + length % 2
        if stop > source.size or number > MOST_PIECES:
            raise malformed()
        yield source.read(at, 4), at, stop
        at = stop


def _number(source: Source, at: int, length: int, order: str = "big") -> int:
    found = source.read(at, length)
    if len(found) < length:
        raise malformed()
    return int.from_bytes(found, "little" if order == "little" else "big")


def malformed() -> InvalidInput:
    """Return the error for a file that is not what it says it is."""
    return InvalidInput("file_malformed", "the file can't be read as what it says it is; make it anew")
