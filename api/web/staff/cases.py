"""Cases: open one, list them, see where one stands and what happened to it."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import NotFound
from api.flow.cases import prepare_open
from api.flow.timeline import Event, tell
from api.rules.access import CASES_READ, CASES_WRITE
from api.store import cases
from api.store.tables import CaseRow
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.cursors import Cursor, Limit, id_in, instant_in, page_of, read_cursor
from api.web.idempotency import IdempotencyKey, Once
from api.web.problems import PROBLEM_RESPONSES
from schemas.base import CountryCode
from schemas.document import Side

router = APIRouter(prefix="/v1/cases", tags=["cases"], generate_unique_id_function=operation_name)


class NewCase(BaseModel):
    """What is needed to open a case: the corridor. Everything about the person goes into the forms."""

    model_config = ConfigDict(extra="forbid")
    destination: CountryCode = Field(description="Where the person is now, ISO 3166-1 alpha-2", examples=["TH"])
    origin: CountryCode = Field(description="Where the person comes from, ISO 3166-1 alpha-2", examples=["MM"])


class CaseView(BaseModel):
    """Where a case stands, without anything about the person."""

    case_uid: str
    side: Side = Field(description="Which side the caller's agency is on")
    destination: str
    origin: str
    state: str
    opened_at: datetime
    moved_at: datetime
    return_due: date | None = Field(None, description="Six calendar months after first admission (004 1.1)")


class CasePage(BaseModel):
    """A page of cases, newest first."""

    items: list[CaseView]
    next: str | None = None


class Timeline(BaseModel):
    """What happened in a case, oldest first."""

    case_uid: str
    events: list[Event]


def _view(row: CaseRow) -> CaseView:
    return CaseView.model_validate(row, from_attributes=True)


@router.post("", status_code=HTTPStatus.CREATED, response_model=CaseView, responses={409: PROBLEM_RESPONSES[409]})
async def open_case(
    node: NodeOf, caller: Caller, response: Response, body: Annotated[NewCase, Body()], key: IdempotencyKey = None
) -> Any:
    """Open a case and get its `case_uid`: a random id without any meaning, the same on both sides for ever."""
    caller.require(CASES_WRITE)
    once = Once(node, caller, key, ["open_case", body.model_dump()])
    open_it = prepare_open(node, caller, body.destination, body.origin)
    answer = await once.do(lambda session: _view(open_it(session)).model_dump(mode="json"), node.clock())
    response.headers["location"] = f"/v1/cases/{answer['case_uid']}"
    return answer


@router.get("")
def list_cases(
    node: NodeOf,
    caller: Caller,
    cursor: Cursor = None,
    limit: Limit = 50,
    state: Annotated[str | None, Query(pattern=r"^[A-Z_]{1,40}$")] = None,
    side: Annotated[Side | None, Query()] = None,
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="The other country, or your own")] = None,
) -> CasePage:
    """List the cases of the caller's agency, newest first."""
    caller.require(CASES_READ)
    after = None
    if cursor is not None:
        opened, uid = read_cursor(cursor, 2)
        after = (instant_in(opened), id_in(uid))
    with node.database.reader() as session:
        rows = cases.list_cases(
            session, caller.agency, limit=limit + 1, after=after, state=state, side=side, country=country
        )
    page, following = page_of(rows, limit, lambda row: (row.opened_at.isoformat(), row.case_uid))
    return CasePage(items=[_view(row) for row in page], next=following)


@router.get("/{case_uid}")
def get_case(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> CaseView:
    """Say where a case stands."""
    caller.require(CASES_READ)
    with node.database.reader() as session:
        row = cases.find_case(session, caller.agency, case_uid)
    if row is None:
        raise NotFound
    return _view(row)


@router.get("/{case_uid}/timeline", response_model_exclude_none=True)
def get_timeline(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> Timeline:
    """Tell what happened: documents sent and received, their receipts, who looked by role. Nothing about the person."""
    caller.require(CASES_READ)
    with node.database.reader() as session:
        if cases.find_case(session, caller.agency, case_uid) is None:
            raise NotFound
        return Timeline(case_uid=case_uid, events=tell(session, caller.agency, case_uid))
