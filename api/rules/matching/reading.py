"""A written name becomes words of syllables, whatever script or mixture of scripts it is in.

The script is read from the letters themselves; what a form says about it may be wrong or missing. A script that has no
reader is kept as it is written, and is then compared with the same script only.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from api.rules.matching.burmese import burmese_syllables
from api.rules.matching.han import han_syllables
from api.rules.matching.khmer import khmer_syllables
from api.rules.matching.sounds import Syllable, letters_of, syllables_of
from api.rules.matching.thai import thai_syllables
from schemas.names import Script

Word = tuple[Syllable, ...]
_MAX_WORDS: Final = 12
"""More words than any name has: what is longer is cut, so that no text makes a comparison slow."""


@dataclass(frozen=True)
class Reading:
    """The words of a name, each with its script, and which of them are forms of address."""

    words: tuple[Word, ...] = field(repr=False)
    letters: tuple[str, ...] = field(repr=False)
    scripts: frozenset[Script]
    honorifics: frozenset[int]


@dataclass(frozen=True)
class _Reader:
    """How one script is read: its letters, its syllables, and the forms of address that are written with no space."""

    script: Script
    letters: str
    read: Callable[[str], tuple[Syllable, ...]]
    prefixes: str = ""
    begins: str = ""
    """What a name that follows such a prefix begins with, as a pattern."""

    def prefix_of(self, word: str) -> str:
        """Return the form of address with which a word begins, if a name follows it; the longest one."""
        found = (one for one in self.prefixes.split() if re.match(rf"{re.escape(one)}(?={self.begins})", word))
        return max(found, key=len, default="")


def _latin(text: str) -> tuple[Syllable, ...]:
    return tuple(syllable for word in letters_of(text).split() for syllable in syllables_of(word))


def _as_written(text: str) -> tuple[Syllable, ...]:
    return (Syllable(text, text),)


_BURMESE_BEGINS: Final = "[က-အဣ-ဪ](?![်္])"
_THAI_BEGINS: Final = "[ก-ฮเแโไใ]"
_READERS: Final = (
    _Reader(Script.LATIN, "A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff'’`", _latin),
    _Reader(
        Script.MYANMAR,
        "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
        burmese_syllables,
        "ဦး ဒေါ် ကို မ မောင် စော နော် နန်း နန် နာင် စိုင်း စဝ် မိ နိုင် မင်း ဆလိုင်း မိုင် လွေ",
        _BURMESE_BEGINS,
    ),
    _Reader(
        Script.THAI,
        "\u0e00-\u0e7f",
        thai_syllables,
        "นาย นาง นางสาว เด็กหญิง เด็กชาย คุณ",
        _THAI_BEGINS,
    ),
    _Reader(Script.LAO, "\u0e80-\u0eff", thai_syllables, "ທ້າວ ນາງ ນາຍ", "[ກ-ຮເ-ໄ]"),
    _Reader(Script.KHMER, "\u1780-\u17ff", khmer_syllables, "លោក លោកស្រី នាង កញ្ញា", "[ក-អ]"),
    _Reader(Script.HAN_SIMPLIFIED, "\u3400-\u9fff", han_syllables, "小 阿", "[\u3400-\u9fff]"),
    _Reader(Script.ARABIC, "\u0600-\u06ff\u0750-\u077f", _as_written),
    _Reader(Script.ROHINGYA, "\U00010d00-\U00010d3f", _as_written),
    _Reader(Script.TAI_LE, "\u1950-\u197f", _as_written),
)
_FORMS_OF_ADDRESS: Final = (
    "u daw ko ma maung mg saw naw nan nang sai sao mi nai min mehm mahn salai mai lway slaw thara tharamu ashin mr "
    "mrs ms miss dr khun khunying nangsao thao lok neak xiao bang"
)
_HONORIFICS: Final = frozenset(_latin(word) for word in _FORMS_OF_ADDRESS.split())
"""Forms of address as they are written before a name, by their sound. Each of them may also be part of a name."""
_IGNORED: Final = re.compile("[\u200b-\u200f\u2060\ufeff.]")


def read_name(text: str) -> Reading:
    """Return the words of a name as they sound."""
    found = [part for word in _words_of(text) for part in _parts(word)][:_MAX_WORDS]
    addressed = {index for index, part in enumerate(found) if part.is_prefix or part.word in _HONORIFICS}
    return Reading(
        words=tuple(part.word for part in found),
        letters=tuple(part.letters for part in found),
        scripts=frozenset(part.script for part in found),
        honorifics=frozenset(addressed),
    )


@dataclass(frozen=True)
class _Part:
    """A word, or what of it is in one script."""

    script: Script
    letters: str = field(repr=False)
    word: Word = field(repr=False)
    is_prefix: bool


def _words_of(text: str) -> list[str]:
    plain = _IGNORED.sub("", unicodedata.normalize("NFC", text))
    return "".join(char if _belongs_to_a_word(char) else " " for char in plain).split()


def _belongs_to_a_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" or char in "'’`"


def _parts(word: str) -> Iterator[_Part]:
    """Yield what a word between spaces holds, script by script, with a form of address before it set apart."""
    for reader, run in _runs(word):
        prefix = reader.prefix_of(run)
        for part, is_prefix in ((prefix, True), (run[len(prefix) :], False)):
            syllables = reader.read(part) if part else ()
            if syllables:
                yield _Part(reader.script, part.casefold(), syllables, is_prefix)


_OTHER: Final = _Reader(Script.OTHER, "", _as_written)
_RUNS: Final = re.compile("|".join(f"(?P<{reader.script}>[{reader.letters}]+)" for reader in _READERS) + "|(?P<Zzzz>.)")
_BY_SCRIPT: Final = {reader.script.value: reader for reader in (*_READERS, _OTHER)}


def _runs(word: str) -> Iterator[tuple[_Reader, str]]:
    for match in _RUNS.finditer(word):
        yield _BY_SCRIPT[match.lastgroup or Script.OTHER.value], match[0]
