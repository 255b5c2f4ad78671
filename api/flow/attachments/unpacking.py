"""Sealed files come out of a bundle piece by piece, into the places where the wire would put them.

So what began over the network ends by hand and the other way round, and what is whole passes the same checks. Nothing
is taken that no document of the sender named. A piece that stands before its document waits in a file without a name,
which nobody can leave behind; all of it is ciphertext.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from api.errors import Conflict, HomewardError, InvalidInput, NodeError, PeerError
from api.flow.attachments.transfer import is_awaited, keep, put_off
from api.flow.bundle import Found, Outcome
from api.flow.node import Node
from api.sealing.bundle import Item, ItemType, Manifest, length_of_line, read_piece
from api.store import attachments
from api.store.attachment_tables import AttachmentRow
from api.store.blobs import piece_size, pieces_of


class Arriving:
    """The files of one bundle, as their pieces come; those that come too early are kept in ``waiting``."""

    def __init__(self, node: Node, manifest: Manifest, waiting: IO[bytes]) -> None:
        self._node, self._manifest, self._waiting = node, manifest, waiting
        self._came = set[int]()
        self._failed = dict[int, HomewardError]()
        self._finished = dict[str, HomewardError | None]()
        self._early = list[tuple[Found, int]]()

    def take(self, found: Found, *, may_wait: bool) -> None:
        """Take a piece, or let it wait where its document may still come; what is wrong is told by ``settle``."""
        self._came.add(found.number)
        if found.number in self._failed:
            return
        try:
            row = self._find_row(found.item)
            if row is not None:
                self._put(row, found)
            elif may_wait:
                self._wait(found)
        except HomewardError as error:
            self._failed[found.number] = error

    def settle(self) -> Iterator[Outcome]:
        """Check what is whole now, and yield what became of each file that was in the bundle, or is here already."""
        for found in self._waited():
            self.take(found, may_wait=False)
        for number, item in enumerate(self._manifest.items, start=1):
            if item.type == ItemType.ATTACHMENT:
                yield from self._settle(number, item)

    def _settle(self, number: int, item: Item) -> Iterator[Outcome]:
        error = self._failed.get(number) or self._finish_once(item)
        row = self._find_row(item)
        if row is not None and row.held_at is not None:
            yield Outcome(number, item, is_settled=True)
        elif number in self._came:
            yield Outcome(number, item, error=error, is_settled=row is not None and row.due_at is None)

    def _finish_once(self, item: Item) -> HomewardError | None:
        """Check a file, once however often the manifest lists it."""
        if item.sha256 not in self._finished:
            self._finished[item.sha256] = self._finish(item)
        return self._finished[item.sha256]

    def _finish(self, item: Item) -> HomewardError | None:
        """Check a file that is whole; returns what is wrong with it or still wanting."""
        row = self._find_row(item)
        if row is None:
            return InvalidInput("attachment_not_awaited", "import it again when the document that names it is here")
        if is_awaited(row):
            if self._node.blobs.count(row.blob) < len(pieces_of(row.size)):
                return InvalidInput("attachment_cut_off", "import the whole bundle, or export again")
            try:
                keep(self._node, row)
            except HomewardError as error:
                put_off(self._node, row, error)
                return error
            row = self._find_row(item) or row
        if row.held_at is None:
            return Conflict(row.reason, "this node does not take the file; ask the sender for another one")
        return None

    def _put(self, row: AttachmentRow, found: Found) -> None:
        if not is_awaited(row):
            return
        piece = read_piece(found.data)
        if row.size != found.item.bytes or len(piece) != piece_size(row.size, found.piece):
            raise _differs()
        self._node.blobs.put(row.blob, found.piece, piece)

    def _find_row(self, item: Item) -> AttachmentRow | None:
        """Return a file that a document of the bundle's sender named, or that is here whoever named it."""
        with self._node.database.reader() as session:
            row = attachments.find_sealed(session, self._manifest.recipient, item.sha256)
        is_known = row is not None and (row.held_at is not None or row.peer == self._manifest.sender)
        return row if is_known else None

    def _wait(self, found: Found) -> None:
        if len(found.data) != length_of_line(piece_size(found.item.bytes, found.piece)):
            raise _differs()
        try:
            self._waiting.write(found.data)
        except OSError:
            raise NodeError("file_not_written", "look at the space left for temporary files") from None
        self._early.append((replace(found, data=b""), len(found.data)))

    def _waited(self) -> Iterator[Found]:
        self._waiting.seek(0)
        for found, length in self._early:
            yield replace(found, data=self._waiting.read(length))


def _differs() -> PeerError:
    return PeerError("attachment_differs", "it is not the file that the document names; ask for another bundle")
