"""An adult's own decision where to live, after all options and risks were explained (004 2.2; domain 3.8).

Self-determination: an adult may decide against the advice, and that is recorded, not refused. What is refused is a
decision for somebody who may still be a child, one without choice or explanation, and a home with somebody of whom
the person said that he or she must not be approached.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.ages import IsChild
from schemas.ages_of_case import find_is_child
from schemas.assessment_codes import YoungAdultReview
from schemas.base import Text
from schemas.care_codes import ConsentMethod, StaffRole
from schemas.codes import Relation
from schemas.dates import Day
from schemas.decision_parts import (
    AssessmentShown,
    Option,
    ReturnDecision,
    assessment_of,
    decision_facts,
    home_problems,
    option_problems,
    other_home,
)
from schemas.document import Document, KindFacts
from schemas.earlier import current
from schemas.facts import Level, Need, fact
from schemas.family_assessment import FamilyAssessment
from schemas.needs import Problem, future_dates, refuse
from schemas.solutions import DurableSolution


class ReturnDecisionAdult(ReturnDecision):
    """What an adult decided."""

    facts: ClassVar[KindFacts] = decision_facts(13, "Return decision of an adult", "004 2.2(i), 2.2(ii), 2.8")

    kind: Literal["return_decision_adult"] = "return_decision_adult"
    options_presented: Annotated[
        Annotated[tuple[Option, ...], Field(min_length=1, max_length=20)],
        fact(Level.L3, "Options presented", "All of them, with benefits and risks.", need=Need.BASIC),
    ]
    risks_explained: Annotated[
        bool, fact(Level.L3, "Risks explained", "All options and risks, before the decision.", need=Need.BASIC)
    ]
    assessment_shown: Annotated[AssessmentShown | None, fact(Level.L3, "Family assessment shown")] = None
    decision: Annotated[DurableSolution, fact(Level.L3, "Decision", need=Need.BASIC)]
    lives_with: Annotated[Relation | None, fact(Level.L3, "Will live with")] = None
    decision_date: Annotated[Day, fact(Level.L3, "Decided on", need=Need.BASIC)]
    decided_by: Annotated[
        Literal["self"], fact(Level.L3, "Decided by", "Nobody decides for an adult.", need=Need.BASIC)
    ]
    contrary_to_advice: Annotated[
        bool, fact(Level.L3, "Against the advice", "An adult may; it is written down.", need=Need.BASIC)
    ]
    advice: Annotated[Text | None, fact(Level.L3, "What was advised")] = None
    leaves_unaccompanied: Annotated[bool, fact(Level.L3, "Travels alone", need=Need.BASIC)]
    young_adult_risk_reviewed: Annotated[
        YoungAdultReview,
        fact(Level.L3, "Risk of travelling alone was reviewed", "For a young adult.", need=Need.BASIC),
    ]
    reflection_time_given_days: Annotated[
        Annotated[int, Field(ge=0, le=3660)], fact(Level.L3, "Days to think it over", need=Need.BASIC)
    ]
    witness_role: Annotated[StaffRole, fact(Level.L3, "Witness, as a role", need=Need.BASIC)]
    signature: Annotated[ConsentMethod, fact(Level.L3, "Signed by", need=Need.BASIC)]
    revocable_until: Annotated[
        Literal["handover"], fact(Level.L3, "Can be taken back until", "The hand-over at the border.")
    ] = "handover"

    @model_validator(mode="after")
    def _is_a_free_and_informed_choice(self) -> Self:
        refuse(
            [
                *option_problems(self.options_presented, self.decision, ("options_presented",)),
                *self._problems(),
                *future_dates(self, self.created_at.date()),
            ]
        )
        return self

    def _problems(self) -> Iterator[Problem]:
        if not self.risks_explained:
            yield Problem(("risks_explained",), "risks_not_explained", "explain all options and risks first")
        if self.decision is DurableSolution.MAINTAIN_ARRANGEMENTS:
            yield Problem(("decision",), "solution_for_child", "this solution is one for a child; use pending")
        if self.decision.is_with_family and self.lives_with is None:
            yield Problem(("lives_with",), "required_blank", "say with whom, by relation")
        if self.contrary_to_advice and self.advice is None:
            yield Problem(("advice",), "required_blank", "say what was advised")
        if self.leaves_unaccompanied and self.young_adult_risk_reviewed is YoungAdultReview.NO:
            yield Problem(
                ("young_adult_risk_reviewed",), "young_adult_not_reviewed", "talk the risk of travelling alone through"
            )
        if self.assessment_shown is not None and self.assessment_shown.date > self.decision_date:
            yield Problem(("assessment_shown", "date"), "wrong_order", "it is shown before the decision")

    @property
    def settled(self) -> DurableSolution | None:
        """What the person chose."""
        return self.decision

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a decider who may be a child, a home that must not be, and an assessment that was passed over."""
        if find_is_child(earlier, self.case_uid, self.decision_date) is not IsChild.FALSE:
            yield Problem(
                ("decided_by",),
                "child_rules_apply",
                "who is or may be a child needs a best-interests decision; settle the age in the case file first",
                source="004 2.2(ii); 000 purpose 10",
            )
        yield from home_problems(self.case_uid, self.lives_with, self.decision, earlier)
        if self.assessment_shown is not None:
            yield from self._against_assessment(self.assessment_shown, earlier)
        elif self.decision.is_with_family and current(FamilyAssessment, earlier, self.case_uid):
            yield Problem(
                ("assessment_shown",), "assessment_not_shown", "there is an assessment: talk it through first"
            )

    def _against_assessment(self, shown: AssessmentShown, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield an assessment that can't be relied on, or a decision against it that is not called so."""
        here = ("assessment_shown", "assessment_id")
        assessment, problems = assessment_of(earlier, self.case_uid, shown.assessment_id, here)
        yield from problems
        if assessment is None or not self.decision.is_with_family:
            return
        yield from other_home(assessment, self.lives_with, here)
        if not assessment.is_positive and not self.contrary_to_advice:
            yield Problem(
                ("contrary_to_advice",),
                "advice_contradicts",
                "the assessment is not positive; say that it is against it",
            )
