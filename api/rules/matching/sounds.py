"""Names as they sound: a word in Latin letters becomes syllables, and spellings of one sound become one.

The languages of the region build names of syllables, and their Latin spellings follow no standard: Thidar, Thida and
Thita; Khaing and Khine; Hla and Hlar. The rules are data: a silent ending first, then the onset, then the rime, each
by a table. ``fine`` merges spellings of one sound, ``coarse`` also sounds that are heard or written for each other
(voiced and not, aspirated and not, final k and t).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, order=True)
class Syllable:
    """One syllable by its sound, at two distances."""

    fine: str = field(repr=False)
    coarse: str = field(repr=False)


_NO_MARKS: Final[Mapping[int, str]] = {ord("đ"): "d", ord("ð"): "d", ord("ø"): "o", ord("ı"): "i", ord("ł"): "l"}
_SILENT_END: Final = tuple(
    (re.compile(rf"{spelt}(?=$|[bcdfghjklmnpqrstvwxz])"), sound)
    for spelt, sound in {
        r"a?ine": "aing",
        r"(?<!o)one": "on",
        r"o[kt]e": "ok",
        r"i[kt]e": "aik",
        r"a[kt]e": "eik",
        r"ane": "ein",
        r"aye": "ay",
        r"(?<=[wpm])une": "un",
    }.items()
)
"""Endings with a silent e, as Burmese names are spelt: Khine, Phone, Oke, Htike."""
_POSSIBLE_ONSETS: Final = (
    "b c d f g h j k l m n p q r s t v w x y z bh br bl by ch chr chh dh dr dw fr gh gl gr gw gy hk hl hlw hly hm hmw "
    "hmy hn hnw hny hp hpy hpw hs hsw ht htw hw kh khl khr khw khy khyw kl kr kw ky kyw ly mw my ngw nw ny nyw ph phl "
    "phr phw phy pl pr pw py qu rw sh shw sr sth sw th thr thw tr ts tw ty zh zw"
)
_ONSETS: Final = frozenset(_POSSIBLE_ONSETS.split())
_FINE_ONSETS: Final[Mapping[str, str]] = {
    **{f"h{sound}": sound for sound in ("l", "lw", "ly", "m", "mw", "my", "n", "nw", "ny", "s", "sw", "t", "tw", "w")},
    "hk": "kh",
    "hp": "p",
    "hpy": "py",
    "hpw": "pw",
    "hr": "sh",
    "hy": "sh",
    "ph": "p",
    "phy": "py",
    "phw": "pw",
    "phl": "pl",
    "phr": "pr",
    "phn": "pn",
    "v": "w",
    "vy": "wy",
    "x": "sh",
    "q": "ch",
    "zh": "j",
    "chh": "ch",
    "khy": "ch",
    "khyw": "chw",
    "gy": "j",
    "c": "k",
    "bh": "b",
    "dh": "d",
    "gh": "g",
    "lh": "l",
    "nh": "ny",
    "rh": "r",
    "shy": "sh",
    "thm": "tm",
    "thn": "tn",
    "khl": "kl",
    "khm": "km",
    "khn": "kn",
    "khr": "kr",
}
_COARSE_ONSETS: Final = tuple(
    (re.compile(spelt), sound)
    for spelt, sound in {
        r"^(kh|g)": "k",
        r"^(ky|ch|j|ty|ts|kj)": "c",
        r"^(th|d)": "t",
        r"^(sh|z)": "s",
        r"^(b|f)": "p",
        r"(?<!^)r|^r": "y",
        r"^sy": "s",
        r"^cy": "c",
    }.items()
)
_RIMES: Final[Mapping[str, str]] = {
    spelt: sound
    for sound, spellings in {
        "a": "a ar ah aa arr",
        "i": "i ee y ie ih yi ii ea",
        "e": "e ay ai ei ey eh ae aye ei ej ayy aey eay",
        "u": "u oo ou uu uh oou",
        "o": "o oe oh owe oeh ohe",
        "aw": "aw or ow au ao aww ore aow awe auw our",
        "aung": "aung oung awng aunge aong",
        "aing": "aing ayng aiing aig aiang",
        "ein": "ein ain eint aint eyn eain einn aine",
        "in": "in inn int yn een eenn ean yin ynn",
        "ing": "ing eeng",
        "an": "an ann ant arn ahn and aan",
        "un": "un unn oon unt uun oun ount",
        "on": "on onn ont orn ohn own awn",
        "at": "at att art aat",
        "et": "et ett aet",
        "it": "it itt ith eet iit id",
        "ut": "ut utt oot",
        "ok": "ok ot okk ott oak oat ouk",
        "aik": "aik ike ait",
        "auk": "auk out awk oute aut",
        "aew": "aew aeo eo eaw aeow",
        "oi": "oi oy awi awy oyy",
        "uan": "uan uen uean",
        "ua": "ua uo uea ue",
        "e-u": "iu iw iew ew eu",
        "eik": "eik eit eict eak",
    }.items()
    for spelt in spellings.split()
}
_COARSE_RIMES: Final = tuple(
    (re.compile(spelt), sound)
    for spelt, sound in {
        r"(?<!n)[ptkdbg]$": "q",
        r"ng$": "n",
        r"m$": "n",
        r"^ain$": "ein",
    }.items()
)
_NUCLEUS: Final = re.compile(r"[aeiou]+(?:[yw](?![aeiou]))?|y(?!w?[aeiou])")
_MUTE: Final = re.compile(r"(?<=[aeiou])[rh](?=[a-z]|$)|(?<=[ptkc])h$")
_DOUBLED: Final = re.compile(r"(.)\1+$")


def letters_of(text: str) -> str:
    """Return the text in small Latin letters without marks; what is no letter separates words."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_NO_MARKS))
    kept = (char for char in plain if not unicodedata.combining(char))
    return "".join(char if "a" <= char <= "z" else " " if char not in "'’`" else "" for char in kept)


