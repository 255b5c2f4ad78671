"""Sections F and G: special needs, and the interim care received.

Flags travel; reasons stay here; diagnoses are in the restricted annex.
"""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.base import AgencyIdField, Line, Part, RoleMailbox, Text, YesNoUnknown
from schemas.care_codes import (
    CareStatus,
    Equipment,
    MedicalCareType,
    PsychosocialType,
    Service,
    Severity,
    SpecialNeed,
    StaffRole,
)
from schemas.dates import Day, is_surely_after
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Condition, Planned, Problem, TravelsWithBasic, When, refuse
from schemas.rows import Codes, Rows

Days = Annotated[int, Field(ge=0, le=3660)]


class SpecialNeedRow(Part):
    """One category, since when, how urgent, and what has to be ready on the return."""

    category: Annotated[
        SpecialNeed | None, fact(Level.L3, "Category", "MEDICAL is never more specific here.", need=Need.BASIC)
    ] = None
    identified_on: Annotated[Day | None, fact(Level.L1, "Identified on", need=Need.FULL)] = None
    identified_by: Annotated[StaffRole | None, fact(Level.L1, "By, as a role")] = None
    severity: Annotated[Severity | None, fact(Level.L3, "How urgent", need=Need.FULL)] = None
    action_needed_on_return: Annotated[
        Text | None, fact(Level.L3, "To be ready on the return", "What to do, not why.")
    ] = None
    equipment_or_escort: Annotated[Codes[Equipment] | None, fact(Level.L1, "Equipment or escort")] = None
    medicine_supply_days: Annotated[Days | None, fact(Level.L3, "Medicine for days")] = None
    resolved_on: Annotated[Day | None, fact(Level.L1, "Resolved on")] = None

    @model_validator(mode="after")
    def _is_found_before_it_is_resolved(self) -> Self:
        if is_surely_after(self.identified_on, self.resolved_on):
            refuse(
                [Problem(("resolved_on",), "ends_before_start", "a need can't be resolved before it was identified")]
            )
        return self


class SpecialNeeds(Part):
    """Section F."""

    letter: ClassVar[str] = "F"
    title: ClassVar[str] = "Special needs"
    row: ClassVar[Row] = Row.NEEDS

    special_case: Annotated[
        YesNoUnknown | None, fact(Level.L1, "Special case", "Yes, if any category is open.", need=Need.BASIC)
    ] = None
    categories: Annotated[
        Rows[SpecialNeedRow] | None,
        fact(Level.L3, "Categories", "An empty list says: none.", need=Need.FULL),
        TravelsWithBasic(),
    ] = None


class ShelterStay(Part):
    """One stay in one facility."""

    facility: Annotated[AgencyIdField | None, fact(Level.L3, "Facility", need=Need.BASIC)] = None
    start: Annotated[Day | None, fact(Level.L3, "From", need=Need.BASIC)] = None
    end: Annotated[Day | None, fact(Level.L3, "To", "Blank while it lasts.")] = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if is_surely_after(self.start, self.end):
            refuse([Problem(("end",), "ends_before_start", "a stay can't end before it began")])
        return self


class MedicalCare(Part):
    """Care that was given; never a diagnosis."""

    type: Annotated[MedicalCareType | None, fact(Level.L3, "Kind of care", need=Need.BASIC)] = None
    status: Annotated[CareStatus | None, fact(Level.L3, "Status")] = None
    needs_continuation: Annotated[YesNoUnknown | None, fact(Level.L3, "Has to go on")] = None


class PsychosocialSupport(Part):
    """Support that was given."""

    type: Annotated[PsychosocialType | None, fact(Level.L3, "Kind of support", need=Need.BASIC)] = None
    sessions: Annotated[Annotated[int, Field(ge=0, le=500)] | None, fact(Level.L3, "Sessions")] = None
    outcome: Annotated[Line | None, fact(Level.L3, "Outcome, in brief")] = None


class Training(Part):
    """Education or training that was received (004 1.3)."""

    type: Annotated[Line | None, fact(Level.L3, "Kind of training", need=Need.BASIC)] = None
    days: Annotated[Days | None, fact(Level.L3, "Days")] = None
    certificate: Annotated[YesNoUnknown | None, fact(Level.L3, "Certificate")] = None


class CaseWorkerVisit(Part):
    """A quarterly visit of case workers from home (004 1.2)."""

    date: Annotated[Day | None, fact(Level.L3, "Date", need=Need.BASIC)] = None
    agency: Annotated[AgencyIdField | None, fact(Level.L3, "Agency")] = None


class InterimCare(Part):
    """Section G: needed for a special case, useful for everyone, so that no one asks again (004 1.6)."""

    letter: ClassVar[str] = "G"
    title: ClassVar[str] = "Interim care received"
    row: ClassVar[Row] = Row.CARE

    shelter_stays: Annotated[
        Rows[ShelterStay] | None, fact(Level.L3, "Stays", need=Need.CONDITIONAL), When(Condition.SPECIAL_CASE)
    ] = None
    medical_care: Annotated[
        Rows[MedicalCare] | None,
        fact(Level.L3, "Medical care", "No diagnosis here.", need=Need.CONDITIONAL),
        When(Condition.SPECIAL_CASE),
    ] = None
    psychosocial: Annotated[
        Rows[PsychosocialSupport] | None,
        fact(Level.L3, "Psychosocial support", need=Need.CONDITIONAL),
        When(Condition.SPECIAL_CASE),
    ] = None
    education_training: Annotated[
        Rows[Training] | None,
        fact(Level.L3, "Education and training", need=Need.CONDITIONAL),
        When(Condition.SPECIAL_CASE),
    ] = None
    legal_aid: Annotated[
        YesNoUnknown | None, fact(Level.L3, "Legal aid", need=Need.CONDITIONAL), When(Condition.SPECIAL_CASE)
    ] = None
    interpreter_used: Annotated[
        YesNoUnknown | None, fact(Level.L3, "Interpreter used", need=Need.CONDITIONAL), When(Condition.SPECIAL_CASE)
    ] = None
    services_declined: Annotated[Codes[Service] | None, fact(Level.L3, "Declined", "No reason is needed.")] = None
    vaccinations: Annotated[
        Text | None, fact(Level.L3, "Vaccinations", "For a child.", need=Need.CONDITIONAL), When(Condition.CHILD)
    ] = None
    case_worker_visits: Annotated[Rows[CaseWorkerVisit] | None, fact(Level.L3, "Visits of case workers")] = None
    escape_risk: Annotated[YesNoUnknown | None, fact(Level.L1, "May run away")] = None
    medicine_until: Annotated[
        Day | None, fact(Level.L3, "Medicine lasts until", "No name of a medicine."), Planned()
    ] = None
    continuity_contact: Annotated[
        RoleMailbox | None,
        fact(Level.L3, "Treating unit", "A role address.", need=Need.CONDITIONAL),
        When(Condition.SPECIAL_CASE),
    ] = None
