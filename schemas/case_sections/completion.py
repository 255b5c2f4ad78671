"""Section K: who filled it in, when, how reliable it is, and where the original and its scans are."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.attachments import Attachment, OriginalFile
from schemas.base import Part, Text, WorkerId
from schemas.care_codes import Quality, StaffRole
from schemas.dates import Day
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row, Under
from schemas.needs import Condition, When
from schemas.rows import Rows


class SupervisorApproval(Part):
    """A second person stands for it: always for a special case and for restricted details."""

    role: Annotated[StaffRole | None, fact(Level.L1, "Role", need=Need.BASIC)] = None
    worker_id: Annotated[WorkerId | None, fact(Level.L1, "Worker number", need=Need.BASIC)] = None
    approved_on: Annotated[Day | None, fact(Level.L1, "Approved on", need=Need.BASIC)] = None


class Completion(Part):
    """Section K."""

    letter: ClassVar[str] = "K"
    title: ClassVar[str] = "Completion"
    row: ClassVar[Row] = Row.HEADER

    completed_by: Annotated[
        WorkerId | None, fact(Level.L1, "Filled in by", "A worker number, not a name.", need=Need.FULL)
    ] = None
    interview_dates: Annotated[
        Annotated[Rows[Day], Field(min_length=1, max_length=12)] | None,
        fact(Level.L1, "Interviews on", "Two sessions at most are best for the person.", need=Need.FULL),
    ] = None
    interpreter_id: Annotated[WorkerId | None, fact(Level.L1, "Interpreter's number")] = None
    quality: Annotated[Quality | None, fact(Level.L1, "How reliable", need=Need.FULL)] = None
    quality_note: Annotated[
        Text | None, fact(Level.L3, "What is doubtful", need=Need.CONDITIONAL), When(Condition.UNRELIABLE)
    ] = None
    original: Annotated[OriginalFile | None, fact(Level.L1, "Paper original", need=Need.FULL)] = None
    attachments: Annotated[
        Rows[Attachment] | None,
        fact(Level.L1, "Attachments", "An empty list says: none.", need=Need.FULL),
        Under(Row.FAMILY),
    ] = None
    supervisor_approval: Annotated[
        SupervisorApproval | None,
        fact(Level.L1, "Approved by a supervisor", need=Need.CONDITIONAL),
        When(Condition.SPECIAL_CASE),
    ] = None
