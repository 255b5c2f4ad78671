"""A node proves itself: its log is recomputed, documents of each agency are opened, and its attachments looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from api.errors import NodeError
from api.flow import shelf
from api.flow.node import Node
from api.flow.trust import get_newest
from api.sealing.merkle import Frontier, leaf_hash
from api.sealing.stream import Measured
from api.store import agencies, inspection, log, named_blobs
from api.store.blobs import pieces_of, read_blob
from api.store.named_blobs import HeldFile

SAMPLES = 25
"""Documents that are opened from each end of an agency's shelf: a key that does not fit opens none of them."""
EVERY = 10_000
"""Lines of the log between two signs of progress."""


class Look(StrEnum):
    """How closely attachments are looked at."""

    DIGESTS = "digests"
    THERE = "there"
    NOT_AT_ALL = "not_at_all"


@dataclass(frozen=True)
class Proof:
    """What was proven: the lines of the log, its root, the documents opened, the agencies served, the attachments."""

    lines: int
    root: str
    opened: int
    agencies: tuple[str, ...]
    attachments: int


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


def look_for_attachments(node: Node, look: Look) -> int:
    """Look whether each attachment that rows say is here is whole, and return how many are.

    Raises ``NodeError`` ``attachments_damaged`` where some are not, with how many of how many.
    """
    is_whole, count, damaged = _WAYS_TO_LOOK[look], 0, 0
    with node.database.reader() as session:
        for file in named_blobs.iter_held(session):
            count += 1
            damaged += not is_whole(node, file)
        damaged += sum(not node.blobs.count(blob) for blob in named_blobs.list_part_blobs(session))
    if damaged:
        hint = f"{damaged} attachments or parts are missing or altered, of {count}; take them from another backup"
        raise NodeError("attachments_damaged", hint)
    return count


def _has_its_digest(node: Node, file: HeldFile) -> bool:
    try:
        return Measured(read_blob(node.blobs, file.blob, 0, file.size)).to_end() == (file.sealed_sha256, file.size)
    except NodeError as error:
        if error.code == "blob_missing":
            return False
        raise


def _is_there(node: Node, file: HeldFile) -> bool:
    return node.blobs.count(file.blob) == len(pieces_of(file.size))


_WAYS_TO_LOOK: dict[Look, Callable[[Node, HeldFile], bool]] = {
    Look.DIGESTS: _has_its_digest,
    Look.THERE: _is_there,
}


def prove(node: Node, progress: Callable[[int, int], None] = _silent, look: Look = Look.DIGESTS) -> Proof:
    """Verify the log, open documents and look for attachments; raises the first thing that is wrong."""
    size, root = verify_log(node, progress)
    with node.database.reader() as session:
        served = tuple(agencies.list_local(session))
    for agency in served:
        node.keys_of(agency)  # type: ignore[arg-type]  # ids from our own table
    attachments = look_for_attachments(node, look) if look is not Look.NOT_AT_ALL else 0
    return Proof(size, root, open_samples(node), served, attachments)
