"""What the documents of a case tell that could show whose it is: names, sex, birth, home, parents, numbers.

Each kind of document that names a person has one function here; what its sender corrected does not count. The newest
word on sex, birth and home wins, names and numbers are gathered from all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, singledispatch
from typing import TypeVar

from api.rules.matching.names import SpokenName, speak
from api.rules.matching.places import Home, home_of, number_form
from schemas.ages import BirthSpan, span_of_age
from schemas.case_file import CaseFile
from schemas.case_sections.family import Family
from schemas.case_sections.home import Home as HomeSection
from schemas.case_sections.person import IdDocument, Person
from schemas.codes import Relation, Sex
from schemas.digits import normalised_number
from schemas.document import Document
from schemas.earlier import unreplaced
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import FamilyTracingResult
from schemas.names import NameType, PersonName
from schemas.notice import AdvanceRepatriationNotice
from schemas.relatives import Kin, Phone
from schemas.tracing_seed import TracingSeed

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class ToldName:
    """A name as it was told, and what it is used for."""

    text: str = field(repr=False)
    type: NameType

    @cached_property
    def spoken(self) -> SpokenName:
        """The name as it sounds; worked out once, kept as long as the profile."""
        return speak(self.text)


@dataclass(frozen=True)
class Profile:
    """What is known about who somebody is; nothing of it is shown when it is printed by accident."""

    names: frozenset[ToldName] = field(default=frozenset(), repr=False)
    sex: Sex | None = field(default=None, repr=False)
    birth: BirthSpan | None = field(default=None, repr=False)
    home: Home = field(default_factory=Home, repr=False)
    kin: Mapping[Relation, frozenset[ToldName]] = field(default_factory=dict, repr=False)
    numbers: frozenset[str] = field(default=frozenset(), repr=False)
    kin_numbers: frozenset[str] = field(default=frozenset(), repr=False)
    phones: frozenset[str] = field(default=frozenset(), repr=False)


def profile_of(held: Sequence[Document], case_uid: str) -> Profile:
    """Return what everything that is held about a case tells about its person."""
    told = [
        profile
        for document in sorted(unreplaced(held), key=lambda one: (one.created_at, one.id))
        for profile in _tell(document, case_uid)
    ]
    return Profile(
        names=frozenset().union(*(one.names for one in told)),
        sex=_newest(one.sex for one in told),
        birth=_newest(one.birth for one in told),
        home=_newest(one.home if one.home.is_known else None for one in told) or Home(),
        kin=_gathered([one.kin for one in told]),
        numbers=frozenset().union(*(one.numbers for one in told)),
        kin_numbers=frozenset().union(*(one.kin_numbers for one in told)),
        phones=frozenset().union(*(one.phones for one in told)),
    )


@singledispatch
def _tell(_document: Document, _case_uid: str) -> Iterable[Profile]:
    """Return what a document tells about the person of a case; most kinds name nobody."""
    return ()


@_tell.register
def _of_case_file(file: CaseFile, _case_uid: str) -> Iterable[Profile]:
    person, home, family = file.person or Person(), file.home or HomeSection(), file.family or Family()
    kin = [
        (Relation.FATHER, family.father),
        (Relation.MOTHER, family.mother),
        *((one.relation, one) for one in (*(family.relatives or ()), *(family.spouse_children or ()))),
    ]
    yield Profile(
        names=_names(person.names),
        sex=_known(person.sex),
        birth=file.birth_span(file.created_at.date()),
        home=home_of(
            country=home.home_country,
            region=home.admin1,
            township=home.admin3,
            villages=(home.village, home.village_tract_ward),
            told=(home.address_as_told, home.landmarks, home.school),
        ),
        kin=_kin(kin),
        numbers=_numbers(person.id_documents),
        kin_numbers=_kin_numbers(one for _, one in kin),
        phones=_phones(home.contact_phone_home, (one for _, one in kin)),
    )


@_tell.register
def _of_request(request: FamilyTracingRequest, _case_uid: str) -> Iterable[Profile]:
    seed = request.tracing_seed
    kin = [(one.relation, one) for one in seed.relatives or ()]
    yield Profile(
        names=_names(seed.names),
        sex=_known(seed.sex),
        birth=_birth_of(seed, request.created_at.date()),
        home=home_of(
            region=seed.admin1,
            township=seed.admin3,
            villages=(seed.village,),
            told=(seed.village_as_told, request.landmarks),
        ),
        kin=_kin(kin),
        numbers=_numbers(request.id_documents),
        kin_numbers=_kin_numbers(one for _, one in kin),
        phones=_phones(seed.phones, (one for _, one in kin)),
    )


@_tell.register
def _of_result(result: FamilyTracingResult, _case_uid: str) -> Iterable[Profile]:
    yield Profile(kin=_gathered({found.relation: _names(found.names)} for found in result.found_persons))


@_tell.register
def _of_notice(notice: AdvanceRepatriationNotice, case_uid: str) -> Iterable[Profile]:
    for person in notice.persons:
        if person.case_uid == case_uid:
            told_on, paper = notice.created_at.date(), person.travel_document
            yield Profile(
                names=_names((person.name,)),
                sex=_known(person.sex),
                birth=None if person.age is None else span_of_age(person.age, told_on, None),
                home=home_of(region=person.home_admin1, township=person.home_township),
                numbers=frozenset({number_form(paper.number)} if paper and paper.number else ()),
            )


def _birth_of(seed: TracingSeed, told_on: date) -> BirthSpan | None:
    """Return when somebody may have been born: the date that is known, or else the age that was told."""
    return next(iter(seed.birth_spans(told_on)), None)


def _newest(values: Iterable[T | None]) -> T | None:
    """Return the last one that is known."""
    return next((value for value in reversed(list(values)) if value is not None), None)


def _known(sex: Sex | None) -> Sex | None:
    return sex if sex in {Sex.MALE, Sex.FEMALE} else None


def _names(names: Iterable[PersonName] | None) -> frozenset[ToldName]:
    return frozenset(ToldName(name.full_text, name.type) for name in names or ())


def _kin(told: Iterable[tuple[Relation | None, Kin | None]]) -> Mapping[Relation, frozenset[ToldName]]:
    """Return the names of relatives by relation; a nickname is a name that somebody is known by."""
    found = []
    for relation, kin in told:
        if relation is not None and kin is not None:
            called = [ToldName(kin.nickname, NameType.KNOWN_AS)] if kin.nickname else []
            found.append({relation: _names(kin.names) | frozenset(called)})
    return _gathered(found)


def _gathered(told: Iterable[Mapping[Relation, frozenset[ToldName]]]) -> Mapping[Relation, frozenset[ToldName]]:
    found: dict[Relation, frozenset[ToldName]] = {}
    for part in told:
        for relation, names in part.items():
            if names:
                found[relation] = found.get(relation, frozenset()) | names
    return found


def _numbers(papers: Iterable[IdDocument] | None) -> frozenset[str]:
    """Return the numbers of papers as they are compared."""
    return frozenset(number_form(paper.number) for paper in papers or () if paper.number)


def _kin_numbers(kin: Iterable[Kin | None]) -> frozenset[str]:
    return frozenset(number_form(one.nrc_number) for one in kin if one is not None and one.nrc_number)


def _phones(phones: Iterable[Phone] | None, kin: Iterable[Kin | None]) -> frozenset[str]:
    told = [*(phones or ()), *(one.phone for one in kin if one is not None and one.phone is not None)]
    return frozenset(phone.e164 or normalised_number(phone.raw or "") for phone in told if phone.e164 or phone.raw)
