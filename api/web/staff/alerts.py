"""What is due and what is late, as somebody works it off; nothing about the person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticKnownError

from api.errors import InvalidInput, NotFound, NotPermitted
from api.flow import watch
from api.flow.alerts import hearer_of, prepare_barrier, prepare_snooze, prepare_wake
from api.rules.access import CASES_READ, PUTS_OFF, Principal
from api.rules.watch.deadline import INFORMS_FOR, AlertSeverity, Rule, severity_of
from api.rules.watch.snooze import SnoozeReason
from api.rules.watch.table import WORDS
from api.store import deadlines
from api.store.case_tables import DeadlineRow
from api.store.deadlines import Hearer, Key, Wanted
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.cursors import Cursor, Limit, id_in, instant_in, page_of, read_cursor, write_cursor
from schemas.base import CaseUidField, Instant
from schemas.document import Role
from schemas.figures_codes import Barrier

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], generate_unique_id_function=operation_name)

_PARTS = 3
_RULES_TOLD = "; ".join(f"`{rule}` {WORDS[rule].label}" for rule in Rule)
_RULES_ASKED = sorted({*map(str, Rule), *(rule[:3] for rule in Rule)})
"""The rules, and the rows of the policy table that have two clocks."""


def _known(rule: str) -> str:
    if rule not in _RULES_ASKED:
        raise PydanticKnownError("enum", {"expected": ", ".join(_RULES_ASKED)})
    return rule


RuleAsked = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": _RULES_ASKED}),
]
AlertInPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,200}$", description="The alert's id, from the list")]


class AlertView(BaseModel):
    """Something that is due or late."""

    alert_id: str
    rule: Rule = Field(
        description=f"The row of the policy table; a letter tells apart two clocks of one row: {_RULES_TOLD}"
    )
    label: str = Field(description="The rule in words")
    hint: str = Field(description="What to do")
    case_uid: str | None = Field(None, description="Missing for what is due once a year")
    subject: str | None = Field(None, description="The document, visit or year that it is about")
    due_at: datetime
    severity: AlertSeverity
    owners: list[str] = Field(
        description="The roles that it is for, in your own agency; the other side has an alert of its own"
    )
    barrier: Barrier | None = None
    snoozed_until: datetime | None = None
    snooze_reason: SnoozeReason | None = None


class AlertPage(BaseModel):
    """A page of alerts, soonest due first."""

    items: list[AlertView]
    next: str | None = None


class Snooze(BaseModel):
    """Until when nobody is reminded, and why."""

    model_config = ConfigDict(extra="forbid")
    until: Instant = Field(description="With its offset; thirty days ahead at most")
    reason_code: SnoozeReason


class NamedBarrier(BaseModel):
    """What keeps it from being done."""

    model_config = ConfigDict(extra="forbid")
    barrier: Barrier


@dataclass(frozen=True)
class Asked:
    """Which alerts are asked for."""

    severity: Annotated[AlertSeverity | None, Query(description="Only what is as late as this")] = None
    rule: Annotated[RuleAsked | None, Query(description=f"`D04` lists both D04a and D04b. {_RULES_TOLD}")] = None
    owner: Annotated[Role | None, Query(description="What is for a role")] = None
    case_uid: Annotated[CaseUidField | None, Query(description="Only what is due in this case")] = None
    snoozed: Annotated[
        bool | None, Query(description="Left out: what is snoozed is hidden, save for what is late already")
    ] = None

    def as_wanted(self, now: datetime, hearer: Hearer) -> Wanted:
        """Return what the store is asked for."""
        return Wanted(
            now,
            INFORMS_FOR,
            severity=self.severity,
            rule=self.rule,
            owner=self.owner,
            case_uid=self.case_uid,
            is_snoozed=self.snoozed,
            hearer=hearer,
        )


@router.get("", response_model_exclude_none=True)
def list_alerts(
    node: NodeOf, caller: Caller, asked: Annotated[Asked, Depends()], cursor: Cursor = None, limit: Limit = 50
) -> AlertPage:
    """List what is due soon or late, soonest due first; what is met or far ahead is left out.

    It is about cases that you may know of; what speaks of something that is kept from your role is left out.
    """
    caller.require(CASES_READ)
    watch.look_anew(node, [caller.agency])
    now = node.clock()
    wanted = asked.as_wanted(now, hearer_of(caller))
    with node.database.reader() as session:
        rows = deadlines.list_alerts(session, caller.agency, wanted, limit=limit + 1, after=_place(cursor))
    page, following = page_of(rows, limit, lambda row: (row.due_at.isoformat(), row.case_uid, row.rule, row.subject))
    return AlertPage(items=[_view(row, now) for row in page], next=following)


@router.post("/{alert_id}/snooze", response_model_exclude_none=True)
async def snooze_alert(
    node: NodeOf, caller: Caller, alert_id: AlertInPath, body: Annotated[Snooze, Body()]
) -> AlertView:
    """Put a reminder off for a while, with the reason. What is late stays on the list, marked."""
    key = _key(caller, alert_id)
    act = prepare_snooze(node, caller, key, body.until, body.reason_code)
    return _view(await node.writer.write_async(act), node.clock())


@router.post("/{alert_id}/wake", response_model_exclude_none=True)
async def wake_alert(node: NodeOf, caller: Caller, alert_id: AlertInPath) -> AlertView:
    """End a snooze."""
    key = _key(caller, alert_id)
    return _view(await node.writer.write_async(prepare_wake(node, caller, key)), node.clock())


@router.put("/{alert_id}/barrier", response_model_exclude_none=True)
async def name_barrier(
    node: NodeOf, caller: Caller, alert_id: AlertInPath, body: Annotated[NamedBarrier, Body()]
) -> AlertView:
    """Name what keeps it from being done; the case management meeting lists what is late with its barrier."""
    key = _key(caller, alert_id)
    return _view(await node.writer.write_async(prepare_barrier(node, caller, key, body.barrier)), node.clock())


def _key(caller: Principal, alert_id: str) -> Key:
    """Return which deadline is meant; raises ``NotFound`` for what is no id of ours, ``NotPermitted`` by the role."""
    caller.require(CASES_READ)
    if not caller.roles & PUTS_OFF:
        raise NotPermitted("role_may_not_write", "reminders are put off by those who work on cases")
    try:
        return Key(caller.agency, *_named(*read_cursor(alert_id, _PARTS)))
    except InvalidInput:
        raise NotFound from None


def _named(case_uid: str, rule: str, subject: str) -> tuple[str, str, str]:
    """Return the parts of an id of ours; raises ``InvalidInput`` for anything else."""
    is_subject = subject.isascii() and subject.replace("-", "").replace("_", "").isalnum()
    if rule not in set(Rule) or not (subject == "" or is_subject):
        raise InvalidInput("cursor_unknown", "use `next` of the page before, or leave the cursor out")
    return id_in(case_uid) if case_uid else "", rule, subject


def _place(cursor: str | None) -> tuple[datetime, str, str, str] | None:
    """Return after which alert a page begins."""
    if cursor is None:
        return None
    due_at, *key = read_cursor(cursor, 1 + _PARTS)
    return (instant_in(due_at), *_named(*key))


def _view(row: DeadlineRow, now: datetime) -> AlertView:
    words = WORDS[Rule(row.rule)]
    is_asleep = row.snoozed_until is not None and row.snoozed_until > now
    return AlertView(
        alert_id=write_cursor(row.case_uid, row.rule, row.subject),
        rule=Rule(row.rule),
        label=words.label,
        hint=words.hint,
        case_uid=row.case_uid or None,
        subject=row.subject or None,
        due_at=row.due_at,
        severity=severity_of(row.rule, row.warn_at, row.due_at, now) or AlertSeverity.INFO,
        owners=row.owners.split("+"),
        barrier=Barrier(row.barrier) if row.barrier else None,
        snoozed_until=row.snoozed_until if is_asleep else None,
        snooze_reason=SnoozeReason(row.snooze_code) if is_asleep and row.snooze_code else None,
    )
