"""What the corridor's policy asks of a decision, a departure and a closure, beside the rules they keep themselves.

Called with the earlier documents before one is recorded; each number is the corridor's own (domain 4.1, D11, D15).
"""

from collections.abc import Iterator, Sequence

from api.rules.decisions import decision_problems
from api.rules.policy import DEFAULT_POLICY, CorridorTerms
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


def agreed_problems(
    document: Document, earlier: Sequence[Document], policy: CorridorTerms = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield what a document does not keep of what was agreed; nothing for kinds that no number binds."""
    if isinstance(document, ReturnDecisionAdult):
        case_file = find_newest(CaseFile, earlier, document.case_uid)
        yield from decision_problems(document, case_file, policy) if case_file is not None else ()
    if isinstance(document, DepartureRecord):
        yield from departure_problems(document, find_by_id(AssessmentReview, earlier, document.review_ref), policy)
    if isinstance(document, CaseClosure):
        yield from closure_problems(document, policy)


def is_stale(age_days: int, policy: CorridorTerms = DEFAULT_POLICY) -> bool:
    """Say whether an assessment of that age is too old to rely on (004 2.8: "especially if old")."""
    return age_days > policy.assessment_valid_days


def departure_problems(
    departure: DepartureRecord, review: AssessmentReview | None, policy: CorridorTerms = DEFAULT_POLICY
) -> Iterator[Problem]:
    """Yield an assessment that is too old on the day of the way home, unless the review waived that (004 2.8)."""
    if review is None or review.outcome is ReviewOutcome.WAIVED:
        return
    if is_stale((departure.departed_at.date() - review.assessed_on).days, policy):
        yield Problem(("review_ref",), "assessment_stale", "assess again, or review it with a waiver and its reason")


def closure_problems(closure: CaseClosure, policy: CorridorTerms = DEFAULT_POLICY) -> Iterator[Problem]:
    """Yield a visit that is due on another day than agreed, and a contact given up too early (004 3.6)."""
    agreed = add_months(closure.closed_on, policy.revisit_months)
    if closure.revisit_due is not None and closure.revisit_due != agreed:
        yield Problem(("revisit_due",), "revisit_day", "the visit is due the agreed calendar months after the closure")
    attempts = closure.contact_attempts
    if closure.reason is ClosureReason.LOST_CONTACT and (attempts or 0) < policy.lost_contact_attempts:
        yield Problem(("contact_attempts",), "too_few_attempts", "try as often as was agreed before giving up")