def syllables_of(word: str) -> tuple[Syllable, ...]:
    """Return the syllables of one word in small Latin letters, in order."""
    for pattern, sound in _SILENT_END:
        word = pattern.sub(sound, word)
    return tuple(spoken(onset, rime) for onset, rime in _split(word))


def spoken(onset: str, rime: str) -> Syllable:
    """Return the syllable that is spelt with this onset and this rime."""
    start, end = _FINE_ONSETS.get(onset, onset), _fine_rime(rime)
    return Syllable(start + end, _replaced(start, _COARSE_ONSETS) + _replaced(end, _COARSE_RIMES))


def _split(word: str) -> Iterator[tuple[str, str]]:
    """Yield onset and rime of each syllable; between two vowels the longest possible onset goes to the second."""
    vowels = list(_NUCLEUS.finditer(word))
    if not vowels:
        yield word, ""
        return
    start = 0
    for here, following in zip(vowels, [*vowels[1:], None], strict=True):
        end = len(word) if following is None else _cut(word, here.end(), following.start())
        yield word[start : here.start()], word[here.start() : end]
        start = end


def _cut(word: str, begin: int, end: int) -> int:
    """Return where the next syllable begins among the consonants between two vowels."""
    if word[begin:end] == "ng":
        return end
    return next((place for place in range(begin, end) if word[place:end] in _ONSETS), max(begin, end - 1))


def _fine_rime(rime: str) -> str:
    """Return the sound of a rime: from the table, or with doubled letters single and mute ones gone."""
    known = _RIMES.get(rime)
    if known is not None:
        return known
    single = _MUTE.sub("", _DOUBLED.sub(r"\1", rime)) or rime
    return _RIMES.get(single, single)


def _replaced(text: str, rules: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, sound in rules:
        text = pattern.sub(sound, text)
    return text
