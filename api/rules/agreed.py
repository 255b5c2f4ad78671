"""What the corridor's policy asks of a decision, a departure and a closure, beside the rules they keep themselves.

Called with the earlier documents before one is recorded; each number is the corridor's own (domain 4.1, D11, D15).
"""

from collections.abc import Iterator, Sequence
from functools import singledispatch

from api.rules.decisions import decision_problems
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.aftercare_codes import ClosureReason
from schemas.assessment_review import AssessmentReview
from schemas.case_closure import CaseClosure
from schemas.case_file import CaseFile
from schemas.dates import add_months
from schemas.departure_record import DepartureRecord
from schemas.document import Document
from schemas.earlier import find_by_id, find_newest
from schemas.needs import Problem
from schemas.return_codes import ReviewOutcome
from schemas.return_decision_adult import ReturnDecisionAdult


@singledispatch
def agreed_problems(
    document: Document, earlier: Sequence[Document], policy: CorridorNumbers = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield what a document does not keep of what was agreed; nothing for kinds that no number binds."""
    _ = document, earlier, policy
    yield from ()


@agreed_problems.register
def _of_decision(
    decision: ReturnDecisionAdult, earlier: Sequence[Document], policy: CorridorNumbers = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield what is wrong with it by the age in the case file, where one is held."""
    case_file = find_newest(CaseFile, earlier, decision.case_uid)
    if case_file is not None:
        yield from decision_problems(decision, case_file, policy)


@agreed_problems.register
def _of_departure(
    departure: DepartureRecord, earlier: Sequence[Document], policy: CorridorNumbers = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield an assessment that is too old on the day of the way home, unless the review waived that (004 2.8)."""
    review = find_by_id(AssessmentReview, earlier, departure.review_ref)
    if review is None or review.outcome is ReviewOutcome.WAIVED:
        return
    if is_stale((departure.departed_at.date() - review.assessed_on).days, policy):
        yield Problem(
            ("review_ref",),
            "assessment_stale",
            "assess again, or review it with a waiver and its reason",
            source="004 2.8",
        )


@agreed_problems.register
def _of_closure(
    closure: CaseClosure, _earlier: Sequence[Document], policy: CorridorNumbers = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield a visit that is due on another day than agreed, and a contact given up too early (004 3.6)."""
    agreed = add_months(closure.closed_on, policy.revisit_months)
    if closure.revisit_due is not None and closure.revisit_due != agreed:
        yield Problem(
            ("revisit_due",),
            "revisit_day",
            f"the visit is due the agreed calendar months after the closure: {agreed}",
            source="004 3.6; domain 4.1",
        )
    attempts = closure.contact_attempts
    if closure.reason is ClosureReason.LOST_CONTACT and (attempts or 0) < policy.lost_contact_attempts:
        yield Problem(
            ("contact_attempts",),
            "too_few_attempts",
            "try as often as was agreed before giving up",
            source="domain 4.1",
        )


def is_stale(age_days: int, policy: CorridorNumbers = DEFAULT_POLICY) -> bool:
    """Say whether an assessment of that age is too old to rely on (004 2.8: "especially if old")."""
    return age_days > policy.assessment_valid_days
