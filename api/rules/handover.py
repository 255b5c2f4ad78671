"""How a hand-over stands: who has signed, until when the other side has time, and what the two tell differently.

Both signatures make it complete (domain 3.10); one alone becomes an alert after the agreed hours (D12).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.document import Document
from schemas.earlier import unreplaced
from schemas.handover_record import Difference, HandoverRecord, differences
from schemas.needs import Problem


def unsigned(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield each record of the other side that may tell of the same crossing under another number."""
    for one in document.waiting(earlier) if isinstance(document, HandoverRecord) else ():
        hint = f"{one.id} waits for your signature; if it is the same crossing, correct this one to answer it"
        yield Problem(("handover_id",), "countersignature_waits", hint, "domain 3.10", one.kind)


@dataclass(frozen=True)
class HandoverStanding:
    """One hand-over as far as its records are held; ``signed_by`` are the agencies, in the order of signing."""

    handover_id: str
    signed_by: tuple[str, ...]
    due: datetime
    is_complete: bool
    is_overdue: bool
    differences: tuple[Difference, ...]

    @property
    def is_disputed(self) -> bool:
        """Whether both have signed and tell different things."""
        return self.is_complete and bool(self.differences)


def handover_standing(
    records: Sequence[HandoverRecord], now: datetime, policy: CorridorNumbers = DEFAULT_POLICY
) -> HandoverStanding | None:
    """Return how one hand-over stands, by its records in any order; ``None`` without any.

    The time runs from the hand-over, so that a record that is written late does not win time.
    """
    held = sorted(unreplaced(records), key=lambda record: (record.created_at, record.id))
    if not held:
        return None
    first = next((record for record in held if not record.is_countersignature), None)
    second = next((record for record in reversed(held) if record.is_countersignature), None)
    is_complete = first is not None and second is not None and first.sender != second.sender
    due = held[0].at + timedelta(hours=policy.countersign_hours)
    return HandoverStanding(
        handover_id=held[0].handover_id,
        signed_by=tuple(dict.fromkeys(record.sender for record in (first, second) if record is not None)),
        due=due,
        is_complete=is_complete,
        is_overdue=not is_complete and now > due,
        differences=differences(first, second) if first is not None and second is not None else (),
    )
