"""Whether two profiles may be one person's: one line for each field, and a score from 0 to 1.

Each field adds bits for or against, as in the linkage of records by Fellegi and Sunter; the sum, less what chance
needs, becomes the score. What a household shares (parents, home, phone) says little for who has another name: a
sister is not the same person. Births that lie more than two years apart exclude; a birth that nobody knows is neutral.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from api.rules.matching.names import ALIKE, CLOSE, Likeness, liken
from api.rules.matching.places import are_comparable
from api.rules.matching.profile import Profile, ToldName
from api.rules.matching.reasons import MatchReason, Verdict
from schemas.ages import BirthSpan
from schemas.codes import Relation
from schemas.names import NameType


@dataclass(frozen=True)
class FieldMatch:
    """One field: what the comparison says, what it weighs in bits, and why. Codes only, never a value."""

    field: str
    verdict: Verdict
    weight: float
    reasons: tuple[MatchReason, ...]


@dataclass(frozen=True)
class Match:
    """How likely two profiles are one person's, and the line of each field."""

    score: float
    fields: tuple[FieldMatch, ...]
    is_excluded: bool


SUGGESTED_FROM: Final = 0.5
"""The score from which a pair is suggested."""
_CHANCE: Final = 7.0
"""Bits that have to be there before two cases of one agency are as likely one person's as not."""
_HOUSEHOLD: Final = frozenset({"place", "village", "father", "mother", "relatives", "phones", "kin_numbers"})
_MOST_FOR_HOUSEHOLD: Final = 9.0
_FOR_ANOTHER_NAME: Final = 3.0
"""What a shared household says at most: its parts follow from each other. For who has another name it says kinship."""
_EXCLUDING_GAP: Final = timedelta(days=731)
_WIDE: Final = timedelta(days=4 * 366)
_YEAR: Final = timedelta(days=400)
_MOST_NAMES: Final = 8
"""So many names of one person are compared; a file that lists more is no reason to keep others waiting."""
_WEAK_NAME: Final = 0.6
"""A name that a trafficker gave is given again."""


def compare(one: Profile, other: Profile) -> Match:
    """Compare two profiles; the same both ways."""
    found = [compared(one, other) for compared in _FIELDS]
    has_other_name = found[0].verdict is Verdict.DIFFER
    lines = _bounded(found, _FOR_ANOTHER_NAME if has_other_name else _MOST_FOR_HOUSEHOLD)
    is_excluded = any(MatchReason.YEARS_APART in line.reasons and line.verdict is Verdict.DIFFER for line in lines)
    bits = sum(line.weight for line in lines) - _CHANCE
    score = 0.0 if is_excluded else round(1 / (1 + 2**-bits), 3)
    return Match(score, tuple(lines), is_excluded)


def is_namesake(one: Profile, other: Profile) -> bool:
    """Say whether names and sex, or the number of a paper, could be one person's; nothing else is looked at.

    For who may not know of the other case: whoever changes one thing at a time and asks again learns from it no place,
    birth or relative.
    """
    if one.numbers & other.numbers:
        return True
    return _names(one, other).verdict is Verdict.AGREE and _sex(one, other).verdict is not Verdict.DIFFER


def _bounded(lines: list[FieldMatch], most: float) -> list[FieldMatch]:
    """Return the lines with what a household shares lowered to the most that it may say together."""
    shared = [line for line in lines if line.field in _HOUSEHOLD and line.weight > 0]
    told = sum(line.weight for line in shared)
    return [_lowered(line, most / told) if line in shared and told > most else line for line in lines]


def _lowered(line: FieldMatch, share: float) -> FieldMatch:
    return replace(line, weight=round(line.weight * share, 2), reasons=(*line.reasons, MatchReason.HOUSEHOLD))


def _unknown(field: str, *reasons: MatchReason) -> FieldMatch:
    return FieldMatch(field, Verdict.UNKNOWN, 0.0, reasons or (MatchReason.NOT_TOLD,))


@dataclass(frozen=True)
class _Bits:
    """What a name says at most, and what another name says against."""

    most: float
    against: float


