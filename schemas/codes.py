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


class LandHouse(StrEnum):
    """What the household lives on."""

    OWNS = "owns"
    RENTS = "rents"
    NONE = "none"
    OTHER = "other"


class HouseholdDebt(StrEnum):
    """How heavy the household's debt is."""

    NONE = "none"
    SOME = "some"
    SERIOUS = "serious"
    UNKNOWN = "unknown"


class RelationshipBefore(StrEnum):
    """How life with the family was before leaving."""

    GOOD = "good"
    MIXED = "mixed"
    CONFLICT = "conflict"
    VIOLENCE = "violence"
    NO_CONTACT = "no_contact"


class FamilyInvolvement(StrEnum):
    """What part the family had in the leaving."""

    NO = "no"
    KNEW = "knew"
    ENCOURAGED = "encouraged"
    ARRANGED = "arranged"
    UNKNOWN = "unknown"


class WhyLeft(StrEnum):
    """Why the person left home."""

    POVERTY = "poverty"
    DEBT = "debt"
    CONFLICT_DISPLACEMENT = "conflict_displacement"
    FAMILY_PROBLEM = "family_problem"
    JOINED_RELATIVE_OR_FRIEND = "joined_relative_or_friend"
    PROMISE_OF_JOB = "promise_of_job"
    MARRIAGE_PROMISE = "marriage_promise"
    ABDUCTION = "abduction"
    OTHER = "other"


class ContactMeans(StrEnum):
    """How contact was made."""

    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"
    ONLINE = "online"
    THROUGH_OTHERS = "through_others"
    OTHER = "other"


class WishContact(StrEnum):
    """Whether and how the person wants to hear from the family."""

    YES_LETTER = "yes_letter"
    YES_PHONE = "yes_phone"
    LATER = "later"
    NO = "no"


class ContactRestrictionReason(StrEnum):
    """Why somebody must not be approached: do no harm in tracing."""

    FEAR_OF_HARM = "fear_of_harm"
    WANTS_TO_TELL_SELF = "wants_to_tell_self"
    PERSON_INVOLVED = "person_involved"
    SHAME_STIGMA = "shame_stigma"
    OTHER = "other"


class MayBeTold(StrEnum):
    """What the family may be told. What is not listed stays untold; the nature of the exploitation above all."""

    ALIVE_AND_SAFE_ONLY = "alive_and_safe_only"
    LOCATION = "location"
    RETURN_DATE = "return_date"
    NATURE_OF_EXPLOITATION = "nature_of_exploitation"


class RecruiterRelationship(StrEnum):
    """Maps to HTCDS vic_RelationshipToTrafficker."""

    FAMILY = "family"
    ACQUAINTANCE = "acquaintance"
    STRANGER = "stranger"
    PARTNER = "partner"
    AGENCY = "agency"
    ONLINE = "online"
    OTHER = "other"


class Act(StrEnum):
    """Palermo Protocol, article 3: acts."""

    RECRUITMENT = "recruitment"
    TRANSPORTATION = "transportation"
    TRANSFER = "transfer"
    HARBOURING = "harbouring"
    RECEIPT = "receipt"


class Means(StrEnum):
    """Palermo Protocol, article 3: means; not needed for a child."""

    THREAT = "threat"
    FORCE = "force"
    COERCION = "coercion"
    ABDUCTION = "abduction"
    FRAUD = "fraud"
    DECEPTION = "deception"
    ABUSE_OF_POWER = "abuse_of_power"
    ABUSE_OF_VULNERABILITY = "abuse_of_vulnerability"
    PAYMENTS_OR_BENEFITS_TO_CONTROLLER = "payments_or_benefits_to_controller"


class ControlMethod(StrEnum):
    """HTCDS vic_MethodsOfControl."""

    PHYSICAL_THREATS = "physical_threats"
    THREATS_LAW_ENFORCEMENT = "threats_law_enforcement"
    THREATENS_CHILDREN_FAMILY = "threatens_children_family"
    DEBT_BONDAGE = "debt_bondage"
    FALSE_PROMISES = "false_promises"
    PHYSICAL_ABUSE = "physical_abuse"
    SEXUAL_ABUSE = "sexual_abuse"
    TAKES_EARNINGS = "takes_earnings"
    RESTRICTS_FINANCIAL_ACCESS = "restricts_financial_access"
    RESTRICTS_MEDICAL_CARE = "restricts_medical_care"
    WITHHOLDS_NECESSITIES = "withholds_necessities"
    PSYCHOLOGICAL_ABUSE = "psychological_abuse"
    PSYCHOACTIVE_SUBSTANCE = "psychoactive_substance"
    EXCESSIVE_WORKING_HOURS = "excessive_working_hours"
    WITHHOLDS_DOCUMENTS = "withholds_documents"
    OTHER = "other"


class Purpose(StrEnum):
    """Type of trafficking (domain 2.9). A child marriage with exploitation is FORCED_MARRIAGE."""

    FORCED_LABOUR = "FORCED_LABOUR"
    SEXUAL_EXPLOITATION = "SEXUAL_EXPLOITATION"
    FORCED_MARRIAGE = "FORCED_MARRIAGE"
    DOMESTIC_SERVITUDE = "DOMESTIC_SERVITUDE"
    FORCED_BEGGING = "FORCED_BEGGING"
    DEBT_BONDAGE = "DEBT_BONDAGE"
    SLAVERY_OR_SIMILAR = "SLAVERY_OR_SIMILAR"
    CHILD_LABOUR = "CHILD_LABOUR"
    FORCED_ADOPTION = "FORCED_ADOPTION"
    SURROGACY = "SURROGACY"
    ORGAN_REMOVAL = "ORGAN_REMOVAL"
    FORCED_MILITARY = "FORCED_MILITARY"
    FORCED_CRIMINALITY = "FORCED_CRIMINALITY"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class DebtOrWages(StrEnum):
    """What is owed after the exploitation."""

    NONE = "none"
    DEBT = "debt"
    UNPAID_WAGES = "unpaid_wages"
    BOTH = "both"
    UNKNOWN = "unknown"


class Threat(StrEnum):
    """Whether the traffickers at large are a danger; the detail is restricted."""

    NONE = "none"
    POSSIBLE = "possible"
    SPECIFIC = "specific"
