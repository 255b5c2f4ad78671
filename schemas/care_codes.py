"""The code lists of special needs, care, wishes, justice, consent and completion (domain 2.F to 2.K)."""

from enum import StrEnum


class SpecialNeed(StrEnum):
    """Why a case is special. ``MEDICAL`` is never more specific outside the restricted annex."""

    CHILD_UNACCOMPANIED = "CHILD_UNACCOMPANIED"
    CHILD_UNDER_12 = "CHILD_UNDER_12"
    PREGNANT_OR_INFANT = "PREGNANT_OR_INFANT"
    ACCOMPANYING_CHILDREN = "ACCOMPANYING_CHILDREN"
    CHILDREN_LEFT_BEHIND = "CHILDREN_LEFT_BEHIND"
    MEDICAL = "MEDICAL"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    DISABILITY = "DISABILITY"
    SUBSTANCE = "SUBSTANCE"
    ELDERLY = "ELDERLY"
    SECURITY_THREAT = "SECURITY_THREAT"
    WITNESS = "WITNESS"
    NO_FAMILY_TRACED = "NO_FAMILY_TRACED"
    NEGATIVE_ASSESSMENT = "NEGATIVE_ASSESSMENT"
    UNWILLING_TO_RETURN = "UNWILLING_TO_RETURN"
    NO_NATIONALITY_PROOF = "NO_NATIONALITY_PROOF"
    RETRAFFICKED = "RETRAFFICKED"
    LANGUAGE_ISOLATED = "LANGUAGE_ISOLATED"
    OTHER = "OTHER"


class Severity(StrEnum):
    """How urgent a special need is."""

    WATCH = "watch"
    ACTIVE = "active"
    URGENT = "urgent"


class Equipment(StrEnum):
    """What has to be ready on the way; says nothing about a diagnosis."""

    MEDICAL_ESCORT = "medical_escort"
    SAME_SEX_ESCORT = "same_sex_escort"
    WHEELCHAIR = "wheelchair"
    CHILD_SEAT = "child_seat"
    SECURITY = "security"


class CareStatus(StrEnum):
    """Where a treatment stands."""

    ONGOING = "ongoing"
    COMPLETED = "completed"


class MedicalCareType(StrEnum):
    """Kind of care, never its reason."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    SURGERY = "surgery"
    MATERNAL = "maternal"
    DENTAL = "dental"
    EYE = "eye"
    REHABILITATION = "rehabilitation"
    OTHER = "other"


class PsychosocialType(StrEnum):
    """Kind of psychosocial support."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    FAMILY = "family"
    ART_PLAY = "art_play"
    OTHER = "other"


class Service(StrEnum):
    """Services that can be offered and declined (004 2.7; domain 2.9)."""

    SAFE_ACCOMMODATION = "safe_accommodation"
    MEDICAL = "medical"
    PSYCHOSOCIAL = "psychosocial"
    LEGAL_AID = "legal_aid"
    LIVELIHOOD = "livelihood"
    VOCATIONAL_TRAINING = "vocational_training"
    EDUCATION = "education"
    FAMILY_MEDIATION = "family_mediation"
    FAMILY_REUNIFICATION = "family_reunification"
    DOCUMENT_REGISTRATION = "document_registration"
    MATERIAL_ITEMS = "material_items"
    CASH_GRANT = "cash_grant"
    FOOD = "food"
    TRANSPORT = "transport"
    WITNESS_SUPPORT = "witness_support"
    OTHER = "other"


class ReturnWish(StrEnum):
    """Whether the person wants to go home."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class Fear(StrEnum):
    """What the person is afraid of."""

    TRAFFICKER = "trafficker"
    FAMILY_VIOLENCE = "family_violence"
    FAMILY_REJECTION = "family_rejection"
    STIGMA = "stigma"
    DEBT = "debt"
    ARREST = "arrest"
    CONFLICT_AREA = "conflict_area"
    NO_INCOME = "no_income"
    OTHER = "other"


class ViewsExpressed(StrEnum):
    """How a child expressed its views."""

    SPOKEN = "spoken"
    DRAWN = "drawn"
    PLAY = "play"
    WRITTEN = "written"
    THROUGH_TRUSTED_PERSON = "through_trusted_person"
    OTHER = "other"


class ReturnBarrier(StrEnum):
    """What stands in the way of the return."""

    LEGAL_PROCEEDINGS = "legal_proceedings"
    MEDICAL = "medical"
    NO_NATIONALITY = "no_nationality"
    NO_FAMILY = "no_family"
    SECURITY = "security"
    CONSENT = "consent"
    OTHER = "other"


class TravelNeed(StrEnum):
    """What has to be done about nationality or travel papers."""

    NONE = "none"
    NATIONALITY_VERIFICATION = "nationality_verification"
    TRAVEL_DOCUMENT = "travel_document"
    BOTH = "both"


class Participation(StrEnum):
    """The person's part in legal proceedings."""

    NONE = "none"
    CONSIDERING = "considering"
    WITNESS = "witness"
    COMPLAINANT = "complainant"


