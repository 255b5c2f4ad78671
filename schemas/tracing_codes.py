"""The code lists of family tracing. Finding is not judging: no code here says whether a home is good (004 1.8(4))."""

from enum import StrEnum


class TracingPurpose(StrEnum):
    """What the family is looked for."""

    REPATRIATION_PREPARATION = "repatriation_preparation"
    CONTACT_ONLY = "contact_only"
    CHILD_PROTECTION = "child_protection"
    ESCAPE = "escape"


class TracingOutcome(StrEnum):
    """Where tracing stands, or how it ended."""

    IN_PROGRESS = "in_progress"
    LOCATED = "located"
    LOCATED_MOVED = "located_moved"
    LOCATED_ABROAD = "located_abroad"
    NOT_FOUND = "not_found"
    ADDRESS_NOT_EXIST = "address_not_exist"
    NO_ACCESS = "no_access"
    STOPPED = "stopped"
    DECEASED_ALL = "deceased_all"

    @property
    def is_located(self) -> bool:
        """Whether the family was found alive, wherever."""
        return self in {TracingOutcome.LOCATED, TracingOutcome.LOCATED_MOVED, TracingOutcome.LOCATED_ABROAD}


class NoAccessReason(StrEnum):
    """Why the place can't be reached."""

    CONFLICT = "conflict"
    FLOOD = "flood"
    ROAD = "road"
    PERMIT = "permit"
    OTHER = "other"


class StoppedReason(StrEnum):
    """Why tracing was stopped."""

    CONSENT = "consent"
    SAFETY = "safety"


class TracingMethod(StrEnum):
    """How the family was looked for. Media are no method: a search in public exposes the person."""

    VISIT = "visit"
    PHONE = "phone"
    VIA_VILLAGE_HEAD = "via_village_head"
    VIA_NGO = "via_ngo"
    VIA_RED_CROSS = "via_red_cross"
    PHOTO = "photo"
    REGISTER = "register"
    OTHER = "other"


class AttemptOutcome(StrEnum):
    """What one attempt brought."""

    FOUND = "found"
    CLUE = "clue"
    NOTHING = "nothing"
    NOT_REACHED = "not_reached"
    REFUSED = "refused"


class MatchStrength(StrEnum):
    """How sure it is that this is the relative."""

    EXACT = "exact"
    LIKELY = "likely"
    UNCERTAIN = "uncertain"


class Verification(StrEnum):
    """What shows it."""

    NRC = "nrc"
    HOUSEHOLD_LIST = "household_list"
    PHOTO_RECOGNISED = "photo_recognised"
    ANSWERS_MATCH = "answers_match"
    PERSON_RECOGNISED = "person_recognised"
    CHILD_RECOGNISED = "child_recognised"
    VILLAGE_HEAD = "village_head"
    OTHER = "other"


class NationalityEvidence(StrEnum):
    """Papers at home that prove the person's nationality."""

    HOUSEHOLD_LIST = "household_list"
    NRC_OF_PARENT = "nrc_of_parent"
    BIRTH_CERTIFICATE = "birth_certificate"
    SCHOOL_RECORD = "school_record"
    LOCAL_AUTHORITY_STATEMENT = "local_authority_statement"
    NONE_FOUND = "none_found"
    OTHER = "other"
