"""The code lists of life after the return: assignment, follow-up, closure, letters (domain 3.12 to 3.14)."""

from enum import StrEnum


class PlanDomain(StrEnum):
    """The eight elements of a plan and of every follow-up (000 elements 1 to 8)."""

    FAMILY_HOME = "FAMILY_HOME"
    EDUCATION = "EDUCATION"
    HEALTH = "HEALTH"
    OCCUPATION = "OCCUPATION"
    JUSTICE = "JUSTICE"
    COMMUNITY = "COMMUNITY"
    PREVENTION_WATCHDOG = "PREVENTION_WATCHDOG"
    MONITORING = "MONITORING"


class AssignmentOutcome(StrEnum):
    """Whether somebody found a provider (004 4.4)."""

    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    DECLINED_BY_VICTIM = "declined_by_victim"
    PENDING = "pending"


class UnassignedReason(StrEnum):
    """Why no provider could be assigned; the number is counted (004 4.4)."""

    NO_PROVIDER_IN_TOWNSHIP = "no_provider_in_township"
    CAPACITY = "capacity"
    ACCESS_OR_CONFLICT = "access_or_conflict"
    VICTIM_DECLINED = "victim_declined"
    OTHER = "other"


class SupportModel(StrEnum):
    """How much support is planned; the minimum models have no follow-up (004 4.5)."""

    FULL = "full"
    MINIMUM_CHILD = "minimum_child"
    MINIMUM_ADULT = "minimum_adult"
    NONE = "none"


MINIMUM_MODELS = frozenset({SupportModel.MINIMUM_CHILD, SupportModel.MINIMUM_ADULT})
"""Models that end with the return home."""


class MinimumStep(StrEnum):
    """The four steps of the minimum model for a child, all of them and no more (004 4.5.1)."""

    ACCOMPANY = "accompany"
    REUNIFY = "reunify"
    ASSESS_NEEDS_WITH_PARENTS = "assess_needs_with_parents"
    BUY_ITEMS = "buy_items"


class PacketSection(StrEnum):
    """What of the file a provider gets. The story of the exploitation is on no list; nobody needs it to help."""

    B_PERSON = "B"
    C_HOME = "C"
    D_SUMMARY = "D_summary"
    F_FLAGS = "F_flags"
    G_CARE = "G"
    H_WISHES = "H"
    PLAN = "plan"
    RESTRICTED_HEALTH = "restricted_health"
    """only with a consent that names the provider"""


class MonitoringSchedule(StrEnum):
    """Which of the two periods of the Thai practitioners applies (000 recommendations, purpose 9)."""

    THREE_SIX_TWELVE = "3_6_12"
    SIX_TO_SEVEN = "6_to_7"


class FollowUpInterval(StrEnum):
    """Which of the planned visits this was."""

    M3 = "M3"
    M6 = "M6"
    M6_7 = "M6_7"
    """between six and seven months, the other schedule of 000"""
    M12 = "M12"
    EXTRA = "extra"
    REVISIT = "REVISIT"
    """after the closure (004 3.6)"""


class VisitMode(StrEnum):
    """How contact was made."""

    VISIT = "visit"
    PHONE = "phone"
    PROXY = "proxy"


class NotSeenReason(StrEnum):
    """Why nobody was met (000 station 4)."""

    MOVED = "moved"
    MIGRATED_AGAIN = "migrated_again"
    WORKING_AWAY = "working_away"
    IN_SCHOOL = "in_school"
    REFUSED = "refused"
    UNTRACEABLE = "untraceable"
    DETAINED = "detained"
    DECEASED = "deceased"
    AREA_INACCESSIBLE = "area_inaccessible"
    OTHER = "other"


class FollowUpSubject(StrEnum):
    """Whose situation was looked at (000 station 1)."""

    VICTIM = "victim"
    FAMILY = "family"
    COMMUNITY = "community"


class TraffickedAgain(StrEnum):
    """Whether somebody stayed free; suspected is an answer of its own."""

    NOT_TRAFFICKED = "not_trafficked"
    TRAFFICKED = "trafficked"
    SUSPECTED = "suspected"
    UNKNOWN = "unknown"


