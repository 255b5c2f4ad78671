"""One episode of a case: the documents that tell of it, the day of its return, and what the person agreed to.

A return is a crossing that the newest hand-over record tells, or a reception.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from api.rules.policy import DEFAULT_POLICY, CorridorPolicy
from api.rules.pseudonym import stat_id
from schemas.base import AgencyId, CaseUid
from schemas.care_codes import ConsentDecision
from schemas.case_file import CaseFile
from schemas.consent import decisive_record
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import ConsentPurpose, Document
from schemas.earlier import current, find_newest
from schemas.family_assessment import FamilyAssessment
from schemas.figures_codes import ReportingBody
from schemas.handover_person import HandoverPerson
from schemas.handover_record import HandoverRecord
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_person import NoticePerson
from schemas.reception_record import ReceptionRecord
from schemas.return_codes import VictimType
from schemas.service_provider_assignment import ServiceProviderAssignment

_BODIES = {"ATU": ReportingBody.ATU, "ATTF": ReportingBody.ATU, "NGO": ReportingBody.NGO}


@dataclass(frozen=True)
class CaseHeld:
    """A case as one agency holds it: who asks, the corridor, its documents, what was agreed, the pseudonyms' key."""

    case_uid: CaseUid
    agency: AgencyId
    destination: str
    origin: str
    held: Sequence[Document]
    key: bytes = field(repr=False)
    policy: CorridorPolicy = DEFAULT_POLICY


@dataclass(frozen=True)
class Episode:
    """One episode of a case: its number, what was told in it, and everything that was told until its end."""

    case: CaseHeld
    episode_no: int
    told: Sequence[Document]
    known: Sequence[Document]
    is_taken_in_again: bool = False

    @cached_property
    def file(self) -> CaseFile | None:
        """The case file as it was last written."""
        return find_newest(CaseFile, self.known, self.case.case_uid)

    @cached_property
    def handover(self) -> HandoverRecord | None:
        """The newest hand-over record that lists the person, whichever side wrote it."""
        return find_newest(HandoverRecord, self.told, self.case.case_uid)

    @cached_property
    def handed(self) -> HandoverPerson | None:
        """The person's row in it, for somebody who crossed."""
        rows = self.handover.persons if self.handover else ()
        return next((row for row in rows if row.case_uid == self.case.case_uid and row.has_crossed), None)

    @cached_property
    def reception(self) -> ReceptionRecord | None:
        """The newest reception."""
        return find_newest(ReceptionRecord, self.told, self.case.case_uid)

    @cached_property
    def notice(self) -> AdvanceRepatriationNotice | None:
        """The newest version of the newest notice that lists the person."""
        return find_newest(AdvanceRepatriationNotice, self.told, self.case.case_uid)

    @cached_property
    def announced(self) -> NoticePerson | None:
        """The person's row in it."""
        rows = self.notice.persons if self.notice else ()
        return next((row for row in rows if row.case_uid == self.case.case_uid), None)

    @cached_property
    def assignment(self) -> ServiceProviderAssignment | None:
        """The newest decision about a provider."""
        return find_newest(ServiceProviderAssignment, self.told, self.case.case_uid)

    @cached_property
    def assessments(self) -> tuple[FamilyAssessment, ...]:
        """Every family that was assessed, oldest first."""
        return current(FamilyAssessment, self.told, self.case.case_uid)

    @property
    def has_returned(self) -> bool:
        """Whether the episode led to a return."""
        return self.handed is not None or self.reception is not None

    @cached_property
    def return_date(self) -> date:
        """The day of the crossing, or of the arrival where nobody handed over."""
        if self.handover is not None and self.handed is not None:
            return self.handover.at.date()
        return self.reception.arrived_at.date() if self.reception else date.max

    @property
    def year(self) -> int:
        """The year of the return."""
        return self.return_date.year

    @property
    def stat_id(self) -> str:
        """The pseudonym."""
        return stat_id(self.case.key, self.case.case_uid, self.episode_no, self.year)

    @property
    def reporting_body(self) -> ReportingBody:
        """Who reports it: an anti-trafficking unit or an NGO by the agency's id, else the welfare department."""
        return next((_BODIES[part] for part in self.case.agency.split("-") if part in _BODIES), ReportingBody.DSW)

    @property
    def consent(self) -> ConsentDecision:
        """What the person last decided about being counted as a row."""
        return consent_to_figures(self.case, self.known, self.return_date)

    @property
    def victim_type(self) -> VictimType:
        """What the reception says; who was handed over came back from government to government."""
        return self.reception.victim_type if self.reception else VictimType.XB_G2G

    @cached_property
    def first_admission(self) -> date | None:
        """The day from which the six months count."""
        header = self.file.header if self.file else None
        return (header.first_admission_date or header.admission_date) if header else None


def consent_to_figures(case: CaseHeld, known: Sequence[Document], on: date) -> ConsentDecision:
    """Return what a person last decided about being counted as a row; a withdrawal since wins (domain 2.J rule 6)."""
    file, purpose = find_newest(CaseFile, known, case.case_uid), ConsentPurpose.ANON_STATISTICS
    found = decisive_record((file and file.consents) or (), purpose, case.agency, date.max)
    if found is None:
        return ConsentDecision.NOT_ASKED
    withdrawals = current(ConsentWithdrawal, known, case.case_uid)
    taken_back = [row for held in withdrawals if (row := held.withdraws(purpose, case.agency)) is not None]
    is_over = found.has_ended(on) or any(row.date >= found.date for row in taken_back)
    return ConsentDecision.WITHDRAWN if found.is_given and is_over else found.decision
