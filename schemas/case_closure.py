"""The end of service: why, what was reached, and when somebody looks again (004 3.6; 003 chapter 4).

How long after the closure the visit is due, and how many attempts make a lost contact, is the corridor's policy
(``api/rules/closure.py``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.aftercare_codes import ClosureReason, NoFollowUpReason, NoRevisitReason, RetentionClass
from schemas.base import CaseUid, CaseUidField, DocumentIdField, Summary, Text, WorkerId, YesNoUnknown
from schemas.care_codes import StaffRole
from schemas.dates import Day
from schemas.document import CaseState, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id, find_newest
from schemas.episodes import told_already
from schemas.facts import Level, Need, fact
from schemas.follow_up_report import FollowUpReport
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.service_provider_assignment import ServiceProviderAssignment
from schemas.services import OutcomeIndicators

NO_REVISIT: Mapping[ClosureReason, NoRevisitReason] = {
    ClosureReason.DEATH: NoRevisitReason.DEATH,
    ClosureReason.VICTIM_WITHDREW: NoRevisitReason.WITHDREW,
    ClosureReason.SERVICE_COMPLETED_MIN_MODEL: NoRevisitReason.MINIMUM_MODEL,
    ClosureReason.NOT_VOT: NoRevisitReason.NO_CASE,
    ClosureReason.DUPLICATE: NoRevisitReason.NO_CASE,
    ClosureReason.TRANSFERRED: NoRevisitReason.NO_CASE,
    ClosureReason.INTEGRATED_IN_DESTINATION: NoRevisitReason.NOT_IN_THE_COUNTRY,
    ClosureReason.THIRD_COUNTRY: NoRevisitReason.NOT_IN_THE_COUNTRY,
    ClosureReason.TOLD_BY_MISTAKE: NoRevisitReason.NO_CASE,
}
"""After these nobody visits, and for this reason; after all others somebody does, unless the person does not agree."""
_WHICH_REASON = (
    f"`no_revisit_reason` is `{NoRevisitReason.NO_CONSENT}` where the person does not agree, after "
    + ", ".join(f"{one} `{why}`" for one, why in NO_REVISIT.items() if one is not ClosureReason.TOLD_BY_MISTAKE)
    + f"; {ClosureReason.TOLD_BY_MISTAKE} needs neither it nor a visit"
)
"""The whole list, whatever was told: a hint repeats nothing of a closure."""
_STATES: Mapping[ClosureReason, CaseState | None] = {
    ClosureReason.TOLD_BY_MISTAKE: None,
    ClosureReason.DEATH: CaseState.DECEASED,
    ClosureReason.TRANSFERRED: CaseState.TRANSFERRED,
    ClosureReason.NOT_VOT: CaseState.VOID,
    ClosureReason.DUPLICATE: CaseState.VOID,
    ClosureReason.LOST_CONTACT: CaseState.LOST_CONTACT,
    ClosureReason.INTEGRATED_IN_DESTINATION: CaseState.NOT_RETURNING,
    ClosureReason.THIRD_COUNTRY: CaseState.NOT_RETURNING,
}


class CaseClosure(Document):
    """The closure of one episode of one case."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=21,
        title="Case closure",
        source="004 3.6; 003 chapter 4",
        senders=frozenset({Side.ORIGIN, Side.DESTINATION}),
        writers=frozenset({Role.CM, Role.WO, Role.NG}),
        row=Row.CLOSURE,
        marks_return=True,
        scope="aftercare",
        happened_on="closed_on",
    )

    kind: Literal["case_closure"] = "case_closure"
    case_uid: CaseUidField
    closed_on: Annotated[Day, fact(Level.L2, "Closed on", need=Need.BASIC)]
    reason: Annotated[ClosureReason, fact(Level.L3, "Reason", need=Need.BASIC, htcds="cas_ReasonForCaseClosure")]
    contact_attempts: Annotated[
        Annotated[int, Field(ge=0, le=100)] | None, fact(Level.L3, "Attempts to find the person")
    ] = None
    evaluation: Annotated[Summary | None, fact(Level.L3, "What was reached")] = None
    indicators: Annotated[OutcomeIndicators | None, fact(Level.L3, "How the return went")] = None
    victim_informed: Annotated[YesNoUnknown, fact(Level.L3, "The person knows", need=Need.BASIC)]
    victim_view: Annotated[Text | None, fact(Level.L3, "The person's own view")] = None
    last_follow_up_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Last follow-up")] = None
    no_follow_up_reason: Annotated[NoFollowUpReason | None, fact(Level.L3, "No follow-up because")] = None
    revisit_due: Annotated[Day | None, fact(Level.L2, "To be visited again by"), Planned()] = None
    no_revisit_reason: Annotated[NoRevisitReason | None, fact(Level.L3, "Not visited again because")] = None
    retention_class: Annotated[RetentionClass, fact(Level.L1, "Kept as", need=Need.BASIC)]
    decided_by: Annotated[WorkerId, fact(Level.L1, "Decided by", need=Need.BASIC)]
    approved_by: Annotated[WorkerId, fact(Level.L1, "Approved by", "A second person.", need=Need.BASIC)]
    approver_role: Annotated[StaffRole, fact(Level.L1, "Approved as", need=Need.BASIC)]

    @model_validator(mode="after")
    def _closure_agrees_with_itself(self) -> Self:
        refuse([*_problems(self), *_revisit_problems(self), *future_dates(self, self.created_at.date())])
        return self

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return where the reason leaves the case: closed, beside the way home, or where it was."""
        return _STATES.get(self.reason, CaseState.CLOSED) if case_uid == self.case_uid else None

    @property
    def takes_back(self) -> bool:
        """Whether the case was closed by mistake; nothing ends by such a closure."""
        return self.reason is ClosureReason.TOLD_BY_MISTAKE

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a second closure, a last follow-up that is none, a minimum model where another was assigned."""
        yield from told_already(self, earlier, self.case_uid, ("closed_on",))
        last = find_by_id(Document, earlier, self.last_follow_up_ref)
        if last is not None and not (isinstance(last, FollowUpReport) and last.case_uid == self.case_uid):
            yield Problem(("last_follow_up_ref",), "not_a_follow_up", "name the last follow-up of this case")
        assigned = find_newest(ServiceProviderAssignment, earlier, self.case_uid)
        is_minimum = self.reason is ClosureReason.SERVICE_COMPLETED_MIN_MODEL
        if is_minimum and assigned is not None and assigned.has_follow_up:
            yield Problem(("reason",), "not_a_minimum_model", "another support was assigned, and it has follow-ups")


