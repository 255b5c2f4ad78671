"""The code lists of the way home: hand-over, reception, needs, review and departure (domain 3.10, 3.11)."""

from enum import StrEnum


class VictimType(StrEnum):
    """The four types of the national spreadsheet (004 4.8; its third item is read as two)."""

    XB_G2G = "XB_G2G"
    """returned across the border, government to government"""
    INTERNAL = "INTERNAL"
    """trafficked inside the country"""
    SELF_RETURN_XB = "SELF_RETURN_XB"
    """came back across the border alone"""
    SELF_RETURN_INTERNAL = "SELF_RETURN_INTERNAL"
    """came back alone inside the country"""


class IdentityCheck(StrEnum):
    """How it was made sure who somebody is."""

    DOCUMENT = "document"
    PHOTO = "photo"
    INTERVIEW = "interview"


class HandoverOutcome(StrEnum):
    """What became of one person at the border."""

    HANDED_OVER = "handed_over"
    NOT_ARRIVED = "not_arrived"
    REFUSED_ENTRY = "refused_entry"
    HOSPITALISED = "hospitalised"
    WITHDREW = "withdrew"
    ESCAPED_EN_ROUTE = "escaped_en_route"
    EXTRA_PERSON = "extra_person"
    """handed over, though not on the notice"""


class ArrivalCondition(StrEnum):
    """How somebody arrived; never a diagnosis."""

    OK = "ok"
    NEEDS_ATTENTION = "needs_attention"


class SealState(StrEnum):
    """How the seal of the paper original was found."""

    INTACT = "intact"
    BROKEN = "broken"
    NO_SEAL = "no_seal"


class HandoverItem(StrEnum):
    """What two records of one hand-over may tell differently."""

    BORDER_POINT = "border_point"
    IMMIGRATION = "immigration"
    PERSON = "person"
    OUTCOME = "outcome"
    CONDITION = "condition"
    BELONGINGS = "belongings"
    MEDICINE_KIT = "medicine_kit"
    MONEY = "money"
    DOCUMENTS = "documents"
    ORIGINAL_FILE = "original_file"


class SignatureMethod(StrEnum):
    """How an officer signed the printed record; the agency's own key signs the document itself."""

    SIGNATURE = "signature"
    SIGNATURE_AND_STAMP = "signature_and_stamp"
    THUMBPRINT = "thumbprint"
    ELECTRONIC = "electronic"


class ServiceOutcome(StrEnum):
    """What became of one offered service. Declining needs no reason (004 2.7)."""

    OFFERED_ACCEPTED = "offered_accepted"
    OFFERED_DECLINED = "offered_declined"
    NOT_AVAILABLE = "not_available"
    NOT_NEEDED = "not_needed"
    ONGOING = "ongoing"
    COMPLETED = "completed"


class StayReason(StrEnum):
    """Why somebody stays at the transit shelter; nobody has to leave by a day (004 2.1)."""

    OWN_WISH = "own_wish"
    HEALTH = "health"
    OTHER_RECOVERY = "other_recovery"
    TRACING_OR_ASSESSMENT_PENDING = "tracing_or_assessment_pending"
    SECURITY = "security"
    LEGAL = "legal"
    OTHER = "other"


class Kit(StrEnum):
    """Which kit was issued, by age and sex (004 2.6)."""

    WOMAN = "woman"
    MAN = "man"
    GIRL = "girl"
    BOY = "boy"
    INFANT = "infant"
    NONE = "none"
    OTHER = "other"


class NeedsStage(StrEnum):
    """When needs were assessed (004 1.4(2), 2.10)."""

    PRE_RETURN = "pre_return"
    RECEPTION = "reception"
    HOME = "home"


class ImmediateNeed(StrEnum):
    """What somebody needs today."""

    FOOD = "food"
    CLOTHING = "clothing"
    HYGIENE = "hygiene"
    SLEEP = "sleep"
    SAFETY = "safety"
    CONTACT_FAMILY = "contact_family"
    OTHER = "other"


class Distress(StrEnum):
    """How distressed somebody is; not assessed is not none."""

    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    NOT_ASSESSED = "not_assessed"


class NeedGrade(StrEnum):
    """How much help one part of life needs; not assessed is not none."""

    NONE = "none"
    SOME = "some"
    URGENT = "urgent"
    NOT_ASSESSED = "not_assessed"


class MedicalAnswer(StrEnum):
    """The answer to the offer of a medical examination (004 2.11.2)."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    NOT_APPLICABLE_CHILD = "not_applicable_child"


class MedicalException(StrEnum):
    """Why a child was not examined, though every child is."""

    CHILD_OBJECTS = "child_objects"
    GUARDIAN_OBJECTS = "guardian_objects"
    EXAMINED_RECENTLY = "examined_recently"
    NO_CHILD_FRIENDLY_UNIT = "no_child_friendly_unit"
    OTHER = "other"


class ReviewOutcome(StrEnum):
    """What a review of the family assessment came to (004 2.8)."""

    SAFE = "safe"
    NEW_CONCERN = "new_concern"
    REASSESS = "reassess"
    WAIVED = "waived"


class DepartureMode(StrEnum):
    """Whether somebody goes along."""

    ACCOMPANIED = "accompanied"
    UNACCOMPANIED = "unaccompanied"


class NoVisitReason(StrEnum):
    """Why nobody visited the family before the return (004 1.10)."""

    AREA_INACCESSIBLE = "area_inaccessible"
    SECURITY = "security"
    NO_FAMILY_INVOLVED = "no_family_involved"
    PERSON_DECLINED = "person_declined"
    INFORMED_BY_PHONE = "informed_by_phone"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"
