"""What somebody needs, before the return, on arrival or at home (004 1.4(2), 2.10, 2.11).

An examination is voluntary for an adult: whoever did not say yes has not accepted. Every child is examined, or there
is a reason why not. Findings never stand here; they are in the restricted annex, to which this refers.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.ages import IsChild
from schemas.base import CaseUidField, DocumentIdField, Language, Part, Text, YesNoUnknown
from schemas.care_codes import SpecialNeed, StaffRole
from schemas.dates import Day
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.return_codes import (
    Distress,
    ImmediateNeed,
    MedicalAnswer,
    MedicalException,
    NeedGrade,
    NeedsStage,
)
from schemas.rows import Codes, Rows
from schemas.services import PlanItem, child_problems


class PsychosocialNeed(Part):
    """How distressed somebody is, and whether help was arranged."""

    distress: Annotated[Distress, fact(Level.L3, "Distress", need=Need.BASIC)]
    referral: Annotated[YesNoUnknown | None, fact(Level.L3, "Referred")] = None


class SocialNeeds(Part):
    """How much help each part of life needs. ``not_assessed`` is not ``none``."""

    family: Annotated[NeedGrade, fact(Level.L3, "Family")] = NeedGrade.NOT_ASSESSED
    education: Annotated[NeedGrade, fact(Level.L3, "Education")] = NeedGrade.NOT_ASSESSED
    livelihood: Annotated[NeedGrade, fact(Level.L3, "Livelihood")] = NeedGrade.NOT_ASSESSED
    debt: Annotated[NeedGrade, fact(Level.L3, "Debt")] = NeedGrade.NOT_ASSESSED
    documents: Annotated[NeedGrade, fact(Level.L3, "Documents")] = NeedGrade.NOT_ASSESSED
    legal: Annotated[NeedGrade, fact(Level.L3, "Legal help")] = NeedGrade.NOT_ASSESSED
    note: Annotated[Text | None, fact(Level.L3, "In words")] = None


class MedicalNeed(Part):
    """The offer of an examination and what became of it. No findings."""

    info_given: Annotated[YesNoUnknown, fact(Level.L3, "Was informed", need=Need.BASIC)]
    offered: Annotated[YesNoUnknown, fact(Level.L3, "Was offered", need=Need.BASIC)]
    answer: Annotated[MedicalAnswer, fact(Level.L3, "Answer", "An adult who did not say yes has not accepted.")] = (
        MedicalAnswer.NOT_ACCEPTED
    )
    exception_reason: Annotated[MedicalException | None, fact(Level.L3, "Child not examined because")] = None
    done_on: Annotated[Day | None, fact(Level.L3, "Examined on")] = None
    follow_up_needed: Annotated[YesNoUnknown | None, fact(Level.L3, "Needs to be seen again")] = None
    treatment_before_home: Annotated[YesNoUnknown | None, fact(Level.L3, "Treatment before going home")] = None


class NeedsAssessment(Document):
    """One assessment of one person's needs."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=17,
        title="Needs assessment",
        source="004 1.4(2), 2.10, 2.11",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),  # before the return it is the shelter's
        writers=frozenset({Role.SW, Role.WO, Role.HO}),
        row=Row.RECEPTION,
        own_row=Row.NEEDS,  # before the return it tells what the shelter's own section F tells
        scope="reception",
    )

    kind: Literal["needs_assessment"] = "needs_assessment"
    case_uid: CaseUidField
    stage: Annotated[NeedsStage, fact(Level.L1, "When", need=Need.BASIC)]
    assessed_on: Annotated[Day, fact(Level.L1, "On", need=Need.BASIC)]
    is_child: Annotated[IsChild, fact(Level.L1, "Child", "Uncertain is treated as a child.", need=Need.BASIC)]
    immediate_needs: Annotated[
        Codes[ImmediateNeed], fact(Level.L3, "Needs today", "An empty list says: none.", need=Need.BASIC)
    ]
    psychosocial: Annotated[PsychosocialNeed, fact(Level.L3, "Psychosocial", need=Need.BASIC)]
    social: Annotated[SocialNeeds, fact(Level.L3, "Social", need=Need.BASIC)]
    medical: Annotated[MedicalNeed, fact(Level.L3, "Medical", "No findings here.", need=Need.BASIC)]
    restricted_annex_ref: Annotated[
        DocumentIdField | None, fact(Level.L3, "Restricted annex", "Where findings and self-harm are told.")
    ] = None
    special_categories_found: Annotated[
        Codes[SpecialNeed], fact(Level.L3, "Special needs found", "An empty list says: none.", need=Need.BASIC)
    ]
    desired_plan: Annotated[Rows[PlanItem], fact(Level.L3, "What the person wants")] = ()
    interviewer_role: Annotated[StaffRole, fact(Level.L1, "Asked by, as a role", need=Need.BASIC)]
    language: Annotated[Language, fact(Level.L1, "Language", "ISO 639-3.", need=Need.BASIC)]
    interpreter_used: Annotated[YesNoUnknown | None, fact(Level.L1, "With an interpreter")] = None
    previous_interviews_reused: Annotated[
        YesNoUnknown, fact(Level.L1, "Earlier answers were used", "Nobody is asked twice.", need=Need.BASIC)
    ]

    @model_validator(mode="after")
    def _examination_is_a_choice_or_a_duty(self) -> Self:
        medical, is_child = self.medical, self.is_child.needs_child_rules
        found = _child_problems(medical) if is_child else _adult_problems(medical)
        refuse([*found, *future_dates(self, self.created_at.date())])
        return self

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return that needs found before the return are told under the consent to share the full file."""
        if self.stage is not NeedsStage.PRE_RETURN:
            return ()
        return (Disclosure(ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE, self.recipient, self.case_uid),)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield an adult who may be a child by the case file."""
        yield from child_problems(self.is_child, earlier, self.case_uid, self.assessed_on)


def _adult_problems(medical: MedicalNeed) -> Iterator[Problem]:
    """Yield an adult who is treated like a child, or examined without having said yes (004 2.11.2)."""
    if medical.answer is MedicalAnswer.NOT_APPLICABLE_CHILD or medical.exception_reason is not None:
        yield Problem(
            ("medical", "answer"),
            "child_rule_for_adult",
            "an adult accepts or does not, without a reason",
            source="004 2.11.2",
        )
    is_accepted = medical.answer is MedicalAnswer.ACCEPTED
    is_told = medical.info_given is YesNoUnknown.YES and medical.offered is YesNoUnknown.YES
    if is_accepted and not is_told:
        yield Problem(
            ("medical", "answer"),
            "accepted_without_offer",
            "inform and offer first; then an answer is one",
            source="004 2.11.2",
        )
    if medical.done_on is not None and not is_accepted:
        yield Problem(
            ("medical", "done_on"),
            "examined_without_acceptance",
            "an adult is examined after saying yes",
            source="004 2.11.2",
        )


def _child_problems(medical: MedicalNeed) -> Iterator[Problem]:
    """Yield a child who was neither examined nor excepted with a reason (004 2.11.2: all children)."""
    if (medical.done_on is None) == (medical.exception_reason is None):
        yield Problem(
            ("medical", "exception_reason"),
            "child_exception",
            "every child is examined, or there is a reason why not",
            source="004 2.11.2",
        )
