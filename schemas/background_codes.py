"""The code lists of sections D and E: the family, the leaving, and the trafficking.

Sources: domain 2.D, 2.E and 2.9; the Palermo Protocol, article 3; HTCDS 2.0. Values never change their meaning.
"""

from enum import StrEnum


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
