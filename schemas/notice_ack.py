"""The answer to an advance notice, person by person: who can come, who not yet, where they stay (domain 3.9)."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import AgencyIdField, CaseUid, CaseUidField, DocumentIdField, Instant, Part
from schemas.care_codes import StaffRole
from schemas.document import CaseState, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Problem, refuse
from schemas.notice import AdvanceRepatriationNotice, NoticeId
from schemas.notice_codes import AckDecision, DeferralReason
from schemas.notice_person import NoticePerson, Seq
from schemas.rows import Codes


class AckPerson(Part):
    """The answer for one person, by the running number of the notice."""

    seq: Annotated[Seq, fact(Level.L1, "No.", need=Need.BASIC)]
    case_uid: Annotated[CaseUidField | None, fact(Level.L2, "Case", "As on the notice.")] = None
    decision: Annotated[AckDecision, fact(Level.L1, "Answer", need=Need.BASIC)]
    reasons: Annotated[Codes[DeferralReason], fact(Level.L2, "Deferred because")] = ()
    shelter: Annotated[AgencyIdField | None, fact(Level.L1, "Shelter")] = None

    @model_validator(mode="after")
    def _a_deferral_has_reasons(self) -> Self:
        if (self.decision is AckDecision.DEFERRED) != bool(self.reasons):
            refuse([Problem(("reasons",), "deferral_reason", "who is deferred has a reason, and nobody else")])
        return self


class NoticeAcknowledgement(Document):
    """The answer to one version of one notice."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=10,
        title="Acknowledgement of a notice",
        source="004 2.4",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.FO, Role.WO, Role.PI}),
        row=Row.NOTICE,
        scope="ack",
        about_case=False,
    )

    kind: Literal["notice_acknowledgement"] = "notice_acknowledgement"
    reply_to: DocumentIdField
    notice_id: Annotated[NoticeId, fact(Level.L1, "Notice", need=Need.BASIC)]
    notice_version: Annotated[Annotated[int, Field(ge=1, le=999)], fact(Level.L1, "Version", need=Need.BASIC)]
    received_at: Annotated[Instant, fact(Level.L1, "Received", need=Need.BASIC)]
    shelter_allocated: Annotated[AgencyIdField | None, fact(Level.L1, "Shelter for the group")] = None
    meeting_officer_role: Annotated[StaffRole | None, fact(Level.L1, "Who meets the group, as a role")] = None
    capacity: Annotated[Annotated[int, Field(ge=0, le=500)] | None, fact(Level.L1, "Places")] = None
    persons: Annotated[
        Annotated[tuple[AckPerson, ...], Field(min_length=1, max_length=500)],
        fact(Level.L2, "Persons", need=Need.BASIC),
    ]

    @model_validator(mode="after")
    def _answers_each_person_once(self) -> Self:
        refuse(list(self._problems()))
        return self

    def _problems(self) -> Iterator[Problem]:
        seqs = [person.seq for person in self.persons]
        if len(set(seqs)) != len(seqs):
            yield Problem(("persons",), "duplicate_seq", "answer each person once")
        if self.received_at > self.created_at:
            yield Problem(("received_at",), "future_date", "a notice is received before it is answered")
        accepted = sum(person.decision is AckDecision.ACCEPTED for person in self.persons)
        if self.capacity is not None and accepted > self.capacity:
            yield Problem(("capacity",), "over_capacity", "more persons are accepted than there are places")
        if self.case_uid is not None:
            yield Problem(("case_uid",), "case_in_header", "the cases are those of the persons; leave it out")

    def case_uids(self) -> tuple[CaseUid, ...]:
        """Return the case of every person who has one."""
        return tuple(person.case_uid for person in self.persons if person.case_uid is not None)

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that an answer accepts the return of whoever it accepts."""
        accepted = any(
            person.case_uid == case_uid and person.decision is AckDecision.ACCEPTED for person in self.persons
        )
        return CaseState.RETURN_ACCEPTED if accepted else None

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a problem where the notice that is answered is another one, or lists other persons."""
        for notice in earlier:
            if isinstance(notice, AdvanceRepatriationNotice) and notice.id == self.reply_to:
                if (notice.notice_id, notice.notice_version) != (self.notice_id, self.notice_version):
                    yield Problem(("notice_version",), "other_notice", "number and version are those of the notice")
                if not {_key(person) for person in self.persons} <= {_key(person) for person in notice.persons}:
                    yield Problem(("persons",), "unknown_person", "answer for the persons of the notice only")


def _key(person: AckPerson | NoticePerson) -> tuple[int, CaseUid | None]:
    """Return what makes two rows the same person."""
    return person.seq, person.case_uid
