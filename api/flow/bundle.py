"""A bundle is a mailbox in a file: it carries what waits for an agency where there is no network.

Line by line: first the signed manifest, then each envelope and receipt as it would go over the wire. Packing changes
nothing that waits, for a stick may be lost and the network may be faster; that items left the house stands in the log.
What becomes of a file at the other end is told in ``unpack.py``.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import BinaryIO, TypeVar

from api.errors import TooMuch
from api.flow.evidence import Action, Entry, note
from api.flow.mailbox import ENVELOPE
from api.flow.node import Node
from api.flow.trust import get_peer
from api.sealing.bundle import MAX_MANIFEST_BYTES, MOST_ITEMS, Item, ItemType, Manifest, sign_manifest
from api.sealing.digest import sha256_hex
from api.store import bundles
from api.store.engine import Session
from schemas.base import AgencyId

PAGE = 50
"""So many envelopes are in memory while a file is written."""
NOTED = 500
"""So many lines of the log are one unit, so that a large bundle keeps nobody from writing."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Bundle:
    """A bundle that is ready to be written; ``left`` is how many items wait that did not fit."""

    manifest: Manifest
    head: bytes = field(repr=False)
    body: Iterable[bytes] = field(repr=False)
    left: int = 0

    def lines(self) -> Iterator[bytes]:
        """Yield the file, line by line, once."""
        yield self.head + b"\n"
        for data in self.body:
            yield data + b"\n"


def pack(node: Node, *, agency: AgencyId, peer: AgencyId, by: str) -> Bundle:
    """Pack everything that an agency served here has waiting for a peer; that it left the house stands in the log.

    ``by`` is the role that carries it. Nothing that waits is changed. A bundle without items says that nothing waits.
    Raises ``TrustError`` ``agency_unknown``.
    """
    keys = node.keys_of(agency)
    with node.database.reader() as session:
        get_peer(node, session, peer)
        waiting = bundles.list_waiting(session, agency, peer, most=MOST_ITEMS)
        left = bundles.count_waiting(session, agency, peer) - len(waiting)
    items = tuple(Item(type=_type_of(one.what), sha256=one.sha256, bytes=one.size) for one in waiting)
    now = node.clock()
    manifest = Manifest(sender=agency, recipient=peer, made_at=now, items=items)
    head = sign_manifest(manifest, keys, now)
    about = {"agency": agency, "by": by, "peer": peer}
    told = [Entry(Action.CARRIED, **about, document_id=one.document_id, code=one.what) for one in waiting]
    for entries in groups_of(NOTED, told):
        node.writer.write(partial(_note, now=now, entries=entries))
    return Bundle(manifest, head, _data_of(node, [one.seq for one in waiting]), max(left, 0))


def _type_of(what: str) -> ItemType:
    return ItemType.ENVELOPE if what == ENVELOPE else ItemType.RECEIPT


def _note(session: Session, now: datetime, entries: Sequence[Entry]) -> None:
    note(session, now, *entries)


def _data_of(node: Node, seqs: Sequence[int]) -> Iterator[bytes]:
    """Yield the bytes of the items; a page at a time is in memory."""
    for page in groups_of(PAGE, seqs):
        with node.database.reader() as session:
            found = bundles.read_data(session, page)
        yield from found


def find_carried(session: Session, agency: str, document_ids: Collection[str]) -> dict[tuple[str, str], datetime]:
    """Return when items last left in a bundle, by document and what it was, for those that ever did."""
    found: dict[tuple[str, str], datetime] = {}
    for line in map(json.loads, bundles.list_lines(session, document_ids)):
        if (line["agency"], line["action"]) == (agency, Action.CARRIED):
            found[line["document_id"], line["code"]] = datetime.fromisoformat(line["at"])
    return found


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file without their ends; raises ``TooMuch`` for one that no bundle has."""
    while line := file.readline(MAX_MANIFEST_BYTES + 2):
        bare = line.rstrip(b"\r\n")
        if len(bare) > MAX_MANIFEST_BYTES:
            raise TooMuch("bundle_line_too_long", "this is no bundle, or it was altered")
        yield bare


def look_through(lines: Iterable[bytes], manifest: Manifest) -> Iterator[tuple[int, Item, bytes]]:
    """Yield what a manifest lists as it is found in the file: its number, counted from 1, what it is, and its bytes.

    A line is what its SHA-256 says, wherever it stands. The file is read no further than until all is found, or until
    it had more than it could need.
    """
    listed = {item.sha256: (number, item) for number, item in enumerate(manifest.items, start=1)}
    bound = 2 * (sum(item.bytes for item in manifest.items) + len(manifest.items)) + MAX_MANIFEST_BYTES
    for line in lines:
        bound -= len(line) + 1
        if not listed or bound < 0:
            return
        found = listed.pop(sha256_hex(line), None)
        if found is not None:
            yield *found, line


def groups_of(size: int, things: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield things in groups of a size, as they come."""
    rest = iter(things)
    while group := list(islice(rest, size)):
        yield group
