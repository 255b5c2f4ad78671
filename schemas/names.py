"""Names as people bear them: only the full text is mandatory, and nothing is ever forced into family and given.

"Aung Aung" keeps both tokens, "Ma" may or may not be part of the name, and a name that a trafficker gave is a name of
a type of its own. Text is only put into NFC; it is never title-cased, split or de-duplicated (domain 8, names).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import LanguageTag, Line, Part
from schemas.facts import Level, Need, fact
from schemas.needs import Location, Problem
from schemas.rows import MAX_ROWS


class Script(StrEnum):
    """ISO 15924 codes of the scripts that are used here."""

    MYANMAR = "Mymr"
    THAI = "Thai"
    LATIN = "Latn"
    HAN_SIMPLIFIED = "Hans"
    HAN_TRADITIONAL = "Hant"
    LAO = "Laoo"
    KHMER = "Khmr"
    ARABIC = "Arab"
    ROHINGYA = "Rohg"
    TAI_LE = "Tale"
    OTHER = "Zzzz"


class NameType(StrEnum):
    """What a name is used for."""

    LEGAL = "legal"
    KNOWN_AS = "known_as"
    ALIAS = "alias"
    NAME_USED_IN_EXPLOITATION = "name_used_in_exploitation"
    RELIGIOUS = "religious"
    CHILDHOOD = "childhood"
    TRAVEL_DOCUMENT = "travel_document"
    OTHER = "other"


class PersonName(Part):
    """One name in one script."""

    full_text: Annotated[
        Line,
        fact(Level.L2, "Name", "Exactly as it is written or told, all of it.", need=Need.BASIC, htcds="prs_FirstName"),
    ]
    script: Annotated[Script | None, fact(Level.L2, "Script", "ISO 15924: Mymr, Thai, Latn, Hans, Laoo, Khmr.")] = None
    lang: Annotated[
        LanguageTag | None, fact(Level.L2, "Language", "The language the name is written in, as BCP 47.")
    ] = None
    type: Annotated[NameType, fact(Level.L2, "Kind of name")] = NameType.LEGAL
    is_primary: Annotated[bool, fact(Level.L2, "Main name", "The one name that lists show.")] = False
    given: Annotated[
        Line | None, fact(Level.L2, "Given name", "Only where the culture has one.", htcds="prs_FirstName")
    ] = None
    family: Annotated[
        Line | None, fact(Level.L2, "Family name", "Only where the culture has one.", htcds="prs_SecondName")
    ] = None
    honorific: Annotated[Line | None, fact(Level.L2, "Honorific of this name", "U, Daw, Ko, Ma, Sai, Nang ...")] = None


Names = Annotated[tuple[PersonName, ...], Field(min_length=1, max_length=MAX_ROWS)]
"""All names of one person, at least one."""


def primary_name(names: tuple[PersonName, ...]) -> PersonName:
    """Return the name that is marked as the main one, or else the first."""
    return next((name for name in names if name.is_primary), names[0])


def name_problems(names: tuple[PersonName, ...] | None, location: Location) -> Iterator[Problem]:
    """Yield a problem where more than one name is marked as the main one."""
    if names and sum(name.is_primary for name in names) > 1:
        yield Problem(location, "two_primary_names", "mark one name only as the main one")
