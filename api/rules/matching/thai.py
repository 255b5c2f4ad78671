"""Names in Thai and Lao script as they sound, near enough to find the spelling in Latin letters.

Vowels stand before, above, below and after their consonant, and some are not written; a few rules read them without a
dictionary. Lao lies in the same order as Thai, so it is read by the same table after a few letters of its own.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from api.rules.matching.sounds import Syllable, spoken

_ONSETS: Final[Mapping[str, str]] = {
    char: sound
    for sound, chars in {
        "k": "ก", "kh": "ขฃคฅฆ", "ng": "ง", "ch": "จฉชฌ", "s": "ซศษส", "y": "ญย", "d": "ฎด", "t": "ฏต", "th": "ฐฑฒถทธ",
        "n": "ณน", "b": "บ", "p": "ปผพภ", "f": "ฝฟ", "m": "ม", "r": "ร", "l": "ลฬ", "w": "ว", "h": "หฮ", "": "อ",
    }.items()
    for char in chars
}  # fmt: skip
_CODAS: Final[Mapping[str, str]] = {
    char: sound
    for sound, chars in {
        "k": "กขคฆ", "ng": "ง", "t": "จฉชซฌฎฏฐฑฒดตถทธศษส", "n": "ญณนรลฬ", "p": "บปผพฟภ", "m": "ม", "i": "ย", "o": "ว",
    }.items()
    for char in chars
}  # fmt: skip
_LEADING: Final = "เแโไใ"
_WHOLE: Final = frozenset("โไใ")
"""Leading vowels that nothing after the consonant changes."""
_VOWELS: Final[Mapping[tuple[str, str], str]] = {
    ("", "ะ"): "a", ("", "ั"): "a", ("", "า"): "a", ("", "ำ"): "am", ("", "ิ"): "i", ("", "ี"): "i", ("", "ึ"): "ue",
    ("", "ื"): "ue", ("", "ือ"): "ue", ("", "ุ"): "u", ("", "ู"): "u", ("", "ัว"): "ua", ("", "อ"): "aw", ("", "รร"): "an",
    ("", "อย"): "oi",
    ("", "ົ"): "o", ("", "ຽ"): "ia", ("", "็"): "e", ("เ", ""): "e", ("เ", "ะ"): "e", ("เ", "า"): "ao", ("เ", "ีย"): "ia",
    ("เ", "ือ"): "uea", ("เ", "อ"): "oe", ("เ", "ิ"): "oe", ("เ", "ย"): "oei", ("เ", "าะ"): "aw", ("เ", "ົา"): "ao",
    ("เ", "็"): "e", ("เ", "ັ"): "e", ("เ", "ั"): "e", ("แ", ""): "ae", ("แ", "ะ"): "ae", ("แ", "็"): "ae", ("โ", ""): "o",
    ("โ", "ะ"): "o", ("ไ", ""): "ai", ("ไ", "ย"): "ai", ("ใ", ""): "ai",
}  # fmt: skip
"""By what stands before and after the consonant."""
_SIGNS: Final = "ะัาำิีึืุู็ົຽ"
_CLUSTERS: Final = {first + second for first in "กขคตทปผพ" for second in "รลว"} | {"ห" + char for char in "งญนมยรลว"}
_MUTE: Final = re.compile("[\u0e01-\u0e2e](?:ร|[ิุ])?์|[ฺ่้๊๋]")
_OWN_LAO: Final[Mapping[str, str]] = {"ຼ": "ล", "ຽ": "ຽ", "ໜ": "น", "ໝ": "ม", "ົ": "ົ", "ໍ": "อ", "ຍ": "ย", "ຊ": "ซ"}
_LAO: Final = str.maketrans({**{chr(code): chr(code - 0x80) for code in range(0x0E81, 0x0ECD)}, **_OWN_LAO})


def thai_syllables(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of a name in Thai or Lao script, in order."""
    plain = unicodedata.normalize("NFC", text).translate(_LAO).replace("ํา", "ำ")
    return tuple(syllable for word in _MUTE.sub("", plain).split() for syllable in _read(word))


def _read(word: str) -> Iterator[Syllable]:
    """Yield the syllables of one word; what is neither consonant nor vowel is passed over."""
    here = 0
    while here < len(word):
        lead = word[here] if word[here] in _LEADING else ""
        start = here + len(lead)
        onset = _onset_at(word, start, lead)
        if not onset:
            here = start + (not lead)
            continue
        after = _vowel_at(word, start + len(onset), lead)
        end = start + len(onset) + len(after)
        coda = word[end : end + 1] if _is_coda(word, end) else ""
        yield _spoken(onset, lead, after, coda)
        here = end + len(coda)


def _onset_at(word: str, place: int, lead: str) -> str:
    """Return the one or two consonants that begin a syllable; two only where a vowel follows them."""
    pair = word[place : place + 2]
    follows = word[place + 2 : place + 3]
    has_vowel = bool(follows) and follows in _SIGNS + "อ" and lead not in _WHOLE
    if pair in _CLUSTERS and (has_vowel or (lead and pair[0] == "ห")):
        return pair
    return pair[:1] if pair[:1] in _ONSETS else ""


def _vowel_at(word: str, place: int, lead: str) -> str:
    """Return the longest vowel sign at a place that goes with what stood before the consonant."""
    signs = (word[place : place + length] for length in (2, 1))
    return next((sign for sign in signs if sign and (lead, sign) in _VOWELS and _is_vowel(word, place, sign)), "")


def _is_vowel(word: str, place: int, sign: str) -> bool:
    """Say whether letters that may be vowel or consonant are the vowel here: nothing that is read follows them."""
    return sign[0] in _SIGNS or word[place + len(sign) : place + len(sign) + 1] not in set(_SIGNS)


def _is_coda(word: str, place: int) -> bool:
    """Say whether a consonant closes a syllable: it has no vowel, and does not begin the last one, as in *porn*.

    After the short *a* that stands above, there is always one.
    """
    bare = 0
    while place + bare < len(word) and word[place + bare] in _ONSETS and not _is_signed(word, place + bare):
        bare += 1
    is_last = place + bare == len(word)
    is_syllable = bare == 2 and is_last  # noqa: PLR2004  # two bare consonants at the end are a syllable of their own
    return bare > 0 and (word[place - 1] == "ั" or not is_syllable)


def _is_signed(word: str, place: int) -> bool:
    follows = word[place + 1 : place + 2]
    return bool(follows) and follows in _SIGNS


def _spoken(onset: str, lead: str, after: str, coda: str) -> Syllable:
    """Return the sound of one written syllable; a vowel that is not written is *o* before a coda and *a* without."""
    start = onset[1:] if onset[0] == "ห" and len(onset) > 1 else onset
    rime = _VOWELS[lead, after] if lead or after else ("o" if coda else "a")
    rime = "o" if rime == "aw" and coda else rime
    return spoken("".join(_ONSETS[char] for char in start), rime + _CODAS.get(coda, ""))
