"""The code lists of the restricted annex; they are used nowhere else."""

from enum import StrEnum


class HealthCategory(StrEnum):
    """What outside the annex is only MEDICAL or MENTAL_HEALTH."""

    HIV = "hiv"
    STI = "sti"
    TUBERCULOSIS = "tuberculosis"
    HEPATITIS = "hepatitis"
    PREGNANCY = "pregnancy"
    SURGERY = "surgery"
    MENTAL_HEALTH = "mental_health"
    SUBSTANCE_USE = "substance_use"
    CHRONIC = "chronic"
    OTHER = "other"


class SexualExploitationType(StrEnum):
    """HTCDS vic_TypeOfSexExploitation."""

    PROSTITUTION = "prostitution"
    PORNOGRAPHY = "pornography"
    REMOTE_INTERACTIVE_SERVICES = "remote_interactive_services"
    PRIVATE_SEXUAL_SERVICES = "private_sexual_services"
    OTHER = "other"


class SelfHarmRisk(StrEnum):
    """How great the risk is."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"
    UNKNOWN = "unknown"


class PerpetratorRole(StrEnum):
    """HTCDS per_RoleInProcess, the roles of those who do it."""

    TRAVELLING_PARTNER = "travelling_partner"
    TRANSPORTER = "transporter"
    RECRUITER_OR_INTERMEDIARY = "recruiter_or_intermediary"
    BROKER_TRAVEL_AGENT = "broker_travel_agent"
    SMUGGLER = "smuggler"
    ABUSER = "abuser"
    KIDNAPPER = "kidnapper"
    EXPLOITER = "exploiter"
    OTHER = "other"
