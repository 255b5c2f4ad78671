"""How one answer is said in the standard: most by the standard's own type of the field, a few in a way of their own.

A way yields what it could say (``Written``) and what it could not (``Unwritten``), each with its place in the question.
Whatever of the answer neither of them mentions has no field in the standard; ``export`` reports it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from api.rules.htcds.loss import LossReason
from schemas.base import YesNoUnknown
from schemas.care_codes import ConsentDecision
from schemas.case_sections.person import IdDocument
from schemas.case_sections.trafficking import RoutePoint
from schemas.codes import IdDocumentType, Relation
from schemas.consent import ConsentRecord
from schemas.dates import Edtf
from schemas.document import ConsentPurpose
from schemas.htcds.codes import COARSER, SAME
from schemas.htcds.events import EventType
from schemas.htcds.languages import GROUP_OF, INDIVIDUAL
from schemas.htcds.standard import STANDARD
from schemas.names import NameType, PersonName, primary_name
from schemas.needs import Location
from schemas.places import AdminArea, Place
from schemas.relatives import Phone, Relative
from schemas.restricted_annex import Perpetrator
from schemas.services import PlanItem

Value = str | int | bool | tuple[str, ...]
Row = tuple[str, int]
"""Which row of a repeat: the type of the event and its number."""
NATIONAL = frozenset({IdDocumentType.NRC, IdDocumentType.THAI_ID_13, IdDocumentType.TEMPORARY_ID})
"""Papers whose number is a national identity number."""
_CHILDREN = frozenset({Relation.SON, Relation.DAUGHTER})
_CONSENT = {ConsentDecision.GIVEN: True, ConsentDecision.REFUSED: False, ConsentDecision.WITHDRAWN: False}
_NOWHERE: Location = (-1,)
"""Not the place of any one answer: a count of several."""


@dataclass(frozen=True)
class Written:
    """One thing that was said: the place of the answer, the standard's field, the value."""

    place: Location
    name: str
    value: Value
    row: Row | None = None


@dataclass(frozen=True)
class Unwritten:
    """One thing that was not said, or not wholly, and why."""

    place: Location
    name: str | None
    reason: LossReason


Said = Iterator[Written | Unwritten]
Way = Callable[[str, EventType | None, Any], Said]


def say(name: str, event: EventType | None, value: object) -> Said:
    """Yield what an answer says under a name of the standard, and what is lost."""
    way = WAYS.get(name)
    return way(name, event, value) if way is not None else _by_type(name, value)


def _by_type(name: str, value: Any) -> Said:
    """Say an answer as the type of the standard's field asks: a code, a language, a country, a whole day, or text."""
    if name in SAME:
        yield from _codes(name, value)
    elif STANDARD[name].reference == "ISO 639-2":
        yield from _languages(name, value)
    elif isinstance(value, tuple):
        yield Written((), name, tuple(str(one) for one in value))
    elif isinstance(value, Edtf):
        yield from _day(name, (), value)
    else:
        yield Written((), name, value.value if isinstance(value, StrEnum) else str(value))


def _codes(name: str, value: StrEnum | tuple[StrEnum, ...]) -> Said:
    """Say codes by those of the standard, each once; one that is coarser there is said and reported."""
    written: dict[str, None] = {}
    many = value if isinstance(value, tuple) else (value,)
    for index, code in enumerate(many):
        place: Location = (index,) if isinstance(value, tuple) else ()
        coarser = COARSER.get(name, {}).get(code)
        theirs = SAME[name].get(code) or coarser
        if theirs is None:
            yield Unwritten(place, name, LossReason.CODE_NOT_IN_STANDARD)
            continue
        written[theirs] = None
        if coarser is not None:
            yield Unwritten(place, name, LossReason.CODE_COARSER)
    if written:
        is_multiple = STANDARD[name].is_multiple
        yield Written((), name, tuple(written) if is_multiple else next(iter(written)))


