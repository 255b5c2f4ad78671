"""Who looks after somebody at home, or that nobody could be found, with the reason (004 4.4, 4.5).

The minimum models end with the return home: for a child exactly four steps, for an adult money for the way and a
grant; neither has a follow-up. A provider gets only the sections that it needs, and never the story.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.aftercare_codes import (
    MINIMUM_MODELS,
    AssignmentOutcome,
    MinimumStep,
    MonitoringSchedule,
    PacketSection,
    SupportModel,
    UnassignedReason,
)
from schemas.ages import IsChild
from schemas.base import AgencyIdField, CaseUid, CaseUidField, DocumentIdField, Part, Text, YesNoUnknown
from schemas.case_sections.trafficking import Money
from schemas.dates import Day
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.places import AdminArea
from schemas.rows import Codes, Rows
from schemas.services import PlanItem, child_problems

DEFAULT_PACKET = (
    PacketSection.B_PERSON,
    PacketSection.C_HOME,
    PacketSection.D_SUMMARY,
    PacketSection.F_FLAGS,
    PacketSection.PLAN,
)
"""What a provider gets unless it is told otherwise."""


class MinimumSupport(Part):
    """What a minimum model consists of (004 4.5.1, 4.5.2)."""

    child_steps: Annotated[Codes[MinimumStep], fact(Level.L3, "Steps for a child", "All four.")] = ()
    transport_cash: Annotated[Money | None, fact(Level.L2, "Money for the way", "For an adult.")] = None
    reintegration_grant: Annotated[Money | None, fact(Level.L2, "Grant", "For an adult.")] = None


class ServiceProviderAssignment(Document):
    """The decision of an operational meeting about one person."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=19,
        title="Assignment of a service provider",
        source="004 4.4, 4.5",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.FO, Role.WO}),
        row=Row.FOLLOW_UP,
        scope="aftercare",
    )

    kind: Literal["service_provider_assignment"] = "service_provider_assignment"
    case_uid: CaseUidField
    meeting_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Meeting", "Its agenda.")] = None
    decided_on: Annotated[Day, fact(Level.L1, "Decided on", need=Need.BASIC, htcds="cas_OutgoingReferralDate")]
    outcome: Annotated[AssignmentOutcome, fact(Level.L2, "Outcome", need=Need.BASIC)]
    provider: Annotated[AgencyIdField | None, fact(Level.L2, "Provider", htcds="cas_ReferredOrganisation")] = None
    unassigned_reason: Annotated[UnassignedReason | None, fact(Level.L2, "Nobody because")] = None
    is_child: Annotated[IsChild, fact(Level.L1, "Child", "Uncertain is treated as a child.", need=Need.BASIC)]
    support_model: Annotated[SupportModel, fact(Level.L2, "Support", need=Need.BASIC)]
    minimum_support: Annotated[MinimumSupport | None, fact(Level.L2, "Minimum support")] = None
    monitoring: Annotated[MonitoringSchedule, fact(Level.L2, "Follow-up after months")] = (
        MonitoringSchedule.THREE_SIX_TWELVE
    )
    monitoring_reason: Annotated[Text | None, fact(Level.L3, "Other schedule because")] = None
    packet_scope: Annotated[
        Codes[PacketSection], fact(Level.L1, "Shared with the provider", "Only what helps to help.")
    ] = DEFAULT_PACKET
    accepted_on: Annotated[Day | None, fact(Level.L2, "Accepted by the provider on")] = None
    services_planned: Annotated[Rows[PlanItem], fact(Level.L3, "Services planned", htcds="spl_Type")] = ()
    township: Annotated[AdminArea | None, fact(Level.L2, "Township")] = None
    township_covered: Annotated[YesNoUnknown | None, fact(Level.L1, "The provider covers the township")] = None

    @model_validator(mode="after")
    def _assignment_agrees_with_itself(self) -> Self:
        refuse([*_outcome_problems(self), *_minimum_problems(self), *future_dates(self, self.created_at.date())])
        return self

    @property
    def has_follow_up(self) -> bool:
        """Whether visits follow; the minimum models have none (004 4.5)."""
        return self.support_model not in MINIMUM_MODELS

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that a case is assigned, or that it could not be; a pending one stays where it is."""
        if case_uid != self.case_uid or self.outcome is AssignmentOutcome.PENDING:
            return None
        return CaseState.ASSIGNED if self.outcome is AssignmentOutcome.ASSIGNED else CaseState.UNASSIGNED

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return what the provider is told; anybody else only learns the decision."""
        if self.provider != self.recipient:
            return ()
        found = [Disclosure(ConsentPurpose.SHARE_WITH_NGO_PROVIDER, self.recipient, self.case_uid)]
        if PacketSection.RESTRICTED_HEALTH in self.packet_scope:
            found.append(
                Disclosure(
                    ConsentPurpose.SHARE_HEALTH_RESTRICTED, self.recipient, self.case_uid, must_name_recipient=True
                )
            )
        return tuple(found)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield an adult who may be a child by the case file."""
        yield from child_problems(self.is_child, earlier, self.case_uid, self.decided_on)


def _outcome_problems(found: ServiceProviderAssignment) -> Iterator[Problem]:
    """Yield a provider, a reason or an acceptance that does not go with the outcome (004 4.4)."""
    is_assigned = found.outcome is AssignmentOutcome.ASSIGNED
    if is_assigned != (found.provider is not None):
        yield Problem(
            ("provider",), "provider_contradicts", "an assigned case has a provider, and no other has", source="004 4.4"
        )
    if (found.outcome is AssignmentOutcome.UNASSIGNED) != (found.unassigned_reason is not None):
        hint = "who is unassigned has a reason, since it is counted, and nobody else; declining needs none"
        yield Problem(("unassigned_reason",), "unassigned_reason", hint, source="004 4.4; domain 4")
    if found.accepted_on is not None and not is_assigned:
        yield Problem(("accepted_on",), "accepted_by_nobody", "only a provider accepts", source="004 4.4")
    if (found.monitoring is MonitoringSchedule.THREE_SIX_TWELVE) != (found.monitoring_reason is None):
        yield Problem(("monitoring_reason",), "monitoring_reason", "another schedule than the usual has a reason")


def _minimum_problems(found: ServiceProviderAssignment) -> Iterator[Problem]:
    """Yield a minimum model for the wrong age, or other than the guidelines have it (004 4.5.1, 4.5.2)."""
    model, support = found.support_model, found.minimum_support or MinimumSupport()
    is_for_child = model is SupportModel.MINIMUM_CHILD
    if model in MINIMUM_MODELS and is_for_child != found.is_child.needs_child_rules:
        yield Problem(
            ("support_model",),
            "model_population",
            "there is one minimum model for children, one for adults",
            source="004 4.5.1, 4.5.2",
        )
    if set(support.child_steps) != (set(MinimumStep) if is_for_child else set()):
        here = ("minimum_support", "child_steps")
        yield Problem(
            here,
            "minimum_steps",
            "the minimum model for a child has all four steps, no other has any",
            source="004 4.5.1",
        )
    is_for_adult = model is SupportModel.MINIMUM_ADULT
    for name in ("transport_cash", "reintegration_grant"):
        if is_for_adult == (getattr(support, name) is None):
            hint = "the minimum model for an adult has both sums, no other has any"
            yield Problem(("minimum_support", name), "minimum_money", hint, source="004 4.5.2")
    if model in MINIMUM_MODELS and found.services_planned:
        yield Problem(
            ("services_planned",),
            "minimum_has_no_plan",
            "a minimum model has its own steps and no more",
            source="004 4.5",
        )
    if model in MINIMUM_MODELS and found.monitoring is not MonitoringSchedule.THREE_SIX_TWELVE:
        yield Problem(("monitoring",), "minimum_has_no_follow_up", "a minimum model has no follow-up", source="004 4.5")
