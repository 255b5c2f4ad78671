"""Who can look after somebody at home, and in which townships (004 3.7, 4.2, 4.3; 003 mechanism 4).

A directory belongs to the agency that writes it and replaces the one before (``supersedes``). Government, UN, NGO and
health providers stand in one list, those that are not about trafficking too. An organisation that changes its name
keeps its old row with the day it ended and its successor, so that old documents can still be read.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import AgencyId, AgencyIdField, CountryCode, Line, Part, RoleMailbox, YesNoUnknown
from schemas.care_codes import Service
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.needs import Location, Planned, Problem, refuse
from schemas.places import AdminArea
from schemas.rows import SomeCodes

MAX_PROVIDERS, MAX_TOWNSHIPS = 300, 400


class ProviderType(StrEnum):
    """What kind of organisation a provider is."""

    GOVERNMENT = "government"
    UN_AGENCY = "un_agency"
    NGO = "ngo"
    FAITH_BASED = "faith_based"
    HEALTH_FACILITY = "health_facility"
    LEGAL_SERVICE = "legal_service"
    OTHER = "other"


class Provider(Part):
    """One organisation: what it does, and where. Reached by a role's mailbox, never by a person's."""

    provider: Annotated[AgencyIdField, fact(Level.L1, "Provider", need=Need.BASIC)]
    name: Annotated[Line, fact(Level.L1, "Name", need=Need.BASIC, htcds="org_Name")]
    type: Annotated[ProviderType, fact(Level.L1, "Kind of organisation", need=Need.BASIC, htcds="org_Type")]
    is_for_trafficked: Annotated[
        YesNoUnknown, fact(Level.L1, "Works for trafficked persons", "Others count too (004 3.7).", need=Need.BASIC)
    ]
    services: Annotated[SomeCodes[Service], fact(Level.L1, "Services", need=Need.BASIC)]
    townships: Annotated[
        Annotated[tuple[AdminArea, ...], Field(max_length=MAX_TOWNSHIPS)],
        fact(Level.L1, "Townships", "Each by its code. Roving case workers have many.", need=Need.BASIC),
    ]
    takes_new_cases: Annotated[YesNoUnknown | None, fact(Level.L1, "Takes new cases")] = None
    mailbox: Annotated[RoleMailbox | None, fact(Level.L1, "Mailbox of the role")] = None
    valid_from: Annotated[Day, fact(Level.L1, "Works there since", need=Need.BASIC)]
    valid_until: Annotated[Day | None, fact(Level.L1, "Until"), Planned()] = None
    successor: Annotated[AgencyIdField | None, fact(Level.L1, "Followed by")] = None

    def covers(self, township: str, on: date) -> bool:
        """Say whether the provider works in a township, by its code, on that day."""
        is_there = self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
        return is_there and any(area.code == township for area in self.townships)


class ProviderDirectory(Document):
    """The service providers of a country, township by township."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=30,
        title="Directory of service providers",
        source="004 3.7, 4.2, 4.3; 003 mechanism 4",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.FO, Role.WO}),
        readers=frozenset({Role.CM, Role.FO, Role.WO, Role.NG, Role.ST, Role.AU}),
        scope="directory",
        about_case=False,
    )

    kind: Literal["provider_directory"] = "provider_directory"
    country: Annotated[CountryCode, fact(Level.L1, "Country", need=Need.BASIC)]
    as_of: Annotated[Day, fact(Level.L1, "As of", need=Need.BASIC)]
    providers: Annotated[
        Annotated[tuple[Provider, ...], Field(max_length=MAX_PROVIDERS)],
        fact(Level.L1, "Providers", need=Need.BASIC),
    ]

    @model_validator(mode="after")
    def _directory_agrees_with_itself(self) -> Self:
        refuse(list(_directory_problems(self)))
        return self

    def covering(self, township: str, on: date) -> tuple[Provider, ...]:
        """Return who works in a township, by its code, on that day; none is an answer too (004 4.4, factor F24)."""
        return tuple(row for row in self.providers if row.covers(township, on))


def _directory_problems(directory: ProviderDirectory) -> Iterator[Problem]:
    """Yield a case in the header, and what is wrong row by row."""
    if directory.case_uid is not None:
        yield Problem(("case_uid",), "case_in_header", "a directory is about no case; leave it out")
    if directory.as_of > directory.created_at.date():
        yield Problem(("as_of",), "future_date", "a directory tells what holds today")
    seen: set[AgencyId] = set()
    for index, row in enumerate(directory.providers):
        here = ("providers", index)
        if row.provider in seen:
            yield Problem((*here, "provider"), "duplicate_provider", "list every provider once")
        seen.add(row.provider)
        yield from _row_problems(row, here)


def _row_problems(row: Provider, here: Location) -> Iterator[Problem]:
    """Yield townships that nobody could look up, an end before the beginning, and a successor of what did not end."""
    for number, area in enumerate(row.townships):
        if area.code is None:
            yield Problem((*here, "townships", number, "code"), "code_missing", "name the township by its code")
    if row.valid_until is not None and row.valid_until < row.valid_from:
        yield Problem((*here, "valid_until"), "wrong_order", "it ended after it began")
    if row.successor is not None and (row.valid_until is None or row.successor == row.provider):
        yield Problem((*here, "successor"), "successor_contradicts", "another provider follows one that has ended")
