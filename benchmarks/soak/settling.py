"""When everything has arrived: nothing waits in either outbox any more."""

import time

from sqlmodel import func, select

from api.store.engine import DatabaseAway
from api.store.outbox import OutboxState
from api.store.tables import OutboxRow
from benchmarks.faults.pair import Pair
from benchmarks.soak.load import Told

LONGEST = 600.0
"""Leases of a killed process end after a minute, and what was tried in vain waits a quarter of an hour at most."""
_COUNT = select(func.count()).where(OutboxRow.state == OutboxState.WAITING)


def waiting(pair: Pair) -> int:
    """Return how many items wait on both sides."""
    total = 0
    for side in pair.sides:
        try:
            with side.inside.database.reader() as session:
                total += session.exec(_COUNT).one()
        except DatabaseAway:  # as busy as it gets; it is asked again
            total += 1
    return total


def settle(pair: Pair, told: Told) -> float:
    """Wait until nothing waits, and return how many seconds that took; what still waits in the end is a finding."""
    began = time.monotonic()
    while count := waiting(pair):
        if time.monotonic() - began > LONGEST:
            told.findings.append(f"{count} items still wait {LONGEST:.0f} s after the load")
            break
        time.sleep(0.1)
    return time.monotonic() - began
