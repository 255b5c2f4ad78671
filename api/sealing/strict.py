"""Base64url and JSON, read strictly: one spelling for one value, or it is refused.

Libraries are lenient here (stray characters, padding, unused bits, members that appear twice, ``NaN``). Whoever can
spell the same bytes in two ways can make two readers see two things; so everything that comes in passes these two
doors first.
"""

import json
import math
import re
from base64 import b64decode, urlsafe_b64encode
from typing import Any, NoReturn

from api.errors import SealError
from api.sealing.codes import seal_error

MAX_DEPTH = 32
"""How deep JSON may be nested: the deepest kind of document needs nine levels, what needs 32 is an attack."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ENDINGS = {2: _ALPHABET[::16], 3: _ALPHABET[::4]}
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_CONTAINERS = frozenset({dict, list})
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def encode_segment(data: bytes) -> bytes:
    """Spell bytes as base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=")


def require_canonical(segment: bytes, code: str) -> None:
    """Raise ``SealError(code)`` unless the segment is the one canonical spelling of some bytes; nothing is decoded yet.

    Canonical is: only the 64 characters, a length that some number of bytes has, and zeros in the bits that are left
    over.
    """
    left_over = len(segment) % 4
    if left_over == 1 or segment.translate(None, _ALPHABET) or (left_over and segment[-1] not in _ENDINGS[left_over]):
        raise seal_error(code)


def decode_segment(segment: bytes, code: str) -> bytes:
    """Return the bytes of the one canonical spelling; anything else raises ``SealError(code)``."""
    require_canonical(segment, code)
    return b64decode(segment.translate(_TO_STANDARD) + b"=" * (-len(segment) % 4))


def parse_object(data: bytes, stage: str, max_depth: int = MAX_DEPTH) -> dict[str, object]:
    """Return the JSON object in ``data`` (UTF-8, RFC 8259).

    Raises ``SealError`` with the code ``<stage>_not_json``, ``<stage>_duplicate_member`` or ``<stage>_too_deep``.
    """

    def without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built = dict(pairs)
        if len(built) != len(pairs):  # two readers could take different ones
            raise seal_error(f"{stage}_duplicate_member")
        return built

    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=without_duplicates, parse_constant=_refuse_constant, parse_float=_finite
        )
        if "\\u" in text and _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a surrogate pair has no UTF-8
    except SealError:
        raise
    except RecursionError:
        raise seal_error(f"{stage}_too_deep") from None
    except ValueError:
        raise seal_error(f"{stage}_not_json") from None
    if not isinstance(value, dict):
        raise seal_error(f"{stage}_not_json")
    if _is_deeper(value, max_depth):
        raise seal_error(f"{stage}_too_deep")
    return value


def _refuse_constant(name: str) -> NoReturn:
    """Refuse ``NaN`` and ``Infinity``, which Python reads and JSON does not know."""
    raise ValueError(name)


def _finite(text: str) -> float:
    """Return the number, unless it is too large to be one (``1e999``)."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _is_deeper(value: dict[str, object], max_depth: int) -> bool:
    """Whether objects and arrays are nested deeper than that; goes level by level, without recursion."""
    level: list[Any] = [value]
    for _ in range(max_depth):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return False
    return True
