"""The acknowledgement of a special case: who takes it on, with which plan, and by when (004 1.7; domain 3.3)."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.base import CaseUidField, DocumentIdField, Text
from schemas.care_codes import StaffRole
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, refuse
from schemas.rows import Codes
from schemas.special_case_alert import RequestedAction, SpecialCaseAlert


class SpecialCaseAcknowledgement(Document):
    """The other side takes the special case on, and says how."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=4,
        title="Acknowledgement of a special case",
        source="004 1.7",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.CM, Role.FO, Role.WO, Role.PI}),
        row=Row.NEEDS,
        scope="alert",
    )

    kind: Literal["special_case_acknowledgement"] = "special_case_acknowledgement"
    case_uid: CaseUidField
    reply_to: DocumentIdField
    accepted_by: Annotated[StaffRole, fact(Level.L1, "Accepted by, as a role", need=Need.BASIC)]
    plan: Annotated[Text, fact(Level.L3, "Plan", "What will be ready, and who does it.", need=Need.BASIC)]
    plan_due: Annotated[Day, fact(Level.L1, "Ready by", need=Need.BASIC), Planned()]
    actions_accepted: Annotated[Codes[RequestedAction], fact(Level.L3, "Will be ready")] = ()
    actions_not_possible: Annotated[
        Codes[RequestedAction], fact(Level.L3, "Not possible here", "So that somebody else can be asked in time.")
    ] = ()

    @model_validator(mode="after")
    def _promises_each_action_once_and_in_time(self) -> Self:
        problems = []
        if self.plan_due < self.created_at.date():
            problems.append(Problem(("plan_due",), "planned_in_past", "a plan lies ahead"))
        if set(self.actions_accepted) & set(self.actions_not_possible):
            problems.append(
                Problem(("actions_not_possible",), "action_contradicts", "an action is possible or it is not")
            )
        refuse(problems)
        return self

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a problem where the alert is about another case, or an action was not asked for."""
        alert = find_by_id(SpecialCaseAlert, earlier, self.reply_to)
        if alert is None:
            return
        if alert.case_uid != self.case_uid:
            yield Problem(("case_uid",), "other_case", "the case is that of the alert")
        answered = {*self.actions_accepted, *self.actions_not_possible}
        if not answered <= set(alert.requested_actions):
            yield Problem(("actions_accepted",), "not_requested", "answer for the actions that the alert asks for")
