"""One episode of a case: the documents that tell of it, the day of its return, and what the person agreed to.

A return is a crossing that the newest hand-over record tells, or a reception. What counts, which numbers hold, and
whether a consent stands, is asked where everybody asks (``parties``, ``agreements``, ``consent``).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from api.rules.consent import Stand, consent_to
from api.rules.deadlines import first_admission
from api.rules.holding import HeldCase
from api.rules.pseudonym import stat_id
from schemas.care_codes import ConsentDecision
from schemas.case_file import CaseFile
from schemas.document import ConsentPurpose, Document
from schemas.earlier import current, find_newest
from schemas.family_assessment import FamilyAssessment
from schemas.figures_codes import ReportingBody
from schemas.guards import Disclosure
from schemas.handover_person import HandoverPerson
from schemas.handover_record import HandoverRecord
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_person import NoticePerson
from schemas.reception_record import ReceptionRecord
from schemas.return_codes import VictimType
from schemas.service_provider_assignment import ServiceProviderAssignment

EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""Before and after everything."""
_TAKEN_BACK = frozenset({Stand.WITHDRAWN, Stand.ENDED})
_BODIES = {"ATU": ReportingBody.ATU, "ATTF": ReportingBody.ATU, "NGO": ReportingBody.NGO}


@dataclass(frozen=True)
class CaseHeld(HeldCase):
    """A case as the figures read it: with the key of the pseudonyms."""

    key: bytes = field(repr=False)

    def consent(self, until: datetime, on: date) -> ConsentDecision:
        """Return what the person decided, before an instant, about being counted as a row of a day.

        A withdrawal since wins (domain 2.J rule 6), as far as it stops anything.
        """
        counting = [one for one in self.counting if one.created_at < until]
        held = [one for one in self.held if one.created_at < until]
        file = find_newest(CaseFile, counting, self.case_uid)
        asked = Disclosure(ConsentPurpose.ANON_STATISTICS, self.agency, self.case_uid)
        found = consent_to(asked, (file and file.consents) or (), held, date.max, lasts_to=on)
        if found.stand in _TAKEN_BACK:
            return ConsentDecision.WITHDRAWN
        return found.record.decision if found.record else ConsentDecision.NOT_ASKED


@dataclass(frozen=True)
class Episode:
    """One episode of a case: its number, and from when until before when documents tell of it."""

    case: CaseHeld
    episode_no: int
    since: datetime = EVER
    until: datetime = NEVER
    is_taken_in_again: bool = False

    @cached_property
    def told(self) -> tuple[Document, ...]:
        """What was told in it."""
        return tuple(one for one in self.known if one.created_at >= self.since)

    @cached_property
    def known(self) -> tuple[Document, ...]:
        """Everything that was told until its end."""
        return tuple(one for one in self.case.counting if one.created_at < self.until)

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
        return self.case.consent(self.until, self.return_date)

    @property
    def victim_type(self) -> VictimType:
        """What the reception says; who was handed over came back from government to government."""
        return self.reception.victim_type if self.reception else VictimType.XB_G2G

    @cached_property
    def first_admission(self) -> date | None:
        """The day from which the six months count, on the way that ended with this return."""
        case = self.case
        return first_admission(self.known, case.case_uid, case.destination, until=self.return_date)
