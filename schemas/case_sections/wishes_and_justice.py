"""Sections H and I: what the person wants, and where justice stands.

Nobody is held back as a witness without own consent and a day of review.
"""

from typing import Annotated, ClassVar, Self

from pydantic import model_validator

from schemas.base import AgencyIdField, CountryCode, Part, Text, YesNoUnknown
from schemas.care_codes import (
    Fear,
    Participation,
    ProceedingKind,
    ProceedingStage,
    ReturnBarrier,
    ReturnWish,
    StaffRole,
    TravelNeed,
    ViewsExpressed,
)
from schemas.case_sections.trafficking import Money
from schemas.codes import Relation
from schemas.dates import Day, Edtf
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Condition, Planned, Problem, When, refuse
from schemas.places import Place
from schemas.rows import Codes, Rows


class Wish(Part):
    """Whether the person wants to return, since when, and whether all options were known."""

    wish: Annotated[ReturnWish | None, fact(Level.L3, "Wants to return", need=Need.FULL)] = None
    date: Annotated[Day | None, fact(Level.L3, "Said on")] = None
    informed_of_options: Annotated[
        YesNoUnknown | None, fact(Level.L3, "Knew all options and risks", need=Need.FULL)
    ] = None


class Wishes(Part):
    """Section H."""

    letter: ClassVar[str] = "H"
    title: ClassVar[str] = "Return wishes and known risks"
    row: ClassVar[Row] = Row.WISHES

    return_wish: Annotated[Wish | None, fact(Level.L3, "Wish to return", need=Need.FULL)] = None
    preferred_destination: Annotated[Place | None, fact(Level.L3, "Where to")] = None
    preferred_with: Annotated[Relation | None, fact(Level.L3, "To live with")] = None
    fears: Annotated[Codes[Fear] | None, fact(Level.L3, "Fears", "An empty list says: none.", need=Need.FULL)] = None
    child_views: Annotated[
        Text | None, fact(Level.L3, "The child's views", need=Need.CONDITIONAL), When(Condition.CHILD)
    ] = None
    child_views_expressed: Annotated[ViewsExpressed | None, fact(Level.L3, "How they were expressed")] = None
    travel_need: Annotated[TravelNeed | None, fact(Level.L3, "Nationality or travel paper", need=Need.FULL)] = None
    earliest_return_date: Annotated[Day | None, fact(Level.L3, "Earliest return"), Planned()] = None
    barriers: Annotated[
        Codes[ReturnBarrier] | None, fact(Level.L3, "Barriers", "An empty list says: none.", need=Need.FULL)
    ] = None
    safe_migration_info_given: Annotated[YesNoUnknown | None, fact(Level.L3, "Told about safe migration")] = None


class Proceeding(Part):
    """One case before a court."""

    country: Annotated[CountryCode | None, fact(Level.L3, "Country", need=Need.BASIC)] = None
    kind: Annotated[ProceedingKind | None, fact(Level.L3, "Kind", need=Need.BASIC)] = None
    stage: Annotated[ProceedingStage | None, fact(Level.L3, "Stage")] = None
    next_date: Annotated[Day | None, fact(Level.L3, "Next date"), Planned()] = None


class ReturnHold(Part):
    """Staying on as a witness: only if the person agrees, and looked at again within 60 days."""

    hold: Annotated[YesNoUnknown | None, fact(Level.L3, "Return is held", need=Need.FULL)] = None
    consented_by_victim: Annotated[YesNoUnknown | None, fact(Level.L3, "The person agrees")] = None
    review_date: Annotated[Day | None, fact(Level.L3, "To be reviewed on"), Planned()] = None

    @model_validator(mode="after")
    def _a_hold_says_who_agreed_and_until_when(self) -> Self:
        if self.hold is YesNoUnknown.YES and (self.consented_by_victim is None or self.review_date is None):
            refuse([Problem((), "hold_incomplete", "a legal hold needs the person's own answer and a day of review")])
        return self


class Justice(Part):
    """Section I."""

    letter: ClassVar[str] = "I"
    title: ClassVar[str] = "Justice"
    row: ClassVar[Row] = Row.JUSTICE

    participation: Annotated[Participation | None, fact(Level.L3, "Part in proceedings", need=Need.FULL)] = None
    proceedings: Annotated[
        Rows[Proceeding] | None, fact(Level.L3, "Proceedings", "An empty list says: none.", need=Need.FULL)
    ] = None
    testimony_needed_until: Annotated[Edtf | None, fact(Level.L3, "Testimony needed until"), Planned()] = None
    legal_counsel: Annotated[StaffRole | None, fact(Level.L3, "Legal counsel, as a role")] = None
    legal_counsel_agency: Annotated[AgencyIdField | None, fact(Level.L3, "Counsel's agency")] = None
    compensation_claimed: Annotated[Money | None, fact(Level.L3, "Compensation claimed")] = None
    compensation_awarded: Annotated[Money | None, fact(Level.L3, "Compensation awarded")] = None
    unpaid_wages_recovered: Annotated[Money | None, fact(Level.L3, "Unpaid wages recovered")] = None
    return_hold: Annotated[ReturnHold | None, fact(Level.L3, "Legal hold", need=Need.FULL)] = None
