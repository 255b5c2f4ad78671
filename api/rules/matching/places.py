"""Where somebody comes from, as it can be compared: codes where there are some, and names by their sound.

A code is compared with the same list only, whatever its version; a township's code tells its region. What was told in
words counts as words: a village that one file names and another describes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from api.rules.matching.reading import Word, read_name
from schemas.digits import normalised_number
from schemas.places import AdminArea, CodeSystem, Settlement

_REGION_DIGITS: Final[Mapping[CodeSystem, int]] = {
    CodeSystem.MM_PCODE: 6,
    CodeSystem.TH_DOPA: 2,
    CodeSystem.CN_GBT2260: 2,
}
"""How much of a township's code is the code of its region."""
_WORD_LETTERS: Final = 4
_EVERYWHERE: Final = (
    "about after before behind beside between bridge from gate hill hour hours house into left main market minute "
    "minutes monastery motorbike near next north opposite pagoda past river road school side small south east west "
    "station street temple that there this town township tract village walk ward white with"
)
_SAYS_NOTHING: Final = frozenset(_EVERYWHERE.split())
"""Words of every address."""
_KINDS_OF_AREA: Final = re.compile(
    r"\b(?:state|region|division|province|district|township|city|shi|sheng|xian)\b|ပြည်နယ်|တိုင်းဒေသကြီး|တိုင်း|ခရိုင်|မြို့နယ်"
    r"|จังหวัด|อำเภอ|ตำบล|ແຂວງ|ເມືອງ|ខេត្ត|ស្រុក|[省市县縣州区區]",
    re.IGNORECASE,
)
"""What an area is called beside its name; one list says Mon, the other Mon State."""
_NRC: Final = re.compile(r"(?P<state>\d{1,2})/(?P<letters>\D+?)\(?(?P<type>[^\d()]*)\)?(?P<serial>\d{6})")


@dataclass(frozen=True)
class Home:
    """A home as it can be compared."""

    country: str | None = None
    regions: frozenset[str] = field(default=frozenset(), repr=False)
    townships: frozenset[str] = field(default=frozenset(), repr=False)
    villages: frozenset[str] = field(default=frozenset(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def is_known(self) -> bool:
        """Whether anything of it is known."""
        return bool(self.regions or self.townships or self.villages or self.words)


def home_of(
    *,
    country: str | None = None,
    region: AdminArea | None = None,
    township: AdminArea | None = None,
    villages: Iterable[Settlement | None] = (),
    told: Iterable[str | None] = (),
) -> Home:
    """Return what a form tells about a home."""
    areas = _marks(township)
    return Home(
        country=country,
        regions=_marks(region) | (_region_marks(township) if township else frozenset()),
        townships=areas,
        villages=frozenset().union(*(_marks(village) for village in villages)),
        words=frozenset().union(*(_words(text) for text in told if text)),
    )


def _marks(area: AdminArea | Settlement | None) -> frozenset[str]:
    """Return by what an area is recognised: its code in its list, and its names as they sound."""
    if area is None:
        return frozenset()
    iso = area.iso_3166_2 if isinstance(area, AdminArea) else None
    codes = {f"{area.code_system}:{area.code}" if area.code else None, f"iso_3166_2:{iso}" if iso else None}
    names = {_name_of(name) for name in (area.name_native, area.name_latin) if name}
    return frozenset(mark for mark in codes | names if mark)


def _name_of(name: str) -> str:
    """Return the sound of an area's name without what kind of area it is, unless that is all of it."""
    return sound_of(_KINDS_OF_AREA.sub(" ", name)) or sound_of(name)


def are_comparable(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Say whether two areas are known in one way at least: by a code of one list, or by a name."""
    return bool({mark.rpartition(":")[0] for mark in ours} & {mark.rpartition(":")[0] for mark in theirs})


def _region_marks(area: AdminArea) -> frozenset[str]:
    """Return the region's code that a township's code begins with."""
    digits = _REGION_DIGITS.get(area.code_system) if area.code_system else None
    return frozenset({f"{area.code_system}:{area.code[:digits]}"} if area.code and digits else ())


def sound_of(text: str) -> str:
    """Return the sound of a name as one word, however it is spelt or spaced."""
    return _joined(read_name(text).words)


def _joined(words: Iterable[Word]) -> str:
    return "-".join(syllable.coarse for word in words for syllable in word)


def _words(text: str) -> frozenset[str]:
    """Return the sounds of the words of a text that say something, and of each two that stand side by side."""
    found = [sound for part in re.split(r"[\W\d]+", text) if _says_something(part) and (sound := sound_of(part))]
    return frozenset(found) | {f"{one}-{other}" for one, other in pairwise(found)}


def _says_something(word: str) -> bool:
    return word.casefold() not in _SAYS_NOTHING and (not word.isascii() or len(word) >= _WORD_LETTERS)


def number_form(raw: str) -> str:
    """Return the number of a paper as it is compared; an identity card of Myanmar is the same in both scripts."""
    number = normalised_number(raw)
    card = _NRC.fullmatch(number)
    return f"{int(card['state'])}/{sound_of(card['letters'])}/{card['serial']}" if card else number
