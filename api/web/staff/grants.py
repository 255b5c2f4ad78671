"""Leave beyond the access matrix: breaking the glass, releases by two people, and the list that auditors read."""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Path
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.errors import NotFound
from api.flow.assigning import get_known_case
from api.flow.grants import Wanted, list_to_approve, prepare_approve, prepare_ask, prepare_break_glass, words_of
from api.rules.access import GRANTS_APPROVE, GRANTS_READ
from api.rules.need_to_know import Leave, LookPurpose
from api.store import grants
from api.store.case_tables import GrantRow
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.cursors import Cursor, Limit, id_in, instant_in, page_of, read_cursor
from schemas.base import AgencyIdField, DocumentIdField, Text

router = APIRouter(prefix="/v1", tags=["grants"], generate_unique_id_function=operation_name)
GrantInPath = Annotated[DocumentIdField, Path(description="The grant's id: a ULID")]


class Emergency(StrEnum):
    """Why the glass is broken."""

    DANGER_TO_LIFE = "danger_to_life"
    URGENT_CARE = "urgent_care"
    MISSING_PERSON = "missing_person"
    NOBODY_REACHABLE = "nobody_reachable"


class Occasion(StrEnum):
    """What a release is needed for."""

    HANDING_OVER_CARE = "handing_over_care"
    CONTINUING_CARE = "continuing_care"
    PROTECTION_PLAN = "protection_plan"
    PROCEEDINGS = "proceedings"


class BreakGlass(BaseModel):
    """Why you have to see now what your role does not show you. Your auditor reads the code at once."""

    model_config = ConfigDict(extra="forbid")
    reason_code: Emergency
    reason: Text = Field(description="In your own words; stored encrypted")


class AskRelease(BaseModel):
    """What is to be released, and for what: to one recipient, or one document to yourself."""

    model_config = ConfigDict(extra="forbid")
    purpose: LookPurpose = Field(description="What it is good for, and nothing else")
    reason_code: Occasion
    reason: Text = Field(description="In your own words, for the second person; stored encrypted")
    recipient: AgencyIdField | None = Field(None, description="To send restricted detail to this agency, once")
    document_id: DocumentIdField | None = Field(None, description="To read this document whole yourself")


class GrantView(BaseModel):
    """Leave that was asked for or given: who, in which role, when and why as a code; never any content."""

    grant_id: str
    what: Leave
    case_uid: str = Field(description="Empty for the numbers of a corridor, which are of no case")
    client_id: str
    role: str
    reason: str
    purpose: LookPurpose | None
    document_id: str | None
    recipient: str | None
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    expires_at: datetime
    used_at: datetime | None


class GrantPage(BaseModel):
    """Grants, newest first."""

    items: list[GrantView]
    next: str | None = None


class WaitingReleases(BaseModel):
    """Releases that somebody asked for and nobody agreed to yet; each ends by itself."""

    items: list[GrantView]


class ReleaseView(GrantView):
    """A release as the second person sees it before agreeing."""

    words: str = Field(description="The reason as it was given")


def _view(row: GrantRow) -> GrantView:
    return GrantView.model_validate(row, from_attributes=True)


@router.post("/cases/{case_uid}/break-glass", status_code=HTTPStatus.CREATED)
async def break_glass(
    node: NodeOf, caller: Caller, case_uid: CaseInPath, body: Annotated[BreakGlass, Body()]
) -> GrantView:
    """See restricted detail of one case in an emergency, for eight hours; it is logged and listed for auditors."""
    wanted = Wanted(body.reason_code, body.reason)
    unit = await run_in_threadpool(prepare_break_glass, node, caller, case_uid, wanted)
    return await node.writer.write_async(lambda session: _view(unit(session)))


@router.post("/cases/{case_uid}/releases", status_code=HTTPStatus.CREATED)
async def ask_release(
    node: NodeOf, caller: Caller, case_uid: CaseInPath, body: Annotated[AskRelease, Body()]
) -> GrantView:
    """Ask to send restricted detail to a recipient, or to read it; nothing opens until somebody else agrees.

    It serves only you, who ask for it, and once: whoever else wants to send or read asks for a release of their own.
    Who may agree finds it with `GET /v1/releases`.
    """
    wanted = Wanted(body.reason_code, body.reason, body.purpose, body.recipient, body.document_id)
    unit = await run_in_threadpool(prepare_ask, node, caller, case_uid, wanted)
    return await node.writer.write_async(lambda session: _view(unit(session)))


@router.get("/releases")
def list_waiting_releases(node: NodeOf, caller: Caller) -> WaitingReleases:
    """List the releases that wait for a second person like you, newest first, in cases that you may know of.

    Those that you asked for yourself wait for somebody else. Read the words of one with `GET /v1/releases/{grant_id}`.
    """
    return WaitingReleases(items=[_view(row) for row in list_to_approve(node, caller)])


@router.get("/releases/{grant_id}")
def read_release(node: NodeOf, caller: Caller, grant_id: GrantInPath) -> ReleaseView:
    """Read what a release is asked for, and why, before you agree to it, in a case that you may know of."""
    caller.require(GRANTS_APPROVE)
    with node.database.reader() as session:
        row = grants.find_grant(session, caller.agency, grant_id)
        if row is None or row.what != Leave.RELEASE:
            raise NotFound
        get_known_case(session, caller, row.case_uid)
    return ReleaseView(**_view(row).model_dump(), words=words_of(node, row))


@router.post("/releases/{grant_id}/approve")
async def approve_release(node: NodeOf, caller: Caller, grant_id: GrantInPath) -> GrantView:
    """Agree, as a second person, to a release that somebody else asked for, in a case that you may know of."""
    unit = prepare_approve(node, caller, grant_id)
    return await node.writer.write_async(lambda session: _view(unit(session)))


@router.get("/grants")
def list_grants(node: NodeOf, caller: Caller, cursor: Cursor = None, limit: Limit = 50) -> GrantPage:
    """List broken glass and releases of your agency, newest first: who, in which role, when, why as a code.

    Who does not know of every case sees those of the cases she or he works on, and what she or he asked or approved.
    """
    caller.require(GRANTS_READ)
    after = None
    if cursor is not None:
        asked, grant_id = read_cursor(cursor, 2)
        after = (instant_in(asked), id_in(grant_id))
    with node.database.reader() as session:
        known_to = None if caller.sees_every_case else caller.client_id
        rows = grants.list_grants(session, caller.agency, limit=limit + 1, after=after, known_to=known_to)
    page, following = page_of(rows, limit, lambda row: (row.asked_at.isoformat(), row.grant_id))
    return GrantPage(items=[_view(row) for row in page], next=following)
