"""The parts of a family assessment: who asked whom, the caregiver, answers, ranks and the overall result."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.assessment_codes import Able, AssessmentResult, RiskAnswer, RiskRank, Willing
from schemas.background_codes import HouseholdDebt
from schemas.base import Line, Part, Text, YesNoUnknown
from schemas.care_codes import StaffRole
from schemas.case_sections.family import Livelihood
from schemas.codes import Relation
from schemas.dates import Day
from schemas.facts import Level, Need, fact
from schemas.names import PersonName
from schemas.needs import Planned, Problem, refuse
from schemas.relatives import Age
from schemas.rows import Codes, Rows

FactorId = Annotated[str, StringConstraints(pattern=r"^F\d{2}$")]
"""The number of a factor in the risk catalogue."""
QuestionId = Annotated[str, StringConstraints(pattern=r"^F\d{2}Q[1-9]$")]
"""The number of a question in the risk catalogue."""
Minutes = Annotated[int, Field(ge=0, le=2880)]


class Assessor(Part):
    """One of those who visited, as a role; two at most keep it discreet (004 3.9)."""

    role: Annotated[StaffRole, fact(Level.L1, "Role", need=Need.BASIC)]
    gender: Annotated[Literal["female", "male"] | None, fact(Level.L1, "Gender")] = None


class Interviewed(Part):
    """Somebody who was asked."""

    relation: Annotated[Relation, fact(Level.L3, "Relation", need=Need.BASIC)]
    alone: Annotated[YesNoUnknown, fact(Level.L3, "Asked alone", need=Need.BASIC)]


class HouseholdMember(Part):
    """Somebody who lives in the home."""

    relation: Annotated[Relation, fact(Level.L3, "Relation to the returnee", need=Need.BASIC)]
    age: Annotated[Age | None, fact(Level.L3, "Age")] = None
    note: Annotated[Line | None, fact(Level.L3, "Note")] = None


class Caregiver(Part):
    """Who would receive the returnee, and in which home."""

    proposed_caregiver: Annotated[
        PersonName | None, fact(Level.L2, "Name", "Of the one who would receive the returnee.")
    ] = None
    relation: Annotated[Relation, fact(Level.L3, "Relation", need=Need.BASIC)]
    willing: Annotated[Willing, fact(Level.L3, "Willing", need=Need.BASIC)]
    able: Annotated[Able, fact(Level.L3, "Able", need=Need.BASIC)]
    conditions: Annotated[Text | None, fact(Level.L3, "Conditions")] = None
    household_members: Annotated[
        Rows[HouseholdMember], fact(Level.L3, "Household", "Everybody who lives there.", need=Need.BASIC)
    ]
    alternate_caregiver: Annotated[Relation | None, fact(Level.L3, "Another one, if need be")] = None
    school_distance_minutes: Annotated[Minutes | None, fact(Level.L3, "Minutes to school")] = None
    health_facility_distance_minutes: Annotated[Minutes | None, fact(Level.L3, "Minutes to a clinic")] = None
    livelihood: Annotated[Livelihood | None, fact(Level.L3, "Livelihood", "ISIC section or division.")] = None
    debt: Annotated[HouseholdDebt | None, fact(Level.L3, "Debt")] = None

    @model_validator(mode="after")
    def _conditions_are_named(self) -> Self:
        if (self.willing is Willing.CONDITIONALLY) != (self.conditions is not None):
            refuse(
                [Problem(("conditions",), "conditions_contradict", "conditionally names the conditions, and only it")]
            )
        return self


class Answered(Part):
    """The answer to one question of the catalogue."""

    question_id: Annotated[QuestionId, fact(Level.L3, "Question", need=Need.BASIC)]
    answer: Annotated[RiskAnswer, fact(Level.L3, "Answer", "Yes means risk.", need=Need.BASIC)]
    evidence: Annotated[Text | None, fact(Level.L3, "What shows it")] = None
    worker_note: Annotated[Text | None, fact(Level.L3, "Note")] = None


class Ranked(Part):
    """The rank of one factor of the catalogue, and on what it rests."""

    factor_id: Annotated[FactorId, fact(Level.L3, "Factor", need=Need.BASIC)]
    level: Annotated[RiskRank, fact(Level.L3, "Rank", "Not assessed is not none.", need=Need.BASIC)]
    basis: Annotated[Codes[QuestionId], fact(Level.L3, "Rests on", "Questions of this factor.", need=Need.BASIC)] = ()
    mitigation: Annotated[Text | None, fact(Level.L3, "What makes it smaller")] = None
    rationale: Annotated[Text | None, fact(Level.L3, "Why this rank")] = None


class Overall(Part):
    """What it comes to. A computed entry that is stated must equal what the ranks come to."""

    result: Annotated[AssessmentResult, fact(Level.L3, "Result", need=Need.BASIC)]
    auto_negative_factors: Annotated[
        Codes[FactorId] | None, fact(Level.L3, "Factors that decide by themselves", "Computed; if stated, it must fit.")
    ] = None
    overall_rank: Annotated[RiskRank | None, fact(Level.L3, "Highest rank", "Computed; if stated, it must fit.")] = None
    decided_by: Annotated[StaffRole, fact(Level.L1, "Decided by, as a role", need=Need.BASIC)]
    approved_by: Annotated[StaffRole, fact(Level.L1, "Approved by, as a role", need=Need.BASIC)]
    valid_until: Annotated[Day, fact(Level.L1, "Valid until", need=Need.BASIC), Planned()]
