"""Help begins again after a closure: a new episode of the same case, with clocks that start anew (004 3.6)."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.aftercare_codes import ClosureReason, ReadmissionReason
from schemas.base import CaseUid, CaseUidField, DocumentIdField, Text, WorkerId, YesNoUnknown
from schemas.case_closure import CaseClosure
from schemas.dates import Day
from schemas.document import CaseState, Document, KindFacts, Role, Side
from schemas.earlier import current, find_by_id, newest_version, others
from schemas.episodes import beginnings, told_first
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.rows import Rows
from schemas.services import PlanItem

_FINAL = frozenset({ClosureReason.DEATH, ClosureReason.NOT_VOT, ClosureReason.DUPLICATE})
"""After these there is nobody to take in again, or no case."""


class Readmission(Document):
    """A closed case is taken in again. The closure stays as it is."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=22,
        title="Re-admission",
        source="004 3.6",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.CM, Role.WO, Role.NG}),
        row=Row.CLOSURE,
        scope="aftercare",
    )

    kind: Literal["readmission"] = "readmission"
    case_uid: CaseUidField
    closure_ref: Annotated[DocumentIdField, fact(Level.L1, "Closure", "The one that this follows.", need=Need.BASIC)]
    readmitted_on: Annotated[
        Day, fact(Level.L2, "Taken in again on", "Clocks start anew on this day.", need=Need.BASIC)
    ]
    reason: Annotated[ReadmissionReason, fact(Level.L3, "Reason", need=Need.BASIC)]
    note: Annotated[Text | None, fact(Level.L3, "In words")] = None
    episode_no: Annotated[
        Annotated[int, Field(ge=2, le=99)], fact(Level.L1, "Episode", "The first was number 1.", need=Need.BASIC)
    ]
    person_agrees: Annotated[YesNoUnknown, fact(Level.L3, "The person agrees", need=Need.BASIC)]
    new_plan: Annotated[Annotated[Rows[PlanItem], Field(min_length=1)], fact(Level.L3, "New plan", need=Need.BASIC)]
    decided_by: Annotated[WorkerId, fact(Level.L1, "Decided by", need=Need.BASIC)]

    @model_validator(mode="after")
    def _lies_in_the_past(self) -> Self:
        refuse(list(future_dates(self, self.created_at.date())))
        return self

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that a case is taken in again."""
        return CaseState.READMITTED if case_uid == self.case_uid else None

    def ends(self, case_uid: CaseUid) -> frozenset[CaseState]:
        """Return that who was lost, handed on or elsewhere is back."""
        back = frozenset({CaseState.LOST_CONTACT, CaseState.TRANSFERRED, CaseState.NOT_RETURNING})
        return back if case_uid == self.case_uid else frozenset()

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a case that is not closed, one that can't go on, and a number that does not follow.

        The closure is judged as its writer corrected it since.
        """
        named = find_by_id(CaseClosure, earlier, self.closure_ref)
        closure = None if named is None else newest_version(named, earlier)
        closures = current(CaseClosure, earlier, self.case_uid)
        before = others(self, current(Readmission, earlier, self.case_uid))
        if closure is None or closure not in closures:
            stands = f", {closures[-1].id}" if closures else ""
            hint = f"only a closed case is taken in again; name the closure that stands{stands}"
            yield Problem(("closure_ref",), "not_closed", hint)
            return
        again = next((one for one in before if told_first(one, earlier) >= told_first(closure, earlier)), None)
        if again is not None:
            hint = f"after this closure the case was taken in already; what was wrong in that is corrected, {again.id}"
            yield Problem(("closure_ref",), "already_readmitted", hint)
        if closure.reason in _FINAL:
            yield Problem(("closure_ref",), "closed_for_good", "after such a closure a case does not go on")
        if self.readmitted_on < closure.closed_on:
            yield Problem(("readmitted_on",), "wrong_order", "a case is taken in again after it was closed")
        if self.episode_no != len(beginnings(others(self, earlier), self.case_uid)) + 2:
            yield Problem(("episode_no",), "episode_gap", "number episodes one after the other; the first was 1")
