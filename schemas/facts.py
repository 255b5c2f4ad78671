"""What a field says about itself, once: how sensitive it is, what it is called, when it is needed.

Masks, forms, completeness, printouts, statistics and exports are derived from these facts; no list of fields is
kept anywhere else. The facts travel in the JSON Schemas as ``x-level``, ``x-need`` and ``x-htcds``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field


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
