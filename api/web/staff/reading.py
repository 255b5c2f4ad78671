"""Reading: one document with its evidence, the notices feed, inbox, outbox and agencies."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow import shelf
from api.flow.node import Node
from api.flow.opening import look_at
from api.rules.access import AGENCIES_READ, BOXES_READ
from api.rules.announcement import Standing, standing_of
from api.rules.reasons import explain
from api.store import agencies, documents, outbox
from api.store.outbox import OutboxState
from api.store.tables import DocumentRow, ReceiptRow
from api.web.callers import Caller
from api.web.context import DocumentInPath, NodeOf, operation_name
from api.web.cursors import Cursor, Limit, day_in, id_in, number_in, read_cursor, write_cursor
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement

router = APIRouter(prefix="/v1", generate_unique_id_function=operation_name)


class ReceiptView(BaseModel):
    """A signed receipt; `jws` is the proof itself."""

    status: str
    at: datetime
    issued_here: bool
    peer: str
    jws: str


class Evidence(BaseModel):
    """What proves a document's way."""

    direction: str
    peer: str
    at: datetime
    opened_at: datetime | None
    envelope_sha256: str
    signed_sha256: str
    receipts: list[ReceiptView]


class DocumentView(BaseModel):
    """A document and its evidence."""

    document: dict[str, Any] = Field(description="The document; its schema is named by `kind`")
    evidence: Evidence


class NoticeItem(BaseModel):
    """An announced return, as the origin side works it off."""

    document_id: str
    from_agency: str
    received_at: datetime
    opened_at: datetime | None
    planned_date: date
    standing: Standing
    answers: list[str] = Field(description="Ids of the acknowledgements that were sent for it")


class NoticePage(BaseModel):
    """Announced returns, soonest first."""

    items: list[NoticeItem]
    next: str | None = None


class InboxItem(BaseModel):
    """Something that came in; nothing about the person."""

    document_id: str
    from_agency: str
    received_at: datetime
    opened_at: datetime | None
    reply_to: str | None
    supersedes: str | None


class InboxPage(BaseModel):
    """What came in, oldest first."""

    items: list[InboxItem]
    next: str | None = None


class OutboxItem(BaseModel):
    """Something that was sent, and why it is not there yet."""

    document_id: str
    to_agency: str
    what: str = Field(description="`envelope`, or the status of a receipt that travels back")
    state: OutboxState
    attempts: int
    due_at: datetime
    done_at: datetime | None
    reason: str | None
    explanation: str | None = Field(description="The reason in plain words")
    envelope_sha256: str


class OutboxPage(BaseModel):
    """What was sent, newest first."""

    items: list[OutboxItem]
    next: str | None = None


class AgencyView(BaseModel):
    """An agency that is served here or trusted."""

    agency_id: str
    name: str
    country: str
    is_local: bool
    endpoint: str | None
    descriptor_sequence: int
    pinned_at: datetime


@router.get("/documents/{document_id}", tags=["documents"])
def read_document(node: NodeOf, caller: Caller, document_id: DocumentInPath) -> DocumentView:
    """Read a document. Every look is logged by role.

    The first look at a received one is proven to its sender by a receipt.
    """
    opened = look_at(node, caller, document_id)
    return DocumentView(
        document=opened.document.model_dump(mode="json", exclude_none=True),
        evidence=_evidence(opened.row, opened.receipts),
    )


def _evidence(row: DocumentRow, receipts: list[ReceiptRow]) -> Evidence:
    return Evidence(
        direction="sent" if row.is_sent else "received",
        peer=row.peer,
        at=row.at,
        opened_at=row.opened_at,
        envelope_sha256=row.envelope_sha256,
        signed_sha256=row.signed_sha256,
        receipts=[
            ReceiptView(
                status=item.status, at=item.at, issued_here=item.is_issued, peer=item.peer, jws=item.data.decode()
            )
            for item in receipts
        ],
    )


