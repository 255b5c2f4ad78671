"""The code lists of the escape: a search for welfare, never for enforcement (004 1.10)."""

from enum import StrEnum


class EscapeCircumstances(StrEnum):
    """How the person left."""

    WALKED_OUT = "walked_out"
    DURING_OUTING = "during_outing"
    DURING_HOSPITAL = "during_hospital"
    DURING_COURT = "during_court"
    NOT_RETURNED_FROM_LEAVE = "not_returned_from_leave"
    TAKEN_BY_PERSON = "taken_by_person"
    UNKNOWN = "unknown"


class BelievedDestination(StrEnum):
    """Where the person may be going."""

    UNKNOWN = "unknown"
    HOME_AREA = "home_area"
    WORK_IN_DESTINATION = "work_in_destination"
    WITH_KNOWN_PERSON = "with_known_person"


class BelievedSafety(StrEnum):
    """How worried those are who know the person."""

    NO_CONCERN = "no_concern"
    CONCERN = "concern"
    SERIOUS = "serious"


class PoliceReportReason(StrEnum):
    """Why the police were told. The list has reasons of welfare only."""

    DANGER_TO_LIFE = "danger_to_life"
    CHILD_MISSING = "child_missing"
    TAKEN_BY_FORCE = "taken_by_force"
    WELFARE_SEARCH = "welfare_search"
    DUTY_TO_REPORT = "duty_to_report"
    OTHER = "other"


class InformingAllowed(StrEnum):
    """Whether the family may be informed; ``limited`` means the listed relatives only."""

    YES = "yes"
    NO = "no"
    LIMITED = "limited"


class EscapeStatus(StrEnum):
    """What became of it."""

    OPEN = "open"
    LOCATED_SAFE = "located_safe"
    RETURNED_TO_SHELTER = "returned_to_shelter"
    HOME = "home"
    CLOSED = "closed"


class FamilyReaction(StrEnum):
    """How the family took it."""

    CALM = "calm"
    WORRIED = "worried"
    DISTRESSED = "distressed"
    ALREADY_KNEW = "already_knew"
    IN_CONTACT = "in_contact"
    ANGRY = "angry"
    INDIFFERENT = "indifferent"
    OTHER = "other"


class NotInformedReason(StrEnum):
    """Why nobody was informed. That nobody may be is a good reason."""

    MUST_NOT_BE_INFORMED = "must_not_be_informed"
    FAMILY_NOT_LOCATED = "family_not_located"
    NO_ACCESS = "no_access"
    NOT_SAFE = "not_safe"
    ALREADY_BACK = "already_back"
    OTHER = "other"


class FoundCondition(StrEnum):
    """How the person is, without a diagnosis."""

    SAFE = "safe"
    NEEDS_CARE = "needs_care"
    IN_DANGER = "in_danger"
    UNKNOWN = "unknown"


class FoundBy(StrEnum):
    """Who found the person, or heard from her or him."""

    SELF_REPORTED = "self_reported"
    FAMILY = "family"
    NGO = "ngo"
    WELFARE_AGENCY = "welfare_agency"
    POLICE = "police"
    COMMUNITY = "community"
    OTHER = "other"
