"""The code lists of the family assessment and of the decisions that rest on it (domain 3.7, 3.8)."""

from enum import StrEnum


class Population(StrEnum):
    """Whose return is assessed; child and adult have indicators of their own (004 1.8(2))."""

    CHILD = "child"
    ADULT = "adult"


class RiskRank(StrEnum):
    """How great a risk is (004 1.8). What was not assessed never counts as none."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NOT_ASSESSED = "not_assessed"


class RiskAnswer(StrEnum):
    """The answer to one question; yes means risk."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    DECLINED = "declined"


class AssessmentResult(StrEnum):
    """What the assessment comes to."""

    POSITIVE = "positive"
    POSITIVE_WITH_SUPPORT = "positive_with_support"
    NEGATIVE = "negative"
    INCONCLUSIVE = "inconclusive"

    @property
    def is_positive(self) -> bool:
        """Whether a return to this home is possible, with or without support."""
        return self in {AssessmentResult.POSITIVE, AssessmentResult.POSITIVE_WITH_SUPPORT}


class Willing(StrEnum):
    """Whether the caregiver wants to."""

    YES = "yes"
    CONDITIONALLY = "conditionally"
    NO = "no"


class Able(StrEnum):
    """Whether the caregiver can."""

    YES = "yes"
    WITH_SUPPORT = "with_support"
    NO = "no"


class CareKind(StrEnum):
    """Kinds of alternative care."""

    FOSTER = "foster"
    KIN = "kin"
    RESIDENTIAL = "residential"
    SUPPORTED_LIVING = "supported_living"
    OTHER = "other"


class PanelDecision(StrEnum):
    """What a panel decides for a child."""

    APPROVE = "approve"
    REJECT = "reject"
    FURTHER_TRACING = "further_tracing"
    ALTERNATIVE_CARE = "alternative_care"


class ViewsWeight(StrEnum):
    """How much weight a child's views were given."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class NotHeardReason(StrEnum):
    """Why a child's views were not heard."""

    TOO_YOUNG = "too_young"
    DID_NOT_WANT_TO_SPEAK = "did_not_want_to_speak"
    NOT_ABLE_TO_SPEAK = "not_able_to_speak"


class BestInterestFactor(StrEnum):
    """What a panel weighs for a child (000, UNICEF items; domain 3.8)."""

    SAFETY = "safety"
    FAMILY = "family"
    VIEWS = "views"
    DEVELOPMENT_EDUCATION = "development_education"
    HEALTH = "health"
    CULTURE_LANGUAGE = "culture_language"
    CONTINUITY = "continuity"


class YoungAdultReview(StrEnum):
    """Whether the risk of travelling alone was talked through with somebody who has just come of age (004 2.2)."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
