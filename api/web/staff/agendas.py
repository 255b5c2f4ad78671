"""The agenda of a meeting is proposed from the cases; staff look it through, and post it as form 28."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import InvalidInput
from api.flow.agendas import draw_up, plan_meeting, resolve_names
from api.flow.node import Node, today_of
from api.rules.access import Principal
from api.rules.agenda.agenda import Agenda, content_of
from api.rules.agenda.brought import Occasion
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.places import of_body
from api.web.problems import PROBLEM_RESPONSES
from api.web.staff.composing import compose
from api.web.staff.records import path_of
from schemas.base import AgencyId, AgencyIdField, CountryCode, country_of
from schemas.corridor import Corridor
from schemas.dates import Day
from schemas.figures_codes import Meeting
from schemas.meeting_agenda import CityCode, MeetingAgenda, MeetingId
from schemas.rows import MAX_ROWS

_NOBODY = (
    "add `recipient`: an agency of the corridor that takes part; `GET /v1/agencies` lists those that are known here"
)
router = APIRouter(prefix="/v1/agendas", tags=["agendas"], generate_unique_id_function=operation_name)


class Ends(BaseModel):
    """From which country to which."""

    model_config = ConfigDict(extra="forbid")
    destination: CountryCode = Field(description="Where the persons were found", examples=["TH"])
    origin: CountryCode = Field(description="Where home is", examples=["MM"])


class AgendaWanted(BaseModel):
    """Which meeting an agenda is wanted for."""

    model_config = ConfigDict(extra="forbid")
    meeting: Meeting = Field(description="`cmm`: between two countries; `om`: of all who help in one city")
    corridor: Ends = Field(
        description="Of both meetings, also the one in a city: whose cases are looked at, and by whose agreed numbers"
    )
    since: Day | None = Field(None, description="The meeting before: arrivals and re-admissions are told from there")
    city: CityCode | None = Field(
        None, description="Needed for `om`, as a code; left out for `cmm`", examples=["MM-MLM"]
    )
    held_on: Day | None = Field(None, description="The day of the meeting, for which it is worked out; else today")
    meeting_id: MeetingId | None = Field(None, description="Else made of corridor or city, and day")
    participants: list[AgencyIdField] | None = Field(
        None, min_length=1, max_length=MAX_ROWS, description="Else your own agency and those of the cases"
    )
    recipient: AgencyIdField | None = Field(
        None,
        description="Whom it is sent to; else the participant with whom you have most to do. Name one for `om` while "
        "no agency of your own country has part in a case: nobody is invented, and `content` then waits for it",
        examples=["MM-DSW"],
    )


class AgendaProposed(BaseModel):
    """An agenda as the cases give it. Nothing is recorded."""

    form: int
    path: str = Field(description="Where `content` is posted, as it is or changed, once somebody has looked it through")
    content: dict[str, Any] = Field(description="The content of form 28: references and codes, no names")
    hint: str | None = Field(None, description="What `content` still waits for before it can be posted")
    cases: int = Field(description="How many cases of the corridor were looked at")
    left_out: int = Field(description="How many items did not fit on the agenda")
    names: dict[str, str] | None = Field(
        None, description="With `resolve=names`: the main name beside each case that you may know. Never in `content`"
    )


@router.post("/preview", responses={code: PROBLEM_RESPONSES[code] for code in (401, 403, 422)})
def preview_agenda(
    node: NodeOf,
    caller: Caller,
    wanted: Annotated[AgendaWanted, Body()],
    resolve: Annotated[Literal["names"] | None, Query(description="`names`: say who is behind each reference")] = None,
) -> AgendaProposed:
    """Propose the agenda of a meeting: overdue, special, unassigned, negative, unacknowledged, and what else is open.

    For a case management meeting: who has waited for 150 days, who is overdue and what stands in the way, special
    cases, basic files only, tracing without a result, nationality, legal holds, negative assessments, disputes about a
    hand-over, what nobody answered, the share of full files, and how many could go home next. For an operational
    meeting: arrivals, assignments to make, who has no provider, negative assessments, special cases, long stays,
    visits that are overdue, re-admissions.
    """
    caller.require_write(MeetingAgenda)
    meeting = _occasion(node, wanted, caller)
    agenda = draw_up(node, caller.agency, meeting)
    content = _content(wanted, meeting, agenda, caller)
    try:
        compose(node, caller, MeetingAgenda, {"recipient": caller.agency, **content}, None)  # could it be posted?
    except InvalidInput as error:
        raise of_body(error) from None
    names = None
    if resolve is not None:
        uids = dict.fromkeys(item.case_uid for item in agenda.items if item.case_uid is not None)
        names = {str(uid): name for uid, name in resolve_names(node, caller, uids).items()}
    return AgendaProposed(
        form=MeetingAgenda.facts.form,
        path=path_of(MeetingAgenda),
        content=content,
        hint=None if "recipient" in content else _NOBODY,
        cases=agenda.cases,
        left_out=agenda.left_out,
        names=names,
    )


def _occasion(node: Node, wanted: AgendaWanted, caller: Principal) -> Occasion:
    """Return the meeting; raises ``InvalidInput`` where neither country is the caller's own."""
    corridor = Corridor(destination=wanted.corridor.destination, origin=wanted.corridor.origin)
    if not corridor.covers(caller.agency):
        raise InvalidInput("corridor_not_ours", "one of the two countries has to be your agency's own")
    on = wanted.held_on or today_of(node, caller.agency)
    return plan_meeting(node, caller.agency, wanted.meeting, corridor, on=on, since=wanted.since)


def _content(wanted: AgendaWanted, meeting: Occasion, agenda: Agenda, caller: Principal) -> dict[str, Any]:
    """Return the content of form 28, with whom it is for where that is known."""
    place = wanted.city or f"{meeting.corridor.destination}-{meeting.corridor.origin}"
    others = _others(meeting, agenda, caller.agency)
    participants = wanted.participants or [caller.agency, *others][:MAX_ROWS]
    recipient = wanted.recipient or next((one for one in participants if one != caller.agency), None)
    content = content_of(
        meeting,
        agenda,
        meeting_id=wanted.meeting_id or f"{meeting.meeting.upper()}-{place}-{meeting.on}",
        city=wanted.city,
        participants=participants,
    )
    return content if recipient is None else {"recipient": recipient, **content}


def _others(meeting: Occasion, agenda: Agenda, agency: AgencyId) -> Sequence[AgencyId]:
    """Return who else is at the table: of both countries, the other one first, or of the own country alone."""
    home = country_of(agency)
    others = [one for one in agenda.agencies if one != agency and meeting.corridor.covers(one)]
    if meeting.meeting is Meeting.OM:
        return [one for one in others if country_of(one) == home]
    return sorted(others, key=lambda one: country_of(one) == home)
