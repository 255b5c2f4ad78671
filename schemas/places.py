"""Places: what was told, word for word, and codes beside it that say which list and which version they are from.

A code without its list is worthless: Yangon is 12 on an identity card, ``MMR013`` as P-code and ``MM-06`` in ISO
3166-2, and townships are split and renamed (domain 8, places).
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator

from schemas.base import CountryCode, Line, Part, Text
from schemas.facts import Level, fact
from schemas.needs import Problem, refuse


class CodeSystem(StrEnum):
    """Lists of administrative areas."""

    MM_PCODE = "mm_pcode"
    TH_DOPA = "th_dopa"
    CN_GBT2260 = "cn_gbt2260"
    LA_NATIONAL = "la_national"
    KH_NATIONAL = "kh_national"
    VN_NATIONAL = "vn_national"
    ISO_3166_2 = "iso_3166_2"
    OTHER = "other"


_SYNTAX = {
    CodeSystem.MM_PCODE: re.compile(r"MMR\d{3}(D\d{3}|\d{3}(\d{3})?)?(-?[A-Z0-9]{1,12})?", re.ASCII),
    CodeSystem.TH_DOPA: re.compile(r"\d{2}(\d{2}){0,2}", re.ASCII),
    CodeSystem.CN_GBT2260: re.compile(r"\d{2}|\d{4}|\d{6}", re.ASCII),
    CodeSystem.ISO_3166_2: re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII),
}


class AdminArea(Part):
    """One administrative area: at least a name or a code; a code names its list and the version of the list."""

    code_system: Annotated[CodeSystem | None, fact(Level.L2, "Code list")] = None
    code_system_version: Annotated[
        Line | None, fact(Level.L2, "Version of the list", "For example 9.4 or 2024-03.")
    ] = None
    code: Annotated[Line | None, fact(Level.L2, "Code", "MMR011002, 6306, 533102 ...")] = None
    iso_3166_2: Annotated[
        Line | None, fact(Level.L2, "ISO 3166-2 code", "Beside the national code, for states and provinces.")
    ] = None
    name_native: Annotated[Line | None, fact(Level.L2, "Name in its own script")] = None
    name_latin: Annotated[Line | None, fact(Level.L2, "Name in Latin letters")] = None

    @model_validator(mode="after")
    def _code_names_its_list(self) -> Self:
        refuse(list(_area_problems(self)))
        return self


class Place(Part):
    """A place on the way: country and areas as far as they are known, and what was told."""

    country: Annotated[CountryCode | None, fact(Level.L2, "Country", htcds="hte_Country")] = None
    admin1: Annotated[AdminArea | None, fact(Level.L2, "State, region or province", htcds="hte_State")] = None
    admin2: Annotated[AdminArea | None, fact(Level.L2, "District")] = None
    admin3: Annotated[AdminArea | None, fact(Level.L2, "Township", htcds="hte_City")] = None
    place_as_told: Annotated[Text | None, fact(Level.L2, "As told", "Word for word.")] = None


class Settlement(Part):
    """A ward, village tract or village in both scripts, with a code if there is one."""

    name_native: Annotated[Line | None, fact(Level.L2, "Name in its own script")] = None
    name_latin: Annotated[Line | None, fact(Level.L2, "Name in Latin letters")] = None
    code_system: Annotated[CodeSystem | None, fact(Level.L2, "Code list")] = None
    code_system_version: Annotated[Line | None, fact(Level.L2, "Version of the list")] = None
    code: Annotated[Line | None, fact(Level.L2, "Code")] = None

    @model_validator(mode="after")
    def _code_names_its_list(self) -> Self:
        refuse(list(_area_problems(self)))
        return self


def _area_problems(area: "AdminArea | Settlement") -> Iterator[Problem]:
    """Yield what is wrong with a code (no list, no version, another form), or that nothing is known."""
    if area.code is None:
        if area.name_native is None and area.name_latin is None and not area.absent:
            yield Problem((), "area_empty", "give a name or a code of the area")
        return
    if area.code_system is None or area.code_system_version is None:
        yield Problem((), "code_without_list", "name the list of the code and its version")
        return
    syntax = _SYNTAX.get(area.code_system)
    if syntax and not syntax.fullmatch(area.code):
        yield Problem(("code",), "code_syntax", "the list has no codes of this form")
