"""The 83 fields of HTCDS 2.0 with their code lists, exactly as published.

Three of the lists are no lists: they hold one sentence that says "use ISO 639-2" or "use ISO 3166". Such a sentence is
never a code; what it refers to is ``reference``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

ATTRIBUTION = (
    "Aligned with the Human Trafficking Case Data Standard (HTCDS) 2.0 of the International Organization for Migration "
    "(IOM), CC BY 4.0. No endorsement by IOM is implied."
)
_REFERENCES = ("ISO 639-2", "ISO 3166")


@dataclass(frozen=True)
class StandardField:
    """One field: its names, its type in the standard's own words, and its codes with their labels."""

    full_name: str
    name: str
    label: str
    section: str
    type: str
    is_core: bool
    is_deprecated: bool
    choices: Mapping[str, str]
    reference: str | None

    @property
    def prefix(self) -> str:
        """The object that the field belongs to: ``prs``, ``vic``, ``hte``."""
        return self.full_name.partition("_")[0]

    @property
    def is_multiple(self) -> bool:
        """Whether several codes may stand in it."""
        return self.type.startswith("Multiselect")


def _field(raw: Mapping[str, Any]) -> StandardField:
    """Return one field as it stands in the file; a sentence in place of a list becomes a reference."""
    labels = [str(label) for label in raw["value_labels"]]
    reference = next((name for name in _REFERENCES for label in labels if name in label), None)
    return StandardField(
        full_name=raw["full_name"],
        name=raw["name"],
        label=raw["label"],
        section=raw["section"],
        type=raw["type"],
        is_core=raw["core"],
        is_deprecated=raw["status"] == "DEPRECATED",
        choices={} if reference else dict(zip(raw["value_names"], labels, strict=True)),
        reference=reference,
    )


STANDARD: Mapping[str, StandardField] = {
    raw["full_name"]: _field(raw)
    for raw in json.loads(files("schemas.htcds").joinpath("fields.json").read_text(encoding="utf-8"))["fields"]
}
"""Every field by its full name, in the order of the standard."""
