"""What each field of a row is read from (domain 3.15): the properties bear the names of the row's fields.

What the documents don't say is unknown, and nothing is guessed.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from api.rules.deadlines import return_due
from api.rules.figures.episode import Episode
from schemas.aftercare_codes import AssignmentOutcome, SupportModel
from schemas.ages import CHILD_UNDER, BirthSpan, IsChild
from schemas.assessment_codes import AssessmentResult
from schemas.background_codes import Purpose
from schemas.base import YesNoUnknown
from schemas.case_file import CaseFile
from schemas.codes import DeterminingAgency, ReferralSource, Sex
from schemas.dates import Edtf
from schemas.earlier import current
from schemas.figures_codes import AgeGroup, IdentifiedAt, IdentifiedBy, age_group
from schemas.needs import Stage
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_codes import FileStatus, ReturnMode
from schemas.places import AdminArea, CodeSystem, Settlement
from schemas.return_codes import VictimType
from schemas.special_case_alert import SpecialCaseAlert
from schemas.statistics_record import CROSS_BORDER

_PLACE_CODE = re.compile(r"[A-Z0-9-]{2,24}", re.ASCII)
_LAW = frozenset({DeterminingAgency.POLICE, DeterminingAgency.COURT_OR_PROSECUTION})
_LAW_REFERRALS = frozenset({ReferralSource.POLICE, ReferralSource.IMMIGRATION_DETENTION})
Ages = tuple[int, int]


@dataclass(frozen=True)
class AboutPerson(Episode):
    """Who came back, from where, and what for."""

    @property
    def identified_by(self) -> IdentifiedBy | None:
        """Who decided the status, or else who brought the person."""
        header = self.file.header if self.file else None
        decided = header.determining_agency if header else None
        referred = header.referral_source if header else None
        if decided in _LAW or (decided is None and referred in _LAW_REFERRALS):
            return IdentifiedBy.LAW_ENFORCEMENT
        if decided is DeterminingAgency.NGO or (decided is None and referred is ReferralSource.NGO):
            return IdentifiedBy.NGO
        return IdentifiedBy.OTHER if decided or referred else None

    @property
    def identified_at(self) -> IdentifiedAt | None:
        """In a shelter for who was handed over out of one; at the border for who waited there; else unknown."""
        if self.victim_type is VictimType.XB_G2G and self.file is not None:
            return IdentifiedAt.SHELTER
        return IdentifiedAt.BORDER if self.reception and self.reception.border_stay_days else None

    @property
    def sex(self) -> Sex:
        """As in the case file, or on the notice where there is none."""
        told = self.file.person.sex if self.file and self.file.person else None
        return told if told is not None else self.announced.sex if self.announced else Sex.NOT_KNOWN

    def ages(self, first: date, last: date) -> Ages | None:
        """Return the lowest and highest completed age between two days."""
        span: BirthSpan | None = self.file.birth_span(self.return_date) if self.file else None
        return (span.ages_on(first)[0], span.ages_on(last)[1]) if span else None

    @cached_property
    def ages_at_return(self) -> Ages | None:
        """The ages that are possible on the day of the return; what a notice says is exact enough."""
        told = self.ages(self.return_date, self.return_date)
        age = self.announced.age if self.announced else None
        return told or ((age, age) if age is not None else None)

    @cached_property
    def ages_at_recruitment(self) -> Ages | None:
        """The ages that are possible at the recruitment."""
        told = self.recruitment_date
        return self.ages(told.earliest, told.latest) if told else None

    @property
    def age_at_return(self) -> int | None:
        """The age in completed years."""
        return _age(self.ages_at_return)

    @property
    def age_group_at_return(self) -> AgeGroup:
        """Its group, which may be known where the age is not."""
        return _group(self.ages_at_return)

    @property
    def age_at_recruitment(self) -> int | None:
        """The age in completed years, never above the one at the return."""
        age, later = _age(self.ages_at_recruitment), self.age_at_return
        return age if age is None or later is None else min(age, later)

    @property
    def age_group_at_recruitment(self) -> AgeGroup:
        """Its group."""
        age = self.age_at_recruitment
        return _group(self.ages_at_recruitment) if age is None else age_group(age)

    @property
    def is_child(self) -> IsChild:
        """Whether the person was a child at the return."""
        age = self.age_at_return
        if age is not None:
            return IsChild.TRUE if age < CHILD_UNDER else IsChild.FALSE
        if self.file is not None:
            return self.file.is_child(self.return_date)
        return self.announced.is_child if self.announced else IsChild.UNCERTAIN

    @cached_property
    def _areas(self) -> tuple[AdminArea | None, AdminArea | None, Settlement | None]:
        """State, township and village, of the case file or else of the notice."""
        if self.file is not None and self.file.home is not None:
            return self.file.home.admin1, self.file.home.admin3, self.file.home.village
        row = self.announced
        return (row.home_admin1, row.home_township, None) if row else (None, None, None)

    @property
    def place_codes(self) -> CodeSystem | None:
        """The list of the codes: that of the township, or of the state."""
        return next((area.code_system for area in reversed(self._areas[:2]) if _code(area)), None)

    @property
    def place_codes_version(self) -> str | None:
        """The version of that list."""
        return next((area.code_system_version for area in reversed(self._areas[:2]) if area and _code(area)), None)

    @property
    def source_state(self) -> str | None:
        """The code of the state or region."""
        return _code(self._areas[0])

    @property
    def home_township(self) -> str | None:
        """The code of the township."""
        return _code(self._areas[1])

    @property
    def source_village(self) -> str | None:
        """The code of the village, for the restricted national sheet only."""
        return _code(self._areas[2])

    @property
    def recruitment_date(self) -> Edtf | None:
        """As it was told."""
        return self.file.trafficking.recruitment_date if self.file and self.file.trafficking else None

    @property
    def destination_country(self) -> str | None:
        """The other country, for who came back over a border."""
        return self.case.destination if self.victim_type in CROSS_BORDER else None

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The main one first."""
        told = self.file.trafficking.purpose if self.file and self.file.trafficking else None
        return told or (Purpose.UNKNOWN,)