_OWN: Final = _Bits(most=8.0, against=-4.0)
_KIN: Final = _Bits(most=6.0, against=-3.0)
_BESIDE_THE_NAME: Final[Mapping[NameType, MatchReason]] = {
    NameType.NAME_USED_IN_EXPLOITATION: MatchReason.USED_IN_EXPLOITATION,
    NameType.ALIAS: MatchReason.ALIAS,
    NameType.RELIGIOUS: MatchReason.ALIAS,
    NameType.CHILDHOOD: MatchReason.ALIAS,
}
"""Names that one has beside one's name: another one says nothing against."""


def _names(one: Profile, other: Profile) -> FieldMatch:
    return _compare_names("names", one.names, other.names, _OWN)


def _kin(relation: Relation, one: Profile, other: Profile) -> FieldMatch:
    ours, theirs = one.kin.get(relation, frozenset()), other.kin.get(relation, frozenset())
    return _compare_names(relation.value, ours, theirs, _KIN)


def _compare_names(field: str, ours: Iterable[ToldName], theirs: Iterable[ToldName], bits: _Bits) -> FieldMatch:
    """Compare every name of one with every name of the other; the best pair speaks."""
    left, right = sorted(ours)[:_MOST_NAMES], sorted(theirs)[:_MOST_NAMES]
    pairs = [(a, b, liken(a.spoken, b.spoken)) for a in left for b in right]
    lines = [_name_line(field, {a.type, b.type}, likeness, bits) for a, b, likeness in pairs if likeness]
    if not lines:
        return _unknown(field, MatchReason.NOT_COMPARABLE if pairs else MatchReason.NOT_TOLD)
    return max(lines, key=lambda line: (line.weight > 0, line.weight < 0, line.weight, line.reasons))


def _name_line(field: str, uses: set[NameType], likeness: Likeness, bits: _Bits) -> FieldMatch:
    """Return what one pair of names says."""
    beside = sorted({_BESIDE_THE_NAME[use] for use in uses if use in _BESIDE_THE_NAME})
    if likeness.degree < CLOSE:
        return _unknown(field, *beside) if beside else FieldMatch(field, Verdict.DIFFER, bits.against, likeness.reasons)
    is_full = likeness.degree >= ALIKE and likeness.is_enough
    share = (1 if is_full else 0.5) * (_WEAK_NAME if MatchReason.USED_IN_EXPLOITATION in beside else 1)
    short = [] if likeness.is_enough else [MatchReason.SHORT_NAME]
    weight = round(min(bits.most, likeness.mass) * share, 2)
    return FieldMatch(field, Verdict.AGREE if is_full else Verdict.CLOSE, weight, (*likeness.reasons, *short, *beside))


def _relatives(one: Profile, other: Profile) -> FieldMatch:
    """Compare the other relatives; who is not named in one file says nothing against it."""
    shared = (set(one.kin) & set(other.kin)) - {Relation.FATHER, Relation.MOTHER}
    if not shared:
        return _unknown("relatives")
    lines = [_kin(relation, one, other) for relation in sorted(shared)]
    best = max(lines, key=lambda line: (line.weight, line.reasons))
    weight = round(max(0.0, best.weight) / 2, 2)
    verdict = Verdict.UNKNOWN if best.verdict is Verdict.DIFFER else best.verdict
    return FieldMatch("relatives", verdict, weight, best.reasons)


def _sex(one: Profile, other: Profile) -> FieldMatch:
    if one.sex is None or other.sex is None:
        return _unknown("sex")
    if one.sex is other.sex:
        return FieldMatch("sex", Verdict.AGREE, 0.5, (MatchReason.SAME,))
    return FieldMatch("sex", Verdict.DIFFER, -10.0, (MatchReason.OTHER,))


