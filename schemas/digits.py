"""Digits as they are written in the region become ASCII; what was written is kept.

Myanmar, Shan, Thai, Lao, Khmer and full-width digits are read alike (domain 8, numbers 1). An id number and a
telephone number keep the text that was read from the paper (``raw``) beside the form that can be compared
(``normalised``).
"""

import re
import unicodedata
from typing import Annotated

from pydantic import StringConstraints

from schemas.base import Line

_ZEROES = (0x1040, 0x1090, 0x0E50, 0x0ED0, 0x17E0, 0xFF10)
_TO_ASCII = {zero + digit: ord("0") + digit for zero in _ZEROES for digit in range(10)}
_BETWEEN = re.compile(r"[\s.\-/]+")

Phone164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]
"""E.164 with its plus sign."""

RawNumber = Line
"""A number exactly as it was told or written, in any script."""


def ascii_digits(text: str) -> str:
    """Return the text with every digit of the region's scripts as ASCII; all else stays."""
    return text if text.isascii() else text.translate(_TO_ASCII)


def normalised_number(raw: str) -> str:
    """Return a number as it is compared: ASCII digits, upper case, without spaces, dots and hyphens.

    The slash inside is kept, since ``12/KaMaYa(N)123456`` means something by it.
    """
    text = unicodedata.normalize("NFKC", ascii_digits(raw)).upper()
    parts = [_BETWEEN.sub("", part) for part in text.split("/")]
    return unicodedata.normalize("NFKC", "/".join(part for part in parts if part))