def _languages(name: str, value: str | tuple[str, ...]) -> Said:
    """Say the first language by its code in ISO 639-2, or by that of its group."""
    many = value if isinstance(value, tuple) else (value,)
    for index, code in enumerate(many):
        place: Location = (index,) if isinstance(value, tuple) else ()
        theirs = code if code in INDIVIDUAL else GROUP_OF.get(code)
        if index:
            yield Unwritten(place, name, LossReason.SEVERAL_VALUES)
        elif theirs is None:
            yield Unwritten(place, name, LossReason.CODE_NOT_IN_STANDARD)
        else:
            yield Written(place, name, theirs)
            if theirs != code:
                yield Unwritten(place, name, LossReason.LANGUAGE_COARSER)


def _day(name: str, place: Location, value: Edtf, row: Row | None = None) -> Said:
    """Say a whole day that is sure; anything vaguer is left out."""
    if value.earliest == value.latest and not value.is_approximate and len(value.text) == len(date.min.isoformat()):
        yield Written(place, name, value.text, row)
    else:
        yield Unwritten(place, name, LossReason.PARTIAL_DATE)


def _names(_name: str, _event: EventType | None, names: tuple[PersonName, ...]) -> Said:
    """Say one name, whole where it has no family name; never one that a trafficker gave."""
    usable = tuple(one for one in names if one.type is not NameType.NAME_USED_IN_EXPLOITATION)
    main = primary_name(usable) if usable else None
    for index, one in enumerate(names):
        if one is main:
            yield from _one_name(index, one)
        else:
            yield Unwritten((index,), "prs_FirstName", LossReason.SEVERAL_NAMES)


def _one_name(index: int, name: PersonName) -> Said:
    whole: Location = (index, "full_text")
    if name.given is None or name.family is None:
        yield Written(whole, "prs_FirstName", name.full_text)
        return
    yield Written((index, "given"), "prs_FirstName", name.given)
    yield Written((index, "family"), "prs_SecondName", name.family)
    if name.full_text == f"{name.given} {name.family}":
        yield Written(whole, "prs_FirstName", name.given)
    else:
        yield Unwritten(whole, "prs_FirstName", LossReason.NAME_SPLIT)


def _identity_numbers(name: str, _event: EventType | None, papers: tuple[IdDocument, ...]) -> Said:
    """Say the first national identity number; a passport's is none."""
    numbered = [(i, one) for i, one in enumerate(papers) if one.number and (one.type is None or one.type in NATIONAL)]
    for turn, (index, paper) in enumerate(numbered):
        if turn:
            yield Unwritten((index, "number"), name, LossReason.SEVERAL_VALUES)
        elif paper.number is not None:
            yield Written((index, "number"), name, paper.number)


def _phones(name: str, _event: EventType | None, phones: tuple[Phone, ...]) -> Said:
    """Say the first number that is safe to call."""
    is_said = False
    for index, phone in enumerate(phones):
        if phone.safe_to_call is not YesNoUnknown.YES:
            yield Unwritten((index,), name, LossReason.NOT_SAFE_TO_CALL)
        elif is_said:
            yield Unwritten((index,), name, LossReason.SEVERAL_VALUES)
        elif phone.e164 is not None:
            is_said = True
            yield Written((index, "e164"), name, phone.e164)
            yield Written((index, "safe_to_call"), name, phone.e164)


def _children(name: str, _event: EventType | None, relatives: tuple[Relative, ...]) -> Said:
    """Say how many of the person's own family are sons and daughters; an empty list says none."""
    places: list[Location] = [(index, "relation") for index, one in enumerate(relatives) if one.relation in _CHILDREN]
    for place in places or [_NOWHERE if relatives else ()]:
        yield Written(place, name, len(places))


def _area(name: str, area: AdminArea, place: Location = (), row: Row | None = None) -> Said:
    """Say an area by its name, in Latin letters if there is one."""
    for spelling in ("name_latin", "name_native"):
        text = getattr(area, spelling)
        if text is not None:
            yield Written((*place, spelling), name, text, row)
            return


