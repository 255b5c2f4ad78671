"""The decision in the best interests of a child: views heard, options weighed, more than one role (004 2.2; 000).

A child returns only if a panel approves, and only to a home whose assessment is positive, or into a care place that is
confirmed. A care place does not make a home good: for a life with family the assessment of that very home counts
(domain 3.8; 004 2.2(ii)).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.ages import IsChild
from schemas.ages_of_case import find_is_child
from schemas.assessment_codes import (
    BestInterestFactor,
    CareKind,
    NotHeardReason,
    PanelDecision,
    Population,
    ViewsWeight,
)
from schemas.base import (
    AgencyIdField,
    CountryCode,
    DocumentId,
    DocumentIdField,
    Line,
    Part,
    Text,
)
from schemas.care_codes import GuardianCapacity, StaffRole, ViewsExpressed
from schemas.codes import Relation
from schemas.dates import Day
from schemas.decision_parts import (
    Option,
    ReturnDecision,
    assessment_of,
    decision_facts,
    home_problems,
    option_problems,
    other_home,
)
from schemas.document import Document, KindFacts
from schemas.facts import Level, Need, fact
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.rows import Codes
from schemas.solutions import DurableSolution

_SMALLEST_PANEL = 2  # domain 3.8: one from each country if possible


class Authority(Part):
    """Who decides for the child: a guardian with a capacity, or an authority."""

    guardian_name: Annotated[Line | None, fact(Level.L2, "Guardian's name")] = None
    guardian_capacity: Annotated[GuardianCapacity | None, fact(Level.L3, "Guardian's capacity")] = None
    authority: Annotated[AgencyIdField | None, fact(Level.L3, "Authority")] = None

    @model_validator(mode="after")
    def _somebody_decides(self) -> Self:
        if self.guardian_capacity is None and self.authority is None:
            refuse([Problem((), "guardian_missing", "name a guardian's capacity or an authority")])
        return self


class PanelMember(Part):
    """One member of the panel, as a role."""

    role: Annotated[StaffRole, fact(Level.L3, "Role", need=Need.BASIC)]
    country: Annotated[CountryCode, fact(Level.L3, "Country", need=Need.BASIC)]


class ChildViews(Part):
    """What the child says, or why it was not heard; and how much weight that was given."""

    text: Annotated[Text | None, fact(Level.L3, "What the child says", need=Need.BASIC)] = None
    expressed: Annotated[Codes[ViewsExpressed], fact(Level.L3, "How it was expressed", need=Need.BASIC)] = ()
    not_heard_because: Annotated[NotHeardReason | None, fact(Level.L3, "Not heard because")] = None
    weight: Annotated[ViewsWeight, fact(Level.L3, "Weight given", need=Need.BASIC)]
    weight_reason: Annotated[Text | None, fact(Level.L3, "Why this weight", need=Need.BASIC)] = None

    @model_validator(mode="after")
    def _is_heard_or_says_why_not(self) -> Self:
        refuse(list(self._problems()))
        return self

    def _problems(self) -> Iterator[Problem]:
        if (self.text is None) == (self.not_heard_because is None):
            yield Problem(("text",), "views_missing", "write what the child says, or why it was not heard")
        if self.text is not None and not self.expressed:
            yield Problem(("expressed",), "required_blank", "say how the child expressed it")
        if self.text is not None and self.weight is not ViewsWeight.FULL and self.weight_reason is None:
            yield Problem(("weight_reason",), "weight_reason_missing", "say why the views did not get full weight")
        if self.text is None and self.weight is not ViewsWeight.NONE:
            yield Problem(("weight",), "weight_contradicts", "views that were not heard have no weight")


class Weighed(Part):
    """One factor and what the panel found."""

    factor: Annotated[BestInterestFactor, fact(Level.L3, "Factor", need=Need.BASIC)]
    finding: Annotated[Text, fact(Level.L3, "Finding", need=Need.BASIC)]


class CarePlace(Part):
    """A place in alternative care that was confirmed."""

    agency: Annotated[AgencyIdField, fact(Level.L3, "Responsible agency", need=Need.BASIC)]
    care: Annotated[CareKind, fact(Level.L3, "Kind of care", need=Need.BASIC)]
    confirmed_on: Annotated[Day, fact(Level.L3, "Confirmed on", need=Need.BASIC)]


class ReturnDecisionChild(ReturnDecision):
    """What a panel decided in the best interests of a child."""

    facts: ClassVar[KindFacts] = decision_facts(
        14, "Best-interests decision for a child", "004 2.2(ii); 000 purpose 10, UNICEF items 1-7"
    )

    kind: Literal["return_decision_child"] = "return_decision_child"
    guardian: Annotated[Authority, fact(Level.L3, "Guardian or authority", need=Need.BASIC)]
    panel: Annotated[
        Annotated[tuple[PanelMember, ...], Field(min_length=1, max_length=20)],
        fact(Level.L3, "Panel", "Two at least; one from each country if possible.", need=Need.BASIC),
    ]
    child_views: Annotated[ChildViews, fact(Level.L3, "The child's views", need=Need.BASIC)]
    family_assessment_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Family assessment", "Its number.")] = None
    care_place: Annotated[CarePlace | None, fact(Level.L3, "Care place, confirmed")] = None
    options_weighed: Annotated[
        Annotated[tuple[Option, ...], Field(min_length=1, max_length=20)],
        fact(Level.L3, "Options weighed", need=Need.BASIC),
    ]
    factors: Annotated[
        Annotated[tuple[Weighed, ...], Field(max_length=20)],
        fact(Level.L3, "Factors", "All seven, each once, if the return is approved.", need=Need.BASIC),
    ]
    recommendation: Annotated[DurableSolution, fact(Level.L3, "Recommended", need=Need.BASIC)]
    lives_with: Annotated[Relation | None, fact(Level.L3, "Will live with")] = None
    decision: Annotated[PanelDecision, fact(Level.L3, "Decision", need=Need.BASIC)]
    decision_date: Annotated[Day, fact(Level.L3, "Decided on", need=Need.BASIC)]
    safeguards: Annotated[Text | None, fact(Level.L3, "Safeguards")] = None
    review_date: Annotated[Day | None, fact(Level.L3, "Review on"), Planned()] = None
    child_informed: Annotated[bool, fact(Level.L3, "Child was told", need=Need.BASIC)]
    child_accepted: Annotated[bool | None, fact(Level.L3, "Child accepts", need=Need.BASIC)] = None
    implementing_agency: Annotated[AgencyIdField, fact(Level.L3, "Carried out by", need=Need.BASIC)]

    @model_validator(mode="after")
    def _is_in_the_best_interests(self) -> Self:
        refuse(
            [
                *option_problems(self.options_weighed, self.recommendation, ("options_weighed",)),
                *self._panel_problems(),
                *self._return_problems(),
                *self._child_problems(),
                *future_dates(self, self.created_at.date()),
            ]
        )
        return self

    @property
    def settled(self) -> DurableSolution | None:
        """What was recommended, once the panel approved it."""
        return self.recommendation if self.decision is PanelDecision.APPROVE else None

    @property
    def approves_return(self) -> bool:
        """Whether the panel approves that the child goes back."""
        return self.settled is not None and self.settled.is_return

    @property
    def needs_good_home(self) -> bool:
        """Whether the child is to live with somebody of the family: no care place replaces a good home then."""
        is_kin = self.lives_with not in {None, Relation.NON_FAMILY}
        return self.recommendation.is_with_family or (self.recommendation.is_return and is_kin)

    def _panel_problems(self) -> Iterator[Problem]:
        """Yield a panel of one, and factors that are there twice or were passed over."""
        members = {(member.role, member.country) for member in self.panel}
        if len(members) < _SMALLEST_PANEL:
            yield Problem(
                ("panel",),
                "panel_too_small",
                "two at least decide, in different roles or countries",
                source="000 purpose 10",
            )
        counts = Counter(row.factor for row in self.factors)
        if max(counts.values(), default=0) > 1:
            yield Problem(("factors",), "duplicate_factor", "weigh each factor once")
        if self.decision is PanelDecision.APPROVE and set(BestInterestFactor) - set(counts):
            yield Problem(
                ("factors",),
                "factor_missing",
                "an approval weighs all seven factors",
                source="000 purpose 10, UNICEF items 1-7",
            )

    def _return_problems(self) -> Iterator[Problem]:
        """Yield an approved return without a home that was assessed or a place that is confirmed."""
        if self.review_date is not None and self.review_date <= self.decision_date:
            yield Problem(("review_date",), "wrong_order", "a review comes after the decision")
        if self.decision is not PanelDecision.APPROVE and self.review_date is None:
            yield Problem(("review_date",), "review_missing", "what is not approved is looked at again; say when")
        if self.decision is PanelDecision.APPROVE and self.recommendation is DurableSolution.PENDING:
            yield Problem(("decision",), "nothing_to_approve", "a solution that is pending can't be approved")
        if self.recommendation.is_with_family and self.lives_with is None:
            yield Problem(("lives_with",), "required_blank", "say with whom, by relation")
        if not self.approves_return or self.family_assessment_ref is not None:
            return
        if self.needs_good_home:
            yield Problem(
                ("family_assessment_ref",),
                "assessment_missing",
                "a home with family needs a positive assessment of it",
                source="004 2.2(ii); domain 4",
            )
        elif self.care_place is None:
            yield Problem(
                ("care_place",),
                "care_place_missing",
                "a confirmed care place, or a positive assessment",
                source="004 2.2(ii); domain 4",
            )

    def _child_problems(self) -> Iterator[Problem]:
        """Yield a child who was not told, and an answer of a child who does not know."""
        is_able = self.child_views.not_heard_because is None
        if self.decision is PanelDecision.APPROVE and is_able and not self.child_informed:
            yield Problem(("child_informed",), "child_not_informed", "tell the child what was decided, and why")
        if self.child_informed and is_able and self.child_accepted is None:
            yield Problem(("child_accepted",), "required_blank", "say whether the child accepts it")
        if not self.child_informed and self.child_accepted is not None:
            yield Problem(("child_accepted",), "accepted_contradicts", "who was not told can't have accepted")

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield an adult, a home that must not be, and an assessment that does not carry an approval."""
        if find_is_child(earlier, self.case_uid, self.decision_date) is IsChild.FALSE:
            yield Problem(
                ("guardian",),
                "adult_rules_apply",
                "nobody decides for an adult; use the adult's own decision",
                source="004 2.2",
            )
        if self.decision is PanelDecision.APPROVE:
            yield from home_problems(self.case_uid, self.lives_with, self.recommendation, earlier)
        if self.family_assessment_ref is not None:
            yield from self._assessment_problems(self.family_assessment_ref, earlier)

    def _assessment_problems(self, wanted: DocumentId, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield an assessment that is not held, not the newest, of another home, not positive, or has run out."""
        here = ("family_assessment_ref",)
        assessment, problems = assessment_of(earlier, self.case_uid, wanted, here)
        yield from problems
        rests_on_it = self.needs_good_home or self.care_place is None
        if assessment is None or not self.approves_return or not rests_on_it:
            return
        yield from other_home(assessment, self.lives_with, here)
        if not assessment.is_positive:
            yield Problem(
                here,
                "assessment_not_positive",
                "no child returns to a home that is not positive",
                source="004 2.2(ii); domain 4",
            )
        if assessment.population is not Population.CHILD:
            yield Problem(here, "wrong_population", "the assessment has to be one for a child")
        if assessment.overall.valid_until < self.decision_date:
            yield Problem(here, "assessment_expired", "the assessment has run out; assess the home again")
