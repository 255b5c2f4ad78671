"""The returns that were announced to an agency, as it works them off."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow import shelf
from api.flow.node import Node
from api.rules.announcement import Standing, standing_of
from api.store import documents
from api.store.tables import DocumentRow
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.cursors import Cursor, Limit, day_in, id_in, page_of, read_cursor
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement

router = APIRouter(prefix="/v1", tags=["notices"], generate_unique_id_function=operation_name)


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


@router.get("/notices")
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
        page, following = page_of(rows, limit, lambda row: (row.feed_on, row.document_id))
        items = [
            _notice(node, row, documents.list_own_answers(session, caller.agency, row.document_id)) for row in page
        ]
    return NoticePage(items=[item for item in items if item is not None], next=following)


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
