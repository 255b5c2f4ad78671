"""Which historic trafficking event (``hte_`` in HTCDS 2.0) a question tells of; declared on the question."""

from dataclasses import dataclass
from typing import Literal

EventType = Literal["Recruitment", "Transit", "Exploitation"]
"""The codes of ``hte_Type``."""


@dataclass(frozen=True)
class OfEvent:
    """Marks a date, a place or a way that is part of one kind of event."""

    type: EventType
