"""Which numbers hold in which corridor, since when, and by which documents of both sides; who approves new ones."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.errors import NotPermitted
from api.flow.node import today_of
from api.flow.policies import find_policies, list_open_proposals
from api.flow.terms import ApprovedTerms, prepare_approval
from api.rules.access import CASES_READ
from api.rules.agreements import Policies
from api.rules.policy import POLICIES
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from schemas.base import country_of
from schemas.corridor_policy import CorridorPolicy

router = APIRouter(prefix="/v1", tags=["policies"], generate_unique_id_function=operation_name)

Numbers = dict[str, int | list[int] | list[str]]


class PolicyView(BaseModel):
    """The numbers of one corridor that hold today."""

    destination: str
    origin: str
    since: date | None = Field(None, description="The first day of the agreement; missing where nothing was agreed")
    proposal_id: str | None = Field(None, description="The document that proposed it")
    answer_id: str | None = Field(None, description="The document that agreed to it")
    numbers: Numbers


class ProposalView(BaseModel):
    """What one side proposed and the other has not answered."""

    document_id: str
    from_agency: str
    to_agency: str
    destination: str
    origin: str
    valid_from: date


class PolicyList(BaseModel):
    """Every corridor of the caller's country, and what is proposed for it."""

    items: list[PolicyView]
    proposed: list[ProposalView]


class ApprovalView(BaseModel):
    """An approval that another officer may make use of."""

    grant_id: str
    recipient: str
    expires_at: datetime


@router.get("/policies", response_model_exclude_none=True)
def list_policies(node: NodeOf, caller: Caller) -> PolicyList:
    """List which numbers hold for each corridor of the caller's country, since when, and by which documents."""
    if not caller.may_read(CorridorPolicy) and not caller.may(CASES_READ):
        raise NotPermitted("scope_missing", f"this needs the scope {CorridorPolicy.facts.scope}:read or {CASES_READ}")
    country = country_of(caller.agency)
    today = today_of(node, caller.agency)
    with node.database.reader() as session:
        policies = find_policies(node, session, caller.agency)
        proposed = list_open_proposals(node, session, caller.agency)
    agreed = ((one.destination, one.origin) for one in policies.agreements)
    ends = sorted({pair for pair in (*POLICIES, *agreed) if country in pair})
    return PolicyList(items=[_view(policies, *pair, today) for pair in ends], proposed=list(map(_proposal, proposed)))


@router.post("/policies/approvals", status_code=HTTPStatus.CREATED)
async def approve_terms(node: NodeOf, caller: Caller, body: Annotated[ApprovedTerms, Body()]) -> ApprovalView:
    """Approve, as a second officer, that another one proposes these numbers or agrees to them, once, in three days."""
    unit = await run_in_threadpool(prepare_approval, node, caller, body)
    return await node.writer.write_async(
        lambda session: ApprovalView.model_validate(unit(session), from_attributes=True)
    )


def _view(policies: Policies, destination: str, origin: str, today: date) -> PolicyView:
    found = policies.find(destination, origin, today)
    return PolicyView(
        destination=destination,
        origin=origin,
        since=found.since if found else None,
        proposal_id=found.proposal_id if found else None,
        answer_id=found.answer_id if found else None,
        numbers={name: _plain(value) for name, value in asdict(policies.on(destination, origin, today)).items()},
    )


def _plain(value: int | Iterable[int] | Iterable[str]) -> int | list[int] | list[str]:
    """Return a number or a list as JSON knows it; what has no order gets one."""
    if isinstance(value, int):
        return value
    return sorted(value) if isinstance(value, frozenset) else list(value)  # type: ignore[return-value]  # ints or codes


def _proposal(one: CorridorPolicy) -> ProposalView:
    return ProposalView(
        document_id=one.id,
        from_agency=one.sender,
        to_agency=one.recipient,
        destination=one.corridor.destination,
        origin=one.corridor.origin,
        valid_from=one.valid_from,
    )
