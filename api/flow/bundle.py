"""A bundle is a mailbox in a file: it carries what waits for an agency where there is no network.

Line by line: first the signed manifest, then each envelope and receipt as it would go over the wire, then the
attachments, piece by piece. Packing changes nothing that waits, for a stick may be lost and the network may be faster;
that items left the house stands in the log. What becomes of a file at the other end is told in ``unpack.py``.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import BinaryIO

from api.errors import HomewardError, TooMuch
from api.flow.attachments.packing import lines_of_files, pack_files
from api.flow.evidence import Action, Entry, note
from api.flow.mailbox import ENVELOPE
from api.flow.node import Node
from api.flow.peers import get_peer
from api.sealing.bundle import MAX_MANIFEST_BYTES, MOST_ITEMS, MOST_PIECES, Item, ItemType, Manifest, sign_manifest
from api.sealing.digest import sha256_hex
from api.store import bundles
from api.store.engine import Session
from api.store.groups import groups_of
from schemas.base import AgencyId

PAGE = 50
"""So many envelopes are in memory while a file is written."""
NOTED = 500
"""So many lines of the log are one unit, so that a large bundle keeps nobody from writing."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that is ready to be written.

    ``left`` is how many items wait that did not fit, ``left_out`` how many attachments were not to go along, and
    ``unreadable`` how many are not what was sealed here.
    """

    manifest: Manifest
    head: bytes = field(repr=False)
    body: Iterable[bytes] = field(repr=False)
    left: int = 0
    left_out: int = 0
    unreadable: int = 0

    def lines(self) -> Iterator[bytes]:
        """Yield the file, line by line, once."""
        yield self.head + b"\n"
        for data in self.body:
            yield data + b"\n"


@dataclass(frozen=True)
class Found:
    """A line of a file that its manifest lists: the number of its item, counted from 1, and which piece of it it is."""

    number: int
    item: Item
    piece: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of an item, by its place in the manifest: its receipt to carry back, or what is wrong.

    What is settled need not come again: it is here, or is refused for good.
    """

    number: int
    item: Item
    receipt: bytes | None = field(default=None, repr=False)
    error: HomewardError | None = None
    is_settled: bool = False


def pack(node: Node, *, agency: AgencyId, peer: AgencyId, by: str, attachments: bool = True) -> Bundle:
    """Pack everything that an agency served here has waiting for a peer; that it left the house stands in the log.

    ``by`` is the role that carries it. Nothing that waits is changed. A bundle without items says that nothing waits.
    Raises ``TrustError`` ``agency_unknown``.
    """
    with node.database.reader() as session:
        get_peer(node, session, peer)
        waiting = bundles.list_waiting(session, agency, peer, most=MOST_ITEMS)
        left = bundles.count_waiting(session, agency, peer) - len(waiting)
    letters, most = {one.document_id for one in waiting if one.what == ENVELOPE}, MOST_ITEMS - len(waiting)
    files = pack_files(node, agency, peer, letters, most=most if attachments else 0, pieces=MOST_PIECES)
    left_out = 0 if attachments else files.left
    items = (
        *(Item(type=_type_of(one.what), sha256=one.sha256, bytes=one.size) for one in waiting),
        *(file.item for file in files.packed),
    )
    now = node.clock()
    manifest = Manifest(sender=agency, recipient=peer, made_at=now, items=items)
    head = sign_manifest(manifest, node.keys_of(agency), now)
    left_the_house = [(one.document_id, one.what) for one in waiting]
    left_the_house += [(one.document_id, one.item.type) for one in files.packed]
    _note(node, Entry(Action.CARRIED, agency=agency, by=by, peer=peer), left_the_house)
    body = chain(_data_of(node, [one.seq for one in waiting]), lines_of_files(node.blobs, files.packed))
    return Bundle(manifest, head, body, max(left, 0) + files.left - left_out, left_out, files.unreadable)


def _type_of(what: str) -> ItemType:
    return ItemType.ENVELOPE if what == ENVELOPE else ItemType.RECEIPT


def _note(node: Node, about: Entry, told: Iterable[tuple[str, str]]) -> None:
    """Write a line for each item, of which document and what, into the log."""
    for some in groups_of(NOTED, told):
        entries = [replace(about, document_id=document_id, code=code) for document_id, code in some]
        node.writer.write(partial(_note_some, now=node.clock(), entries=entries))


def _note_some(session: Session, now: datetime, entries: Sequence[Entry]) -> None:
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


def look_through(lines: Iterable[bytes], manifest: Manifest, *, longest: int = MAX_MANIFEST_BYTES) -> Iterator[Found]:
    """Yield what a manifest lists as it is found in the file.

    A line is what its SHA-256 says, wherever it stands. The file is read no further than until all is found, or until
    it had more than it could need. Of a line that is longer than the ``longest`` that is taken, only so much is kept
    that it is refused for its length: so many of them need no memory.
    """
    listed = {
        sha256: Found(number, item, piece, b"")
        for number, item in enumerate(manifest.items, start=1)
        for piece, sha256 in enumerate(item.lines)
    }
    bound = 2 * sum(map(_length_of, manifest.items)) + MAX_MANIFEST_BYTES
    for line in lines:
        bound -= len(line) + 1
        if not listed or bound < 0:
            return
        found = listed.pop(sha256_hex(line), None)
        if found is not None:
            yield replace(found, data=line[: longest + 1])


def _length_of(item: Item) -> int:
    """Return how many bytes the lines of an item have at most, with their ends: pieces are spelt in base64url."""
    spelt = item.bytes if item.pieces is None else item.bytes * 4 // 3
    return spelt + 2 * len(item.lines)
