"""Section E: the trafficking in summary, neutral and short; details are in the restricted annex only."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.background_codes import Act, ControlMethod, DebtOrWages, Means, Purpose, RecruiterRelationship, Threat
from schemas.base import Line, Part, Summary
from schemas.dates import Edtf
from schemas.facts import Level, Need, fact
from schemas.htcds.events import OfEvent
from schemas.need_to_know import Row
from schemas.needs import Condition, Stage, When
from schemas.places import Place
from schemas.rows import Codes, Rows, SomeCodes

BorderPoint = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")]
"""A border crossing of the corridor's list, or ``AIR_`` with an airport's IATA code."""
LabourSector = Annotated[str, StringConstraints(pattern=r"^[A-U](\d{2})?$")]
"""A section or division of ISIC: A, A03, C10."""
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""


class Money(Part):
    """An amount and its currency."""

    amount: Annotated[
        Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None,
        fact(Level.L3, "Amount", need=Need.BASIC),
    ] = None
    currency: Annotated[CurrencyCode | None, fact(Level.L3, "Currency", need=Need.BASIC)] = None


class RoutePoint(Part):
    """One place on the way."""

    place: Annotated[Place | None, fact(Level.L3, "Place", htcds="hte_Description")] = None
    border_point: Annotated[BorderPoint | None, fact(Level.L3, "Border crossing")] = None
    date: Annotated[Edtf | None, fact(Level.L3, "When", htcds="hte_Date")] = None


class Trafficking(Part):
    """Section E."""

    letter: ClassVar[str] = "E"
    title: ClassVar[str] = "Trafficking summary"
    row: ClassVar[Row] = Row.TRAFFICKING

    recruitment_date: Annotated[
        Edtf | None,
        fact(Level.L3, "Recruited", "At least the month, if known.", need=Need.BASIC, htcds="hte_Date"),
        OfEvent("Recruitment"),
    ] = None
    recruitment_place: Annotated[
        Place | None,
        fact(Level.L3, "Recruited where", need=Need.FULL, htcds="vic_LocationOfRecruitment"),
        OfEvent("Recruitment"),
    ] = None
    recruiter_relationship: Annotated[
        RecruiterRelationship | None, fact(Level.L3, "Recruiter", need=Need.FULL, htcds="vic_RelationshipToTrafficker")
    ] = None
    acts: Annotated[Codes[Act] | None, fact(Level.L3, "Acts", "Palermo Protocol, article 3.", need=Need.FULL)] = None
    means: Annotated[
        Codes[Means] | None,
        fact(Level.L3, "Means", "Not needed for a child.", need=Need.CONDITIONAL),
        When(Condition.ADULT),
    ] = None
    control_methods: Annotated[
        Codes[ControlMethod] | None, fact(Level.L3, "Methods of control", htcds="vic_MethodsOfControl")
    ] = None
    purpose: Annotated[
        SomeCodes[Purpose] | None,
        fact(Level.L3, "Type of trafficking", "The main one first.", need=Need.BASIC, htcds="vic_TypeOfExploitation"),
    ] = None
    labour_sector: Annotated[
        LabourSector | None,
        fact(
            Level.L3,
            "Sector of work",
            "ISIC: A03 fishing, C10 food processing.",
            need=Need.CONDITIONAL,
            htcds="vic_ForcedLabourIndustry",
        ),
        When(Condition.FORCED_LABOUR, Stage.FULL),
    ] = None
    route: Annotated[Rows[RoutePoint] | None, fact(Level.L3, "Route", htcds="hte_Type"), OfEvent("Transit")] = None
    exploitation_period: Annotated[
        Edtf | None,
        fact(Level.L3, "Exploited from and to", "An interval: 2023-09/2025-02.", need=Need.FULL, htcds="hte_Date"),
        OfEvent("Exploitation"),
    ] = None
    exploitation_place: Annotated[
        Place | None, fact(Level.L3, "Exploited where", htcds="vic_LocationOfExploitation"), OfEvent("Exploitation")
    ] = None
    debt_or_unpaid_wages: Annotated[DebtOrWages | None, fact(Level.L3, "Debt or unpaid wages")] = None
    debt_amount: Annotated[Money | None, fact(Level.L3, "Amount owed")] = None
    employer_sector_as_told: Annotated[Line | None, fact(Level.L3, "Work, as told")] = None
    summary: Annotated[
        Summary | None, fact(Level.L3, "Summary", "Neutral, no graphic detail, up to 1,500 characters.", need=Need.FULL)
    ] = None
    traffickers_at_large_threat: Annotated[
        Threat | None, fact(Level.L3, "Danger from traffickers at large", need=Need.FULL)
    ] = None
