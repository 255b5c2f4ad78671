"""The family assessment looked at again, together with the person, before the way home (004 2.8).

How old an assessment may be is the corridor's policy (``api/rules/home_return.py``); here its age is told and has to
be right.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.background_codes import MayBeTold
from schemas.base import CaseUidField, DocumentIdField, Language, Text, WorkerId, YesNoUnknown
from schemas.care_codes import StaffRole
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.facts import Level, Need, fact
from schemas.family_assessment import FamilyAssessment
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.return_codes import ReviewOutcome
from schemas.services import Days

PASSING = frozenset({ReviewOutcome.SAFE, ReviewOutcome.WAIVED})
"""Outcomes after which somebody may go home."""


class AssessmentReview(Document):
    """One review of one family assessment."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=18,
        title="Review of the family assessment",
        source="004 2.8",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.WO}),
        row=Row.ASSESSMENT,
        scope="reception",
    )

    kind: Literal["assessment_review"] = "assessment_review"
    case_uid: CaseUidField
    assessment_ref: Annotated[DocumentIdField, fact(Level.L1, "Assessment", need=Need.BASIC)]
    assessed_on: Annotated[Day, fact(Level.L1, "Assessed on", "The day of that assessment.", need=Need.BASIC)]
    reviewed_on: Annotated[Day, fact(Level.L1, "Reviewed on", need=Need.BASIC)]
    age_days: Annotated[Days, fact(Level.L1, "Age of the assessment in days", need=Need.BASIC)]
    with_victim: Annotated[bool, fact(Level.L1, "Together with the person", need=Need.BASIC)]
    language: Annotated[Language | None, fact(Level.L1, "Language", "ISO 639-3.")] = None
    reviewer_role: Annotated[StaffRole, fact(Level.L1, "Reviewed by, as a role", need=Need.BASIC)]
    outcome: Annotated[ReviewOutcome, fact(Level.L3, "Outcome", need=Need.BASIC)]
    concern: Annotated[Text | None, fact(Level.L3, "New concern, in words")] = None
    waived_reason: Annotated[Text | None, fact(Level.L3, "Waived because")] = None
    waived_by: Annotated[WorkerId | None, fact(Level.L1, "Waived by")] = None
    still_wants_to_go: Annotated[YesNoUnknown | None, fact(Level.L3, "The person still wants to go there")] = None
    victim_view: Annotated[Text | None, fact(Level.L3, "The person's own view")] = None
    family_may_be_told: Annotated[
        tuple[MayBeTold, ...] | None, fact(Level.L3, "The family may now be told", "Where the person changed it.")
    ] = None

    @model_validator(mode="after")
    def _review_agrees_with_itself(self) -> Self:
        refuse([*self._problems(), *future_dates(self, self.created_at.date())])
        return self

    def _problems(self) -> Iterator[Problem]:
        """Yield a wrong age, a review without the person, and an outcome without what it needs."""
        days = (self.reviewed_on - self.assessed_on).days
        if days < 0:
            yield Problem(("reviewed_on",), "wrong_order", "a review comes after the assessment")
        elif days != self.age_days:
            yield Problem(("age_days",), "age_days_wrong", "count the days from the assessment to the review")
        is_waived = self.outcome is ReviewOutcome.WAIVED
        if not self.with_victim and not is_waived:
            yield Problem(("with_victim",), "victim_absent", "review it together with the person, or waive it")
        if is_waived != (self.waived_reason is not None and self.waived_by is not None):
            yield Problem(
                ("waived_reason",), "waiver_incomplete", "a waiver has a reason and a worker, nothing else has"
            )
        if (self.outcome is ReviewOutcome.NEW_CONCERN) != (self.concern is not None):
            yield Problem(("concern",), "concern_contradicts", "say what the new concern is, and only then")
        if self.outcome is ReviewOutcome.SAFE and self.still_wants_to_go is YesNoUnknown.NO:
            yield Problem(("outcome",), "unwilling_is_not_safe", "who no longer wants to go there needs a new decision")

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a reference to something else than an assessment of this case, or to one of another day."""
        assessed = find_by_id(Document, earlier, self.assessment_ref)
        if assessed is None:
            return
        if not isinstance(assessed, FamilyAssessment) or assessed.case_uid != self.case_uid:
            yield Problem(("assessment_ref",), "not_an_assessment", "review a family assessment of this case")
        elif assessed.assessed_on != self.assessed_on:
            yield Problem(("assessed_on",), "other_day", "the day is that of the assessment")
