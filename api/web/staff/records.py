"""Each kind of document has its own typed operation, made from the registry of kinds.

The path holds the form's number, never its name (promise 5); what the form is called stands in the OpenAPI page.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from api.errors import InvalidInput
from api.flow.assigning import case_not_found, require_known
from api.rules.field_places import readers_if_assigned, readers_of
from api.store import cases
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.idempotency import IdempotencyKey
from api.web.problems import PROBLEM_RESPONSES
from api.web.staff.composing import compose
from api.web.staff.recording import RecordedView, record_once
from schemas.document import Document
from schemas.registry import KINDS

router = APIRouter(generate_unique_id_function=operation_name)


class FormView(BaseModel):
    """A form: what it is, and who may send it."""

    form: int
    title: str
    kind: str
    source: str
    about_case: bool
    path: str = Field(description="Where it is posted")
    writers: list[str]
    readers: list[str] = Field(description="The roles that may see anything of it")
    readers_if_assigned: list[str] = Field(description="Those of them that read it only in cases they are assigned to")


def content_schema_name(kind: type[Document]) -> str:
    """Name the schema of what a caller posts for a kind."""
    return f"{kind.__name__}Content"


def path_of(kind: type[Document]) -> str:
    """Return where documents of a kind are posted."""
    number = kind.facts.form
    return f"/v1/cases/{{case_uid}}/forms/{number}" if kind.facts.about_case else f"/v1/forms/{number}"


async def _record(
    node: NodeOf, caller: Caller, kind: type[Document], content: dict[str, Any], case_uid: str | None, key: str | None
) -> Any:
    caller.require_write(kind)
    request = ["record", kind.facts.form, case_uid, content]
    return await record_once(node, caller, key, request, lambda: _compose(node, caller, kind, content, case_uid))


def _compose(
    node: NodeOf, caller: Caller, kind: type[Document], content: dict[str, Any], case_uid: str | None
) -> Document:
    """Return the document; who may not know of its case is told that, and not what is wrong in the content."""
    try:
        return compose(node, caller, kind, content, case_uid)
    except InvalidInput:
        if case_uid is not None:
            with node.database.reader() as session:
                if cases.find_case(session, caller.agency, case_uid) is None:
                    raise case_not_found() from None
                require_known(session, caller, [case_uid])
        raise


def _endpoint(kind: type[Document]) -> Callable[..., Awaitable[Any]]:
    async def of_case(
        node: NodeOf,
        caller: Caller,
        case_uid: CaseInPath,
        content: Annotated[dict[str, Any], Body()],
        key: IdempotencyKey = None,
    ) -> Any:
        return await _record(node, caller, kind, content, case_uid, key)

    async def of_list(
        node: NodeOf, caller: Caller, content: Annotated[dict[str, Any], Body()], key: IdempotencyKey = None
    ) -> Any:
        return await _record(node, caller, kind, content, None, key)

    return of_case if kind.facts.about_case else of_list


@router.get("/v1/forms", tags=["forms"])
def list_forms(_caller: Caller) -> list[FormView]:
    """List the forms: number, what it is, where it is posted, who may write and read it, and who only if assigned."""
    return [
        FormView(
            form=kind.facts.form,
            title=kind.facts.title,
            kind=name,
            source=kind.facts.source,
            about_case=kind.facts.about_case,
            path=path_of(kind),
            writers=sorted(kind.facts.writers),
            readers=sorted(readers_of(kind)),
            readers_if_assigned=sorted(readers_if_assigned(kind)),
        )
        for name, kind in KINDS.items()
    ]


def _add_operation(kind: type[Document]) -> None:
    """Give a kind an operation of its own, typed by what staff post."""
    reference = {"$ref": f"#/components/schemas/{content_schema_name(kind)}"}
    router.add_api_route(
        path_of(kind),
        _endpoint(kind),
        methods=["POST"],
        tags=["documents"],
        status_code=HTTPStatus.CREATED,
        response_model=RecordedView,
        operation_id=f"record_form_{kind.facts.form}",
        summary=f"Form {kind.facts.form}: {kind.facts.title}",
        description=f"{(kind.__doc__ or '').strip()}\n\nSource: {kind.facts.source}.",
        responses={code: PROBLEM_RESPONSES[code] for code in (401, 403, 404, 409, 422)},
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}},
    )


for _kind in KINDS.values():
    _add_operation(_kind)
