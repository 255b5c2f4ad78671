"""Whoever is shown a file's name in a document may read the file: opened segment by segment, never whole in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from api.errors import Conflict, NotFound
from api.flow import shelf
from api.flow.attachments.checking import require_type
from api.flow.attachments.source import Pieces, Source
from api.flow.node import Node
from api.flow.opening import look_at
from api.rules.access import Principal
from api.rules.need_to_know import LookPurpose
from api.sealing.stream import SEGMENT, open_segment, open_stream, sealed_range, sealed_size
from api.store import attachments
from api.store.blobs import Blobs, read_blob
from schemas.attachments import Attachment, SealedFile, files_in, files_told
from schemas.document import Document

_ENDINGS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/tiff": "tiff",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
}


@dataclass(frozen=True)
class OpenFile:
    """A file that is being read: its type and size, and its bytes as they are opened."""

    media_type: str
    size: int
    chunks: Iterator[bytes] = field(repr=False)

    @property
    def ending(self) -> str:
        """How a file of its type is named, behind the dot."""
        return _ENDINGS[self.media_type]


def open_file(node: Node, caller: Principal, document_id: str, attachment_id: str, purpose: LookPurpose) -> OpenFile:
    """Return a file that a document names, if the caller is shown its name there; the look at the document is noted.

    Raises ``NotFound`` like for a file that does not exist, ``Conflict`` ``attachment_on_its_way`` or
    ``attachment_refused`` where it is not here.
    """
    opened = look_at(node, caller, document_id, purpose)
    document = shelf.read_document(node, opened.row)
    if attachment_id not in files_told(type(document), opened.view.content):
        raise NotFound
    file, sealed = _file(document, attachment_id)
    with node.database.reader() as session:
        row = attachments.find_sealed(session, caller.agency, sealed.sha256)
    if row is None:
        raise NotFound
    if row.held_at is None or row.size != sealed_size(file.bytes or 0):
        raise _not_here(row.due_at is None)
    chunks = open_stream(read_blob(node.blobs, row.blob, 0, row.size), sealed.key)
    first = next(chunks)  # what can't be read at all is told before the answer begins
    require_type(first, file.media_type or "")  # the file was checked as another document may have described it
    return OpenFile(file.media_type or "", file.bytes or 0, chain([first], chunks))


def source_of(blobs: Blobs, blob: str, file: SealedFile, size: int) -> Source:
    """Return the plaintext of a sealed file, to be read anywhere; its reads raise ``SealError`` for other bytes."""
    header = next(read_blob(blobs, blob, 0, min(sealed_range(0)[0], file.bytes)), b"")
    starts = range(0, max(size, 1), SEGMENT)

    def load(number: int) -> bytes:
        start, stop = sealed_range(number)
        data = b"".join(read_blob(blobs, blob, start, min(stop, file.bytes)))
        return open_segment(data, file.key, header, number, is_last=number == len(starts) - 1)

    return Pieces(starts, size, load)


def _file(document: Document, attachment_id: str) -> tuple[Attachment, SealedFile]:
    for file in files_in(document):
        if file.attachment_id == attachment_id and file.sealed is not None:
            return file, file.sealed
    raise NotFound


def _not_here(is_refused: bool) -> Conflict:
    if is_refused:
        return Conflict("attachment_refused", "this node did not take the file; ask the sender for another one")
    return Conflict("attachment_on_its_way", "it is fetched from the sender's node; try again later")
