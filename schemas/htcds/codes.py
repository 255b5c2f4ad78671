"""Which code of the form is which code of HTCDS 2.0, list by list.

``SAME`` says the same in both; it is written and read. ``COARSER`` can be written, with a loss, and is never read
back, because nobody can tell which of ours it was. A code of ours in neither has no counterpart: leaving it out is
better than saying something else (a forced marriage is never written as ``Married``).
"""

from collections.abc import Mapping
from enum import StrEnum

from schemas.aftercare_codes import PlanDomain
from schemas.background_codes import ControlMethod, Purpose, RecruiterRelationship
from schemas.codes import DeterminingAgency, Gender, MaritalStatus, VictimStatus
from schemas.document import CaseState
from schemas.restricted_codes import PerpetratorRole, SexualExploitationType

Codes = Mapping[StrEnum, str]


def _camel(code: StrEnum) -> str:
    return "".join(word.capitalize() for word in code.value.split("_"))


SAME: Mapping[str, Codes] = {
    "prs_Gender": {
        Gender.FEMININE: "Feminine",
        Gender.MASCULINE: "Masculine",
        Gender.TRANSGENDER_FEMININE: "TransgenderFeminine",
        Gender.TRANSGENDER_MASCULINE: "TransgenderMasculine",
        Gender.NON_CONFORMING: "NonConforming",
        Gender.NOT_SPECIFIED: "NonSpecifiedUnknown",
    },
    "prs_MaritalStatus": {
        MaritalStatus.SINGLE: "Single",
        MaritalStatus.MARRIED: "Married",
        MaritalStatus.WIDOWED: "Widowed",
        MaritalStatus.DIVORCED: "Divorced",
        MaritalStatus.SEPARATED: "Separated",
    },
    "vic_TraffickingStatus": {
        VictimStatus.PRESUMED: "PossibleVictimOfTrafficking",
        VictimStatus.IDENTIFIED: "ActualVictimOfTrafficking",
        VictimStatus.NOT_VICTIM: "NotAVictimOfTrafficking",
    },
    "vic_TraffickingStatusDecisionMakingOrg": {
        DeterminingAgency.POLICE: "Police",
        DeterminingAgency.NGO: "NGO",
        DeterminingAgency.COURT_OR_PROSECUTION: "CourtOrProsecution",
        DeterminingAgency.OTHER_GOVERNMENT: "NonPoliceGovernmentalOrganization",
        DeterminingAgency.OTHER: "Other",
    },
    "vic_RelationshipToTrafficker": {
        RecruiterRelationship.FAMILY: "Familial",
        RecruiterRelationship.ACQUAINTANCE: "Acquainted",
        RecruiterRelationship.STRANGER: "Unaquainted",  # sic
    },
    "vic_MethodsOfControl": {code: _camel(code) for code in ControlMethod},
    "vic_TypeOfExploitation": {
        Purpose.FORCED_LABOUR: "ForcedLabour",
        Purpose.SEXUAL_EXPLOITATION: "SexualExploitation",
        Purpose.CHILD_LABOUR: "ChildLabour",
        Purpose.FORCED_MARRIAGE: "ForcedMarriage",
        Purpose.FORCED_MILITARY: "ForcedMilitaryByNonStateActors",
        Purpose.ORGAN_REMOVAL: "OrganRemoval",
        Purpose.FORCED_BEGGING: "ForcedBegging",
        Purpose.FORCED_ADOPTION: "ForcedAdoption",
        Purpose.SURROGACY: "Surrogacy",
        Purpose.OTHER: "Other",
    },
    "vic_TypeOfSexExploitation": {
        code: _camel(code) for code in SexualExploitationType if code is not SexualExploitationType.OTHER
    },
    "per_RoleInProcess": {code: _camel(code) for code in PerpetratorRole},
    "spl_Type": {
        PlanDomain.EDUCATION: "Education",
        PlanDomain.HEALTH: "Health",
        PlanDomain.OCCUPATION: "Livelihood",
        PlanDomain.JUSTICE: "Legal",
    },
}

COARSER: Mapping[str, Codes] = {
    "prs_Gender": {Gender.PREFERS_NOT_TO_SAY: "NonSpecifiedUnknown"},
    "vic_RelationshipToTrafficker": {RecruiterRelationship.PARTNER: "Acquainted"},
    "vic_TypeOfExploitation": {
        Purpose.DOMESTIC_SERVITUDE: "Servitude",
        Purpose.DEBT_BONDAGE: "Servitude",
        Purpose.SLAVERY_OR_SIMILAR: "Servitude",
        Purpose.FORCED_CRIMINALITY: "Other",
    },
    "spl_Type": {PlanDomain.FAMILY_HOME: "SocialCare", PlanDomain.COMMUNITY: "SocialCare"},
}

CASE_STATUS: Mapping[CaseState, str] = {
    CaseState.ASSIGNED: "FollowUp",
    CaseState.HOME: "FollowUp",
    CaseState.REINTEGRATION: "FollowUp",
    CaseState.CLOSED: "Closed",
    CaseState.REVISITED: "Closed",
    CaseState.NOT_RETURNING: "Closed",
    CaseState.DECEASED: "Closed",
    CaseState.TRANSFERRED: "ClosedReferred",
}
"""``cas_Status`` of a case; whatever is not named is ``Active``, and a void case is not exported."""
