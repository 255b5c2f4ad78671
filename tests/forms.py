"""The fictional documents of the examples, and ways to change them, for tests of the forms and the rules on them."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.errors import Finding, InvalidInput
from api.rules.checking import check_own
from schemas.document import Document

DOCUMENTS = Path(__file__).parent.parent / "examples" / "documents"
GONE = object()
"""In an edit: take the field out."""


def example(name: str) -> dict[str, Any]:
    """Return an example document as JSON data."""
    data: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    return data


def edited(name: str, edits: Mapping[str, object]) -> dict[str, Any]:
    """Return an example with values put at JSON pointers; groups on the way are made."""
    data = example(name)
    for path, value in edits.items():
        *way, last = path.strip("/").split("/")
        node: Any = data
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        key: Any = int(last) if isinstance(node, list) else last
        if value is GONE:
            del node[key]
        elif isinstance(node, list) and key == len(node):
            node.append(copy.deepcopy(value))
        else:
            node[key] = copy.deepcopy(value)
    return data


def document(name: str, edits: Mapping[str, object] | None = None) -> Document:
    """Return a checked document made of an example."""
    return check_own(edited(name, edits or {}))


def findings(name: str, edits: Mapping[str, object]) -> tuple[Finding, ...]:
    """Return what is wrong with an edited example; nothing for a good one."""
    try:
        document(name, edits)
    except InvalidInput as problem:
        return problem.findings
    return ()


def codes(name: str, edits: Mapping[str, object]) -> set[tuple[str, str]]:
    """Return what is wrong with an edited example as pairs of place and code."""
    return {(finding.path, finding.code) for finding in findings(name, edits)}
