"""The way home from the transit shelter (domain 4, HOME; 004 1.10, 2.2, 2.8, 3.1).

A child, or somebody who may be one, never goes alone. The assessment was reviewed with the person, or that is waived
with a reason. Somebody visited the family before, or there is a reason why not.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.ages import IsChild
from schemas.assessment_codes import AssessmentResult
from schemas.assessment_review import PASSING, AssessmentReview
from schemas.base import (
    AgencyIdField,
    CaseUid,
    CaseUidField,
    DocumentIdField,
    Instant,
    Part,
    Text,
    WorkerId,
    YesNoUnknown,
)
from schemas.care_codes import StaffRole
from schemas.case_sections.trafficking import Money
from schemas.dates import Day
from schemas.decision_parts import is_newer
from schemas.document import CaseState, Document, KindFacts, Role, Side
from schemas.earlier import current, find_by_id, find_newest, newest_version
from schemas.episodes import told_already
from schemas.facts import Level, Need, fact
from schemas.family_assessment import FamilyAssessment
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.places import AdminArea
from schemas.return_codes import DepartureMode, NoVisitReason
from schemas.rows import Rows
from schemas.services import child_problems
from schemas.solutions import DurableSolution


class DepartureEscort(Part):
    """Somebody who goes along, as a role."""

    role: Annotated[StaffRole, fact(Level.L2, "Role", need=Need.BASIC)]
    agency: Annotated[AgencyIdField | None, fact(Level.L2, "Agency")] = None


class PreparatoryVisit(Part):
    """The visit to the family before the return (004 1.10)."""

    done: Annotated[bool, fact(Level.L2, "Was made", need=Need.BASIC)]
    on: Annotated[Day | None, fact(Level.L2, "On")] = None
    by: Annotated[StaffRole | None, fact(Level.L2, "By, as a role")] = None
    not_done_reason: Annotated[NoVisitReason | None, fact(Level.L3, "Not made because")] = None

    @model_validator(mode="after")
    def _is_done_or_has_a_reason(self) -> Self:
        if self.done == (self.not_done_reason is not None):
            refuse([Problem(("not_done_reason",), "visit_reason", "the visit was made, or there is a reason why not")])
        if self.done == (self.on is None):
            refuse([Problem(("on",), "visit_day", "a visit that was made has a day, and no other has")])
        return self


class ReviewWaiver(Part):
    """Why somebody goes home without a review of an assessment; a second person approves."""

    reason: Annotated[Text, fact(Level.L3, "Reason", need=Need.BASIC)]
    decided_by: Annotated[WorkerId, fact(Level.L1, "Decided by", need=Need.BASIC)]
    approved_by: Annotated[WorkerId, fact(Level.L1, "Approved by", "A second person.", need=Need.BASIC)]

    @model_validator(mode="after")
    def _two_people_stand_for_it(self) -> Self:
        if self.decided_by == self.approved_by:
            refuse([Problem(("approved_by",), "second_person_needed", "a second person has to approve")])
        return self


class DepartureRecord(Document):
    """One person's departure from the transit shelter."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=23,
        title="Departure record",
        source="004 1.10, 2.2, 2.8, 3.1",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.WO}),
        row=Row.RECEPTION,
        scope="reception",
        happened_on="departed_at",
    )

    kind: Literal["departure_record"] = "departure_record"
    case_uid: CaseUidField
    departed_at: Annotated[Instant, fact(Level.L2, "Left at", need=Need.BASIC)]
    facility: Annotated[AgencyIdField | None, fact(Level.L2, "From")] = None
    mode: Annotated[DepartureMode, fact(Level.L2, "How", need=Need.BASIC)]
    escorts: Annotated[Rows[DepartureEscort], fact(Level.L2, "With", "Two at most are discreet.")] = ()
    is_child: Annotated[IsChild, fact(Level.L1, "Child", "Uncertain is treated as a child.", need=Need.BASIC)]
    to: Annotated[DurableSolution, fact(Level.L2, "To", need=Need.BASIC)]
    to_area: Annotated[AdminArea | None, fact(Level.L2, "Township")] = None
    review_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Review of the assessment")] = None
    review_waived: Annotated[ReviewWaiver | None, fact(Level.L3, "Without a review")] = None
    preparatory_visit: Annotated[PreparatoryVisit, fact(Level.L2, "Visit to the family before", need=Need.BASIC)]
    family_informed: Annotated[YesNoUnknown | None, fact(Level.L2, "The family knows the day")] = None
    discretion_instructions: Annotated[Text | None, fact(Level.L3, "To be discreet", "No signs, no uniforms.")] = None
    safe_migration_info_given: Annotated[YesNoUnknown | None, fact(Level.L3, "Told about safe migration")] = None
    transport_cash: Annotated[Money | None, fact(Level.L2, "Money for the way")] = None

    @model_validator(mode="after")
    def _departure_protects_the_person(self) -> Self:
        refuse([*_problems(self), *future_dates(self, self.created_at.date())])
        return self

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that who departs is at home."""
        return CaseState.HOME if case_uid == self.case_uid else None

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a second way home, a review that lets nobody go, a home that is no good, an age known better."""
        yield from told_already(self, earlier, self.case_uid, ("departed_at",))
        own = [held for held in earlier if held.case_uid == self.case_uid]
        if self.review_ref is not None:
            yield from _review_misfits(self, own)
        yield from _home_misfits(self, own)
        yield from child_problems(self.is_child, earlier, self.case_uid, self.departed_at.date())


