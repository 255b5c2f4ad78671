"""Where a request breaks its contract: places of declared names, and what is said there.

People type names into the strangest places, so a key that nobody declared is told by the group it stood in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

from api.errors import Finding, InvalidInput
from api.rules.checking import UNKNOWN_FIELD, closest, code_and_hint, is_own_code
from schemas.needs import pointer

SEE = "see the OpenAPI page for what is expected"
_OF_PARAMETERS = frozenset({"query", "header", "path"})
"""Their names and codes are declared by the operation itself, as those of a body's own members are; what lies deeper in
a body may be words about a person."""


def findings_in(request: Request, error: RequestValidationError) -> list[Finding]:
    """Say what is wrong with a request and where."""
    model = _body_of(request)
    return list(dict.fromkeys(_finding(item, model) for item in error.errors()))


def is_unknown_address(error: RequestValidationError) -> bool:
    """Say whether something in the path can't be what it names; what has a code of ours is no id, and may be told."""
    return any(item["loc"][0] == "path" and not is_own_code(item["type"]) for item in error.errors())


def of_body(error: InvalidInput) -> InvalidInput:
    """Return an error about the content of a body with its places told as those of a request are."""
    found = tuple(replace(one, path=f"/body{one.path}") for one in error.findings)
    return InvalidInput(error.code, error.hint, found, error.source)


def _finding(item: Mapping[str, Any], model: type[BaseModel] | None) -> Finding:
    source, *inside = item["loc"]
    is_extra = item["type"] == "extra_forbidden"
    declared, group = _declared(model, inside)
    place = inside if source in _OF_PARAMETERS and not is_extra else declared
    where = pointer((source, *place))
    if is_extra:
        return Finding(where, "unknown_field", closest(str(inside[-1]), group) if group is not None else UNKNOWN_FIELD)
    if is_own_code(item["type"]):
        return Finding(where, item["type"], item["msg"])
    is_told = source in _OF_PARAMETERS or len(place) == 1
    code, hint = code_and_hint(item["type"], item.get("ctx", {}), is_told=is_told)
    return Finding(where, code, hint or SEE)


def _body_of(request: Request) -> type[BaseModel] | None:
    """Return what the operation reads its body as, if that is a group of fields."""
    field = getattr(request.scope.get("route"), "body_field", None)
    return _group_in(field.field_info.annotation) if field is not None else None


def _declared(
    model: type[BaseModel] | None, place: Sequence[str | int]
) -> tuple[tuple[str | int, ...], type[BaseModel] | None]:
    """Return the part of a place in a body that is made of declared names and row numbers, and the group there."""
    known: list[str | int] = []
    for step in place:
        if isinstance(step, str):
            if model is None or step not in model.model_fields:
                break
            model = _group_in(model.model_fields[step].annotation)
        known.append(step)
    return tuple(known), model


def _group_in(annotation: object) -> type[BaseModel] | None:
    """Return the group of fields that a type speaks of: itself, or that of its rows."""
    waiting = [annotation]
    while waiting:
        found = waiting.pop()
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
        waiting.extend(get_args(found))
    return None
