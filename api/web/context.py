"""What a route is given: its name in the contract, the node it serves, and the ids in its path."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.routing import APIRoute

from api.flow.node import Node
from schemas.base import AgencyIdField, CaseUidField, DocumentIdField


def operation_name(route: APIRoute) -> str:
    """Name an operation in the OpenAPI document like its function: short, and the same whatever its path becomes."""
    return route.name


async def _node(request: Request) -> Node:
    node: Node = request.app.state.node
    return node


NodeOf = Annotated[Node, Depends(_node)]

CaseInPath = Annotated[CaseUidField, Path(description="The case's id: a ULID without any meaning")]
DocumentInPath = Annotated[DocumentIdField, Path(description="The document's id: a ULID")]
FormInPath = Annotated[int, Path(description="The number of a form, as `GET /v1/forms` lists it", examples=[1])]
AgencyInPath = Annotated[AgencyIdField, Path(description="The agency's id", examples=["MM-DSW"])]
"""What cannot be an id is answered like an id that does not exist."""
