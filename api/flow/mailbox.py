"""The mailbox of a peer that fetches its mail: what waits for it, page by page, and what it has taken.

An envelope waits until its receipt was left; a receipt waits until the peer's cursor has passed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.flow.evidence import Action, Entry, note
from api.rules.waiting_reasons import NEEDS_NEW_VERSION
from api.store import outbox
from api.store.engine import Session

ENVELOPE = "envelope"


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a peer, with its place in the mailbox: a sealed envelope, or a signed receipt."""

    seq: int
    is_envelope: bool
    data: bytes


def take_page(session: Session, peer: str, *, after: int, limit: int, now: datetime) -> Sequence[Waiting]:
    """Return what waits for a peer after its cursor, oldest first.

    The receipts that the cursor has passed have arrived: they leave the mailbox, each with a line in the log.
    """
    taken = outbox.list_taken_receipts(session, peer, up_to=after)
    for row in taken:
        outbox.finish(session, row, now)
    if taken:
        arrived = (Entry(Action.DELIVERED, row.agency_id, peer, row.document_id, code=row.what) for row in taken)
        note(session, now, *arrived)
    rows = outbox.list_mailbox(session, peer, after=after, limit=limit, now=now, resting=NEEDS_NEW_VERSION)
    return [Waiting(row.seq or 0, row.what == ENVELOPE, row.data) for row in rows]
