"""Whatever a corridor agrees on changes something: no number is asked for that nobody counts with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.rules.agreed import agreed_problems
from api.rules.agreements import Agreement, Policies
from api.rules.assessment import explain
from api.rules.completeness import review_case_file
from api.rules.deadlines import find_return_due
from api.rules.need_to_know import is_over
from api.rules.policy import CorridorNumbers
from api.rules.watch.deadline import Deadline
from api.rules.watch.table import deadlines_of
from schemas.corridor import Corridor
from schemas.corridor_policy import PolicyTerms
from schemas.document import CaseState, Document
from schemas.family_assessment import FamilyAssessment
from schemas.notice_codes import Channel
from tests.cases import S1, case_file
from tests.forms import document, edited
from tests.watched import (
    ALERT,
    ASKED,
    ASSESSED,
    BASIC,
    CASE,
    CROSSED,
    ESCAPE,
    FULL,
    LIFE,
    NOTICE,
    TRACED,
    of_case,
    watched,
)

TH_MM = Corridor(destination="TH", origin="MM")
HOLD = {"hold": "yes", "consented_by_victim": "yes", "review_date": "2025-12-01"}
ON_THE_WAY = (BASIC, ALERT, ESCAPE, ASKED, TRACED, ASSESSED, NOTICE)
HELD: tuple[tuple[Document, ...], ...] = (
    tuple(of_case(name) for name in ON_THE_WAY),
    (of_case(FULL, {"/justice/return_hold": HOLD}),),
    (of_case(CROSSED),),
    tuple(of_case(name) for name in LIFE),
    tuple(of_case(name) for name in (*LIFE, "case_closure")),
    (
        *(of_case(name) for name in LIFE if name != "service_provider_assignment"),
        of_case(
            "service_provider_assignment", {"/monitoring": "6_to_7", "/monitoring_reason": "One visit was asked for."}
        ),
    ),
    (of_case(NOTICE, {"/channel": Channel.BILATERAL_LE}),),
)
"""Before the way home, a witness, on the border, at home, after the closure, with one visit, over a fast channel."""


def agreed(**terms: Any) -> Policies:
    """Return what was agreed long before, as if both had signed it."""
    since = datetime(2024, 1, 1, tzinfo=UTC)
    return Policies((Agreement("TH", "MM", since.date(), PolicyTerms(**terms), "p", "a", since),))


def deadlines(policies: Policies) -> list[tuple[Deadline, ...]]:
    return [deadlines_of(watched(*held, policies=policies)) for held in HELD]


COUNTED: dict[str, dict[str, Any]] = {
    **{name: {name: 1} for name in PolicyTerms.model_fields},
    "receipt_escalation_working_days": {"receipt_escalation_working_days": 9},
    "notice_answer_before_days": {"notice_answer_before_days": 30},
    "fast_lead_days": {"fast_lead_days": 1, "fast_channels": (Channel.BILATERAL_LE,)},
    "fast_channels": {"fast_channels": (Channel.BILATERAL_LE,)},
    "follow_up_months": {"follow_up_months": (1, 2)},
    "follow_up_window_months": {"follow_up_window_months": (1, 2)},
}
BESIDE = {"max_visitors", "lost_contact_attempts", "young_adult_ages", "access_grace_days"}
"""Counted with elsewhere than in a deadline."""
TOLD = {"border_points"}
"""No number: the crossings are shown to whoever plans a journey (``GET /v1/policies``)."""
IN_DEADLINES = sorted(PolicyTerms.model_fields.keys() - BESIDE - TOLD - {"absent"})


@pytest.mark.parametrize("name", IN_DEADLINES)
def test_a_term_moves_a_deadline(name: str) -> None:
    terms = COUNTED[name]
    without = {other: value for other, value in terms.items() if other != name}
    assert deadlines(agreed(**terms)) != deadlines(agreed(**without))


def test_the_day_of_return_is_the_agreed_one_wherever_it_is_shown() -> None:
    """On the day on which the file came, and after the deadlines were worked out."""
    file, policies = of_case(BASIC), agreed(return_months=4)
    (found,) = (one for one in deadlines_of(watched(file, policies=policies)) if one.rule == "D01")
    assert find_return_due([file], CASE, TH_MM, policies) == found.due_at.date() == date(2025, 7, 10)
    assert find_return_due([file], CASE, TH_MM) == date(2025, 9, 10)


def test_a_legal_hold_is_looked_at_as_soon_as_was_agreed() -> None:
    """The review of a draft says so by the same number as the deadline."""
    draft, today = edited(FULL, {"/justice/return_hold": {**HOLD, "review_date": "2025-05-31"}}), date(2025, 5, 1)
    sooner = review_case_file(draft, today, agreed(legal_hold_review_days=20))
    assert "hold_review_late" not in {one.code for one in review_case_file(draft, today).warnings}
    assert "hold_review_late" in {one.code for one in sooner.warnings}


def _problems(kind: str, edits: dict[str, object], policy: CorridorNumbers) -> list[str]:
    return [one.code for one in agreed_problems(document(kind, edits), [case_file(S1, birth="1997")], policy)]


def _flags(policy: CorridorNumbers) -> tuple[str, ...]:
    assessment = document(ASSESSED)
    assert isinstance(assessment, FamilyAssessment)
    told = explain(assessment, today=date(2025, 6, 10), policy=policy)
    return told.flags if told else ()


def _has_access(policy: CorridorNumbers) -> bool:
    home, grace = datetime(2025, 9, 1, tzinfo=UTC), timedelta(days=policy.access_grace_days)
    return not is_over(CaseState.HOME, home, grace, home + timedelta(days=30))


LOST = {"/reason": "LOST_CONTACT", "/contact_attempts": 4}
ALONE: dict[str, object] = {"/young_adult_risk_reviewed": "not_applicable"}
ELSEWHERE = {
    "max_visitors": (_flags, 1),
    "access_grace_days": (_has_access, 20),
    "lost_contact_attempts": (lambda policy: _problems("case_closure", LOST, policy), 5),
    "young_adult_ages": (lambda policy: _problems("return_decision_adult", ALONE, policy), (18, 29)),
}


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_a_term_changes_what_is_asked_elsewhere(name: str) -> None:
    decide, other = ELSEWHERE[name]
    day = date(2025, 5, 1)
    assert decide(agreed(**{name: other}).on("TH", "MM", day)) != decide(agreed().on("TH", "MM", day))
