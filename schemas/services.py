"""What several later kinds ask alike: services offered, what is planned, and how life goes.

Whoever rests on somebody being an adult asks the case file too (``child_problems``).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.aftercare_codes import PlanDomain, TraffickedAgain
from schemas.ages import IsChild
from schemas.ages_of_case import find_is_child
from schemas.base import AgencyIdField, CaseUid, Part, Text, YesNoUnknown
from schemas.care_codes import Service
from schemas.document import Document
from schemas.facts import Level, Need, fact
from schemas.needs import Location, Problem, refuse
from schemas.return_codes import ServiceOutcome

Count = Annotated[int, Field(ge=0, le=500)]
"""How many persons, letters, pages or places."""
Days = Annotated[int, Field(ge=0, le=36600)]
"""A span in days."""
Score = Annotated[int, Field(ge=1, le=5)]
"""1 is worse, 5 is good."""


class ServiceOffer(Part):
    """One service and what became of it. There is no room for a reason: declining needs none (004 2.7)."""

    service: Annotated[Service, fact(Level.L3, "Service", need=Need.BASIC)]
    outcome: Annotated[ServiceOutcome, fact(Level.L3, "What became of it", need=Need.BASIC)]
    provider: Annotated[AgencyIdField | None, fact(Level.L3, "By")] = None


class PlanItem(Part):
    """One wish or step of the plan, under one of the eight elements (000 purpose 2: needs lead to a plan)."""

    domain: Annotated[PlanDomain, fact(Level.L3, "Element", need=Need.BASIC)]
    service: Annotated[Service | None, fact(Level.L3, "Service")] = None
    text: Annotated[Text | None, fact(Level.L3, "In words")] = None


class DomainScores(Part):
    """How life goes under each of the eight elements; one that does not apply is absent with that reason."""

    family_home: Annotated[Score | None, fact(Level.L3, "Family and home", need=Need.BASIC)] = None
    education: Annotated[Score | None, fact(Level.L3, "Education", need=Need.BASIC)] = None
    health: Annotated[Score | None, fact(Level.L3, "Health", need=Need.BASIC)] = None
    occupation: Annotated[Score | None, fact(Level.L3, "Occupation", need=Need.BASIC)] = None
    justice: Annotated[Score | None, fact(Level.L3, "Justice", need=Need.BASIC)] = None
    community: Annotated[Score | None, fact(Level.L3, "Community", need=Need.BASIC)] = None
    prevention_watchdog: Annotated[Score | None, fact(Level.L3, "Prevention", need=Need.BASIC)] = None
    monitoring: Annotated[Score | None, fact(Level.L3, "Monitoring", need=Need.BASIC)] = None

    @model_validator(mode="after")
    def _every_element_is_answered(self) -> Self:
        blank = [
            name
            for name in DomainScores.model_fields
            if name != "absent" and getattr(self, name) is None and name not in self.absent
        ]
        refuse([Problem((name,), "required_blank", "give a score, or say why there is none") for name in blank])
        return self


class OutcomeIndicators(Part):
    """Whether a return succeeded, for the person, the family and the community (000 station 3)."""

    safe: Annotated[YesNoUnknown | None, fact(Level.L3, "Is safe")] = None
    not_retrafficked: Annotated[TraffickedAgain | None, fact(Level.L3, "Stayed free")] = None
    self_reliant: Annotated[YesNoUnknown | None, fact(Level.L3, "Relies on herself or himself")] = None
    accepted_by_family: Annotated[YesNoUnknown | None, fact(Level.L3, "Accepted by the family")] = None
    accepted_by_community: Annotated[YesNoUnknown | None, fact(Level.L3, "Accepted by the community")] = None
    in_school_or_work: Annotated[YesNoUnknown | None, fact(Level.L3, "In school or at work")] = None
    income_enough: Annotated[YesNoUnknown | None, fact(Level.L3, "Income is enough")] = None
    debt_reduced: Annotated[YesNoUnknown | None, fact(Level.L3, "Debt got less")] = None
    benefits_or_compensation_received: Annotated[
        YesNoUnknown | None, fact(Level.L3, "Benefits or compensation received")
    ] = None
    knows_legal_process: Annotated[YesNoUnknown | None, fact(Level.L3, "Knows the legal process")] = None
    solves_own_problems: Annotated[YesNoUnknown | None, fact(Level.L3, "Solves own problems")] = None
    watchdog_member: Annotated[YesNoUnknown | None, fact(Level.L3, "Takes part in the watchdog network")] = None


def child_problems(told: IsChild, earlier: Sequence[Document], case_uid: CaseUid | None, on: date) -> Iterator[Problem]:
    """Yield who is called an adult in the header of a form, and may be a child by the newest case file."""
    yield from child_problems_at(("is_child",), told, earlier, case_uid, on)


def child_problems_at(
    here: Location, told: IsChild, earlier: Sequence[Document], case_uid: CaseUid | None, on: date
) -> Iterator[Problem]:
    """Yield an adult who may be a child by the newest case file; uncertain is treated as a child (domain 8, dates)."""
    known = find_is_child(earlier, case_uid, on)
    if told is IsChild.FALSE and known is not None and known.needs_child_rules:
        yield Problem(here, "child_contradicts", "by the case file this may be a child; correct one of them")
