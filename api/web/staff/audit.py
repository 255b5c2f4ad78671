"""Who saw what: the lines of the evidence log of one agency, for its auditors; ids, roles and codes, never content."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow.evidence import Action
from api.rules.access import AUDIT_READ
from api.store import trail
from api.store.tables import LogRow
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.cursors import Cursor, Limit, number_in, read_cursor, write_cursor
from schemas.base import CaseUidField, DocumentIdField

router = APIRouter(prefix="/v1", tags=["audit"], generate_unique_id_function=operation_name)
_READ_AT_ONCE = 2000
"""Lines read for one page at most: a node may serve several agencies, and a page may come back short."""


class AuditLine(BaseModel):
    """One line of the log. ``by`` is a role or an agency."""

    at: datetime
    action: str
    by: str
    case_uid: str | None = None
    document_id: str | None = None
    peer: str | None = None
    code: str | None = Field(None, description="The purpose of a look, the role of an assignment, or a reason")
    log_index: int = Field(description="Place in the node's Merkle log")


class AuditPage(BaseModel):
    """Lines, newest first. A page may be short or empty while there is a `next`."""

    items: list[AuditLine]
    next: str | None = None


@router.get("/audit", response_model_exclude_none=True)
def list_audit(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    action: Annotated[Action | None, Query(description="Only lines of this kind, `looked_at` for who saw what")] = None,
    case_uid: Annotated[CaseUidField | None, Query(description="Only lines about this case")] = None,
    document_id: Annotated[DocumentIdField | None, Query(description="Only lines about this document")] = None,
) -> AuditPage:
    """List what happened at your agency, newest first: who, by role, saw or did what, when and for what purpose."""
    caller.require(AUDIT_READ)
    before = number_in(read_cursor(cursor, 1)[0]) if cursor is not None else None
    with node.database.reader() as session:
        rows = trail.list_lines(session, limit=_READ_AT_ONCE, before=before, case_uid=case_uid, document_id=document_id)
    told = [(row, json.loads(row.entry)) for row in rows]
    found = [
        (row, entry) for row, entry in told if entry["agency"] == caller.agency and action in {None, entry["action"]}
    ]
    page = found[:limit]
    is_last = len(rows) < _READ_AT_ONCE and len(found) <= limit
    last = page[-1][0] if len(found) > limit else rows[-1] if rows else None
    following = None if is_last or last is None else write_cursor(last.seq)
    return AuditPage(items=[_line(row, entry) for row, entry in page], next=following)


def _line(row: LogRow, entry: dict[str, str]) -> AuditLine:
    known = {name: entry[name] for name in AuditLine.model_fields if name in entry}
    return AuditLine.model_validate({**known, "log_index": row.seq})
