"""A finding of the doctor: how grave it is, what it is, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum

RESTORE_KEYS = "move the folder `keys` aside, then `homeward keys restore` the newest backup"
"""How what is missing or broken among the key files comes back: nothing there is overwritten."""


class Weight(StrEnum):
    """How grave a finding is; ``WRONG`` means that something does not work, or will not be safe."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; what is well needs no mend."""

    weight: Weight
    what: str
    mend: str = ""


def ok(what: str) -> Finding:
    """Say that something is well."""
    return Finding(Weight.OK, what)


def warn(what: str, mend: str) -> Finding:
    """Say that something needs somebody soon."""
    return Finding(Weight.WARN, what, mend)


def wrong(what: str, mend: str) -> Finding:
    """Say that something does not work, or is not safe."""
    return Finding(Weight.WRONG, what, mend)
