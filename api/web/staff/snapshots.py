"""The figures of a year as they were frozen and signed, and their errata (004 2.12)."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.flow.snapshots import Kept, list_kept, prepare_erratum, prepare_snapshot
from api.rules.access import FIGURES_KEEP, FIGURES_READ
from api.rules.figures.snapshot import ErratumReason, YearFigures
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from api.web.problems import PROBLEM_RESPONSES
from api.web.staff.figures import YearInPath

router = APIRouter(prefix="/v1/figures", tags=["figures"], generate_unique_id_function=operation_name)


class Erratum(BaseModel):
    """Why a year is told anew."""

    model_config = ConfigDict(extra="forbid")
    reason_code: ErratumReason


class SnapshotView(BaseModel):
    """Figures that were frozen."""

    number: int = Field(description="0 is the snapshot, each further one an erratum")
    sha256: str = Field(description="Digest of the signed bytes; the next erratum names it")
    signed: str = Field(description="Compact JWS, `typ: homeward-figures+jws`, by the agency's key")
    figures: YearFigures

    @classmethod
    def of(cls, kept: Kept) -> "SnapshotView":
        """Show what was frozen."""
        return cls(number=kept.figures.number, sha256=kept.sha256, signed=kept.signed.decode(), figures=kept.figures)


class SnapshotList(BaseModel):
    """What was frozen of a year, in order."""

    items: list[SnapshotView]


@router.post(
    "/{year}/snapshot",
    status_code=HTTPStatus.CREATED,
    response_model=SnapshotView,
    responses={409: PROBLEM_RESPONSES[409]},
)
async def freeze_year(node: NodeOf, caller: Caller, year: YearInPath) -> Any:
    """Freeze a year as it may leave: signed, once, never changed. Later findings are errata."""
    caller.require(FIGURES_KEEP)
    unit = await run_in_threadpool(prepare_snapshot, node, caller, year)
    return SnapshotView.of(await node.writer.write_async(unit))


@router.post(
    "/{year}/errata",
    status_code=HTTPStatus.CREATED,
    response_model=SnapshotView,
    responses={409: PROBLEM_RESPONSES[409]},
)
async def correct_year(node: NodeOf, caller: Caller, year: YearInPath, body: Annotated[Erratum, Body()]) -> Any:
    """Tell a frozen year anew, with the reason and with what is different; what was frozen stays."""
    caller.require(FIGURES_KEEP)
    unit = await run_in_threadpool(prepare_erratum, node, caller, year, body.reason_code)
    return SnapshotView.of(await node.writer.write_async(unit))


@router.get("/{year}/snapshots")
def list_snapshots(node: NodeOf, caller: Caller, year: YearInPath) -> SnapshotList:
    """List what was frozen of a year: the snapshot, then its errata."""
    caller.require(FIGURES_READ)
    return SnapshotList(items=[SnapshotView.of(kept) for kept in list_kept(node, caller.agency, year)])