class ProceedingKind(StrEnum):
    """Which court."""

    CRIMINAL = "criminal"
    LABOUR = "labour"
    CIVIL = "civil"
    OTHER = "other"


class ProceedingStage(StrEnum):
    """Where proceedings stand."""

    INVESTIGATION = "investigation"
    PROSECUTION = "prosecution"
    TRIAL = "trial"
    APPEAL = "appeal"
    CLOSED = "closed"
    OTHER = "other"


class ConsentDecision(StrEnum):
    """What the person decided. Refusal never reduces services."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"


class GivenBy(StrEnum):
    """Who decided. For a child both the child, if capable, and a guardian or authority."""

    SELF = "self"
    GUARDIAN = "guardian"
    CHILD_ASSENT_AND_GUARDIAN = "child_assent_and_guardian"
    AUTHORITY_BEST_INTEREST = "authority_best_interest"


class GuardianCapacity(StrEnum):
    """In which capacity somebody decides for a child."""

    PARENT = "parent"
    APPOINTED = "appointed"
    SHELTER_DIRECTOR = "shelter_director"


class ChildAssent(StrEnum):
    """What the child said."""

    YES = "yes"
    NO = "no"
    TOO_YOUNG = "too_young"


class Explained(StrEnum):
    """The seven points of HTCDS guidance that are explained before asking."""

    PURPOSE = "purpose"
    USE = "use"
    NON_IDENTIFYING_RESEARCH = "non_identifying_research"
    RIGHT_TO_ACCESS = "right_to_access"
    STORAGE_TIME = "storage_time"
    WITHDRAWAL = "withdrawal"
    SHARING = "sharing"


class ConsentMethod(StrEnum):
    """How consent was given."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"
    WITNESSED_VERBAL = "witnessed_verbal"
    RECORDED = "recorded"


class RecipientClass(StrEnum):
    """To whom a consent applies."""

    OWN_AGENCY = "own_agency"
    ORIGIN_WELFARE = "origin_welfare"
    DESTINATION_WELFARE = "destination_welfare"
    NGO_PROVIDER = "ngo_provider"
    LAW_ENFORCEMENT = "law_enforcement"
    HEALTH_UNIT = "health_unit"
    FAMILY = "family"
    STATISTICS = "statistics"
    OTHER = "other"


class StaffRole(StrEnum):
    """A role, in place of a name (domain 5)."""

    SHELTER_WORKER = "shelter_worker"
    CASE_MANAGER = "case_manager"
    FOCAL_OFFICER = "focal_officer"
    WELFARE_OFFICER = "welfare_officer"
    NGO_WORKER = "ngo_worker"
    LAW_ENFORCEMENT_LIAISON = "law_enforcement_liaison"
    HEALTH_OFFICER = "health_officer"
    PSYCHOLOGIST = "psychologist"
    LAWYER = "lawyer"
    INTERPRETER = "interpreter"
    OTHER = "other"


class Quality(StrEnum):
    """How far the interviewer relies on what was recorded."""

    RELIABLE = "reliable"
    PARTLY = "partly"
    UNCERTAIN = "uncertain"


class OriginalLocation(StrEnum):
    """Where the paper original is."""

    SHELTER = "shelter"
    FOCAL_AGENCY = "focal_agency"
    IN_TRANSIT = "in_transit"
    HANDED_OVER = "handed_over"
    NO_PAPER = "no_paper"
    OTHER = "other"


class AttachmentType(StrEnum):
    """What a file is. ``medical`` belongs into the restricted annex only."""

    SCAN = "scan"
    PHOTO = "photo"
    LETTER = "letter"
    ID_COPY = "id_copy"
    SKETCH_MAP = "sketch_map"
    LIFE_PLAN = "life_plan"
    CONSENT_FORM = "consent_form"
    MEDICAL = "medical"
    OTHER = "other"
