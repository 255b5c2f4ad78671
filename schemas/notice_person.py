"""One person on an advance notice: who comes, and what has to be ready. No story, no diagnosis, no photo."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.ages import BirthSpan, IsChild, span_of_all, spans_told
from schemas.base import CaseUidField, Language, Part, YesNoUnknown
from schemas.codes import NationalityStatus, Sex
from schemas.consent import ConsentRecord, child_alone
from schemas.digits import RawNumber
from schemas.facts import Level, Need, fact, facts_of
from schemas.names import PersonName
from schemas.needs import Problem, refuse
from schemas.notice_codes import (
    AssessmentStatus,
    DeferralReason,
    FileStatus,
    LogisticNeed,
    PersonStatus,
    ReceptionWish,
    TracingStatus,
    TravelDocumentStatus,
    TravelDocumentType,
)
from schemas.places import AdminArea
from schemas.relatives import Age
from schemas.rows import Codes
from schemas.tracing_seed import TracingSeed

Seq = Annotated[int, Field(ge=1, le=500)]
"""The running number of a person on one notice; border officers see no more than this."""
TRAVELLING = frozenset({PersonStatus.PROPOSED, PersonStatus.ACCEPTED})
"""Who is still meant to come, and so is counted."""


class TravelDocument(Part):
    """The paper to travel with, and whether it is ready."""

    type: Annotated[TravelDocumentType, fact(Level.L2, "Kind of paper", need=Need.BASIC)]
    number: Annotated[RawNumber | None, fact(Level.L2, "Number")] = None
    status: Annotated[TravelDocumentStatus | None, fact(Level.L2, "Ready")] = None


class NoticePerson(Part):
    """One row of the list."""

    seq: Annotated[Seq, fact(Level.L1, "No.", need=Need.BASIC)]
    case_uid: Annotated[CaseUidField | None, fact(Level.L2, "Case", "Or a tracing seed; never both.")] = None
    tracing_seed: Annotated[
        TracingSeed | None, fact(Level.L2, "Tracing seed", "Where there is no case file, for who is to come.")
    ] = None
    consent: Annotated[
        ConsentRecord | None, fact(Level.L1, "Consent", "Where there is no case file that holds it.")
    ] = None
    name: Annotated[PersonName, fact(Level.L2, "Name", "The main one.", need=Need.BASIC)]
    sex: Annotated[Sex, fact(Level.L2, "Sex", need=Need.BASIC)]
    age: Annotated[Age | None, fact(Level.L2, "Age in completed years")] = None
    is_child: Annotated[IsChild, fact(Level.L1, "Child", "Uncertain is treated as a child.", need=Need.BASIC)]
    nationality_status: Annotated[NationalityStatus, fact(Level.L2, "Nationality", need=Need.BASIC)]
    travel_document: Annotated[TravelDocument | None, fact(Level.L2, "Travel paper")] = None
    home_admin1: Annotated[AdminArea | None, fact(Level.L2, "Home state, region or province")] = None
    home_township: Annotated[AdminArea | None, fact(Level.L2, "Home township")] = None
    file_status: Annotated[FileStatus, fact(Level.L1, "Case file", need=Need.BASIC)]
    original_to_be_handed: Annotated[YesNoUnknown | None, fact(Level.L1, "Original comes along")] = None
    tracing_status: Annotated[TracingStatus | None, fact(Level.L1, "Tracing")] = None
    assessment_status: Annotated[AssessmentStatus | None, fact(Level.L1, "Family assessment", "As a code only.")] = None
    special_case: Annotated[bool, fact(Level.L1, "Special case", "The flag only, never the reason.")] = False
    needs_codes: Annotated[Codes[LogisticNeed], fact(Level.L1, "Needs", "What has to be ready.")] = ()
    interpreter_language: Annotated[Language | None, fact(Level.L1, "Interpreter for", "ISO 639-3.")] = None
    travels_with: Annotated[Codes[Seq], fact(Level.L1, "Travels with", "Children and siblings are never split.")] = ()
    reception_wish: Annotated[ReceptionWish | None, fact(Level.L2, "Wants to go to")] = None
    status: Annotated[PersonStatus, fact(Level.L1, "Status")] = PersonStatus.PROPOSED
    deferral_reason: Annotated[DeferralReason | None, fact(Level.L2, "Deferred because")] = None

    @model_validator(mode="after")
    def _row_agrees_with_itself(self) -> Self:
        refuse(list(_row_problems(self)))
        return self

    @property
    def is_travelling(self) -> bool:
        """Whether the person is still meant to come."""
        return self.status in TRAVELLING

    def birth_span(self, told_on: date) -> BirthSpan | None:
        """Return when the person may have been born by this row and its seed; nothing where neither says so."""
        own = spans_told(None, self.age, told_on, None)
        return span_of_all((*own, *(self.tracing_seed.birth_spans(told_on) if self.tracing_seed else ())))

    def tells_no_more_than(self, before: "NoticePerson | None") -> bool:
        """Say whether whoever read the row ``before`` learns nothing about the person beyond the new status.

        It is the same case, and whatever identifies (L2) is left out or as it was.
        """
        if before is None or before.case_uid != self.case_uid:
            return False
        identifying = (name for name in _identifying() if getattr(self, name) is not None)
        return all(getattr(self, name) == getattr(before, name) for name in identifying)


@cache
def _identifying() -> tuple[str, ...]:
    """Return the questions of a row that identify somebody; why a journey is put off belongs to the status."""
    declared = ((name, facts_of(NoticePerson, name)) for name in NoticePerson.model_fields)
    return tuple(name for name, facts in declared if facts and facts.level is Level.L2 and name != "deferral_reason")


def _row_problems(person: NoticePerson) -> Iterator[Problem]:
    """Yield what one row contradicts by itself."""
    if not person.is_travelling and person.tracing_seed is not None:
        yield Problem(("tracing_seed",), "seed_not_needed", "nobody is traced for who does not come; leave it out")
    elif person.is_travelling and (person.case_uid is None) == (person.tracing_seed is None):
        yield Problem(("case_uid",), "case_or_seed", "give the case, or a tracing seed where there is none; never both")
    if (person.file_status is FileStatus.NONE) != (person.case_uid is None):
        yield Problem(("file_status",), "file_status_contradicts", "none exactly if there is no case")
    if (LogisticNeed.INTERPRETER in person.needs_codes) != (person.interpreter_language is not None):
        yield Problem(
            ("interpreter_language",), "interpreter_language", "an interpreter comes with a language, and only then"
        )
    if (person.status is PersonStatus.DEFERRED) != (person.deferral_reason is not None):
        yield Problem(("deferral_reason",), "deferral_reason", "who is deferred has a reason, and nobody else")
    if person.is_child.needs_child_rules:
        yield from child_alone(person.consent, ("consent",))
    if person.seq in person.travels_with:
        yield Problem(("travels_with",), "travels_with_self", "name the others")
