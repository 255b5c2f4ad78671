"""The door for documents: checked by their schema, and what is wrong is told without ever repeating a value.

Pydantic's errors become findings here: a JSON pointer made of declared names and row numbers only, a stable code, and
a hint. An unknown field is told by the place it stood in, with the closest declared name; the key that was typed is
not repeated, since people type names into the strangest places.
"""

import difflib
import json
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from api.errors import CallerError, Finding, InvalidInput
from api.rules.refusing import asked_by
from schemas import reading
from schemas.amounts import MAX_IN_ALL, MAX_MEMBERS, find_too_much
from schemas.document import Document
from schemas.needs import Location, pointer
from schemas.pruning import declared, group_at
from schemas.reading import PeerReading
from schemas.registry import KINDS

_BUILT_IN = frozenset(get_args(ErrorType))
_MAX_FINDINGS = 100
"""Nobody mends more at once, and a broken or hostile sender shall not make us write more."""
_LONGEST_NAME = 60
_GROUPS = frozenset({dict, list})
"""What JSON is read into; what a caller of ours hands in otherwise is left to ``find_too_much``."""
_TIME = ("iso_time", "write a time of the calendar with its offset: 2025-03-14T09:00:00+07:00")
_CODES = {
    "missing": ("missing", "this has to be given"),
    "enum": ("unknown_code", "use a code of the list that the schema names at this place"),
    "literal_error": ("unknown_code", "use a code of the list that the schema names at this place"),
    "string_pattern_mismatch": ("bad_format", "the expected form is {pattern}"),
    "string_too_long": ("too_long", "at most {max_length} characters"),
    "string_too_short": ("too_short", "at least {min_length} characters"),
    "too_long": ("too_many", "at most {max_length} rows"),
    "too_short": ("too_few", "at least {min_length}"),
    "greater_than_equal": ("out_of_range", "at least {ge}"),
    "less_than_equal": ("out_of_range", "at most {le}"),
    "string_type": ("wrong_type", "this is text"),
    "int_type": ("wrong_type", "this is a number"),
    "int_parsing": ("wrong_type", "this is a number"),
    "bool_type": ("wrong_type", "this is true or false"),
    "tuple_type": ("wrong_type", "this is a list"),
    "list_type": ("wrong_type", "this is a list"),
    "model_type": ("wrong_type", "this is a group of fields"),
    "model_attributes_type": ("wrong_type", "this is a group of fields"),
    "dict_type": ("wrong_type", "this is a group of fields"),
    "timezone_aware": ("no_offset", "a time needs its offset: 2025-03-14T09:00:00+07:00"),
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
}
"""Pydantic's types of errors that people meet, our codes for them, and a hint of declared limits only."""
UNKNOWN_FIELD = "this field does not exist here; leave it out"
_EMPTY = ("empty", "leave it out, or say why it is absent")
"""What is too short where one character would do."""
_MOST_TOLD = 32
"""Codes of one list: a case has 21 states, and the policy table 25 rules."""


class UnsupportedVersion(CallerError):
    """A peer's document is of a newer major version, or of a kind that only a newer version knows."""

    code = "unsupported_version"


def check_own(data: Mapping[str, Any] | bytes) -> Document:
    """Return a user's own document; raises ``InvalidInput`` with a finding for everything that is wrong."""
    content = _content_of(data)
    with asked_by(_kind_named(content)):
        _refuse_too_much(content)
        try:
            return reading.read_own(content)
        except ValidationError as error:
            raise _invalid(error, content) from None


def check_from_peer(data: Mapping[str, Any] | bytes) -> PeerReading:
    """Return a peer's document as far as it is understood; raises ``InvalidInput`` or ``UnsupportedVersion``."""
    content = _content_of(data)
    _refuse_too_much(content)
    try:
        return reading.read_from_peer(content)
    except reading.UnsupportedVersion as error:
        raise UnsupportedVersion(error.code, "update this node, or ask the sender for the older version") from None
    except ValidationError as error:
        raise _invalid(error, content) from None


