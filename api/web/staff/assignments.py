"""Who works on a case: most of what is read is read by those who are assigned to it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.flow.assigning import get_known_case, prepare_assign, prepare_unassign
from api.rules.access import CASES_ASSIGN, CASES_READ
from api.store import assignments
from api.store.case_tables import AssignmentRow
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from schemas.document import Role

router = APIRouter(
    prefix="/v1/cases/{case_uid}/assignments", tags=["assignments"], generate_unique_id_function=operation_name
)
ClientInPath = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._@|:-]{0,199}$",
        description="A client of your agency, or the subject under which a person signs in; a number, never a name",
        examples=["mm-dsw-desk-2"],
    ),
]


class NewAssignment(BaseModel):
    """In which role somebody works on the case."""

    model_config = ConfigDict(extra="forbid")
    role: Role = Field(description="One of the client's own roles", examples=["SW"])


class AssignmentView(BaseModel):
    """Somebody who works on the case."""

    client_id: str
    role: str
    assigned_at: datetime
    assigned_by: str


def _view(row: AssignmentRow) -> AssignmentView:
    return AssignmentView.model_validate(row, from_attributes=True)


@router.get("")
def list_assignments(node: NodeOf, caller: Caller, case_uid: CaseInPath) -> list[AssignmentView]:
    """List who of your agency works on a case: for those who decide it, and for those who may know of the case."""
    caller.require(CASES_READ)
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid, is_known=caller.may(CASES_ASSIGN))
        return [_view(row) for row in assignments.list_assignments(session, caller.agency, case_uid)]


@router.put("/{client_id}")
async def assign(
    node: NodeOf,
    caller: Caller,
    request: Request,
    case_uid: CaseInPath,
    client_id: ClientInPath,
    body: Annotated[NewAssignment, Body()],
) -> AssignmentView:
    """Put somebody of your agency on a case; case managers, focal and welfare officers do, also with themselves."""
    people = request.app.state.issuer is not None
    unit = await run_in_threadpool(prepare_assign, node, caller, case_uid, client_id, body.role, knows_people=people)
    return await node.writer.write_async(lambda session: _view(unit(session)))


@router.delete("/{client_id}", status_code=HTTPStatus.NO_CONTENT)
async def unassign(node: NodeOf, caller: Caller, case_uid: CaseInPath, client_id: ClientInPath) -> None:
    """Take somebody off a case; what they could read only because of it is closed to them at once."""
    await node.writer.write_async(prepare_unassign(node, caller, case_uid, client_id))
