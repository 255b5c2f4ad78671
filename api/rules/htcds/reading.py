"""How one cell of the standard becomes an answer of the form, or why it does not.

Nothing is guessed: a code that may mean several of ours, a language that is a group of languages and a tick that
stands for a consent are left to be answered by hand, and said.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from api.rules.htcds.declared import is_section, questions_of
from api.rules.htcds.loss import Trouble
from api.rules.htcds.separators import pieces, split
from api.rules.htcds.writing import WAYS
from schemas.base import Frozen
from schemas.case_body import CaseBody
from schemas.htcds.codes import COARSER, SAME
from schemas.htcds.countries import TWO_LETTERS
from schemas.htcds.languages import COLLECTIVE, INDIVIDUAL, OTHER_SPELLINGS
from schemas.htcds.standard import STANDARD
from schemas.needs import Location

Answer = tuple[Location, object]
Taken = Iterator[Answer | Trouble]
Reader = Callable[[str], Taken]


def take(name: str, text: str) -> Taken:
    """Yield the answers that a cell gives under a name of the standard, and what of it was not taken."""
    reader = _readers().get(name)
    if reader is None:
        yield Trouble.NO_FIELD_IN_FORM
    else:
        yield from reader(text)


@cache
def _readers() -> Mapping[str, Reader]:
    """Return the reader of each name that a question of the form declares, and of those with a way of their own."""
    declared = {name: partial(_by_type, name, place) for name, place in _places(CaseBody, ())}
    return {**declared, **_OWN}


def _places(model: type[Frozen], place: Location) -> Iterator[tuple[str, Location]]:
    """Yield each name whose answers are said by their type, with the place of the question."""
    for question in questions_of(model):
        name, here = question.facts.htcds, (*place, question.name)
        if name in WAYS:
            continue
        if question.group is not None and (name or is_section(model, question)):
            yield from _places(question.group, here)
        elif name is not None:
            yield name, here


def _by_type(name: str, place: Location, text: str) -> Taken:
    """Read a cell as the type of the standard's field asks."""
    field = STANDARD[name]
    if name in SAME:
        yield from _codes(name, place, text)
    elif field.reference == "ISO 639-2":
        yield from _language(place, text, is_list=place[-1] == "languages")
    elif field.reference == "ISO 3166":
        yield from _countries(place, text, is_list=field.is_multiple)
    else:
        yield place, text


def _codes(name: str, place: Location, text: str) -> Taken:
    """Read codes; one that we write for several of ours only is left to be chosen by hand."""
    field, ours = STANDARD[name], {theirs: code.value for code, theirs in SAME[name].items()}
    codes, unknown = split(field, text)
    if unknown:
        yield Trouble.UNKNOWN_CODE
    known = [code for code in codes if code in ours]
    if set(codes) - set(known):
        coarser = set(COARSER.get(name, {}).values())
        yield Trouble.CODE_COARSER if (set(codes) & coarser) - set(known) else Trouble.NO_CODE_IN_FORM
    if known and field.is_multiple:
        yield place, [ours[code] for code in known]
    elif known:
        yield place, ours[known[0]]
    if len(known) > 1 and not field.is_multiple:
        yield Trouble.SEVERAL_VALUES


def _language(place: Location, text: str, *, is_list: bool) -> Taken:
    """Read languages by any code of ISO 639-1 or 639-2; the collective ones name no language."""
    codes = [OTHER_SPELLINGS.get(piece, piece) for piece in pieces(text)]
    told = dict.fromkeys(codes)
    known = [code for code in told if code in INDIVIDUAL]
    groups = [code for code in told if code in COLLECTIVE]
    if groups:
        yield Trouble.LANGUAGE_COARSER
    if len(known) + len(groups) < len(told):
        yield Trouble.UNKNOWN_CODE
    if known:
        yield place, known if is_list else known[0]
    if len(known) > 1 and not is_list:
        yield Trouble.SEVERAL_VALUES


def _countries(place: Location, text: str, *, is_list: bool) -> Taken:
    """Read countries by their codes of two or three letters."""
    codes = [TWO_LETTERS.get(piece.upper(), piece.upper()) for piece in pieces(text)]
    known = [code for code in dict.fromkeys(codes) if code in _COUNTRIES]
    if len(known) < len(set(codes)):
        yield Trouble.UNKNOWN_CODE
    if known:
        yield place, known if is_list else known[0]
    if len(known) > 1 and not is_list:
        yield Trouble.SEVERAL_VALUES


_COUNTRIES = frozenset(TWO_LETTERS.values())


def _text_at(*place: str | int, text: str) -> Taken:
    yield place, text


def area_at(*place: str | int, text: str) -> Taken:
    """Read the name of an area, in Latin letters or in its own script."""
    is_latin = any(unicodedata.name(sign, "").startswith("LATIN") for sign in text)
    yield (*place, "name_latin" if is_latin else "name_native"), text


def country_at(*place: str | int, text: str) -> Taken:
    """Read one country."""
    return _countries(place, text, is_list=False)


def _phone(text: str) -> Taken:
    """Read a number as told; whether calling it is safe is asked again, and until then nobody calls."""
    yield ("home", "contact_phone_home", 0, "raw"), text
    if text.startswith("+") and text[1:].isascii() and text[1:].isdecimal():
        yield ("home", "contact_phone_home", 0, "e164"), text


def _sector(text: str) -> Taken:
    """Read a sector of work as the letter of its section."""
    codes, unknown = split(STANDARD["vic_ForcedLabourIndustry"], text)
    if unknown:
        yield Trouble.UNKNOWN_CODE
    if codes:
        yield ("trafficking", "labour_sector"), codes[0][0]
    if len(codes) > 1:
        yield Trouble.SEVERAL_VALUES


def _consent(_text: str) -> Taken:
    yield Trouble.CONSENT_NOT_TAKEN_OVER


_OWN: Mapping[str, Reader] = {
    "con_Consent": _consent,
    "vic_AgreementToManagePersonalData": _consent,
    "prs_HomePhone": _phone,
    "prs_IdentityNumber": lambda text: _text_at("person", "id_documents", 0, "number", text=text),
    "prs_MailingCity": lambda text: area_at("home", "admin3", text=text),
    "prs_MailingState": lambda text: area_at("home", "admin1", text=text),
    "vic_ForcedLabourIndustry": _sector,
    "vic_LocationOfExploitation": lambda text: _text_at(
        "trafficking", "exploitation_place", "place_as_told", text=text
    ),
    "vic_LocationOfRecruitment": lambda text: _text_at("trafficking", "recruitment_place", "place_as_told", text=text),
}
"""Readers of the names that are said in a way of their own; names and events are read row by row (``importing``)."""