@dataclass(frozen=True)
class Answers(AboutPerson):
    """The return itself, and the help before and after it."""

    @property
    def referral_source(self) -> ReferralSource | None:
        """Who brought the person to the shelter."""
        return self.file.header.referral_source if self.file and self.file.header else None

    @property
    def provider_assigned(self) -> str | None:
        """The provider, if one was assigned."""
        return self.assignment.provider if self.assignment else None

    @property
    def not_assigned(self) -> bool | None:
        """Whether nobody could be found; unknown before it was decided (004 4.4)."""
        if self.assignment is None or self.assignment.outcome is AssignmentOutcome.PENDING:
            return None
        return self.assignment.outcome is AssignmentOutcome.UNASSIGNED

    @property
    def family_assessment_negative(self) -> bool | None:
        """Whether any family was assessed negatively, even if another was found; unknown without any (004 4.6)."""
        results = [one.overall.result for one in self.assessments]
        return AssessmentResult.NEGATIVE in results if results else None

    @property
    def special_case(self) -> bool | None:
        """Whether anything calls it a special case; never which."""
        flag = self.file.special_needs.special_case if self.file and self.file.special_needs else None
        if flag is YesNoUnknown.YES or current(SpecialCaseAlert, self.known, self.case.case_uid):
            return True
        if self.announced is not None and self.announced.special_case:
            return True
        return False if flag is YesNoUnknown.NO or (flag is None and self.announced) else None

    @property
    def border_point(self) -> str | None:
        """Where the person crossed."""
        return self.handover.border_point if self.handover and self.handed else None

    @property
    def days_in_shelter(self) -> int | None:
        """From the first admission to the return."""
        return (self.return_date - self.first_admission).days if self.first_admission else None

    @property
    def within_6_months(self) -> bool | None:
        """Whether the return came in time (004 1.1), for who came over a border."""
        if self.first_admission is None or self.victim_type not in CROSS_BORDER:
            return None
        return self.return_date <= return_due(self.first_admission, self.case.policy_on(self.first_admission))

    @cached_property
    def first_notice(self) -> AdvanceRepatriationNotice | None:
        """The first version of the notice of the return."""
        versions = [held for held in self.told if isinstance(held, AdvanceRepatriationNotice)]
        told = [held for held in versions if self.notice and held.notice_id == self.notice.notice_id]
        return min(told, key=lambda held: (held.created_at, held.id), default=None)

    @property
    def notice_days(self) -> int | None:
        """How many days before the return its first notice was written."""
        first = self.first_notice
        return max(0, (self.return_date - first.created_at.date()).days) if first else None

    @property
    def notice_days_agreed(self) -> int | None:
        """How many days they should have been, by what was agreed when it was first written."""
        first, notice = self.first_notice, self.notice
        return self.case.policy_at(first.created_at).lead_days_for(notice.channel) if first and notice else None

    @property
    def file_level_at_return(self) -> FileStatus:
        """How complete the case file was on the day of the return."""
        files = [held for held in self.known if isinstance(held, CaseFile)]
        levels = {held.level for held in files if held.created_at.date() <= self.return_date}
        return FileStatus.FULL if Stage.FULL in levels else FileStatus.BASIC if levels else FileStatus.NONE

    @property
    def original_handed(self) -> bool | None:
        """Whether the paper original changed hands."""
        return self.handed.original_file.handed if self.handed else None

    @property
    def return_mode(self) -> ReturnMode | None:
        """As on the notice."""
        return self.notice.return_mode if self.notice else None

    @property
    def support_model(self) -> SupportModel | None:
        """As it was assigned."""
        return self.assignment.support_model if self.assignment else None

    @property
    def readmission(self) -> bool:
        """Whether help began again: before this return, or after it without another one."""
        return self.episode_no > 1 or self.is_taken_in_again


def _age(ages: Ages | None) -> int | None:
    """Return the age that stands in a row; of two neighbouring years the lower, so that a child stays a child."""
    return ages[0] if ages is not None and ages[1] - ages[0] <= 1 else None


def _group(ages: Ages | None) -> AgeGroup:
    """Return the group that an age, or every possible age, falls into."""
    if ages is None:
        return AgeGroup.UNKNOWN
    age = _age(ages)
    groups = {age_group(one) for one in (ages if age is None else (age,))}
    return groups.pop() if len(groups) == 1 else AgeGroup.UNKNOWN


def _code(area: AdminArea | Settlement | None) -> str | None:
    """Return the code of an area; what was typed in words is nobody's code and stays out."""
    code = area.code if area else None
    return code if code is not None and _PLACE_CODE.fullmatch(code) else None