class RiskChange(StrEnum):
    """How the risk moved since the last look."""

    LOWER = "lower"
    SAME = "same"
    HIGHER = "higher"
    UNKNOWN = "unknown"


class SpecialCaseChange(StrEnum):
    """Whether a special need began or ended."""

    NONE = "none"
    NEW = "new"
    RESOLVED = "resolved"


class Recommendation(StrEnum):
    """What the visitor proposes."""

    CONTINUE = "continue"
    CLOSE = "close"
    READMIT = "readmit"
    REFER = "refer"
    URGENT = "urgent"


class ClosureReason(StrEnum):
    """Why a case is closed (003 chapter 4; 000 station 4)."""

    REINTEGRATED = "REINTEGRATED"
    SERVICE_COMPLETED_MIN_MODEL = "SERVICE_COMPLETED_MIN_MODEL"
    VICTIM_WITHDREW = "VICTIM_WITHDREW"
    LOST_CONTACT = "LOST_CONTACT"
    MIGRATED_AGAIN = "MIGRATED_AGAIN"
    RETRAFFICKED = "RETRAFFICKED"
    TRANSFERRED = "TRANSFERRED"
    NOT_VOT = "NOT_VOT"
    DUPLICATE = "DUPLICATE"
    DEATH = "DEATH"
    INTEGRATED_IN_DESTINATION = "INTEGRATED_IN_DESTINATION"
    THIRD_COUNTRY = "THIRD_COUNTRY"
    SUSPECTED_BROKER = "SUSPECTED_BROKER"
    TOLD_BY_MISTAKE = "TOLD_BY_MISTAKE"
    """only in a correction: it takes the closure back, and the case stands where it stood"""


class NoRevisitReason(StrEnum):
    """Why nobody visits a year after the closure."""

    DEATH = "death"
    WITHDREW = "withdrew"
    NO_CONSENT = "no_consent"
    MINIMUM_MODEL = "minimum_model"
    NOT_IN_THE_COUNTRY = "not_in_the_country"
    NO_CASE = "no_case"
    """it was no case, or it goes on under another number or agency"""


class NoFollowUpReason(StrEnum):
    """Why a case closes without a last follow-up."""

    MINIMUM_MODEL = "minimum_model"
    NO_CONTACT = "no_contact"
    PERSON_DECLINED = "person_declined"
    DEATH = "death"
    NO_CASE = "no_case"
    NOT_IN_THE_COUNTRY = "not_in_the_country"
    OTHER = "other"


class RetentionClass(StrEnum):
    """How long the parts of a closed file are kept; the periods are policy."""

    STANDARD = "standard"
    LEGAL_PROCEEDINGS = "legal_proceedings"
    EARLY_ERASURE = "early_erasure"


class ReadmissionReason(StrEnum):
    """Why help begins again (004 3.6)."""

    SETBACK = "setback"
    FAILURE = "failure"
    NEW_TRAFFICKING = "new_trafficking"
    FAMILY_BREAKDOWN = "family_breakdown"
    HEALTH = "health"
    ECONOMIC = "economic"
    OTHER = "other"


class Direction(StrEnum):
    """Who writes to whom."""

    TO_FAMILY = "to_family"
    FROM_FAMILY = "from_family"


class ContactForm(StrEnum):
    """What is passed on (004 1.2)."""

    LETTER_SCAN = "letter_scan"
    LETTER_ORIGINAL = "letter_original"
    PHONE_CALL = "phone_call"
    AUDIO = "audio"


class Carrier(StrEnum):
    """How it gets there."""

    CASE_WORKER_VISIT = "case_worker_visit"
    POSTAL = "postal"
    ELECTRONIC = "electronic"


class ContactOutcome(StrEnum):
    """What became of it."""

    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    REFUSED = "refused"
    PENDING = "pending"


class ScreeningReason(StrEnum):
    """Why staff read a letter, which they do not by default."""

    ASKED_TO_READ_ALOUD = "asked_to_read_aloud"
    TRANSLATION = "translation"
    CHILD_PROTECTION = "child_protection"
    SECURITY = "security"


class WithdrawalRequest(StrEnum):
    """What the person asks of everyone who received something."""

    STOP_USING = "stop_using"
    ERASE = "erase"
    RETURN_PAPERS = "return_papers"
    STOP_CONTACT = "stop_contact"