def _problems(closure: CaseClosure) -> Iterator[Problem]:
    """Yield an approval by the same person, a follow-up neither named nor excused, what can't be so by the reason."""
    if closure.decided_by == closure.approved_by:
        yield Problem(("approved_by",), "second_person_needed", "a second person has to approve", source="domain 4")
    if (closure.last_follow_up_ref is None) == (closure.no_follow_up_reason is None):
        hint = "name the last follow-up, or say why there is none"
        yield Problem(("last_follow_up_ref",), "last_follow_up_missing", hint, source="domain 4")
    if closure.reason is ClosureReason.LOST_CONTACT and closure.contact_attempts is None:
        yield Problem(("contact_attempts",), "attempts_missing", "say how often somebody tried to find the person")
    if closure.takes_back and closure.supersedes is None:
        yield Problem(("reason",), "takes_nothing_back", "only a correction does: name the closure in `supersedes`")
    if closure.reason is ClosureReason.DEATH and closure.victim_informed is YesNoUnknown.YES:
        yield Problem(("victim_informed",), "victim_informed_contradicts", "there is nobody to inform")


def _revisit_problems(closure: CaseClosure) -> Iterator[Problem]:
    """Yield a visit that is neither planned nor excused, and an excuse other than the reason gives (004 3.6)."""
    if closure.takes_back and closure.revisit_due is None and closure.no_revisit_reason is None:
        return
    if (closure.revisit_due is None) == (closure.no_revisit_reason is None):
        yield Problem(
            ("revisit_due",),
            "revisit_missing",
            f"plan the visit a year later, or say why there is none; {_WHICH_REASON}",
            source="004 3.6",
        )
        return
    expected = NO_REVISIT.get(closure.reason)
    told = closure.no_revisit_reason
    if told not in {expected, NoRevisitReason.NO_CONSENT} or (told is None and expected is not None):
        yield Problem(
            ("no_revisit_reason",),
            "revisit_contradicts",
            f"the reason of the closure tells another thing; {_WHICH_REASON}",
            source="004 3.6",
        )
    if closure.revisit_due is not None and closure.revisit_due <= closure.closed_on:
        yield Problem(("revisit_due",), "wrong_order", "the visit comes after the closure")
