"""Cases: open one, list them, see where one stands and what happened to it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.flow.assigning import get_known_case, known_of
from api.flow.cases import find_streams, prepare_open
from api.flow.node import today_of
from api.flow.timeline import Event, tell_to
from api.flow.watch import look_anew
from api.rules.access import CASES_READ, CASES_WRITE, Principal
from api.rules.consent import Stand
from api.rules.side_states import may_know_side_states
from api.rules.streams import Assessment, Legal, Special, Tracing
from api.rules.watch.deadline import Rule
from api.store import cases, matches
from api.store.engine import Session
from api.store.tables import CaseRow
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.cursors import Cursor, Limit, day_in, id_in, instant_in, page_of, read_cursor
from api.web.headers import LOCATION
from api.web.idempotency import IdempotencyKey, Once
from api.web.problems import PROBLEM_RESPONSES
from schemas.base import CountryCode
from schemas.dates import read_day
from schemas.document import SIDE_STATES, CaseState, Side

router = APIRouter(prefix="/v1/cases", tags=["cases"], generate_unique_id_function=operation_name)

OVERDUE = "overdue"


def _due(written: str) -> str:
    """Let `overdue` through, or a day as those of a document are."""
    return written if written == OVERDUE else read_day(written).isoformat()


Due = Annotated[str, BeforeValidator(_due), StringConstraints(pattern=r"^(overdue|\d{4}-\d{2}-\d{2})$")]
_OPENED: dict[int | str, dict[str, Any]] = {201: {"headers": LOCATION}, 409: PROBLEM_RESPONSES[409]}


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
    state: CaseState | None = Field(
        description="How far the case has come, by its documents; "
        "`null` where it stands beside the way home and your role is not told how"
    )
    opened_at: datetime
    moved_at: datetime
    return_due: date | None = Field(None, description="Six calendar months after first admission (004 1.1)")
    merged_into: str | None = Field(None, description="The case that stands for both, if you may know of it")
    merged_from: list[str] = Field(
        [], description="Cases that this one stands for, as far as you may know of them; their documents stay there"
    )


class StreamsView(BaseModel):
    """What goes on beside the way home, by the documents of both sides; `null` where it is kept from you."""

    model_config = ConfigDict(from_attributes=True)
    tracing: Tracing | None = Field(
        description="Whether the family is looked for, and was found; `not_found` also for no access and nobody alive"
    )
    assessment: Assessment | None = Field(
        description="What the newest family assessment came to; `stale` where it was positive and has to be made again"
    )
    consent: Stand | None = Field(
        description="How the consents to share the basics, to share the whole file and to trace the family stand; "
        "of those that were recorded the one that stops most"
    )
    legal: Legal | None = Field(description="Whether the return is held, since the person stays on as a witness")
    special: Special | None = Field(
        description="Whether the person needs special care, and whether each alert about it was answered with a plan"
    )


class CaseInDetail(CaseView):
    """Where a case stands, and what goes on beside the way home."""

    streams: StreamsView | None = Field(
        description="Worked out of all documents when you ask; `null` where one of them can't be read"
    )


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


def _views(session: Session, caller: Principal, rows: Sequence[CaseRow]) -> list[CaseView]:
    """Return cases with what a person merged, as far as the caller may know of both."""
    links = matches.list_links(session, caller.agency, [row.case_uid for row in rows])
    known = known_of(session, caller, {uid for link in links for uid in (link.case_uid, link.into_uid)})
    links = [link for link in links if {link.case_uid, link.into_uid} <= known]
    into = {link.case_uid: link.into_uid for link in links}
    return [
        _view(row).model_copy(
            update={
                "state": CaseState(row.state) if _is_told(caller, CaseState(row.state)) else None,
                "merged_into": into.get(row.case_uid),
                "merged_from": [link.case_uid for link in links if link.into_uid == row.case_uid],
            }
        )
        for row in rows
    ]


def _is_told(caller: Principal, state: CaseState | None) -> bool:
    """Say whether the caller may learn that a case is in a state."""
    return state not in SIDE_STATES or may_know_side_states(caller.roles)


@router.post("", status_code=HTTPStatus.CREATED, response_model=CaseView, responses=_OPENED)
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
    state: Annotated[CaseState | None, Query(description="How far a case has come")] = None,
    side: Annotated[Side | None, Query(description="Which side your agency is on")] = None,
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="The other country, or your own")] = None,
    due: Annotated[
        Due | None,
        Query(description="`overdue`, or the day by which a return is due: soonest first, without who has returned"),
    ] = None,
) -> CasePage:
    """List the cases of the caller's agency that the caller may know of, newest first.

    Officers, partner systems and auditors know of all; everybody else of those that they are assigned to.
    """
    caller.require(CASES_READ)
    if not _is_told(caller, state):
        return CasePage(items=[])
    wanted = cases.CaseFilter(state, side, country, None if caller.sees_every_case else caller.client_id)
    if due is not None:
        return _due_page(node, caller, wanted, due, cursor, limit)
    after = None
    if cursor is not None:
        opened, uid = read_cursor(cursor, 2)
        after = (instant_in(opened), id_in(uid))
    with node.database.reader() as session:
        rows = cases.list_cases(session, caller.agency, wanted, limit=limit + 1, after=after)
        page, following = page_of(rows, limit, lambda row: (row.opened_at.isoformat(), row.case_uid))
        return CasePage(items=_views(session, caller, page), next=following)


def _due_page(
    node: NodeOf, caller: Caller, wanted: cases.CaseFilter, due: str, cursor: str | None, limit: int
) -> CasePage:
    """Return the cases whose return is due by a day, or was due before today, by what their documents say now."""
    look_anew(node, [caller.agency])
    today = today_of(node, caller.agency)
    by = today - timedelta(days=1) if due == OVERDUE else date.fromisoformat(due)
    after = None
    if cursor is not None:
        day, uid = read_cursor(cursor, 2)
        after = (day_in(day), id_in(uid))
    with node.database.reader() as session:
        rows = cases.list_due_cases(
            session, caller.agency, wanted, by=by, rule=Rule.RETURN, limit=limit + 1, after=after
        )
        page, following = page_of(rows, limit, lambda row: (row.return_due, row.case_uid))
        return CasePage(items=_views(session, caller, page), next=following)


@router.get("/{case_uid}")
def get_case(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> CaseInDetail:
    """Say where a case stands, and what goes on beside it: tracing, assessment, consent, legal hold, special needs.

    A stream is told to whoever may see the answers in documents that it is read from.
    """
    caller.require(CASES_READ)
    with node.database.reader() as session:
        row = get_known_case(session, caller, case_uid)
        (view,) = _views(session, caller, [row])
        found = find_streams(node, session, caller, row)
    streams = None if found is None else StreamsView.model_validate(found)
    return CaseInDetail(**view.model_dump(), streams=streams)


@router.get("/{case_uid}/timeline", response_model_exclude_none=True)
def get_timeline(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> Timeline:
    """Tell what happened: documents sent and received, their receipts, who looked by role. Nothing about the person.

    What happened to something that is kept from your role is left out.
    """
    caller.require(CASES_READ)
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)
        return Timeline(case_uid=case_uid, events=tell_to(node, session, caller, case_uid))
