"""A made-up register of people with short common names: each is found again under another spelling, and nobody else is.

The spellings are those that the rules know: this shows that the weights hang together, not how real files agree.
"""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from api.rules.matching.keys import keys_of
from api.rules.matching.places import Home
from api.rules.matching.profile import Profile, ToldName
from api.rules.matching.score import SUGGESTED_FROM, compare
from schemas.ages import BirthSpan
from schemas.codes import Relation, Sex
from schemas.names import NameType

COMMON = "Aung Kyaw Zaw Win Myint Htun Soe Than Thein Tin Hla Khin San Aye Mya Moe Naing Lin Htet Thu Zin Phyo Su Nwe"
RARE = "Thidar Wai Nandar Sandar Nilar Phyu Cho Mar Lwin Latt Zar Chi Hnin Pwint Thant Yu Myat"
OTHERWISE = {
    "Thidar": "Thita",
    "Wai": "Way",
    "Htun": "Tun",
    "Aye": "Ay",
    "Moe": "Mo",
    "Soe": "So",
    "Thein": "Thain",
    "Nandar": "Nanda",
    "Nilar": "Nila",
    "Hnin": "Nin",
    "Phyu": "Pyu",
    "Zar": "Za",
    "Htet": "Tet",
    "Kyaw": "Kyow",
    "Hla": "Hlar",
    "Latt": "Lat",
    "Chi": "Chee",
    "Myint": "Myin",
    "Su": "Suu",
    "Lwin": "Lwinn",
    "San": "Sann",
}


@dataclass(frozen=True)
class Person:
    name: str
    sex: Sex
    year: int
    township: str
    father: str

    @property
    def profile(self) -> Profile:
        """What a basic file tells, and the father's name."""
        return Profile(
            names=frozenset({ToldName(self.name, NameType.LEGAL)}),
            sex=self.sex,
            birth=BirthSpan(date(self.year, 1, 1), date(self.year, 12, 31)),
            home=Home("MM", townships=frozenset({self.township})),
            kin={Relation.FATHER: frozenset({ToldName(self.father, NameType.LEGAL)})},
        )


def _name(chance: random.Random) -> str:
    words = [*COMMON.split(), *COMMON.split(), *RARE.split()]
    return " ".join(chance.choices(words, k=chance.choice([2, 2, 3, 3, 4])))


def _person(chance: random.Random) -> Person:
    sex, township = chance.choice([Sex.FEMALE, Sex.MALE]), f"mm_pcode:MMR0110{chance.randint(1, 12):02d}"
    return Person(_name(chance), sex, chance.randint(1990, 2008), township, f"U {_name(chance)}")


def _told_again(person: Person, chance: random.Random) -> Person:
    """Return somebody as a second shelter writes them down: spelt otherwise, turned round, a year younger."""
    words = [OTHERWISE.get(word, word) for word in person.name.split()]
    if chance.random() < 0.3:
        chance.shuffle(words)
    title = "Ma" if person.sex is Sex.FEMALE else "Ko"
    return replace(person, name=f"{title} {' '.join(words)}", year=person.year + chance.choice([0, 0, 1, -1]))


def test_everybody_is_found_again_and_hardly_anybody_else() -> None:
    """Of 300 people, 30 come a second time."""
    chance = random.Random(7)  # noqa: S311  # a town is no secret
    town = [_person(chance) for _ in range(300)]
    profiles = [person.profile for person in town]
    index = [keys_of(profile) for profile in profiles]
    others: Counter[int] = Counter()
    for number in chance.sample(range(len(town)), 30):
        again = _told_again(town[number], chance).profile
        wanted = keys_of(again)
        shared = {place: len(keys & wanted) for place, keys in enumerate(index)}
        candidates = sorted(shared, key=lambda place: (-shared[place], place))[:50]
        found = {place for place in candidates if compare(again, profiles[place]).score >= SUGGESTED_FROM}
        assert number in found
        others[number] = len(found) - 1
    assert others.total() <= 1
