"""A follow-up: how the person, the family and the community fare (000 stations 1, 3 and 4; 004 3.6, 3.8).

The visit a year after the closure is the same report with the interval REVISIT, and then says whether help has to
begin again.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.aftercare_codes import (
    FollowUpInterval,
    FollowUpSubject,
    NotSeenReason,
    Recommendation,
    RiskChange,
    SpecialCaseChange,
    VisitMode,
)
from schemas.ages_of_case import given_by_child_alone
from schemas.base import AgencyIdField, CaseUid, CaseUidField, DocumentIdField, Part, Text, YesNoUnknown
from schemas.care_codes import Service, SpecialNeed, StaffRole
from schemas.consent import ConsentRecord
from schemas.dates import Day
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.places import AdminArea
from schemas.rows import Codes, Rows, SomeCodes
from schemas.service_provider_assignment import ServiceProviderAssignment
from schemas.services import DomainScores, OutcomeIndicators, ServiceOffer
from schemas.solutions import DurableSolution


class Visitor(Part):
    """Somebody who visited, as a role."""

    role: Annotated[StaffRole, fact(Level.L1, "Role", need=Need.BASIC)]
    agency: Annotated[AgencyIdField | None, fact(Level.L1, "Agency")] = None


class LivingNow(Part):
    """Where somebody lives now, and whether alone."""

    solution: Annotated[DurableSolution | None, fact(Level.L3, "Lives in")] = None
    area: Annotated[AdminArea | None, fact(Level.L2, "Township")] = None
    accompanied: Annotated[YesNoUnknown | None, fact(Level.L3, "Lives with others")] = None


class FollowUpReport(Document):
    """One visit, call or message through somebody else."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=20,
        title="Follow-up report",
        source="000 purpose 9, recommendations; 004 3.6, 3.8",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.WO, Role.NG}),
        row=Row.FOLLOW_UP,
        scope="aftercare",
        happened_on="visit_date",
    )

    kind: Literal["follow_up_report"] = "follow_up_report"
    case_uid: CaseUidField
    assignment_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Assignment")] = None
    interval: Annotated[FollowUpInterval, fact(Level.L2, "Which visit", need=Need.BASIC)]
    due_date: Annotated[Day, fact(Level.L2, "Was due on", need=Need.BASIC), Planned()]
    visit_date: Annotated[Day, fact(Level.L2, "Visited on", need=Need.BASIC)]
    mode: Annotated[VisitMode, fact(Level.L2, "How", need=Need.BASIC)]
    visitors: Annotated[
        Annotated[Rows[Visitor], Field(min_length=1)],
        fact(Level.L2, "Visitors", "Two at most are discreet.", need=Need.BASIC),
    ]
    seen: Annotated[bool, fact(Level.L3, "Met the person", need=Need.BASIC)]
    not_seen_reason: Annotated[NotSeenReason | None, fact(Level.L3, "Not met because")] = None
    consent: Annotated[
        ConsentRecord | None, fact(Level.L1, "Consent", "To this visit, where the provider holds no case file.")
    ] = None
    living_now: Annotated[LivingNow | None, fact(Level.L3, "Lives now")] = None
    subjects: Annotated[SomeCodes[FollowUpSubject], fact(Level.L3, "Looked at", need=Need.BASIC)]
    domain_scores: Annotated[DomainScores | None, fact(Level.L3, "The eight elements")] = None
    indicators: Annotated[OutcomeIndicators | None, fact(Level.L3, "How the return goes")] = None
    services: Annotated[Rows[ServiceOffer], fact(Level.L3, "Services", "Delivered, declined, not available.")] = ()
    new_needs: Annotated[Codes[Service], fact(Level.L3, "New needs")] = ()
    risk_change: Annotated[RiskChange, fact(Level.L3, "Risk", need=Need.BASIC)]
    special_case_change: Annotated[SpecialCaseChange, fact(Level.L3, "Special needs changed")] = SpecialCaseChange.NONE
    special_categories: Annotated[Codes[SpecialNeed], fact(Level.L3, "Which special needs")] = ()
    family_involvement: Annotated[Text | None, fact(Level.L3, "The family's part")] = None
    next_due: Annotated[Day | None, fact(Level.L2, "Next visit"), Planned()] = None
    recommendation: Annotated[Recommendation, fact(Level.L3, "Recommendation", need=Need.BASIC)]
    readmission_needed: Annotated[
        YesNoUnknown | None, fact(Level.L3, "Help has to begin again", "After the closure only.")
    ] = None
    sensitive_detail: Annotated[Text | None, fact(Level.L3, "Sensitive detail")] = None

    @model_validator(mode="after")
    def _report_agrees_with_itself(self) -> Self:
        refuse([*_seen_problems(self), *_next_problems(self), *future_dates(self, self.created_at.date())])
        return self

    @property
    def is_revisit(self) -> bool:
        """Whether this is the visit after the closure."""
        return self.interval is FollowUpInterval.REVISIT

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that follow-up has begun, or that a closed case was visited again."""
        if case_uid != self.case_uid:
            return None
        return CaseState.REVISITED if self.is_revisit else CaseState.REINTEGRATION

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return that a report about somebody who was met needs the consent to visits of that kind."""
        if not self.seen:
            return ()
        purpose = ConsentPurpose.POST_CLOSURE_REVISIT if self.is_revisit else ConsentPurpose.FOLLOW_UP_VISITS
        carried = None if self.consent is None else (self.consent,)
        return (Disclosure(purpose, self.recipient, self.case_uid, carried=carried),)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a child's consent alone, and a reference to no assignment of this case, or to one without follow-up."""
        yield from given_by_child_alone(self.consent, ("consent",), earlier, self.case_uid)
        assigned = find_by_id(Document, earlier, self.assignment_ref)
        if assigned is None:
            return
        if not isinstance(assigned, ServiceProviderAssignment) or assigned.case_uid != self.case_uid:
            yield Problem(("assignment_ref",), "not_an_assignment", "name the assignment of this case")
        elif not assigned.has_follow_up:
            yield Problem(("assignment_ref",), "minimum_has_no_follow_up", "a minimum model has no follow-up")


