"""The code lists of the advance notice and its answer. Needs are logistics only: never a diagnosis."""

from enum import StrEnum


class Channel(StrEnum):
    """By which channel the return is arranged."""

    G2G = "g2g"
    BILATERAL_LE = "bilateral_le"
    EMBASSY = "embassy"
    NGO = "ngo"


class ReturnMode(StrEnum):
    """Voluntary or forced, with or without assistance (003)."""

    VOLUNTARY_ASSISTED = "VOLUNTARY_ASSISTED"
    VOLUNTARY_UNASSISTED = "VOLUNTARY_UNASSISTED"
    FORCED_ASSISTED = "FORCED_ASSISTED"
    FORCED_UNASSISTED = "FORCED_UNASSISTED"


class DateStatus(StrEnum):
    """How sure the planned day is."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class TransportMode(StrEnum):
    """How the group travels."""

    BUS = "bus"
    VAN = "van"
    CAR = "car"
    TRAIN = "train"
    BOAT = "boat"
    AIR = "air"
    ON_FOOT = "on_foot"
    OTHER = "other"


class LogisticNeed(StrEnum):
    """What has to be ready; an interpreter comes with a language."""

    MEDICAL_ESCORT = "medical_escort"
    WHEELCHAIR = "wheelchair"
    INFANT = "infant"
    SAME_SEX_ESCORT = "same_sex_escort"
    INTERPRETER = "interpreter"
    SECURITY = "security"


class FileStatus(StrEnum):
    """Which case file the other side already has."""

    NONE = "none"
    BASIC = "basic"
    FULL = "full"


class TracingStatus(StrEnum):
    """Where tracing stands, as a code only."""

    NOT_REQUESTED = "not_requested"
    REQUESTED = "requested"
    IN_PROGRESS = "in_progress"
    LOCATED = "located"
    NOT_FOUND = "not_found"
    STOPPED = "stopped"


class AssessmentStatus(StrEnum):
    """What the family assessment found, as a code only."""

    NONE = "none"
    IN_PROGRESS = "in_progress"
    POSITIVE = "positive"
    POSITIVE_WITH_SUPPORT = "positive_with_support"
    NEGATIVE = "negative"
    INCONCLUSIVE = "inconclusive"


class ReceptionWish(StrEnum):
    """Where the person wants to go first (004 2.1)."""

    SHELTER = "shelter"
    DIRECT_HOME = "direct_home"
    UNDECIDED = "undecided"


class PersonStatus(StrEnum):
    """What became of a person on the list."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    ESCAPED = "escaped"


class DeferralReason(StrEnum):
    """Why a person can't come now."""

    NATIONALITY_NOT_CONFIRMED = "nationality_not_confirmed"
    TRACING_INCOMPLETE = "tracing_incomplete"
    NEGATIVE_ASSESSMENT = "negative_assessment"
    NO_CAPACITY = "no_capacity"
    LEGAL_HOLD = "legal_hold"
    OTHER = "other"


class AckDecision(StrEnum):
    """The answer for one person."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"


class TravelDocumentType(StrEnum):
    """The paper to travel with."""

    PASSPORT = "passport"
    CERTIFICATE_OF_IDENTITY = "certificate_of_identity"
    TEMPORARY_TRAVEL_DOCUMENT = "temporary_travel_document"
    BORDER_PASS = "border_pass"  # noqa: S105 -- a paper, not a secret
    NRC = "nrc"
    NONE = "none"
    OTHER = "other"


class TravelDocumentStatus(StrEnum):
    """Whether the paper is ready."""

    HELD = "held"
    REQUESTED = "requested"
    READY_FOR_COLLECTION = "ready_for_collection"
    NOT_AVAILABLE = "not_available"
