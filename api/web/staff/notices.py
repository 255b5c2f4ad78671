"""The returns that were announced to an agency, as it works them off."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow import shelf
from api.flow.clearance import reader_of
from api.flow.node import Node
from api.flow.policies import find_policies
from api.rules.access import Principal
from api.rules.agreements import Policies
from api.rules.announcement import Standing, standing_of
from api.rules.masks import masked
from api.rules.need_to_know import Ask, Sight, may_see
from api.rules.notice import NoticeChanges, changes_from
from api.store import documents
from api.store.engine import Session
from api.store.tables import DocumentRow
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.cursors import Cursor, Limit, day_in, id_in, page_of, read_cursor
from schemas.dates import Day
from schemas.earlier import versions_of
from schemas.facts import Level
from schemas.need_to_know import Row
from schemas.notice import AdvanceRepatriationNotice, Totals
from schemas.notice_ack import NoticeAcknowledgement

router = APIRouter(prefix="/v1", tags=["notices"], generate_unique_id_function=operation_name)


class NoticeItem(BaseModel):
    """An announced return, as the origin side works it off."""

    document_id: str
    from_agency: str
    received_at: datetime
    opened_at: datetime | None
    totals: Totals = Field(description="The group in numbers and codes, which everybody sees who sees the notice")
    planned_date: date | None = Field(description="`null` where you see numbers and codes only")
    standing: Standing | None = Field(description="`null` where you see numbers and codes only")
    changes: NoticeChanges | None = Field(
        description="What differs from the version before, never the answers; `null` for a first version, "
        "and where you see numbers and codes only"
    )
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
    since: Annotated[Day | None, Query(alias="from", description="Leave out returns planned before this day")] = None,
) -> NoticePage:
    """List the returns that were announced to the caller's agency, soonest first; only the newest version of each.

    Who sees numbers and codes only gets those that are still to come, without day and place, on one page.
    """
    if not caller.may_read(AdvanceRepatriationNotice):
        caller.require(f"{AdvanceRepatriationNotice.facts.scope}:read")
    after = None
    if cursor is not None:
        day, document_id = read_cursor(cursor, 2)
        after = (day_in(day), id_in(document_id))
    hides_days = may_see(Ask(caller.roles, Row.NOTICE, Level.L2)) is not Sight.WHOLE
    if hides_days:  # neither a filter nor a cursor may tell the day
        since, after = node.clock().date(), None
    with node.database.reader() as session:
        rows = documents.list_feed(
            session, caller.agency, AdvanceRepatriationNotice.facts.form, limit=limit + 1, since=since, after=after
        )
        page, following = page_of(rows, limit, lambda row: (row.feed_on, row.document_id))
        agreed = find_policies(node, session, caller.agency)
        items = [_notice(node, session, caller, row, None if hides_days else agreed) for row in page]
    return NoticePage(items=[item for item in items if item is not None], next=None if hides_days else following)


def _notice(
    node: Node, session: Session, caller: Principal, row: DocumentRow, agreed: Policies | None
) -> NoticeItem | None:
    """Return a notice as the caller may see it, or ``None`` where that is nothing.

    ``agreed`` is left out for who is told neither the day nor what follows from it.
    """
    notice = shelf.read_document(node, row)
    if not isinstance(notice, AdvanceRepatriationNotice):
        return None
    if masked(notice, reader_of(node, session, caller, notice)).level is None:
        return None
    answers = documents.list_own_after(session, caller.agency, row.document_id)
    ends, on = notice.corridor, notice.created_at.date()
    given = [ack for ack in shelf.read_all(node, answers) if isinstance(ack, NoticeAcknowledgement)]
    return NoticeItem(
        document_id=row.document_id,
        from_agency=row.peer,
        received_at=row.at,
        opened_at=row.opened_at,
        totals=notice.totals,
        planned_date=None if agreed is None else notice.planned_date,
        standing=None if agreed is None else standing_of(notice, given, agreed.on(ends.destination, ends.origin, on)),
        changes=None if agreed is None else _changes(node, session, caller, notice),
        answers=[answer.document_id for answer in answers],
    )


def _changes(
    node: Node, session: Session, caller: Principal, notice: AdvanceRepatriationNotice
) -> NoticeChanges | None:
    """Return what a version changes; ``None`` for a first one, and where the one before is not held any more."""
    row = documents.find_document(session, caller.agency, notice.supersedes) if notice.supersedes else None
    before = versions_of(notice, shelf.read_all(node, [row] if row is not None else []))[1:]
    return next((changes_from(one, notice) for one in before if isinstance(one, AdvanceRepatriationNotice)), None)
