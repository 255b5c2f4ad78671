"""How alike two names are: the syllables that they share, in any order, counted as often as they occur.

Never equality: the order of the words, a form of address, the spelling and the script may differ, and still it is one
name. Never one shared word either: Burmese names are short and few, so "Aung Aung" is not "Aung Kyaw". What two names
share weighs by how rare it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from api.rules.matching.reading import Reading, Word, read_name
from api.rules.matching.reasons import MatchReason
from schemas.names import Script

ALIKE: Final = 0.9
CLOSE: Final = 0.78
_HEARD_FOR_EACH_OTHER: Final = 0.85
"""What two syllables count whose sounds are written for each other: Thida and Thita."""
_RARE: Final = 3.0
_COMMON: Final = 1.8
"""What a shared syllable weighs, in bits: careful guesses, not counted anywhere."""
_ENOUGH: Final = 2.5
_MAX_ASIDE: Final = 2
_MAX_ADDRESSES: Final = 3
_COMMON_NAMES: Final = (
    "Aung Kyaw Zaw Win Myint Htun Min Soe Than Thein",
    "Tin Hla Khin San Aye Mya Moe Naing Lin Htet Thu Zin",
    "Maung Ma Ko Nyunt Oo Yi Phyo Su Nwe Thi Htay Hein",
    "Som Porn Wan Chai Sri Sak Sok Srey Chan Keo Seng",
    "Li Wang Zhang Liu Chen Ming Hua Xiao Nguyen Thi Van",
)
_COMMON_SOUNDS: Final = frozenset(
    syllable.coarse for text in _COMMON_NAMES for word in read_name(text).words for syllable in word
)
"""Syllables that many names have; sharing one says less."""
_READ_AS_WRITTEN: Final = frozenset({Script.ARABIC, Script.ROHINGYA, Script.TAI_LE, Script.OTHER})


@dataclass(frozen=True)
class Likeness:
    """How alike two names are, from 0 to 1, what the shared part weighs in bits, and why."""

    degree: float
    mass: float
    reasons: tuple[MatchReason, ...]

    @property
    def is_enough(self) -> bool:
        """Whether what two names share is more than one common syllable."""
        return self.mass > _ENOUGH


@dataclass(frozen=True)
class _Form:
    """A name with all its words, or with a form of address or two aside."""

    sounds: tuple[str, ...] = field(repr=False)
    fine: Counter[str] = field(repr=False)
    coarse: Counter[str] = field(repr=False)
    letters: str = field(repr=False)
    is_whole: bool


@dataclass(frozen=True)
class SpokenName:
    """A name as it sounds, in each form in which it may be meant."""

    scripts: frozenset[Script]
    forms: tuple[_Form, ...] = field(repr=False)

    def sounds(self) -> Iterable[tuple[str, ...]]:
        """Return the coarse sounds of each form, in one order, to look for the name by."""
        return {tuple(sorted(form.sounds)) for form in self.forms}


def speak(text: str) -> SpokenName:
    """Return a written name as it sounds; one without a form holds nothing that is a name."""
    reading = read_name(text)
    return SpokenName(reading.scripts, tuple(_forms(reading)) if reading.words else ())


def _forms(reading: Reading) -> Iterator[_Form]:
    """Yield a name whole, and without what may be a form of address; but "Maung Maung" never becomes "Maung"."""
    words = reading.words
    yield _form(reading, range(len(words)), is_whole=True)
    counted = Counter(words[index] for index in reading.honorifics)
    addresses = [word for word in sorted(counted)[:_MAX_ADDRESSES] for _ in range(min(_MAX_ASIDE, counted[word]))]
    asides = {aside for count in range(1, _MAX_ASIDE + 1) for aside in combinations(addresses, count)}
    for aside in sorted(asides):
        if set(words) - set(aside):
            yield _form(reading, _besides(words, aside), is_whole=False)


def _besides(words: Sequence[Word], aside: Sequence[Word]) -> list[int]:
    """Return the places of the words that are left when some are put aside, the first of equal ones first."""
    waiting, left = Counter(aside), []
    for index, word in enumerate(words):
        if waiting[word]:
            waiting[word] -= 1
        else:
            left.append(index)
    return left


def _form(reading: Reading, indices: Sequence[int], *, is_whole: bool) -> _Form:
    words: list[Word] = [reading.words[index] for index in indices]
    syllables = [syllable for word in words for syllable in word]
    return _Form(
        sounds=tuple(syllable.coarse for syllable in syllables),
        fine=Counter(syllable.fine for syllable in syllables),
        coarse=Counter(syllable.coarse for syllable in syllables),
        letters="".join(sorted("".join(reading.letters[index] for index in indices))),
        is_whole=is_whole,
    )


def liken(one: SpokenName, other: SpokenName) -> Likeness | None:
    """Return how alike two names are, or ``None`` where they cannot be compared."""
    if not one.forms or not other.forms or not _are_comparable(one.scripts, other.scripts):
        return None
    is_same_script = one.scripts == other.scripts
    found = [_compared(a, b, is_same_script=is_same_script) for a in one.forms for b in other.forms]
    return max(found, key=lambda likeness: (likeness.degree, likeness.mass, -len(likeness.reasons), likeness.reasons))


def _are_comparable(ours: frozenset[Script], theirs: frozenset[Script]) -> bool:
    """Say whether both are in scripts that are read by sound, or share one that is not."""
    return bool((ours - _READ_AS_WRITTEN and theirs - _READ_AS_WRITTEN) or ours & theirs)


def _compared(one: _Form, other: _Form, *, is_same_script: bool) -> Likeness:
    """Compare two forms: what sounds alike counts whole, what is heard for each other a little less."""
    shared = one.coarse & other.coarse
    alike = (one.fine & other.fine).total()
    near = 1 - alike / shared.total() if shared else 0.0
    mass = round(_weight(shared) * (1 - near * (1 - _HEARD_FOR_EACH_OTHER)), 4)
    degree = round(2 * mass / (_weight(one.coarse) + _weight(other.coarse)), 4)
    if degree < CLOSE:
        return Likeness(degree, mass, (MatchReason.OTHER_NAME,))
    is_part = len(one.sounds) != len(other.sounds)
    found = {
        MatchReason.PART_OF_NAME: is_part,
        MatchReason.OTHER_SCRIPT: not is_same_script,
        MatchReason.TRANSLITERATION: near > 0 or (is_same_script and not is_part and one.letters != other.letters),
        MatchReason.HONORIFIC_ASIDE: not (one.is_whole and other.is_whole),
        MatchReason.OTHER_ORDER: one.sounds != other.sounds and one.coarse == other.coarse,
    }
    reasons = sorted(reason for reason, is_so in found.items() if is_so)
    return Likeness(degree, mass, tuple(reasons) or (MatchReason.SAME_TOKENS,))


def _weight(sounds: Counter[str]) -> float:
    """Return what syllables weigh together, in bits; summed in one order, so that it is the same both ways."""
    return sum(count * (_COMMON if sound in _COMMON_SOUNDS else _RARE) for sound, count in sorted(sounds.items()))
