"""What a route is given: the node it serves, and who is calling."""

from typing import Annotated

from fastapi import Depends, Request

from api.flow.node import Node


def _node(request: Request) -> Node:
    node: Node = request.app.state.node
    return node


NodeOf = Annotated[Node, Depends(_node)]
