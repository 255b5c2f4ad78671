"""The two OpenAPI documents: what the routes say, with the schemas of the kinds and the problems in them."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.web import tokens
from api.web.examples import EXAMPLES
from api.web.problems import PROBLEM_RESPONSES, Problem
from api.web.staff.composing import SET_BY_NODE, filled_in
from api.web.staff.doors import DOORS
from api.web.staff.form_notes import notes_of, schema_of
from api.web.staff.records import content_schema_name, path_of
from schemas.registry import KINDS

_REF = "#/components/schemas/{model}"
_CLAUSE_ENDS = re.compile(r"[.:;](?=\s|$)")
_MADE: dict[bool, dict[str, Any]] = {}
"""What was made in this process: it is the same for every node, and making it takes seconds."""


def openapi_of(app: FastAPI, *, is_staff: bool) -> dict[str, Any]:
    """Return an app's OpenAPI 3.1 document, in which each form says what it needs and shows what is posted.

    That of the staff app has the kinds in it: what is posted is a kind without what the node sets by itself.
    """
    if app.openapi_schema is None:
        app.openapi_schema = _MADE.get(is_staff) or _make(app, is_staff=is_staff)
        _MADE[is_staff] = app.openapi_schema
    return app.openapi_schema


def _make(app: FastAPI, *, is_staff: bool) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        servers=app.servers,
        tags=app.openapi_tags,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    models: list[Any] = [(Problem, "serialization")]
    if is_staff:
        models += [(kind, "validation") for kind in KINDS.values()]
    _, definitions = models_json_schema(models, ref_template=_REF)
    _add_apart(schemas, definitions.get("$defs", {}))
    if is_staff:
        _add_contents(schemas)
        _add_notes(document)
        _add_doors(document)
        _add_examples(document)
    else:
        _add_token_endpoint(document, schemas)
    _add_summaries(document)
    _add_problems(document, is_staff=is_staff)
    _tell_problems_once(document)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _add_apart(schemas: dict[str, Any], more: dict[str, Any]) -> None:
    """Add schemas; raises ``RuntimeError`` where another one has the name already, so that none hides another."""
    taken = {name for name, schema in more.items() if name in schemas and _shape(schemas[name]) != _shape(schema)}
    taken |= {name for name in (*schemas, *more) if "__" in name}  # FastAPI tells twins apart by their modules
    if taken:
        raise RuntimeError(f"two classes share a name in the contract: {', '.join(sorted(taken))}")
    schemas.update(more)


def _shape(schema: dict[str, Any]) -> object:
    """Return what tells one class from another; FastAPI writes the limits and defaults of the same one otherwise."""
    return schema.get("title"), sorted(schema.get("properties", ())), schema.get("enum")


def _add_contents(schemas: dict[str, Any]) -> None:
    for kind in KINDS.values():
        whole = schemas[kind.__name__]
        left_out = {*SET_BY_NODE}
        schemas[content_schema_name(kind)] = {
            **whole,
            "title": content_schema_name(kind),
            "properties": {name: schema for name, schema in whole["properties"].items() if name not in left_out},
            "required": [name for name in whole.get("required", []) if name not in {*left_out, *filled_in(kind)}],
        }
    schemas["DocumentView"]["properties"]["document"] = {
        "oneOf": [{"$ref": _REF.format(model=kind.__name__)} for kind in KINDS.values()],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {name: _REF.format(model=kind.__name__) for name, kind in KINDS.items()},
        },
    }


def _add_notes(document: dict[str, Any]) -> None:
    """Tell with each form what it needs, and show what is posted: its example, without what the node sets."""
    for kind in KINDS.values():
        schema, operation = schema_of(kind), document["paths"][path_of(kind)]["post"]
        operation["description"] += f"\n\n{notes_of(kind, schema)}"
        body = operation["requestBody"]["content"]["application/json"]
        left_out = {*SET_BY_NODE, *filled_in(kind), "supersedes"}
        body["example"] = {key: value for key, value in schema["examples"][0].items() if key not in left_out}


def _add_summaries(document: dict[str, Any]) -> None:
    """Call each operation by what it does, as its description begins, where it was called like its function."""
    for _, operation in _operations(document):
        if operation["summary"] == operation["operationId"].replace("_", " ").title():
            operation["summary"] = _CLAUSE_ENDS.split(operation["description"], maxsplit=1)[0].replace("\n", " ")


def _add_doors(document: dict[str, Any]) -> None:
    """Tell with every other operation for whom it is; raises ``KeyError`` for one that nobody said it of."""
    forms = {path_of(kind) for kind in KINDS.values()}
    for path, operation in _operations(document):
        if "security" in operation and path not in forms:
            operation["description"] += f"\n\n{DOORS[operation['operationId']].told()}"


def _add_examples(document: dict[str, Any]) -> None:
    """Show with every other operation what is posted."""
    for _, operation in _operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            if operation["operationId"] in EXAMPLES:
                media["example"] = EXAMPLES[operation["operationId"]]


def _add_token_endpoint(document: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Tell in the contract of the exchange too where a token comes from: one address for all, at the root."""
    tokens_only = get_openapi(title="", version="", routes=tokens.router.routes)
    _add_examples(tokens_only)
    _add_apart(schemas, tokens_only["components"]["schemas"])
    for path, item in tokens_only["paths"].items():
        document["paths"][path] = {method: {**one, "servers": [{"url": "/"}]} for method, one in item.items()}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for operation in item.values():
            yield path, operation


def _add_problems(document: dict[str, Any], *, is_staff: bool) -> None:
    """Let every operation name the problems that it can answer with; FastAPI's own shape of errors never leaves."""
    for path, operation in _operations(document):
        responses = operation["responses"]
        can = {429}
        if "HTTPValidationError" in str(responses.get("422")):
            del responses["422"]
            can |= {422}
        if "security" in operation:
            can |= {401, 403} if is_staff else {401}
        if "{" in path:
            can |= {404}
        if "requestBody" in operation:
            can |= {413}
        for status in sorted(can):
            responses.setdefault(str(status), PROBLEM_RESPONSES[status])
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _tell_problems_once(document: dict[str, Any]) -> None:
    """Let operations refer to the problems that many of them answer with, each of which names all its codes."""
    problems = {str(status): response for status, response in PROBLEM_RESPONSES.items()}
    told = {}
    for _, operation in _operations(document):
        for status, response in [*operation["responses"].items()]:
            if response == problems.get(status):
                told[f"Problem{status}"] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    document["components"]["responses"] = dict(sorted(told.items()))