def _problems(departure: DepartureRecord) -> Iterator[Problem]:
    """Yield a child who goes alone, an escort who contradicts, a review that is missing, a place that is no home."""
    is_alone = departure.mode is DepartureMode.UNACCOMPANIED
    if is_alone and departure.is_child.needs_child_rules:
        yield Problem(
            ("mode",), "child_unaccompanied", "a child, or who may be one, never goes alone", source="domain 4"
        )
    if is_alone == bool(departure.escorts):
        yield Problem(("escorts",), "escort_contradicts", "who is accompanied has an escort, and nobody else")
    if (departure.review_ref is None) == (departure.review_waived is None):
        yield Problem(
            ("review_ref",),
            "review_missing",
            "name the review with the person, or waive it with a reason",
            source="004 2.8; domain 4",
        )
    if not departure.to.is_return:
        yield Problem(("to",), "no_homecoming", "a departure leads to a place to live in the country of origin")
    visited = departure.preparatory_visit.on
    if visited is not None and visited > departure.departed_at.date():
        yield Problem(("preparatory_visit", "on"), "wrong_order", "the visit comes before the return")


def _review_misfits(departure: DepartureRecord, own: Sequence[Document]) -> Iterator[Problem]:
    """Yield a reference to something else, an outcome that lets nobody go, a newer review."""
    here = ("review_ref",)
    review = find_by_id(Document, own, departure.review_ref)
    if review is None:
        return
    if not isinstance(review, AssessmentReview):
        yield Problem(here, "not_a_review", "name the review of the assessment of this case", source="004 2.8")
        return
    if review.outcome not in PASSING:
        yield Problem(
            here,
            "review_not_passed",
            "after a new concern there is a new assessment, not a departure",
            source="004 2.8",
        )
    if review.reviewed_on > departure.departed_at.date():
        yield Problem(here, "wrong_order", "the review comes before the return")
    latest = find_newest(AssessmentReview, own, departure.case_uid)
    if latest is not None and latest.id != review.id and latest.outcome not in PASSING:
        yield Problem(here, "newer_review", "a newer review has a concern; settle it first", source="004 2.8")


def _home_misfits(departure: DepartureRecord, own: Sequence[Document]) -> Iterator[Problem]:
    """Yield a child's way to a family that was found to be dangerous, whether or not the review is waived (004 2.2)."""
    review = find_by_id(AssessmentReview, own, departure.review_ref)
    reviewed = find_by_id(FamilyAssessment, own, review.assessment_ref) if review is not None else None
    judged = _judged_homes(reviewed, current(FamilyAssessment, own, departure.case_uid), own)
    is_negative = any(one.overall.result is AssessmentResult.NEGATIVE for one in judged)
    if is_negative and departure.is_child.needs_child_rules and departure.to.is_with_family:
        yield Problem(
            ("to",),
            "negative_assessment",
            "a child does not go to a family with a negative assessment",
            source="004 2.2(ii)",
        )


def _judged_homes(
    reviewed: FamilyAssessment | None, assessed: Sequence[FamilyAssessment], own: Sequence[Document]
) -> Sequence[FamilyAssessment]:
    """Return what tells whether a home is safe: the newest assessment, or what was reviewed as it is corrected since.

    Who assessed the reviewed home again, or found nobody who would receive the child, is heard too.
    """
    if reviewed is None:
        return assessed[-1:]
    home = newest_version(reviewed, own)
    since = (one for one in assessed if one.assessed_on > home.assessed_on)
    return [home, *(one for one in since if one.caregiver is None or is_newer(one, home))]
