"""Names in Khmer script as they sound: consonants of two series, each of which reads a vowel sign its own way."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from api.rules.matching.sounds import Syllable, spoken

_FIRST_SERIES: Final = "ក=k ខ=kh ច=ch ឆ=ch ដ=d ឋ=th ណ=n ត=t ថ=th ប=b ផ=ph ស=s ហ=h ឡ=l អ= ឝ=s ឞ=s"
_FIRST: Final[dict[str, str]] = dict(pair.split("=") for pair in _FIRST_SERIES.split())
_SECOND_SERIES: Final = "គ=k ឃ=kh ង=ng ជ=ch ឈ=ch ញ=ny ឌ=d ឍ=th ទ=t ធ=th ន=n ព=p ភ=ph ម=m យ=y រ=r ល=l វ=v"
_SECOND: Final[dict[str, str]] = dict(pair.split("=") for pair in _SECOND_SERIES.split())
_CODAS: Final[Mapping[str, str]] = {
    **{char: sound[:1] for char, sound in (_FIRST | _SECOND).items()},
    "ង": "ng",
    "ញ": "n",
    "ច": "ch",
    "ជ": "ch",
    "ដ": "t",
    "ណ": "n",
    "ឌ": "t",
    "ប": "p",
    "រ": "",
    "យ": "i",
    "វ": "w",
}
_VOWELS: Final[Mapping[str, tuple[str, str]]] = {
    "": ("a", "o"), "ា": ("a", "ea"), "ិ": ("e", "i"), "ី": ("ey", "i"), "ឹ": ("oe", "ue"), "ឺ": ("eu", "ue"),
    "ុ": ("o", "u"), "ូ": ("o", "u"), "ួ": ("uo", "uo"), "ើ": ("aeu", "eu"), "ឿ": ("oea", "oea"), "ៀ": ("ie", "ie"),
    "េ": ("e", "e"), "ែ": ("ae", "e"), "ៃ": ("ai", "ei"), "ោ": ("ao", "o"), "ៅ": ("au", "ou"), "ុំ": ("om", "om"),
    "ំ": ("am", "um"), "ាំ": ("am", "oam"), "ះ": ("ah", "eah"), "ោះ": ("oh", "uh"), "េះ": ("eh", "eh"),
}  # fmt: skip
"""Each vowel sign after a consonant of the first and of the second series."""
_OPEN: Final = "រនមលយវ"
"""After these the long a stays open in names: Dara, Ratana; after others of the series it is Sophea."""
_SYLLABLE: Final = re.compile(
    r"(?P<onset>[ក-អ](?:្[ក-អ])*)(?P<shift>[៉៊]?)(?P<vowel>[ា-ៅំះ]*)"
    r"(?P<coda>(?:[ក-អ]្(?=[ក-អ][ា-ៅំះ])|[ក-អ](?:្[ក-អ])?់?(?![្ា-ៅំះ៉៊]))?)"
)
_MUTE: Final = re.compile("[ក-អ]៍|[៌៏័]")


def khmer_syllables(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of a name in Khmer script, in order."""
    plain = _MUTE.sub("", unicodedata.normalize("NFC", text))
    return tuple(_spoken(match) for match in _SYLLABLE.finditer(plain))


def _spoken(match: re.Match[str]) -> Syllable:
    """Return the sound of one written syllable; a coda shortens the vowel that is not written to *a* or *o*."""
    letters = match["onset"].replace("្", "")
    is_second = (letters[0] in _SECOND) != bool(match["shift"])
    series = int(is_second and not (match["vowel"] == "ា" and letters[-1] in _OPEN))
    vowel = _VOWELS.get(match["vowel"]) or _VOWELS.get(match["vowel"][:1], ("a", "a"))
    onset = "".join((_FIRST | _SECOND).get(char, "") for char in letters)
    return spoken(onset, vowel[series] + _CODAS.get(match["coda"][:1], ""))
