"""Reading a document: our own strictly, a peer's with the tolerance that promise 7 asks for.

An own document with an unknown field is an error. From a peer, the same or an older version is read just as strictly;
of a newer minor version, what is understood is used: fields unknown here are left out, codes unknown here become
*other* where the list has it. The bytes that were signed are kept whole elsewhere. A newer major version is not read
at all.
"""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args

from pydantic import ValidationError

from schemas.document import SCHEMA_VERSION, Document
from schemas.needs import TOLERANT, Location, Problem, pointer, refuse
from schemas.pruning import back_to_front, declared, group_at, innermost, remove, replace
from schemas.registry import KINDS

_VERSION = re.compile(r"([1-9]\d{0,3})\.(\d{1,4})", re.ASCII)
_OURS = (1, 0)


class UnsupportedVersion(Exception):
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
    name = data.get("kind")
    if not isinstance(name, str) or name not in KINDS:
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
    """Leave out what only a newer version knows, and read the rest strictly, save for what is blank by that."""
    dropped: dict[str, None] = {}
    before: dict[Location, str] = {}
    while True:  # every round mends something, or it is the last
        try:
            return PeerReading(kind.model_validate(data, context={TOLERANT: True}), tuple(dropped))
        except ValidationError as error:
            lines = error.errors(include_url=False, include_context=False, include_input=False)
            places = innermost(line["loc"] for line in lines)
            problems = {line["loc"]: line["type"] for line in lines if line["loc"] in places}
            if problems == before or not all(problem in _ADAPTERS for problem in problems.values()):
                raise
            before = problems
            for place in back_to_front(places):
                _ADAPTERS[problems[place]](kind, data, place)
            dropped.update(dict.fromkeys(pointer(declared(kind, place)) for place in problems))


def _leave_out(_kind: type[Document], data: dict[str, Any], place: Location) -> None:
    """Leave out a field that this version does not know."""
    remove(data, place)


def _read_as_other(kind: type[Document], data: dict[str, Any], place: Location) -> None:
    """Read a code that this version does not know as *other*, or leave it out where the list has no such code."""
    other = _other_code(kind, place)
    if other is None:
        remove(data, place)
    else:
        replace(data, place, other)


def _keep_known_reasons(kind: type[Document], data: dict[str, Any], place: Location) -> None:
    """Leave out reasons for questions that this version does not ask."""
    known = group_at(kind, place).model_fields.keys() - {"absent"}
    reasons = _node(data, place)["absent"]
    replace(data, (*place, "absent"), {name: reason for name, reason in reasons.items() if name in known})


def _keep_each_once(_kind: type[Document], data: dict[str, Any], place: Location) -> None:
    """Keep each code once, where several new ones became *other*."""
    replace(data, place, list(dict.fromkeys(_node(data, place))))


_ADAPTERS: Mapping[str, Callable[[type[Document], dict[str, Any], Location], None]] = {
    "extra_forbidden": _leave_out,
    "enum": _read_as_other,
    "literal_error": _read_as_other,
    "absent_unknown_question": _keep_known_reasons,
    "duplicate_code": _keep_each_once,
}
"""What a newer minor version may have added, and what becomes of it; anything else is wrong in any version."""


def _node(data: Any, place: Location) -> Any:
    """Return what is at a place."""
    for step in place:
        data = data[step]
    return data


def _other_code(kind: type[Document], place: Location) -> str | None:
    """Return the code for *other* of the list at a place, if that list has one."""
    if "absent" in place:
        return None
    depth = max(index for index, step in enumerate(place) if isinstance(step, str))
    waiting: list[object] = [group_at(kind, place[:depth]).model_fields[str(place[depth])].annotation]
    while waiting:
        found = waiting.pop()
        if isinstance(found, type) and issubclass(found, Enum):
            return next((str(code.value) for code in found if code.name == "OTHER"), None)
        waiting.extend(get_args(found))
    return None
