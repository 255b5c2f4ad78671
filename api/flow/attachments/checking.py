"""What a file has to be before anybody keeps it: what it says it is, free of viruses, and without anything that runs.

The same checks hold at both ends: the recipient does not rely on the sender's.
"""

import re
from collections.abc import Callable, Mapping

from api.errors import InvalidInput
from api.flow.attachments.scanning import Scanner
from api.flow.attachments.source import Source, copy
from api.sealing.stream import Measured

_HEAD = 16
_BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    "application/pdf": re.compile(rb"%PDF-[12]\.\d"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "image/tiff": re.compile(rb"II\*\x00|MM\x00\*"),
    "audio/mpeg": re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"),
    "audio/ogg": re.compile(rb"OggS\x00"),
    "audio/mp4": re.compile(rb".{4}ftyp", re.DOTALL),
}
"""How the bytes of each type begin; every type that a document may name is here."""


def _require_passive(source: Source) -> None:
    from api.flow.attachments.pdf import require_passive  # noqa: PLC0415  # 20 MB that a node without PDFs does without

    require_passive(source)


_CHECKS: Mapping[str, Callable[[Source], None]] = {"application/pdf": _require_passive}


def require_type(beginning: bytes, media_type: str) -> None:
    """Raise ``InvalidInput`` ``media_type_differs`` unless bytes begin as those of a type do."""
    if _BEGINNINGS[media_type].match(beginning) is None:
        raise InvalidInput("media_type_differs", "the bytes are not of the type that was announced")


def check_file(source: Source, media_type: str, sha256: str | None, scanner: Scanner | None) -> None:
    """Raise ``InvalidInput`` unless a file is what was announced and harmless.

    Codes: ``media_type_differs``, ``attachment_hash_differs``, ``virus_found``, ``active_content``, ``file_malformed``;
    ``NodeError`` ``scanner_unavailable`` where a scanner is set that does not answer.
    """
    require_type(source.read(0, _HEAD), media_type)
    measured = Measured(copy(source))
    if scanner is not None:
        scanner.require_clean(measured)
    else:
        for _ in measured:
            pass
    if sha256 not in {None, measured.sha256}:
        raise InvalidInput("attachment_hash_differs", "the bytes that came are not the ones that were announced")
    if media_type in _CHECKS:
        _CHECKS[media_type](source)
