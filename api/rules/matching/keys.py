"""By what a case is looked for: short texts that two files of one person would share, to be hashed with a key.

Two syllables of a name, two of a parent's name, the township with the decade of birth, a number of a paper. Each alone
says little; the cases that share most of them are compared whole. Names of parents have keys of their own, so that
nobody is found by a father's name as if it were the person's.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from api.rules.matching.profile import Profile, ToldName
from schemas.ages import BirthSpan
from schemas.codes import Relation

_PARENTS: Final = (Relation.FATHER, Relation.MOTHER)
_WIDEST_YEARS: Final = 12
"""A birth that is less certain than this says no decade."""
MOST_KEYS: Final = 400
"""More than a file with every name in three scripts has; the rest is left out, so that no file floods the index."""


def keys_of(profile: Profile) -> frozenset[str]:
    """Return the texts to look for; they hold what was told, so they leave this node's memory only as keyed hashes."""
    found = {*_of_names("name", profile.names), *_of_home(profile), *_of_numbers(profile)}
    for relation in _PARENTS:
        found |= {*_of_names(relation.value, profile.kin.get(relation, frozenset()))}
    return frozenset(sorted(found)[:MOST_KEYS])


def name_keys_of(profile: Profile) -> frozenset[str]:
    """Return those of the texts that are the person's own names and papers, and tell of no place and no relative."""
    numbers = (f"number:{number}" for number in profile.numbers)
    return frozenset(sorted({*_of_names("name", profile.names), *numbers})[:MOST_KEYS])


def _of_names(label: str, names: Iterable[ToldName]) -> Iterator[str]:
    """Yield each two syllables that stand in one name; a name of one syllable is its own key."""
    for name in names:
        for sounds in name.spoken.sounds():
            pairs = combinations(sounds, 2) if len(sounds) > 1 else [sounds]
            yield from (f"{label}:{'+'.join(pair)}" for pair in pairs)


def _of_home(profile: Profile) -> Iterator[str]:
    """Yield the township with each decade in which the person may have been born, and the village with the township."""
    for place in profile.home.townships:
        yield from (f"place:{place}:{decade}" for decade in _decades(profile.birth))
        yield from (f"village:{place}:{village}" for village in profile.home.villages)


def _decades(birth: BirthSpan | None) -> Iterator[int]:
    if birth is not None and birth.latest.year - birth.earliest.year <= _WIDEST_YEARS:
        yield from range(birth.earliest.year // 10, birth.latest.year // 10 + 1)


def _of_numbers(profile: Profile) -> Iterator[str]:
    yield from (f"number:{number}" for number in profile.numbers)
    yield from (f"kin_number:{number}" for number in profile.kin_numbers)
    yield from (f"phone:{phone}" for phone in profile.phones)
