"""Section A: the case header. What one needs to know about the case without knowing the person."""

from datetime import date
from typing import Annotated, ClassVar

from schemas.base import AgencyIdField, CountryCode, Line, Part, RoleMailbox, WorkerId
from schemas.codes import AdmissionKind, DeterminingAgency, FacilityType, Priority, ReferralSource, VictimStatus
from schemas.corridor import Corridor
from schemas.dates import Day
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Condition, Firm, Stage, When
from schemas.rows import Rows


class LocalRef(Part):
    """An agency's own number for the case."""

    agency_id: Annotated[AgencyIdField | None, fact(Level.L1, "Agency", need=Need.BASIC)] = None
    ref: Annotated[Line | None, fact(Level.L1, "Its number", need=Need.BASIC)] = None


class Facility(Part):
    """Where the person stays."""

    facility_id: Annotated[AgencyIdField | None, fact(Level.L1, "Facility", need=Need.BASIC)] = None
    facility_type: Annotated[FacilityType | None, fact(Level.L1, "Kind of facility", need=Need.BASIC)] = None


class CaseManager(Part):
    """Who is responsible, as a number and a role address; never a name or a personal phone."""

    worker_id: Annotated[WorkerId | None, fact(Level.L1, "Worker number", need=Need.BASIC, htcds="cas_CaseOwner")] = (
        None
    )
    mailbox: Annotated[
        RoleMailbox | None, fact(Level.L1, "Role address", "An address that stays when people move.", need=Need.BASIC)
    ] = None


class Header(Part):
    """Section A."""

    letter: ClassVar[str] = "A"
    title: ClassVar[str] = "Case header"
    row: ClassVar[Row] = Row.HEADER

    local_refs: Annotated[Rows[LocalRef] | None, fact(Level.L1, "Local references", "Each agency's own number.")] = None
    corridor: Annotated[
        Corridor | None, fact(Level.L1, "Corridor", "From which country to which.", need=Need.BASIC), Firm()
    ] = None
    facility: Annotated[Facility | None, fact(Level.L1, "Facility", "Where the person stays now.", need=Need.BASIC)] = (
        None
    )
    admission_date: Annotated[
        Day | None,
        fact(Level.L1, "Admission date", "The day the person came to this facility.", need=Need.BASIC),
        Firm(),
    ] = None
    admission_kind: Annotated[AdmissionKind | None, fact(Level.L1, "Kind of admission", need=Need.BASIC), Firm()] = None
    first_admission_date: Annotated[
        Day | None,
        fact(
            Level.L1,
            "First admission",
            "The first day in any shelter of this country; the six months count from it.",
            need=Need.CONDITIONAL,
        ),
        When(Condition.TRANSFER, Stage.BASIC),
        Firm(),
    ] = None
    referral_source: Annotated[
        ReferralSource | None, fact(Level.L1, "Referred by", need=Need.BASIC, htcds="cas_ReferringOrganisation")
    ] = None
    victim_status: Annotated[
        VictimStatus | None, fact(Level.L1, "Status", need=Need.BASIC, htcds="vic_TraffickingStatus")
    ] = None
    determining_agency: Annotated[
        DeterminingAgency | None,
        fact(Level.L1, "Who decided the status", need=Need.OPTIONAL, htcds="vic_TraffickingStatusDecisionMakingOrg"),
    ] = None
    definition_country: Annotated[CountryCode | None, fact(Level.L1, "Whose law defines the status")] = None
    identification_date: Annotated[
        Day | None,
        fact(Level.L1, "Identified on", "Needed for an identified victim.", need=Need.CONDITIONAL),
        When(Condition.IDENTIFIED, Stage.BASIC),
    ] = None
    case_manager: Annotated[
        CaseManager | None, fact(Level.L1, "Case manager", need=Need.BASIC, htcds="cas_CaseOwner")
    ] = None
    priority: Annotated[Priority | None, fact(Level.L1, "Priority", "Follows from section F.", need=Need.BASIC)] = None

    @property
    def counted_from(self) -> date | None:
        """The first day in any shelter of the country, from which the months are counted (004 1.1), if it is told."""
        return self.first_admission_date or self.admission_date