@router.get("/notices", tags=["notices"])
def list_notices(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    since: Annotated[date | None, Query(alias="from", description="Leave out returns planned before this day")] = None,
) -> NoticePage:
    """List the returns that were announced to the caller's agency, soonest first; only the newest version of each."""
    if not caller.may_read(AdvanceRepatriationNotice):
        caller.require(f"{AdvanceRepatriationNotice.facts.scope}:read")
    after = None
    if cursor is not None:
        day, document_id = read_cursor(cursor, 2)
        after = (day_in(day), id_in(document_id))
    with node.database.reader() as session:
        rows = documents.list_feed(
            session, caller.agency, AdvanceRepatriationNotice.facts.form, limit=limit + 1, since=since, after=after
        )
        page = rows[:limit]
        items = [_notice(node, row, documents.list_answers(session, caller.agency, row.document_id)) for row in page]
    last = page[-1] if len(rows) > limit else None
    return NoticePage(
        items=[item for item in items if item is not None],
        next=write_cursor(last.feed_on, last.document_id) if last else None,
    )


def _notice(node: Node, row: DocumentRow, answers: list[DocumentRow]) -> NoticeItem | None:
    notice = shelf.read_document(node, row)
    if not isinstance(notice, AdvanceRepatriationNotice):
        return None
    given = [ack for ack in shelf.read_all(node, answers) if isinstance(ack, NoticeAcknowledgement)]
    return NoticeItem(
        document_id=row.document_id,
        from_agency=row.peer,
        received_at=row.at,
        opened_at=row.opened_at,
        planned_date=notice.planned_date,
        standing=standing_of(notice, given),
        answers=[answer.document_id for answer in answers],
    )


@router.get("/inbox", tags=["boxes"])
def list_inbox(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    unopened: Annotated[bool, Query(description="Only what nobody has read yet")] = False,
) -> InboxPage:
    """List what came in, oldest first."""
    caller.require(BOXES_READ)
    after = number_in(read_cursor(cursor, 1)[0]) if cursor is not None else 0
    with node.database.reader() as session:
        rows = documents.list_received(session, caller.agency, limit=limit + 1, after=after, unopened=unopened)
    page = rows[:limit]
    items = [
        InboxItem(
            document_id=row.document_id,
            from_agency=row.peer,
            received_at=row.at,
            opened_at=row.opened_at,
            reply_to=row.reply_to,
            supersedes=row.supersedes,
        )
        for row in page
    ]
    return InboxPage(items=items, next=write_cursor(page[-1].seq) if len(rows) > limit else None)


@router.get("/outbox", tags=["boxes"])
def list_outbox(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    state: Annotated[OutboxState | None, Query()] = None,
) -> OutboxPage:
    """List what was sent, newest first: what waits says why, in plain words."""
    caller.require(BOXES_READ)
    before = number_in(read_cursor(cursor, 1)[0]) if cursor is not None else None
    with node.database.reader() as session:
        rows = outbox.list_outbox(session, caller.agency, limit=limit + 1, before=before, state=state)
    page = rows[:limit]
    items = [
        OutboxItem(
            document_id=row.document_id,
            to_agency=row.peer,
            what=row.what,
            state=OutboxState(row.state),
            attempts=row.attempts,
            due_at=row.due_at,
            done_at=row.done_at,
            reason=row.reason,
            explanation=explain(row.reason) if row.reason else None,
            envelope_sha256=row.sha256,
        )
        for row in page
    ]
    return OutboxPage(items=items, next=write_cursor(page[-1].seq) if len(rows) > limit else None)


@router.get("/agencies", tags=["agencies"])
def list_agencies(node: NodeOf, caller: Caller) -> list[AgencyView]:
    """List the agencies that are served here or trusted: to these a document can be sent."""
    caller.require(AGENCIES_READ)
    with node.database.reader() as session:
        rows = agencies.list_agencies(session)
    return [
        AgencyView(
            agency_id=row.agency_id,
            name=row.name,
            country=row.country,
            is_local=row.is_local,
            endpoint=row.endpoint,
            descriptor_sequence=row.sequence,
            pinned_at=row.pinned_at,
        )
        for row in rows
    ]
