"""Which parameters an operation knows.

A filter that nobody heeds shows other things than were asked for, so one that is not known is refused. What somebody
typed in its place is not told again.
"""

import difflib
from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.errors import Finding, InvalidInput

_LONGEST_NAME = 60


def refuse_unknown_parameters(request: Request) -> None:
    """Raise ``InvalidInput`` with ``unknown_parameter`` where the query names what the operation does not know."""
    asked, route = request.query_params, request.scope.get("route")
    if not asked or not isinstance(route, APIRoute):
        return
    known = set(_declared(route.dependant))
    unknown = [name for name in asked if name not in known]
    if unknown:
        finding = Finding("/query", "unknown_parameter", _hint(unknown[0], sorted(known)))
        raise InvalidInput("invalid_request", "leave out what the operation does not know", (finding,))


def _declared(dependant: Dependant) -> Iterator[str]:
    """Yield the parameters of an operation, with those of what it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _declared(inner)


def _hint(unknown: str, known: list[str]) -> str:
    """Return the declared name that is closest to one that is not known, or all there are."""
    closest = difflib.get_close_matches(unknown[:_LONGEST_NAME], known, n=1)
    if closest:
        return f"did you mean '{closest[0]}'?"
    return f"this operation knows {', '.join(known)}" if known else "this operation knows no parameters in its query"
