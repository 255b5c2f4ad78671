"""What came in and what is on its way, documents and their files; nothing about the person."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow.assigning import known_of
from api.flow.attachments.waiting import iter_waiting
from api.flow.bundle import find_carried
from api.flow.node import Node
from api.flow.timeline import is_kept_from
from api.rules.access import BOXES_READ, Principal
from api.rules.waiting_reasons import explain
from api.store import agencies, documents, outbox
from api.store.attachments_waiting import FileDirection
from api.store.engine import Session
from api.store.outbox import OutboxState
from api.store.tables import DocumentRow, OutboxRow
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.cursors import Cursor, Limit, digest_in, id_in, instant_in, number_in, page_of, read_cursor

router = APIRouter(prefix="/v1", tags=["boxes"], generate_unique_id_function=operation_name)


class InboxItem(BaseModel):
    """Something that came in; nothing about the person."""

    document_id: str
    form: int = Field(description="Which form it is; `GET /v1/forms` names them")
    case_uids: list[str] = Field(description="The cases it speaks of, as far as you may know of them")
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
    form: int | None = Field(description="Which form it is about; `null` for who only carries")
    case_uids: list[str] = Field(description="The cases it speaks of, as far as you may know of them")
    to_agency: str
    what: str = Field(description="`envelope`, or the status of a receipt that travels back")
    state: OutboxState
    since: datetime = Field(description="When it was put here")
    attempts: int
    due_at: datetime
    done_at: datetime | None
    carried_at: datetime | None = Field(description="When it last left in a bundle, carried by hand")
    reason: str | None
    explanation: str | None = Field(description="The reason in plain words")
    envelope_sha256: str


class WaitingFileView(BaseModel):
    """A file that a document names and that is not where it belongs yet."""

    document_id: str = Field(description="The first document that names it")
    direction: FileDirection = Field(description="`inbound` files come to you, `outbound` ones you bring")
    peer: str = Field(description="The agency that it comes from or goes to")
    since: datetime = Field(description="When the document was sent, or came")
    attempts: int
    due_at: datetime | None = Field(description="When it is fetched next; null where it is brought")
    reason: str
    explanation: str = Field(description="The reason in plain words")


class OutboxPage(BaseModel):
    """What was sent, newest first."""

    items: list[OutboxItem]
    next: str | None = None


class WaitingFilePage(BaseModel):
    """Files that wait, those that have waited for longest first."""

    items: list[WaitingFileView]
    next: str | None = None


@router.get("/inbox")
def list_inbox(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    unopened: Annotated[bool, Query(description="Only what nobody has read yet")] = False,
) -> InboxPage:
    """List what came in, oldest first. What is kept from your role is left out, so a page may be short of its limit."""
    caller.require(BOXES_READ)
    after = number_in(read_cursor(cursor, 1)[0]) if cursor is not None else 0
    with node.database.reader() as session:
        rows = documents.list_received(session, caller.agency, limit=limit + 1, after=after, unopened=unopened)
        about = _cases_of(session, caller, rows)
        page, following = page_of(rows, limit, lambda row: (row.seq,))
        told = [row for row in page if not is_kept_from(node, session, caller, row)]
    items = [
        InboxItem(
            form=row.form,
            case_uids=about.get(row.seq or 0, []),
            document_id=row.document_id,
            from_agency=row.peer,
            received_at=row.at,
            opened_at=row.opened_at,
            reply_to=row.reply_to,
            supersedes=row.supersedes,
        )
        for row in told
    ]
    return InboxPage(items=items, next=following)


@router.get("/outbox")
def list_outbox(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    state: Annotated[OutboxState | None, Query(description="Only what is in this state")] = None,
) -> OutboxPage:
    """List what was sent, newest first: what waits says why, in plain words.

    What is kept from your role is left out, so a page may be short of its limit.
    """
    caller.require(BOXES_READ)
    before = number_in(read_cursor(cursor, 1)[0]) if cursor is not None else None
    with node.database.reader() as session:
        rows = outbox.list_outbox(session, caller.agency, limit=limit + 1, before=before, state=state)
        page, following = page_of(rows, limit, lambda row: (row.seq,))
        told = _told(node, session, caller, page)
        about = _cases_of(session, caller, [document for _, document in told if document is not None])
        carried = find_carried(session, caller.agency, [row.document_id for row, _ in told])
        fetching = {agency.agency_id for agency in agencies.list_agencies(session) if agency.endpoint is None}
    items = [
        OutboxItem(
            document_id=row.document_id,
            form=document.form if document else None,
            case_uids=about.get(document.seq or 0, []) if document else [],
            to_agency=row.peer,
            what=row.what,
            state=OutboxState(row.state),
            since=row.created_at,
            attempts=row.attempts,
            due_at=row.due_at,
            done_at=row.done_at,
            carried_at=carried.get((row.document_id, row.what)),
            reason=row.reason,
            explanation=_explanation(
                row, is_carried=(row.document_id, row.what) in carried, is_fetched=row.peer in fetching
            ),
            envelope_sha256=row.sha256,
        )
        for row, document in told
    ]
    return OutboxPage(items=items, next=following)


@router.get("/attachments/waiting")
def list_waiting_attachments(node: NodeOf, caller: Caller, cursor: Cursor = None, limit: Limit = 50) -> WaitingFilePage:
    """List the files that documents name and that are not there yet, those to you and yours, oldest first.

    Each says why, in plain words. A file of a document that is kept from your role is not among them.
    """
    caller.require(BOXES_READ)
    after = None
    if cursor is not None:
        since, document_id, digest = read_cursor(cursor, 3)
        after = instant_in(since), id_in(document_id), digest_in(digest)
    with node.database.reader() as session:
        files = list(islice(iter_waiting(node, session, caller, after), limit + 1))
    page, following = page_of(files, limit, lambda file: file.place)
    items = [WaitingFileView(**asdict(file), explanation=explain(file.reason)) for file in page]
    return WaitingFilePage(items=items, next=following)


def _told(
    node: Node, session: Session, caller: Principal, rows: Sequence[OutboxRow]
) -> list[tuple[OutboxRow, DocumentRow | None]]:
    """Return the items that a caller may learn of, each with the document that it is about.

    An operator has to see all that is carried, and no document.
    """
    found = [
        (row, None if caller.knows_no_case else documents.find_document(session, caller.agency, row.document_id))
        for row in rows
    ]
    return [
        (row, document)
        for row, document in found
        if document is None or not is_kept_from(node, session, caller, document)
    ]


def _cases_of(session: Session, caller: Principal, rows: Sequence[DocumentRow]) -> dict[int, list[str]]:
    """Return the cases that documents speak of, as far as a caller may know of them, by the number of the document."""
    about = documents.list_cases_of(session, caller.agency, [row.seq or 0 for row in rows])
    known = known_of(session, caller, [uid for uids in about.values() for uid in uids])
    return {seq: [uid for uid in uids if uid in known] for seq, uids in about.items()}


def _explanation(row: OutboxRow, *, is_carried: bool, is_fetched: bool) -> str | None:
    if row.state == OutboxState.WAITING and is_carried:
        return explain("carried")
    if row.state == OutboxState.WAITING and is_fetched:
        return explain("peer_fetches")
    return explain(row.reason) if row.reason else None
