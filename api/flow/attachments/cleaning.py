"""What a picture tells beside itself is left out before it is sealed: where, when, by whom and with what it was taken.

Nothing is decoded or compressed anew; what shows the picture stays byte for byte. Each cleaner keeps what is on its
list and leaves out the rest, reads the file where it needs to, and has a small part of it in memory.
"""

from collections.abc import Callable, Iterator, Mapping

from api.flow.attachments.pictures import clean_jpeg, clean_png, clean_webp
from api.flow.attachments.recordings import clean_mp3, clean_mp4
from api.flow.attachments.source import Source, copy
from api.flow.attachments.tiff import clean_tiff

_CLEANERS: Mapping[str, Callable[[Source], Iterator[bytes]]] = {
    "image/jpeg": clean_jpeg,
    "image/png": clean_png,
    "image/webp": clean_webp,
    "image/tiff": clean_tiff,
    "audio/mpeg": clean_mp3,
    "audio/mp4": clean_mp4,
}
"""A type that is not here is kept as it is: a PDF was looked through, and an Ogg is left alone."""


def cleaned(source: Source, media_type: str) -> Iterator[bytes]:
    """Yield a file without its metadata; raises ``InvalidInput`` ``file_malformed`` for a picture that is none."""
    return _CLEANERS.get(media_type, copy)(source)