def _seen_problems(report: FollowUpReport) -> Iterator[Problem]:
    """Yield what nobody can know about a person who was not met, and what is missing about one who was."""
    if report.seen == (report.not_seen_reason is not None):
        yield Problem(("not_seen_reason",), "not_seen_reason", "who was not met has a reason, and nobody else")
    if report.seen == (report.domain_scores is None):
        yield Problem(("domain_scores",), "scores_contradict", "give scores of a person who was met, and no other")
    if report.special_case_change is SpecialCaseChange.NONE and report.special_categories:
        yield Problem(("special_categories",), "special_change_contradicts", "name categories only if they changed")
    if report.special_case_change is not SpecialCaseChange.NONE and not report.special_categories:
        yield Problem(("special_categories",), "special_change_contradicts", "name the special needs that changed")


def _next_problems(report: FollowUpReport) -> Iterator[Problem]:
    """Yield a next visit and a recommendation that contradict each other, or the closure."""
    if report.next_due is not None and report.next_due <= report.visit_date:
        yield Problem(("next_due",), "wrong_order", "the next visit comes after this one")
    if report.next_due is not None and report.recommendation is Recommendation.CLOSE:
        yield Problem(("next_due",), "closing_has_no_next", "after the last visit there is no next one")
    if report.is_revisit == (report.readmission_needed is None):
        hint = "the visit after the closure says whether help has to begin again, and no other does"
        yield Problem(("readmission_needed",), "readmission_contradicts", hint)
    if report.recommendation is Recommendation.READMIT and report.readmission_needed is not YesNoUnknown.YES:
        yield Problem(("recommendation",), "readmit_not_closed", "only a closed case that needs it is taken in again")