def _birth(one: Profile, other: Profile) -> FieldMatch:
    if one.birth is None or other.birth is None:
        return _unknown("birth")
    gap = max(one.birth.earliest, other.birth.earliest) - min(one.birth.latest, other.birth.latest)
    width = max(_width(one.birth), _width(other.birth))
    if gap > _EXCLUDING_GAP:
        return FieldMatch("birth", Verdict.DIFFER, -20.0, (MatchReason.YEARS_APART,))
    if width > _WIDE:
        return _unknown("birth", MatchReason.INTERVAL_WIDE)
    return _near_birth(gap) if gap > timedelta(0) else _same_birth(one.birth, width)


def _near_birth(gap: timedelta) -> FieldMatch:
    """Return what births say that cannot be one; ages that are told are often a year out."""
    if gap <= _YEAR:
        return FieldMatch("birth", Verdict.CLOSE, 0.5, (MatchReason.YEAR_APART,))
    return FieldMatch("birth", Verdict.CLOSE, -0.5, (MatchReason.YEARS_APART,))


def _same_birth(birth: BirthSpan, width: timedelta) -> FieldMatch:
    """Return what two births say that may be one; 1 January stands for a year of which no more is known."""
    if not width and (birth.earliest.month, birth.earliest.day) != (1, 1):
        return FieldMatch("birth", Verdict.AGREE, 5.0, (MatchReason.SAME_DAY,))
    if width <= _YEAR:
        return FieldMatch("birth", Verdict.AGREE, 2.5, (MatchReason.SAME_YEAR,))
    return FieldMatch("birth", Verdict.CLOSE, 1.5, (MatchReason.OVERLAPPING,))


def _width(span: BirthSpan) -> timedelta:
    return span.latest - span.earliest


def _place(one: Profile, other: Profile) -> FieldMatch:
    ours, theirs = one.home, other.home
    if ours.townships & theirs.townships:
        return FieldMatch("place", Verdict.AGREE, 3.0, (MatchReason.SAME_TOWNSHIP,))
    if ours.regions & theirs.regions:
        return FieldMatch("place", Verdict.CLOSE, 0.5, (MatchReason.SAME_REGION,))
    if ours.country and theirs.country and ours.country != theirs.country:
        return FieldMatch("place", Verdict.DIFFER, -3.0, (MatchReason.OTHER_COUNTRY,))
    if are_comparable(ours.regions, theirs.regions):
        return FieldMatch("place", Verdict.DIFFER, -2.0, (MatchReason.OTHER_REGION,))
    return _unknown("place")


def _village(one: Profile, other: Profile) -> FieldMatch:
    ours, theirs = one.home, other.home
    if ours.villages & theirs.villages:
        return FieldMatch("village", Verdict.AGREE, 2.5, (MatchReason.SAME_VILLAGE,))
    if (ours.villages & theirs.words) | (theirs.villages & ours.words) | (ours.words & theirs.words):
        return FieldMatch("village", Verdict.CLOSE, 0.5, (MatchReason.WORDS_SHARED,))
    if are_comparable(ours.villages, theirs.villages):
        return FieldMatch("village", Verdict.DIFFER, -0.5, (MatchReason.OTHER_VILLAGE,))
    return _unknown("village")


def _shared(field: str, weight: float, against: float, one: frozenset[str], other: frozenset[str]) -> FieldMatch:
    """Compare numbers: one that is shared says much, others differ as papers and phones do."""
    if not one or not other:
        return _unknown(field)
    if one & other:
        return FieldMatch(field, Verdict.AGREE, weight, (MatchReason.SAME_NUMBER,))
    return FieldMatch(field, Verdict.DIFFER, against, (MatchReason.OTHER_NUMBER,))


_FIELDS: Final[tuple[Callable[[Profile, Profile], FieldMatch], ...]] = (
    _names,
    _sex,
    _birth,
    _place,
    _village,
    partial(_kin, Relation.FATHER),
    partial(_kin, Relation.MOTHER),
    _relatives,
    lambda one, other: _shared("numbers", 12.0, -1.0, one.numbers, other.numbers),
    lambda one, other: _shared("kin_numbers", 6.0, -1.0, one.kin_numbers, other.kin_numbers),
    lambda one, other: _shared("phones", 3.0, 0.0, one.phones, other.phones),
)
