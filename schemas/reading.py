"""Reading a document: our own strictly, a peer's with the tolerance that promise 7 asks for.

An own document with an unknown field is an error. From a peer, the same or an older version is read just as strictly;
of a newer minor version, what is understood is used: fields unknown here are left out, codes unknown here become
*other* where the list has it. The bytes that were signed are kept whole elsewhere. A newer major version is not read
at all.
"""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from schemas.document import SCHEMA_VERSION, Document
from schemas.needs import Location, Problem, pointer, refuse
from schemas.pruning import back_to_front, declared, group_at, remove, replace
from schemas.registry import KINDS

_VERSION = re.compile(r"([1-9]\d{0,3})\.(\d{1,4})", re.ASCII)
_MAX_ROUNDS = 20
_OURS = (1, 0)


class UnsupportedVersion(Exception):  # noqa: N818 -- its name is part of the contract with the rules
    """The document is of a newer major version, or of a kind that this version does not know."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class PeerReading:
    """A peer's document as far as it is understood, and the places where something was left out."""

    document: Document
    dropped: tuple[str, ...] = ()


def read_own(data: Mapping[str, Any]) -> Document:
    """Return the document; raises pydantic's ``ValidationError`` for whatever is wrong, unknown fields included."""
    return _kind_of(data).model_validate(data)


def read_from_peer(data: Mapping[str, Any]) -> PeerReading:
    """Return a peer's document. Raises ``UnsupportedVersion`` or pydantic's ``ValidationError``."""
    version = _version_of(data)
    if version[0] > _OURS[0]:
        raise UnsupportedVersion("unsupported_version")
    if version <= _OURS:
        return PeerReading(read_own(data))
    if data.get("kind") not in KINDS:
        raise UnsupportedVersion("unsupported_kind")
    return _read_tolerantly(_kind_of(data), copy.deepcopy(dict(data)))


def _version_of(data: Mapping[str, Any]) -> tuple[int, int]:
    """Return major and minor; what is not a version is left for the strict reading to refuse."""
    match = _VERSION.fullmatch(str(data.get("schema_version", SCHEMA_VERSION)))
    return (int(match[1]), int(match[2])) if match else _OURS


def _kind_of(data: Mapping[str, Any]) -> type[Document]:
    """Return the kind that the document names."""
    name = data.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        refuse([Problem(("kind",), "unknown_kind", "use a kind of the published list")])
        raise AssertionError
    return kind


def _read_tolerantly(kind: type[Document], data: dict[str, Any]) -> PeerReading:
    """Leave out what only a newer version knows, and read the rest strictly."""
    dropped: list[str] = []
    for _ in range(_MAX_ROUNDS):
        try:
            return PeerReading(kind.model_validate(data), tuple(dict.fromkeys(dropped)))
        except ValidationError as error:
            lines = {
                line["loc"]: line["type"]
                for line in error.errors(include_url=False, include_context=False, include_input=False)
            }
            adapted = [_adapt(kind, data, place, lines[place]) for place in back_to_front(set(lines))]
            if not all(adapted):
                raise
            dropped.extend(pointer(declared(kind, place)) for place in lines)
    return PeerReading(kind.model_validate(data), tuple(dict.fromkeys(dropped)))


def _adapt(kind: type[Document], data: dict[str, Any], place: Location, problem: str) -> bool:
    """Take out one thing that a newer version may have added; say whether it was such a thing."""
    if problem == "extra_forbidden":
        return remove(data, place)
    if problem in {"enum", "literal_error"}:
        other = _other_code(kind, place)
        if other is not None:
            replace(data, place, other)
            return True
        return remove(data, place)
    if problem == "absent_unknown_question":
        return _keep_known_reasons(kind, data, place)
    if problem == "duplicate_code":
        codes = _node(data, place)
        replace(data, place, list(dict.fromkeys(codes)))
        return True
    return False


def _node(data: Any, place: Location) -> Any:
    """Return what is at a place."""
    for step in place:
        data = data[step]
    return data


def _keep_known_reasons(kind: type[Document], data: dict[str, Any], place: Location) -> bool:
    """Leave out reasons for questions that this version does not ask."""
    group = group_at(kind, place)
    reasons = _node(data, place)["absent"]
    replace(data, (*place, "absent"), {name: reason for name, reason in reasons.items() if name in group.model_fields})
    return True


def _other_code(kind: type[BaseModel], place: Location) -> str | None:
    """Return the code for *other* of the list at a place, if that list has one."""
    names = [step for step in place if isinstance(step, str)]
    if not names or names[-1] == "absent":
        return None
    owner = group_at(kind, place[: len(place) - 1 - place[::-1].index(names[-1])])
    if names[-1] not in owner.model_fields:
        return None
    waiting: list[object] = [owner.model_fields[names[-1]].annotation]
    while waiting:
        found = waiting.pop()
        if isinstance(found, type) and issubclass(found, Enum):
            return next((str(code.value) for code in found if code.name == "OTHER"), None)
        waiting.extend(get_args(found))
    return None
