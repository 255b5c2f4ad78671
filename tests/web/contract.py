"""How tests read a contract: each operation with its answers, as a program does that follows references."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from api.app import build_exchange, build_staff

BUILDERS = {"staff": build_staff, "exchange": build_exchange}


@cache
def document_of(name: str) -> dict[str, Any]:
    """Return one of the two contracts as the code makes it."""
    document: dict[str, Any] = BUILDERS[name](None).openapi()
    return document


def operations_of(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation, with every answer in full."""
    document = document_of(name)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            answers = {status: found_in(document, one) for status, one in operation["responses"].items()}
            yield path, method, {**operation, "responses": answers}


def found_in(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a contract, or what it refers to."""
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found