def _content_of(data: Mapping[str, Any] | bytes) -> Mapping[str, Any]:
    """Return the JSON object; raises ``InvalidInput`` for what is none."""
    if isinstance(data, bytes):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            raise InvalidInput("not_json", "send one JSON object in UTF-8") from None
    if not isinstance(data, Mapping):
        raise InvalidInput("not_an_object", "send one JSON object")
    return data


def _refuse_too_much(content: Mapping[str, Any]) -> None:
    """Raise ``InvalidInput`` with ``too_many`` for what is longer than any form, before each row is looked at."""
    if _is_of_a_form(content):
        return
    place = find_too_much(content)
    if place is not None:
        found = too_much_at(_kind_named(content), place)
        raise InvalidInput("too_many", found.hint, (found,))


def _is_of_a_form(content: Mapping[str, Any]) -> bool:
    """Say whether JSON is no larger than a form, in a tenth of the time that it takes to find the place where it is."""
    level: list[Any] = [content]
    seen = 0
    while level:
        lengths = [len(group) for group in level]
        seen += sum(lengths)
        if max(lengths) > MAX_MEMBERS or seen > MAX_IN_ALL:
            return False
        level = [
            child
            for group in level
            for child in (group if type(group) is list else group.values())
            if type(child) in _GROUPS
        ]
    return True


def too_much_at(model: type[BaseModel], place: Location) -> Finding:
    """Return the finding for a place at which too much stands."""
    return Finding(pointer(declared(model, place)), "too_many", f"at most {MAX_MEMBERS} here, and less in most lists")


def _kind_named(content: Mapping[str, Any]) -> type[Document]:
    """Return the kind that the content names, or what all kinds share."""
    return KINDS.get(str(content.get("kind")), Document)


def _invalid(error: ValidationError, content: Mapping[str, Any]) -> InvalidInput:
    """Return our error for pydantic's, without a trace of the values."""
    found = findings_of(error, _kind_named(content))
    return InvalidInput(hint="mend the findings and send it again", findings=found)


def findings_of(error: ValidationError, model: type[BaseModel]) -> tuple[Finding, ...]:
    """Return a finding for each thing that is wrong, in the order of the form, each once, the first 100 at most.

    A list is not called too short for rows that are there and have findings of their own.
    """
    lines = error.errors(include_url=False, include_input=False)[:_MAX_FINDINGS]
    inside = {line["loc"][:depth] for line in lines for depth in range(len(line["loc"]))}
    told = [line for line in lines if line["type"] != "too_short" or line["loc"] not in inside]
    return tuple(dict.fromkeys(_finding(line, model) for line in told))


def _finding(line: ErrorDetails, model: type[BaseModel]) -> Finding:
    """Return one finding: declared names, a code, and a hint that holds no value."""
    kind, place, limits = line["type"], declared(model, line["loc"]), line.get("ctx", {})
    if kind == "extra_forbidden":
        return Finding(pointer(place), "unknown_field", closest(str(line["loc"][-1]), group_at(model, place)))
    if is_own_code(kind):
        return Finding(pointer(place), kind, line["msg"], limits.get("source"))
    return Finding(pointer(place), *code_and_hint(kind, limits))


def is_own_code(kind: str) -> bool:
    """Say whether a type of error is a code of ours, which comes with a hint of its own, and not one of pydantic's."""
    return kind not in _BUILT_IN


def code_and_hint(kind: str, limits: Mapping[str, Any], *, is_told: bool = False) -> tuple[str, str]:
    """Return our code for a type of error of pydantic's own, and how to mend it by what is declared, if we know.

    ``is_told`` lists the codes where they may be said: of what a request asks for, not of a form (promise 5).
    """
    if kind == "string_too_short" and limits.get("min_length") == 1:
        return _EMPTY
    code, hint = _CODES.get(kind, ("invalid", ""))
    expected = str(limits.get("expected", ""))
    if is_told and code == "unknown_code" and expected.count(", ") < _MOST_TOLD:
        return code, f"use one of {expected}"
    return code, hint.format(**limits)


def closest(name: str, group: type[BaseModel]) -> str:
    """Return a hint with the declared name that is closest to an unknown one."""
    names = difflib.get_close_matches(name[:_LONGEST_NAME], list(group.model_fields), n=1)
    return f"did you mean '{names[0]}'?" if names else UNKNOWN_FIELD