def _home_area(name: str, _event: EventType | None, area: AdminArea) -> Said:
    return _area(name, area)


def _event_place(place: Place, row: Row, at: Location, words: str) -> Said:
    """Say a place of an event: country, state, township, and under ``words`` what was told."""
    if place.place_as_told is not None:
        is_of_event = words.startswith("hte_")
        yield Written((*at, "place_as_told"), words, place.place_as_told, row if is_of_event else None)
    if place.country is not None:
        yield Written((*at, "country"), "hte_Country", place.country, row)
    for field, name in (("admin1", "hte_State"), ("admin3", "hte_City")):
        area = getattr(place, field)
        if area is not None:
            yield from _area(name, area, (*at, field), row)


def _location(name: str, event: EventType | None, place: Place) -> Said:
    return _event_place(place, (event or "", 0), (), name)


def _event_date(name: str, event: EventType | None, when: Edtf) -> Said:
    return _day(name, (), when, (event or "", 0))


def _route(_name: str, event: EventType | None, points: tuple[RoutePoint, ...]) -> Said:
    """Say each place on the way as an event."""
    for index, point in enumerate(points):
        row = (event or "", index)
        if point.place is not None:
            yield from _event_place(point.place, row, (index, "place"), "hte_Description")
        if point.date is not None:
            yield from _day("hte_Date", (index, "date"), point.date, row)


def _sector(name: str, _event: EventType | None, sector: str) -> Said:
    """Say a sector of work by its section; the standard's list ends there."""
    theirs = next(code for code in STANDARD[name].choices if code.startswith(f"{sector[0]}_"))
    yield Written((), name, theirs)
    if len(sector) > 1:
        yield Unwritten((), name, LossReason.CODE_COARSER)


def _consent(name: str, _event: EventType | None, records: tuple[ConsentRecord, ...]) -> Said:
    """Say whether the person agreed to the interview, which is all that the standard asks; the last record counts."""
    asked = [(i, one) for i, one in enumerate(records) if one.purpose is ConsentPurpose.INTERVIEW_RECORD]
    if not asked:
        return
    index, last = asked[-1]
    agreed = _CONSENT.get(last.decision)
    if agreed is None:
        yield Unwritten((index, "decision"), name, LossReason.CODE_NOT_IN_STANDARD)
        return
    yield Written((index, "decision"), name, agreed)
    yield Written((index, "purpose"), name, agreed)


def _plan(name: str, _event: EventType | None, items: tuple[PlanItem, ...]) -> Said:
    """Say each step of a plan as a support plan of the standard."""
    for index, item in enumerate(items):
        row = ("", index)
        for one in _codes(name, item.domain):
            place = (index, "domain", *one.place)
            yield (
                Written(place, name, one.value, row) if isinstance(one, Written) else Unwritten(place, name, one.reason)
            )
        if item.text is not None:
            yield Written((index, "text"), "spl_Objectives", item.text, row)


def _perpetrators(name: str, _event: EventType | None, people: tuple[Perpetrator, ...]) -> Said:
    for index, one in enumerate(people):
        row = ("", index)
        if one.role is not None:
            yield Written((index, "role"), name, (SAME[name][one.role],), row)
        if one.detail is not None:
            yield Written((index, "detail"), "per_RoleDetails", one.detail, row)


WAYS: Mapping[str, Way] = {
    "con_Consent": _consent,
    "hte_Date": _event_date,
    "hte_Type": _route,
    "per_RoleInProcess": _perpetrators,
    "prs_FirstName": _names,
    "prs_HomePhone": _phones,
    "prs_IdentityNumber": _identity_numbers,
    "prs_MailingCity": _home_area,
    "prs_MailingState": _home_area,
    "prs_NumberOfChildren": _children,
    "spl_Type": _plan,
    "vic_ForcedLabourIndustry": _sector,
    "vic_LocationOfExploitation": _location,
    "vic_LocationOfRecruitment": _location,
}
"""Names whose answers are said in a way of their own; a group that declares one of them is said whole."""
