"""Sealed files go along in bundles, cut into the same pieces as on the wire, each a line.

Which of them: those of the documents that are in the bundle, and those of documents that arrived without them, until
the other side says that it needs them no more. A file that can't be read as it was sealed stays, and is told: it keeps
no other back.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import structlog

from api.errors import NodeError
from api.flow.node import Node
from api.sealing.bundle import Item, ItemType, piece_line
from api.sealing.digest import sha256_hex
from api.sealing.stream import Measured
from api.store import bundles
from api.store.blobs import Blobs, pieces_of
from api.store.bundles import SentFile
from schemas.base import AgencyId

_log = structlog.get_logger("homeward.bundle")


@dataclass(frozen=True)
class Packed:
    """A file that goes along: as the manifest lists it, a document that names it, and where it lies."""

    item: Item
    document_id: str
    blob: str


@dataclass(frozen=True)
class Files:
    """The files that go along, how many did not fit, and how many can't be read."""

    packed: tuple[Packed, ...] = ()
    left: int = 0
    unreadable: int = 0


def pack_files(
    node: Node, agency: AgencyId, peer: AgencyId, documents: Collection[str], *, most: int, pieces: int
) -> Files:
    """Measure the files that go along with these documents; ``most`` files and ``pieces`` of all together fit.

    Each is read once here, for the manifest says what its lines are, and once more while the bundle is written.
    """
    packed, left, unreadable = list[Packed](), 0, 0
    for file in _list_needed(node, agency, peer, documents):
        room = pieces - sum(len(one.item.lines) for one in packed)
        if len(packed) == most or len(pieces_of(file.size)) > room:
            left += 1
        elif (item := _measure(node, file)) is None:
            unreadable += 1
        else:
            packed.append(Packed(item, file.document_id, file.blob))
    return Files(tuple(packed), left, unreadable)


def lines_of_files(blobs: Blobs, files: Collection[Packed]) -> Iterator[bytes]:
    """Yield the lines of files; a piece at a time is in memory."""
    for file in files:
        for number in range(len(file.item.lines)):
            yield piece_line(blobs.get(file.blob, number))


def _list_needed(node: Node, agency: AgencyId, peer: AgencyId, documents: Collection[str]) -> list[SentFile]:
    """Return the files that the other side may need, each once; within this node nobody carries any.

    Those of documents that are in the bundle come first, then the newest of those that were sent before.
    """
    if peer in node.keyring:
        return []
    with node.database.reader() as session:
        found = bundles.list_files(session, agency, peer)
    with_it = [one for one in found if one.document_id in documents]
    sent_before = [one for one in reversed(found) if one.has_arrived]
    return list({one.sealed_sha256: one for one in (*with_it, *sent_before)}.values())


def _measure(node: Node, file: SentFile) -> Item | None:
    """Return a file as a manifest lists it, or ``None`` where it is not what was sealed."""
    hashes = list[str]()

    def pieces() -> Iterator[bytes]:
        for number in pieces_of(file.size):
            piece = node.blobs.get(file.blob, number)
            hashes.append(sha256_hex(piece_line(piece)))
            yield piece

    try:
        sealed = Measured(pieces()).to_end()
    except NodeError as error:
        _log.warning("attachment_not_packed", document_id=file.document_id, reason=error.code)
        return None
    if sealed != (file.sealed_sha256, file.size):
        _log.warning("attachment_not_packed", document_id=file.document_id, reason="attachment_altered")
        return None
    return Item(type=ItemType.ATTACHMENT, sha256=file.sealed_sha256, bytes=file.size, pieces=tuple(hashes))
