"""The code lists of statistics and agendas: nothing that tells who somebody is (domain 3.15, 3.16)."""

from enum import StrEnum


class ReportingBody(StrEnum):
    """Who reports a row (004 4.8)."""

    DSW = "DSW"
    ATU = "ATU"
    NGO = "NGO"


class IdentifiedBy(StrEnum):
    """Who identified the victim (004 4.8)."""

    LAW_ENFORCEMENT = "law_enforcement"
    NGO = "ngo"
    OTHER = "other"


class IdentifiedAt(StrEnum):
    """Where the victim was identified (004 4.8)."""

    BORDER = "border"
    COMMUNITY = "community"
    SHELTER = "shelter"


class AgeGroup(StrEnum):
    """Groups of completed years."""

    AGE_0_11 = "0-11"
    AGE_12_15 = "12-15"
    AGE_16_17 = "16-17"
    AGE_18_24 = "18-24"
    AGE_25_34 = "25-34"
    AGE_35_49 = "35-49"
    AGE_50_PLUS = "50+"
    UNKNOWN = "unk"


_UPPER_BOUNDS = (
    (11, AgeGroup.AGE_0_11),
    (15, AgeGroup.AGE_12_15),
    (17, AgeGroup.AGE_16_17),
    (24, AgeGroup.AGE_18_24),
    (34, AgeGroup.AGE_25_34),
    (49, AgeGroup.AGE_35_49),
)


def age_group(age: int | None) -> AgeGroup:
    """Return the group of an age in completed years."""
    if age is None:
        return AgeGroup.UNKNOWN
    return next((group for highest, group in _UPPER_BOUNDS if age <= highest), AgeGroup.AGE_50_PLUS)


class Meeting(StrEnum):
    """Which meeting: between two countries, or of all who help in one city."""

    CMM = "cmm"
    """case management meeting of a corridor (004 1.4)"""
    OM = "om"
    """return and reintegration operational meeting of a city (004 2.9)"""


class AgendaStage(StrEnum):
    """Before the meeting, or after it with what was decided."""

    PROPOSED = "proposed"
    DECIDED = "decided"


class Topic(StrEnum):
    """Why a case is on the agenda."""

    NEARLY_DUE = "nearly_due"
    OVERDUE = "overdue"
    SPECIAL_CASE = "special_case"
    BASIC_FILE_ONLY = "basic_file_only"
    TRACING_OVERDUE = "tracing_overdue"
    NATIONALITY_PENDING = "nationality_pending"
    LEGAL_HOLD = "legal_hold"
    NEGATIVE_ASSESSMENT = "negative_assessment"
    HANDOVER_DISPUTE = "handover_dispute"
    UNACKNOWLEDGED = "unacknowledged"
    COMPLETENESS = "completeness"
    NEXT_RETURN = "next_return"
    ARRIVAL = "arrival"
    ASSIGNMENT_TO_MAKE = "assignment_to_make"
    UNASSIGNED = "unassigned"
    LONG_STAY = "long_stay"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"
    REVISIT_OVERDUE = "revisit_overdue"
    READMISSION = "readmission"


TOPICS = {
    Meeting.CMM: frozenset(
        {
            Topic.NEARLY_DUE,
            Topic.OVERDUE,
            Topic.SPECIAL_CASE,
            Topic.BASIC_FILE_ONLY,
            Topic.TRACING_OVERDUE,
            Topic.NATIONALITY_PENDING,
            Topic.LEGAL_HOLD,
            Topic.NEGATIVE_ASSESSMENT,
            Topic.HANDOVER_DISPUTE,
            Topic.UNACKNOWLEDGED,
            Topic.COMPLETENESS,
            Topic.NEXT_RETURN,
        }
    ),
    Meeting.OM: frozenset(
        {
            Topic.ARRIVAL,
            Topic.ASSIGNMENT_TO_MAKE,
            Topic.UNASSIGNED,
            Topic.NEGATIVE_ASSESSMENT,
            Topic.SPECIAL_CASE,
            Topic.LONG_STAY,
            Topic.FOLLOW_UP_OVERDUE,
            Topic.REVISIT_OVERDUE,
            Topic.READMISSION,
        }
    ),
}
"""What each meeting speaks about."""
FIGURE_TOPICS = frozenset({Topic.COMPLETENESS, Topic.NEXT_RETURN})
"""Topics that are a number and no case."""


class Barrier(StrEnum):
    """What keeps an overdue return from happening (domain 4.1, D01)."""

    NATIONALITY = "nationality"
    TRACING = "tracing"
    LEGAL = "legal"
    MEDICAL = "medical"
    NO_CONSENT = "no_consent"
    NO_SAFE_FAMILY = "no_safe_family"
    CAPACITY = "capacity"
    SECURITY = "security"
    OTHER = "other"


class AgendaDecision(StrEnum):
    """What was decided about one item; the why is in the case's own documents."""

    NOTED = "noted"
    PLAN_RETURN = "plan_return"
    POSTPONE = "postpone"
    ESCALATE = "escalate"
    SPEED_UP = "speed_up"
    ASSIGN = "assign"
    UNASSIGNED = "unassigned"
    REASSESS = "reassess"
    ALTERNATIVE_CARE = "alternative_care"
    EXTEND_STAY = "extend_stay"
    VISIT = "visit"
    CLOSE = "close"
    OTHER = "other"
