"""Cases that may be one person's: suggested with reasons, merged and taken apart again by a person."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from api.flow.matching import Suggestion, prepare_merge, prepare_unmerge, suggest
from api.flow.watch import look_anew
from api.rules.matching.merging import MergeReason
from api.rules.matching.reasons import MatchReason, Verdict
from api.rules.matching.score import SUGGESTED_FROM
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.problems import PROBLEM_RESPONSES
from schemas.base import CaseUidField

router = APIRouter(prefix="/v1/cases", tags=["matches"], generate_unique_id_function=operation_name)


class FieldView(BaseModel):
    """What the comparison of one field says. It never holds a value."""

    field: str = Field(examples=["names"])
    verdict: Verdict
    weight: float = Field(description="Bits for (above nought) or against one person; unknown weighs nothing")
    reasons: list[MatchReason] = Field(description="In what the two agree or differ, as codes")


class MatchView(BaseModel):
    """A case that may be the same person's. Nothing follows from it by itself."""

    case_uid: str
    score: float = Field(ge=SUGGESTED_FROM, le=1, description="From 0 to 1; all fields together")
    fields: list[FieldView]
    merged_into: str | None = Field(None, description="The case into which that one was merged, if you may know of it")


class Matches(BaseModel):
    """Cases of the caller's agency that may be the same person's, best first; at most 20 that you may know of."""

    case_uid: str
    items: list[MatchView]
    hidden: bool = Field(
        description="Whether a case that you do not work on may be the same person's: ask a focal or welfare officer"
    )


class Merge(BaseModel):
    """A person's decision that two cases are one person's."""

    model_config = ConfigDict(extra="forbid")
    into: CaseUidField = Field(description="The case that stands for both from now on")
    reason_code: MergeReason


class MergeView(BaseModel):
    """Into which case one was merged; documents stay where they are."""

    case_uid: str
    merged_into: str
    reason_code: MergeReason
    merged_at: datetime


class Unmerged(BaseModel):
    """The case stands for itself again."""

    case_uid: str
    merged_into: None = None


@router.get("/{case_uid}/matches")
def list_matches(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> Matches:
    """Suggest cases that may be the same person's, each with what agrees and what differs. Every look is logged.

    Of a case that you may not know of, you learn no more than that there is one.
    """
    look_anew(node, (caller.agency,))
    found = suggest(node, caller, case_uid)
    return Matches(case_uid=case_uid, items=[_view(one) for one in found.shown], hidden=found.is_more_hidden)


def _view(one: Suggestion) -> MatchView:
    fields = [
        FieldView(field=line.field, verdict=line.verdict, weight=line.weight, reasons=list(line.reasons))
        for line in one.match.fields
    ]
    return MatchView(case_uid=one.case_uid, score=one.match.score, fields=fields, merged_into=one.merged_into)


@router.post("/{case_uid}/merge", responses={409: PROBLEM_RESPONSES[409]})
async def merge_case(node: NodeOf, caller: Caller, case_uid: CaseInPath, body: Annotated[Merge, Body()]) -> MergeView:
    """Say that this case is the same person's as another. No document changes, and it can be taken back."""
    link = await node.writer.write_async(prepare_merge(node, caller, case_uid, body.into, body.reason_code))
    return MergeView(
        case_uid=case_uid, merged_into=link.into_uid, reason_code=MergeReason(link.reason), merged_at=link.linked_at
    )


@router.post("/{case_uid}/unmerge", responses={409: PROBLEM_RESPONSES[409]})
async def unmerge_case(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> Unmerged:
    """Take a merge back: both cases are as they were before."""
    await node.writer.write_async(prepare_unmerge(node, caller, case_uid))
    return Unmerged(case_uid=case_uid)
