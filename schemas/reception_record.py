"""Reception in the country of origin: where somebody stays, for how long by own choice, and what was offered.

A person may stay and may extend; there is no field for a day to leave (004 2.1). Whoever came back alone or never
left the country begins here, without a hand-over (domain 4, direct entry).
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import AgencyIdField, CaseUid, CaseUidField, DocumentIdField, Instant, Part, YesNoUnknown
from schemas.dates import Day
from schemas.document import CaseState, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.episodes import told_already
from schemas.facts import Level, Need, fact
from schemas.handover_record import HandoverRecord
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.return_codes import Kit, ServiceOutcome, StayReason, VictimType
from schemas.rows import Rows
from schemas.services import Days, ServiceOffer


class StayChoice(Part):
    """Whether staying was offered, and what the person chose (004 2.1)."""

    offered: Annotated[YesNoUnknown, fact(Level.L1, "Was offered to stay", need=Need.BASIC)]
    chosen_days: Annotated[Days | None, fact(Level.L3, "Chose to stay for days", "It can be extended.")] = None
    reason: Annotated[StayReason | None, fact(Level.L3, "Because", "Health, for example.")] = None

    @model_validator(mode="after")
    def _a_choice_was_offered(self) -> Self:
        if self.offered is not YesNoUnknown.YES and self.chosen_days:
            refuse([Problem(("chosen_days",), "stay_not_offered", "who chose to stay was offered it")])
        return self


class PoliceInterview(Part):
    """Whether law enforcement spoke with the person, and whether the person agreed."""

    held: Annotated[YesNoUnknown, fact(Level.L3, "Interviewed by law enforcement", need=Need.BASIC)]
    consented: Annotated[YesNoUnknown | None, fact(Level.L3, "The person agreed")] = None
    agency: Annotated[AgencyIdField | None, fact(Level.L3, "Agency")] = None
    on: Annotated[Day | None, fact(Level.L3, "On")] = None

    @model_validator(mode="after")
    def _an_interview_says_who_agreed(self) -> Self:
        if self.held is YesNoUnknown.YES and self.consented is None:
            refuse([Problem(("consented",), "interview_consent_unstated", "say whether the person agreed to it")])
        return self


class ReceptionRecord(Document):
    """The arrival at the transit shelter, told to the side that handed over."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=16,
        title="Reception record",
        source="004 2.1, 2.6, 2.7",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.WO}),
        row=Row.RECEPTION,
        marks_return=True,
        scope="reception",
        happened_on="arrived_at",
    )

    kind: Literal["reception_record"] = "reception_record"
    case_uid: CaseUidField
    victim_type: Annotated[VictimType, fact(Level.L2, "Type of return", need=Need.BASIC)]
    handover_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Hand-over", "The record of this side.")] = None
    arrived_at: Annotated[Instant, fact(Level.L2, "Arrived", need=Need.BASIC)]
    facility: Annotated[AgencyIdField, fact(Level.L2, "Facility", "Muse, Mawlamyine, Mandalay ...", need=Need.BASIC)]
    border_stay_days: Annotated[Days | None, fact(Level.L2, "Days at the border before")] = None
    stay_choice: Annotated[StayChoice, fact(Level.L3, "Stay", need=Need.BASIC)]
    services: Annotated[
        Rows[ServiceOffer], fact(Level.L3, "Services", "Offered, declined, not available: no reason is asked.")
    ] = ()
    kit_issued: Annotated[Kit, fact(Level.L1, "Kit", need=Need.BASIC)]
    kit_items: Annotated[Annotated[int, Field(ge=0, le=100)] | None, fact(Level.L1, "Pieces in the kit")] = None
    police_interview: Annotated[PoliceInterview, fact(Level.L3, "Interview by law enforcement", need=Need.BASIC)]

    @model_validator(mode="after")
    def _reception_agrees_with_itself(self) -> Self:
        refuse([*self._problems(), *future_dates(self, self.created_at.date())])
        return self

    def _problems(self) -> Iterator[Problem]:
        """Yield a hand-over of somebody who was not handed over, and a service told twice."""
        if self.handover_ref is not None and self.victim_type is not VictimType.XB_G2G:
            yield Problem(("handover_ref",), "handover_contradicts", "who came back alone was not handed over")
        offered = [(row.service, row.provider) for row in self.services]
        if len(set(offered)) != len(offered):
            yield Problem(("services",), "duplicate_service", "tell each service of a provider once")

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that a reception receives its case, whether or not it came over a border."""
        return CaseState.RECEIVED if case_uid == self.case_uid else None

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a second arrival, and a hand-over in which this person did not cross, or that came afterwards."""
        yield from told_already(self, earlier, self.case_uid, ("arrived_at",))
        handover = find_by_id(Document, earlier, self.handover_ref)
        if handover is None:
            return
        rows = handover.persons if isinstance(handover, HandoverRecord) else ()
        if not any(person.case_uid == self.case_uid and person.has_crossed for person in rows):
            yield Problem(("handover_ref",), "not_handed_over", "this person did not cross by that record")
        elif isinstance(handover, HandoverRecord) and self.arrived_at < handover.at:
            yield Problem(("arrived_at",), "wrong_order", "nobody arrives before the hand-over")

    @property
    def declined(self) -> int:
        """How many services the person declined, which is counted and never asked about (004 2.7)."""
        return sum(row.outcome is ServiceOutcome.OFFERED_DECLINED for row in self.services)
