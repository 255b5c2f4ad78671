"""What a field says about itself, once: how sensitive it is, what it is called, when it is needed.

Forms, reviews, JSON Schemas and the field table are derived from these facts, and masks and printouts will be; no list
of fields is kept anywhere else. The facts travel in the JSON Schemas as ``x-level``, ``x-need`` and ``x-htcds``. What a
class declares never changes, so it is worked out once and kept.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, Field

from schemas.base import Frozen

_M = TypeVar("_M")


class Level(StrEnum):
    """How much harm a leak of the field does (domain: sensitivity class per field)."""

    L1 = "L1"
    """operational"""
    L2 = "L2"
    """identifying"""
    L3 = "L3"
    """sensitive"""
    L4 = "L4"
    """restricted: a document kind of its own, own consent, own recipients"""


class Need(StrEnum):
    """At which completeness of the form a field has to be answered."""

    BASIC = "basic"
    FULL = "full"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class FieldFacts:
    """The declared facts of one field."""

    level: Level
    label: str
    help: str
    need: Need
    htcds: str | None


def fact(level: Level, label: str, help: str = "", *, need: Need = Need.OPTIONAL, htcds: str | None = None) -> Any:  # noqa: A002
    """Declare a field's facts inside ``Annotated[...]``.

    ``level`` is the sensitivity class, ``label`` the English label of the printed form, ``help`` one sentence for the
    person who fills it in, ``need`` when it has to be answered, ``htcds`` the full field name in IOM's HTCDS 2.0.
    """
    extra: dict[str, Any] = {"x-level": level.value, "x-need": need.value}
    if htcds:
        extra["x-htcds"] = htcds
    return Field(title=label, description=help or None, json_schema_extra=extra)


@cache
def facts_of(model: type[BaseModel], name: str) -> FieldFacts | None:
    """Return the facts declared on a field, or ``None`` for a field that declares none."""
    info = model.model_fields[name]
    extra = info.json_schema_extra
    if not isinstance(extra, dict) or "x-level" not in extra:
        return None
    htcds = extra.get("x-htcds")
    return FieldFacts(
        level=Level(str(extra["x-level"])),
        label=info.title or name,
        help=info.description or "",
        need=Need(str(extra["x-need"])),
        htcds=str(htcds) if htcds else None,
    )


@cache
def group_of(model: type[BaseModel], name: str) -> type[Frozen] | None:
    """Return the type of the group behind a field (of its rows, for a list), or ``None`` for a plain field."""
    waiting: list[object] = [model.model_fields[name].annotation]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, Frozen):
            return kind
        waiting.extend(get_args(kind))
    return None


@cache
def marker_of(model: type[BaseModel], name: str, kind: type[_M]) -> _M | None:
    """Return the marker of that type on a field, if it carries one."""
    return next((mark for mark in model.model_fields[name].metadata if isinstance(mark, kind)), None)


@cache
def types_behind(model: type[BaseModel], name: str) -> frozenset[type]:
    """Return every type that may stand in a field or anywhere below it."""
    found: set[type] = set()
    waiting: list[object] = [model.model_fields[name].annotation]
    while waiting:
        kind = waiting.pop()
        kind = getattr(kind, "__supertype__", kind)  # what a NewType is made of
        if get_origin(kind) is Literal:
            found.update(map(type, get_args(kind)))
        elif not isinstance(kind, type):
            waiting.extend(get_args(kind))
        elif kind not in found:
            found.add(kind)
            if issubclass(kind, Frozen):
                waiting.extend(info.annotation for info in kind.model_fields.values())
    return frozenset(found)
