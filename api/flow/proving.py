"""A node proves itself: its log is recomputed line by line, and documents of each of its agencies are opened."""

from collections.abc import Callable
from dataclasses import dataclass

from api.errors import NodeError
from api.flow import shelf
from api.flow.node import Node
from api.flow.trust import get_newest
from api.sealing.merkle import Frontier, leaf_hash
from api.store import agencies, inspection, log

SAMPLES = 25
"""Documents that are opened from each end of an agency's shelf: a key that does not fit opens none of them."""
EVERY = 10_000
"""Lines of the log between two signs of progress."""


@dataclass(frozen=True)
class Proof:
    """What was proven: the lines of the log, its root, the documents that were opened, the agencies served."""

    lines: int
    root: str
    opened: int
    agencies: tuple[str, ...]


def _silent(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


def verify_log(node: Node, progress: Callable[[int, int], None] = _silent) -> tuple[int, str]:
    """Recompute the log from its lines and return its size and root.

    Raises ``NodeError`` ``log_altered`` where a line, its hash or the head is not what was written.
    """
    with node.database.reader() as session:
        head = log.get_head(session)
        frontier = Frontier()
        for line in inspection.iter_log(session, head.size):
            if line.seq != frontier.size or leaf_hash(line.entry) != line.leaf:
                raise NodeError("log_altered", f"line {frontier.size} is not what was written; find out who changed it")
            frontier = frontier.append(line.leaf)
            if frontier.size % EVERY == 0:
                progress(frontier.size, head.size)
    if (frontier.size, frontier.to_bytes()) != (head.size, head.peaks):
        raise NodeError("log_altered", f"the head covers {head.size} lines and not these {frontier.size}")
    return frontier.size, frontier.root().hex()


def open_samples(node: Node) -> int:
    """Open the oldest and newest documents of each agency and return how many; raises where one does not open.

    What was altered, or lies under another node's key, raises ``SealError``; a changed descriptor ``TrustError``.
    """
    count = 0
    with node.database.reader() as session:
        for agency in agencies.list_local(session):
            get_newest(node, session, agency)
            for row in inspection.list_samples(session, agency, limit=SAMPLES):
                shelf.read_document(node, row)
                count += 1
    return count


def prove(node: Node, progress: Callable[[int, int], None] = _silent) -> Proof:
    """Verify the log and open documents; raises the first thing that is wrong."""
    size, root = verify_log(node, progress)
    with node.database.reader() as session:
        served = tuple(agencies.list_local(session))
    for agency in served:
        node.keys_of(agency)  # type: ignore[arg-type]  # ids from our own table
    return Proof(size, root, open_samples(node), served)
