"""One person at a hand-over, the paper original that comes along, and the officers who sign (004 1.6)."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.base import AgencyIdField, CaseUidField, Instant, Line, Part, Sha256, Text, WorkerId, YesNoUnknown
from schemas.care_codes import StaffRole
from schemas.case_sections.trafficking import Money
from schemas.codes import IdDocumentType
from schemas.facts import Level, Need, fact
from schemas.needs import Problem, refuse
from schemas.notice_person import Seq
from schemas.return_codes import (
    ArrivalCondition,
    HandoverItem,
    HandoverOutcome,
    IdentityCheck,
    SealState,
    SignatureMethod,
)
from schemas.rows import Codes

CROSSED = frozenset({HandoverOutcome.HANDED_OVER, HandoverOutcome.EXTRA_PERSON})
"""Who is now on the other side."""
_NOT_THERE = frozenset(
    {
        HandoverOutcome.NOT_ARRIVED,
        HandoverOutcome.REFUSED_ENTRY,
        HandoverOutcome.WITHDREW,
        HandoverOutcome.ESCAPED_EN_ROUTE,
    }
)


class OriginalCustody(Part):
    """Whether the paper original changed hands: its pages, its seal, and the scan that it matches."""

    handed: Annotated[bool, fact(Level.L1, "Handed over", need=Need.BASIC)]
    pages: Annotated[Annotated[int, Field(ge=1, le=500)] | None, fact(Level.L1, "Pages counted")] = None
    seal_no: Annotated[Line | None, fact(Level.L1, "Number of the seal")] = None
    seal_state: Annotated[SealState | None, fact(Level.L1, "Seal was found")] = None
    matches_scan_sha256: Annotated[
        Sha256 | None, fact(Level.L1, "Digest of the scan it matches", "Leave it out where it matches none.")
    ] = None

    @model_validator(mode="after")
    def _custody_is_whole_or_nothing(self) -> Self:
        refuse(list(_custody_problems(self)))
        return self


def _custody_problems(original: OriginalCustody) -> Iterator[Problem]:
    """Yield what a custody without pages and seal, or one of nothing, lacks (004 1.6)."""
    details = (original.pages, original.seal_no, original.seal_state, original.matches_scan_sha256)
    if not original.handed:
        if any(detail is not None for detail in details):
            yield Problem((), "custody_contradicts", "pages and seal are those of an original that was handed over")
        return
    if original.pages is None:
        yield Problem(("pages",), "custody_incomplete", "count the pages of the original together")
    if original.seal_state is None:
        yield Problem(("seal_state",), "custody_incomplete", "look at the seal together and say how it was found")
    elif (original.seal_state is SealState.NO_SEAL) != (original.seal_no is None):
        yield Problem(("seal_no",), "seal_contradicts", "a seal has a number, and without a seal there is none")


class HandoverPerson(Part):
    """One row: who, what became of the person, and what came along. No story, no diagnosis."""

    seq: Annotated[Seq, fact(Level.L1, "No.", "As on the notice; a new number for an extra person.", need=Need.BASIC)]
    case_uid: Annotated[CaseUidField | None, fact(Level.L2, "Case", "As on the notice.")] = None
    outcome: Annotated[HandoverOutcome, fact(Level.L2, "What became of the person", need=Need.BASIC)]
    identity_confirmed_by: Annotated[IdentityCheck | None, fact(Level.L2, "Identity confirmed by")] = None
    condition: Annotated[ArrivalCondition | None, fact(Level.L2, "Condition", "Never a diagnosis.")] = None
    belongings_list: Annotated[YesNoUnknown | None, fact(Level.L1, "List of belongings")] = None
    medicine_kit: Annotated[YesNoUnknown | None, fact(Level.L2, "Medicine kit")] = None
    money: Annotated[Money | None, fact(Level.L2, "Money")] = None
    documents: Annotated[Codes[IdDocumentType], fact(Level.L2, "Papers that were handed over")] = ()
    original_file: Annotated[OriginalCustody, fact(Level.L1, "Paper original of the case file", need=Need.BASIC)]

    @model_validator(mode="after")
    def _row_agrees_with_itself(self) -> Self:
        refuse(list(_row_problems(self)))
        return self

    @property
    def has_crossed(self) -> bool:
        """Whether the person is now on the other side."""
        return self.outcome in CROSSED


def _row_problems(person: HandoverPerson) -> Iterator[Problem]:
    """Yield what one row contradicts by itself."""
    if person.has_crossed:
        for name in ("identity_confirmed_by", "condition"):
            if getattr(person, name) is None:
                yield Problem((name,), "required_blank", "who is handed over is identified and looked at")
    if not person.original_file.handed:
        return
    if person.outcome in _NOT_THERE:
        yield Problem(
            ("original_file", "handed"), "original_without_person", "the original stays where the person stays"
        )
    if person.case_uid is None:
        yield Problem(("original_file", "handed"), "original_without_case", "an original belongs to a case; name it")


class HandoverOfficer(Part):
    """Who signed the printed record, as a role of an agency."""

    agency: Annotated[AgencyIdField, fact(Level.L1, "Agency", need=Need.BASIC)]
    role: Annotated[StaffRole, fact(Level.L1, "Role", need=Need.BASIC)]
    worker_id: Annotated[WorkerId | None, fact(Level.L1, "Worker number")] = None
    signed_at: Annotated[Instant, fact(Level.L1, "Signed", need=Need.BASIC)]
    method: Annotated[SignatureMethod, fact(Level.L1, "How", need=Need.BASIC)]


class Discrepancy(Part):
    """Something that the other side, the notice or the file tells differently."""

    seq: Annotated[Seq | None, fact(Level.L1, "No.", "Blank where it is about the group.")] = None
    item: Annotated[HandoverItem, fact(Level.L1, "About", need=Need.BASIC)]
    note: Annotated[Text | None, fact(Level.L2, "In words")] = None
