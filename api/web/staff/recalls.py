"""A person takes a consent back: one call tells everyone who relies on it, another shows who has signed for it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.errors import Finding, InvalidInput
from api.flow.clearance import reader_of
from api.flow.node import Node
from api.flow.recall import OPEN, Got, Progress, Recalls, Record, Sent, prepare_pass_on, prepare_recall, read_recalls
from api.rules.access import Principal
from api.rules.masks import seen_consents
from api.rules.withdrawal import Reached
from api.store.engine import Session
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.idempotency import Answer, IdempotencyKey, Once
from api.web.problems import PROBLEM_RESPONSES
from api.web.staff.composing import compose
from api.web.staff.recording import RecordedView, judged_anew
from schemas.base import CaseUid, DocumentId
from schemas.consent import ConsentRecord
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import ConsentPurpose, Document

Rows = Collection[ConsentRecord]
"""What the caller sees of the withdrawn rows: section J may be open to it in part."""

router = APIRouter(prefix="/v1/cases", tags=["recalls"], generate_unique_id_function=operation_name)

_FOUND_BY_NODE = ("recipient", "recalled", "reply_to", "supersedes")
"""What follows from the case; a caller can't know it better."""
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        {
                            "title": "NewRecall",
                            "description": "What the person takes back, as in form 26 without a recipient",
                            "type": "object",
                            "required": ["records"],
                            "additionalProperties": False,
                            "properties": {
                                "records": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": 60,
                                    "items": {"$ref": "#/components/schemas/ConsentRecord"},
                                },
                                "asks": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {"$ref": "#/components/schemas/WithdrawalRequest"},
                                    "default": ["stop_using"],
                                },
                            },
                        },
                        {
                            "title": "PassOn",
                            "description": "Pass on a withdrawal that came in",
                            "type": "object",
                            "required": ["pass_on"],
                            "additionalProperties": False,
                            "properties": {
                                "pass_on": {"type": "string", "description": "The id of the withdrawal that came in"}
                            },
                        },
                    ]
                }
            }
        },
    }
}


class RecallView(BaseModel):
    """The withdrawal is recorded for every agency that relies on the consents, and on its way to all of them."""

    items: list[RecordedView]


class LeftView(BaseModel):
    """An agency that still has to be told."""

    recipient: str
    documents: list[str] = Field(description="What it was told; empty where it only keeps the record of the consent")
    purposes: list[ConsentPurpose]

    @classmethod
    def of(cls, reached: Reached, seen: Rows) -> "LeftView":
        """Show who has to be told, and of what."""
        purposes = list(dict.fromkeys(row.purpose for row in reached.records if row in seen))
        return cls(recipient=reached.recipient, documents=list(reached.documents), purposes=purposes)

    @classmethod
    def of_each(cls, left: Collection[Reached], seen: Rows) -> "list[LeftView]":
        """Show each whom a row concerns that the caller sees."""
        return [cls.of(one, seen) for one in left if any(row in seen for row in one.records)]


class ToldView(BaseModel):
    """A withdrawal to one recipient, and when the recipient signed that it was stored, read, and passed on."""

    document_id: str
    recipient: str
    purposes: list[ConsentPurpose]
    passes_on: str | None = Field(description="The withdrawal that came in and is passed on with this one")
    recalled: list[str] = Field(description="What the recipient had received")
    sent_at: datetime
    stored_at: datetime | None
    opened_at: datetime | None
    answered_at: datetime | None
    standing: Progress
    is_open: bool = Field(description="Nobody over there has signed yet that it was read")

    @classmethod
    def of(cls, told: Sent, seen: Rows) -> "ToldView":
        """Show one withdrawal with the receipts that are held."""
        at = {status.value: when for status, when in told.receipts.items()}
        return cls(
            document_id=told.withdrawal.id,
            recipient=told.withdrawal.recipient,
            purposes=[row.purpose for row in seen],
            passes_on=told.withdrawal.reply_to,
            recalled=list(told.withdrawal.recalled),
            sent_at=told.recorded_at,
            stored_at=at.get("stored"),
            opened_at=at.get("opened"),
            answered_at=at.get("answered"),
            standing=told.standing,
            is_open=told.standing in OPEN,
        )


class GotView(BaseModel):
    """A withdrawal that came in, and whom the caller's agency has to tell of it."""

    document_id: str
    from_agency: str
    purposes: list[ConsentPurpose]
    received_at: datetime
    to_pass_on: list[LeftView]

    @classmethod
    def of(cls, got: Got, seen: Rows) -> "GotView":
        """Show one withdrawal with whom it was not passed on to yet."""
        return cls(
            document_id=got.withdrawal.id,
            from_agency=got.withdrawal.sender,
            purposes=[row.purpose for row in seen],
            received_at=got.received_at,
            to_pass_on=LeftView.of_each(got.to_pass_on, seen),
        )


