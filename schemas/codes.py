"""The code lists of the form: what a country's reader can count on, whatever language the form was filled in.

Lists that may grow have an ``OTHER``, so that a newer peer's code is not lost but read as other (domain 8, completeness
traps). Values never change their meaning. Sources: domain 2 and 2.9; ISO 5218; HTCDS 2.0.
"""

from enum import IntEnum, StrEnum


class Sex(IntEnum):
    """ISO 5218."""

    NOT_KNOWN = 0
    MALE = 1
    FEMALE = 2
    NOT_APPLICABLE = 9


class Gender(StrEnum):
    """HTCDS prs_Gender, and the right not to say."""

    FEMININE = "feminine"
    MASCULINE = "masculine"
    TRANSGENDER_FEMININE = "transgender_feminine"
    TRANSGENDER_MASCULINE = "transgender_masculine"
    NON_CONFORMING = "non_conforming"
    NOT_SPECIFIED = "not_specified"
    PREFERS_NOT_TO_SAY = "prefers_not_to_say"


class FacilityType(StrEnum):
    """Where a person stays or was received."""

    SHELTER = "shelter"
    TRANSIT_SHELTER = "transit_shelter"
    EMBASSY = "embassy"
    POLICE = "police"
    NGO = "ngo"
    IMMIGRATION_DETENTION = "immigration_detention"
    HOSPITAL = "hospital"
    OTHER = "other"


class AdmissionKind(StrEnum):
    """How this stay began. A transfer never resets the clock of six months."""

    FIRST = "first"
    TRANSFER_IN = "transfer_in"
    READMISSION = "readmission"


class ReferralSource(StrEnum):
    """Who brought the person to the shelter (004 4.8)."""

    POLICE = "police"
    IMMIGRATION_DETENTION = "immigration_detention"
    LABOUR_INSPECTION = "labour_inspection"
    NGO = "ngo"
    HOTLINE = "hotline"
    HOSPITAL = "hospital"
    SELF = "self"
    EMBASSY = "embassy"
    OTHER = "other"


class VictimStatus(StrEnum):
    """HTCDS vic_TraffickingStatus."""

    IDENTIFIED = "identified_victim"
    PRESUMED = "presumed_victim"
    NOT_VICTIM = "not_victim"


class DeterminingAgency(StrEnum):
    """HTCDS vic_TraffickingStatusDecisionMakingOrg."""

    POLICE = "police"
    NGO = "ngo"
    COURT_OR_PROSECUTION = "court_or_prosecution"
    OTHER_GOVERNMENT = "other_government"
    OTHER = "other"


class Priority(StrEnum):
    """Special cases come first (004 1.6)."""

    SPECIAL_CASE = "special_case"
    STANDARD = "standard"


class AgeBasis(StrEnum):
    """How an age is counted. A running year counts one or two more than the completed years."""

    COMPLETED_YEARS = "completed_years"
    RUNNING_YEAR = "running_year"
    ESTIMATED_BY_STAFF = "estimated_by_staff"
    MEDICAL_ESTIMATE = "medical_estimate"


class DatePrecision(StrEnum):
    """How exactly a birth is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    INTERVAL = "interval"


class BirthSource(StrEnum):
    """Who or what says so."""

    SELF = "self"
    FAMILY = "family"
    ID_DOCUMENT = "id_document"
    HOUSEHOLD_LIST = "household_list"
    MEDICAL = "medical"
    STAFF_ESTIMATE = "staff_estimate"
    OTHER = "other"


class Calendar(StrEnum):
    """The calendar that was told or read; the date itself is always entered in the common era."""

    CE = "CE"
    BE = "BE"
    ME = "ME"
    CHINESE = "chinese"


class NationalityStatus(StrEnum):
    """How sure the nationality is; it gates the return, never the tracing."""

    CONFIRMED = "confirmed"
    CLAIMED = "claimed"
    UNDER_VERIFICATION = "under_verification"
    UNDETERMINED = "undetermined"
    STATELESS = "stateless"


class IdDocumentType(StrEnum):
    """Papers that prove who somebody is. ``none`` is an answer."""

    NRC = "nrc"
    HOUSEHOLD_LIST = "household_list"
    BIRTH_CERTIFICATE = "birth_certificate"
    PASSPORT = "passport"
    TEMPORARY_ID = "temporary_id"
    THAI_ID_13 = "thai_id_13"
    BORDER_PASS = "border_pass"  # noqa: S105 -- a paper, not a secret
    TRAVEL_CERTIFICATE = "travel_certificate"
    NONE = "none"
    OTHER = "other"


class IdDocumentStatus(StrEnum):
    """Where the paper is now."""

    HELD = "held"
    LOST = "lost"
    WITHHELD_BY_TRAFFICKER = "withheld_by_trafficker"
    COPY = "copy"
    APPLIED_FOR = "applied_for"


class Literacy(StrEnum):
    """Reads and writes: in which way documents are explained."""

    NONE = "none"
    SOME = "some"
    FULL = "full"


class MaritalStatus(StrEnum):
    """A forced marriage is named as such (L3)."""

    SINGLE = "single"
    MARRIED = "married"
    COHABITING = "cohabiting"
    SEPARATED = "separated"
    DIVORCED = "divorced"
    WIDOWED = "widowed"
    FORCED_MARRIAGE = "forced_marriage"


class Relation(StrEnum):
    """How somebody is related to the person (Primero's list)."""

    MOTHER = "mother"
    FATHER = "father"
    STEP_MOTHER = "step_mother"
    STEP_FATHER = "step_father"
    GRANDMOTHER = "grandmother"
    GRANDFATHER = "grandfather"
    AUNT = "aunt"
    UNCLE = "uncle"
    BROTHER = "brother"
    SISTER = "sister"
    HUSBAND = "husband"
    WIFE = "wife"
    PARTNER = "partner"
    SON = "son"
    DAUGHTER = "daughter"
    GUARDIAN = "guardian"
    OTHER_FAMILY = "other_family"
    NON_FAMILY = "non_family"
    OTHER = "other"


class LinkedCaseRelation(StrEnum):
    """Why two cases belong together."""

    SIBLING = "sibling"
    SPOUSE = "spouse"
    PARENT_OR_CHILD = "parent_or_child"
    SAME_GROUP = "same_group"
    SAME_RECRUITER = "same_recruiter"
    OTHER = "other"


class IntendedDestination(StrEnum):
    """Where the person wants to live: home, or a new community."""

    SAME_AS_HOME = "same_as_home"
    OTHER_ADDRESS = "other_address"
    UNDECIDED = "undecided"
