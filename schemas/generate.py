"""Writes what partners read: one JSON Schema for each kind of document, and a table of all fields for people.

``python -m schemas.generate`` writes; with ``--check`` nothing is written, and the names of files that differ are
printed and the exit code is 1. Both are made from the declarations, in a stable order.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from schemas.document import SCHEMA_VERSION, Document
from schemas.facts import Need, facts_of, group_of, marker_of
from schemas.needs import When
from schemas.registry import KINDS
from schemas.stated import consents_of, rules_of

_ROOT = Path(__file__).resolve().parent.parent
_EXAMPLES = _ROOT / "examples" / "documents"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NEED = {Need.BASIC: "B", Need.FULL: "F", Need.CONDITIONAL: "C", Need.OPTIONAL: "O"}


def json_schema_of(kind: type[Document]) -> str:
    """Return the JSON Schema of a kind as text, the same for the same declarations."""
    fields = kind.model_json_schema(mode="validation")
    schema = {
        **fields,
        "$schema": _DIALECT,
        "$id": f"urn:homeward:{kind.model_fields['kind'].default}:{SCHEMA_VERSION}",
        "required": sorted({"kind", *fields["required"]}),
        "title": kind.facts.title,
        "examples": [_example_of(kind)],
        "x-consents": [purpose.value for purpose in consents_of(kind)],
        "x-rules": [rule._replace(source=rule.source or kind.facts.source)._asdict() for rule in rules_of(kind)],
    }
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _example_of(kind: type[Document]) -> object:
    """Return the fictional example of a kind, the fullest where there are several."""
    name = kind.model_fields["kind"].default
    files = (_EXAMPLES / f"{name}{which}.json" for which in ("", "_full"))
    return json.loads(next(file for file in files if file.exists()).read_text(encoding="utf-8"))


def field_table() -> str:
    """Return the table of all fields in Markdown: path, label, need, level, HTCDS name, help."""
    lines = [
        "# Fields of every kind of document",
        "",
        "Made by `python -m schemas.generate`; do not edit.",
        "Need: B basic, F full, C conditional (with its condition), O optional.",
        "Level: L1 operational, L2 identifying, L3 sensitive, L4 restricted. A row `x[]` is a list of groups.",
    ]
    for name, kind in KINDS.items():
        lines += ["", f"## {kind.facts.form}. {kind.facts.title} (`{name}`)", ""]
        lines += [f"Source: {kind.facts.source}. Sent by: {', '.join(sorted(kind.facts.senders))}.", ""]
        lines += ["| field | label | need | level | HTCDS 2.0 | help |", "|---|---|---|---|---|---|"]
        lines += list(_rows(kind, "", ()))
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel], path: str, inside: tuple[type[BaseModel], ...]) -> Iterator[str]:
    """Yield one row for each field that declares facts, and the groups inside it after it, each once."""
    for name in model.model_fields:
        facts, group = facts_of(model, name), group_of(model, name)
        if facts is None:
            continue
        is_list = "tuple" in str(model.model_fields[name].annotation)
        here = f"{path}{name}{'[]' if is_list and group else ''}"
        when = marker_of(model, name, When)
        need = _NEED[facts.need] + (f" ({when.condition.value}, {when.stage.value})" if when else "")
        yield f"| `{here}` | {facts.label} | {need} | {facts.level.value} | {facts.htcds or ''} | {facts.help} |"
        if group is not None and group not in inside:
            yield from _rows(group, f"{here}.", (*inside, group))


def outputs() -> Mapping[Path, str]:
    """Return every generated file with its text."""
    files = {_ROOT / "schemas" / "generated" / f"{name}.json": json_schema_of(kind) for name, kind in KINDS.items()}
    return {**files, _ROOT / "docs" / "fields.md": field_table()}


def differing() -> Mapping[Path, str]:
    """Return the generated files that are missing or not what the declarations say, each with its text."""
    return {
        path: text for path, text in outputs().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name those that differ; return the exit code."""
    stale = differing()
    for path, text in stale.items():
        sys.stdout.write(f"{path.relative_to(_ROOT)}\n")
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
