"""What a step posts: a content with parts put in and left out, in which every ``$name`` is the id it stands for."""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from api.demo.scenario import Filled
from api.demo.yaml_files import read_yaml
from api.errors import InvalidInput, NotFound

_WHOLE = re.compile(r"^\$([a-z][a-z0-9_]*)$")
_INSIDE = re.compile(r"\$([a-z][a-z0-9_]*)")
SET_BY_NODE = ("kind", "schema_version", "id", "sender", "recipient", "created_at", "case_uid")
"""What a node writes into a document by itself."""


def read_content(folder: Path, act: Filled, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a form's content as it is posted; raises ``NotFound`` for a name that no step gave."""
    content: dict[str, Any] = filled_in(content_as_written(folder, act), names)
    return content


def content_as_written(folder: Path, act: Filled) -> dict[str, Any]:
    """Return a form's content with its names in it, without what the node sets by itself.

    Raises ``InvalidInput`` where the file can't be read or a part has no place in it.
    """
    whole = _base(folder, act.content)
    for name in (*SET_BY_NODE, *act.without):
        _remove(whole, _steps(name))
    for name, value in act.put.items():
        _put(whole, _steps(name), value)
    return whole


def filled_in(value: Any, names: Mapping[str, str]) -> Any:
    """Return JSON data in which every text that is a ``$name`` by itself is the id that it stands for."""
    if isinstance(value, Mapping):
        return {key: filled_in(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled_in(item, names) for item in value]
    found = _WHOLE.match(value) if isinstance(value, str) else None
    return get_name(names, found.group(1)) if found else value


def address_of(path: str, names: Mapping[str, str]) -> str:
    """Return an address in which every ``$name`` is the id that it stands for."""
    return _INSIDE.sub(lambda found: get_name(names, found.group(1)), path)


def names_in(value: Any) -> set[str]:
    """Return the names that JSON data refers to."""
    if isinstance(value, Mapping):
        return set().union(*map(names_in, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(names_in, value))
    found = _WHOLE.match(value) if isinstance(value, str) else None
    return {found.group(1)} if found else set()


def names_in_address(path: str) -> set[str]:
    """Return the names that an address refers to."""
    return set(_INSIDE.findall(path))


def get_name(names: Mapping[str, str], name: str) -> str:
    """Return the id that a name stands for; raises ``NotFound`` where no step before gave it."""
    if name not in names:
        raise NotFound("name_not_found", f"no step before was taken that is named {name}")
    return names[name]


def _base(folder: Path, content: Path | dict[str, Any]) -> dict[str, Any]:
    if isinstance(content, dict):
        return copy.deepcopy(content)
    file = folder / content
    try:
        whole = json.loads(file.read_text(encoding="utf-8")) if file.suffix == ".json" else read_yaml(file)
    except (OSError, ValueError, yaml.YAMLError):
        raise InvalidInput("file_unreadable", f"a step needs a JSON or YAML file: {content}") from None
    if not isinstance(whole, dict):
        raise InvalidInput("not_an_object", f"a form's content is a group of members: {content}")
    return whole


def _steps(target: str) -> list[str]:
    """Return the way to a member: one step for a name, several for a JSON pointer."""
    return target.removeprefix("/").split("/") if target.startswith("/") else [target]


def _put(whole: dict[str, Any], way: Sequence[str], value: Any) -> None:
    """Set a member; groups on the way are made, and a row after the last one is added."""
    node: Any = whole
    for place, step in enumerate(way[:-1]):
        here = way[: place + 1]
        node = node[_row(node, step, here)] if isinstance(node, list) else _group(node, step, here)
    last = way[-1]
    if isinstance(node, list):
        row = _row(node, last, way, is_new=True)
        node[row : row + 1] = [value]
    elif isinstance(node, dict):
        node[last] = value
    else:
        raise _no_place(way)


def _group(node: Any, step: str, way: Sequence[str]) -> Any:
    """Return what stands behind a name, made anew where nothing does; raises ``InvalidInput`` inside a plain value."""
    if not isinstance(node, dict):
        raise _no_place(way)
    return node.setdefault(step, {})


def _remove(whole: dict[str, Any], way: Sequence[str]) -> None:
    """Take a member out, if it is there."""
    node: Any = whole
    for step in way[:-1]:
        node = node[_row(node, step, way)] if isinstance(node, list) else (node or {}).get(step)
    if isinstance(node, list):
        del node[_row(node, way[-1], way)]
    elif isinstance(node, dict):
        node.pop(way[-1], None)


def _row(rows: list[Any], step: str, way: Sequence[str], *, is_new: bool = False) -> int:
    """Return the number of a row; raises ``InvalidInput`` where there is none."""
    if not step.isdecimal() or int(step) >= len(rows) + is_new:
        raise _no_place(way)
    return int(step)


def _no_place(way: Sequence[str]) -> InvalidInput:
    return InvalidInput("no_such_place", f"the content has no place /{'/'.join(way)}; rows are counted from 0")