class RecallsView(BaseModel):
    """Every withdrawal in a case, with what proves its way and what is left to do."""

    case_uid: str
    told: list[ToldView]
    to_tell: list[LeftView] = Field(description="Agencies that own withdrawals did not reach yet: post them again")
    got: list[GotView]


@router.post(
    "/{case_uid}/recalls",
    status_code=HTTPStatus.CREATED,
    response_model=RecallView,
    responses={code: PROBLEM_RESPONSES[code] for code in (401, 403, 404, 409, 422)},
    openapi_extra=_BODY,
)
async def recall(
    node: NodeOf,
    caller: Caller,
    case_uid: CaseInPath,
    content: Annotated[dict[str, Any], Body()],
    key: IdempotencyKey = None,
) -> Any:
    """Tell everyone who relies on a consent that it was taken back: all of them in one commit, or none.

    Say what is withdrawn; the node finds the agencies that were told something under it, those that got the record of
    it, and those that gave it. Each is told of what concerns it and nothing else. Called again, it tells those who do
    not know yet. With `pass_on` it passes a withdrawal that came in on to those whom your agency told something.
    """
    caller.require_write(ConsentWithdrawal)
    once = Once(node, caller, key, ["recall", case_uid, content])
    earlier = await run_in_threadpool(once.find)
    if earlier is not None:
        return earlier
    answer = await judged_anew(once, lambda: _unit(_prepare(node, caller, case_uid, content), caller), node.clock())
    node.wake.set()
    return answer


def _unit(record: Record, caller: Principal) -> Callable[[Session], Answer]:
    """Return the unit that records a recall and answers with what was told to whom."""

    def unit(session: Session) -> Answer:
        items = [RecordedView.of(one, caller) for one in record(session)]
        return RecallView(items=items).model_dump(mode="json")

    return unit


def _prepare(node: Node, caller: Principal, case_uid: str, content: dict[str, Any]) -> Record:
    """Return the unit for a new recall, or for one that is passed on."""

    def write(whole: Mapping[str, Any]) -> Document:
        return compose(node, caller, ConsentWithdrawal, whole, case_uid)

    if "pass_on" in content:
        withdrawal_id = DocumentId(_only_pass_on(content))
        return prepare_pass_on(node, caller, CaseUid(case_uid), withdrawal_id, write)
    taken = [name for name in _FOUND_BY_NODE if name in content]
    if taken:
        hint = "the node finds this by itself; leave it out, or post form 26"
        raise InvalidInput("set_by_node", hint, tuple(Finding(f"/{name}", "set_by_node", hint) for name in taken))
    withdrawal = write({**content, "recipient": caller.agency})
    assert isinstance(withdrawal, ConsentWithdrawal)  # noqa: S101  # that is the kind that was asked for
    return prepare_recall(node, caller, withdrawal, write)


def _only_pass_on(content: dict[str, Any]) -> str:
    """Return the id of the withdrawal to pass on; its rows are those that came in, so nothing else may be given."""
    withdrawal_id = content["pass_on"]
    if len(content) > 1 or not isinstance(withdrawal_id, str):
        hint = "give the id of the withdrawal that came in and nothing else"
        raise InvalidInput("pass_on_alone", hint, (Finding("/pass_on", "pass_on_alone", hint),))
    return withdrawal_id


@router.get("/{case_uid}/recalls")
def list_recalls(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> RecallsView:
    """See each withdrawal of a case with the receipts of its recipient, and what is left to tell or to pass on.

    As far as you may see what was withdrawn: of a withdrawal that concerns others alone, nothing.
    """
    if not caller.may_read(ConsentWithdrawal):
        caller.require(f"{ConsentWithdrawal.facts.scope}:read")
    found = read_recalls(node, caller, CaseUid(case_uid))
    seen = _seen(node, caller, found)
    own = [row for one in found.told for row in seen[one.withdrawal.id]]
    return RecallsView(
        case_uid=case_uid,
        told=[ToldView.of(one, rows) for one in found.told if (rows := seen[one.withdrawal.id])],
        to_tell=LeftView.of_each(found.to_tell, own),
        got=[GotView.of(one, rows) for one in found.got if (rows := seen[one.withdrawal.id])],
    )


def _seen(node: Node, caller: Principal, found: Recalls) -> Mapping[DocumentId, Rows]:
    """Return what the caller sees of each withdrawal: what it would see if it read the document."""
    withdrawals = [*(told.withdrawal for told in found.told), *(got.withdrawal for got in found.got)]
    with node.database.reader() as session:
        return {one.id: seen_consents(one.records, reader_of(node, session, caller, one)) for one in withdrawals}
