"""The family is found, assessed, and assessed again where that is long ago (D07, D08, D11)."""

from collections.abc import Iterator
from datetime import timedelta

from api.rules.watch.answers import replies
from api.rules.watch.case import Watched
from api.rules.watch.clock import day_of, end_of, start_of
from api.rules.watch.found import Found
from schemas.assessment_review import AssessmentReview
from schemas.base import country_of
from schemas.family_assessment import FamilyAssessment
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import FamilyTracingResult
from schemas.return_codes import ReviewOutcome


def tracing_begun(case: Watched) -> Iterator[Found]:
    """D07: a first report of an attempt within two weeks of the request; whatever is reported counts."""
    for request in case.all(FamilyTracingRequest):
        place = country_of(request.recipient)
        day = day_of(request.created_at, place)
        due = day + timedelta(days=case.policy_on(day).tracing_first_report_days)
        met = min(((one.created_at, one.id) for one in replies(case, request)), default=None)
        yield Found(request.created_at, end_of(due, place), met, subject=request.id)


def assessed_after_tracing(case: Watched) -> Iterator[Found]:
    """D08: who was located is assessed within 30 days (004 1.8: tracing comes first, and is another document)."""
    located = [(one.completed_on, one.id) for one in case.all(FamilyTracingResult) if one.status.is_located]
    told = [(day, document_id) for day, document_id in located if day is not None]
    if not told:
        return
    day, subject = min(told)
    due = day + timedelta(days=case.policy_on(day).assessment_days)
    made = ((end_of(one.assessed_on, case.origin), one.id) for one in case.all(FamilyAssessment))
    yield Found(start_of(day, case.origin), end_of(due, case.origin), min(made, default=None), subject=subject)


def assessment_age(case: Watched) -> Iterator[Found]:
    """D11: home before the assessment is 90 days old, or it is made anew; a waiver with its reason stands too (2.8)."""
    newest = find_assessment(case)
    if newest is None:
        return
    waived = (
        (review.created_at, review.id)
        for review in case.all(AssessmentReview)
        if review.outcome is ReviewOutcome.WAIVED and review.assessment_ref == newest.id
    )
    met = min([*([case.home] if case.home else []), *waived], default=None)
    due = newest.assessed_on + timedelta(days=case.policy_on(newest.assessed_on).assessment_valid_days)
    yield Found(start_of(newest.assessed_on, case.origin), end_of(due, case.origin), met, subject=newest.id)


def find_assessment(case: Watched) -> FamilyAssessment | None:
    """Find the assessment that counts: of the newest visit to a family, however late it was written down."""
    return max(case.all(FamilyAssessment), key=lambda one: (one.assessed_on, one.created_at, one.id), default=None)
