"""Sealed files that a document named are fetched from its sender's node, piece by piece, until they are here.

Each piece is stored as it comes, so that whatever is cut goes on where it was. Whole, the bytes have to be the ones
that the document names, and the file has to pass the same checks as at home; only then can it be read.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeGuard

import structlog

from api.errors import HomewardError, InvalidInput, NodeError, NotFound, PeerError, SealError
from api.flow import shelf
from api.flow.attachments.checking import check_file
from api.flow.attachments.reading import source_of
from api.flow.deliver import wait_after
from api.flow.evidence import Action, Entry, note
from api.flow.line import Line
from api.flow.node import Node
from api.flow.peers import get_peer
from api.sealing.stream import Measured, sealed_size
from api.store import attachments, documents
from api.store.attachment_tables import AttachmentRow
from api.store.blobs import PIECE, new_name, piece_size, pieces_of, read_blob
from api.store.engine import Session
from schemas.attachments import Attachment, files_in
from schemas.base import AgencyId

LEASE = timedelta(minutes=10)
"""A piece has to come within it; then somebody else may go on."""
RENEWED_AFTER = LEASE / 10
Way = Callable[[str, int, int], bytes]
"""Brings some bytes of a sealed file: its digest, from where, to before where."""

_log = structlog.get_logger("homeward.attachments")


def list_awaited(node: Node) -> list[tuple[AgencyId, AgencyId]]:
    """Return who waits for files that are due now, and the peer they come from."""
    with node.database.reader() as session:
        found = attachments.list_awaited_from(session, node.clock())
    return [(AgencyId(agency), AgencyId(peer)) for agency, peer in found]


def fetch_all(node: Node) -> int:
    """Fetch every file that is due and return how many are here now."""
    return sum(fetch(node, agency=agency, peer=peer) for agency, peer in list_awaited(node))


def fetch(node: Node, *, agency: AgencyId, peer: AgencyId, is_over: Callable[[], bool] = lambda: False) -> int:
    """Fetch what is due from a peer for one of our agencies; returns how many files are here now.

    A peer that is away is logged with the reason, and asked again later. When ``is_over`` says so, the piece that is on
    the line is the last one for now.
    """
    taken, now = 0, node.clock()
    claim = partial(attachments.claim_awaited, agency_id=agency, peer=peer, now=now, until=now + LEASE)
    while (row := node.writer.write(claim)) is not None:
        try:
            taken += _bring(node, row, _way(node, agency, peer), is_over) and keep(node, row)
        except HomewardError as error:
            put_off(node, row, error)
    return taken


def _bring(node: Node, row: AttachmentRow, way: Way, is_over: Callable[[], bool]) -> bool:
    """Fetch the pieces that are not here yet; as long as some come, the peer has time for the next.

    Tells whether the file is still awaited: somebody may have brought it meanwhile.
    """
    renew_at = node.clock()
    for number in pieces_of(row.size)[node.blobs.count(row.blob) :]:
        require_time(is_over)
        start = number * PIECE
        piece = way(row.sealed_sha256, start, start + piece_size(row.size, number))
        if not _is_awaited(node, row):
            return False
        node.blobs.put(row.blob, number, piece)
        if node.clock() >= renew_at:
            node.writer.write(lambda session: _renew(session, row, node))
            renew_at = node.clock() + RENEWED_AFTER
    return True


def _is_awaited(node: Node, row: AttachmentRow) -> bool:
    with node.database.reader() as session:
        return _is_still(attachments.find_sealed(session, row.agency_id, row.sealed_sha256), row)


def require_time(is_over: Callable[[], bool]) -> None:
    """Raise ``NodeError`` ``node_stops`` where the node shall go: nobody waits for a large file to be through."""
    if is_over():
        raise NodeError("node_stops", "it goes on when the node is up again")


def _renew(session: Session, row: AttachmentRow, node: Node) -> None:
    held = _find_awaited(session, row)
    if held is not None:
        held.attempts, held.due_at = 1, node.clock() + LEASE
        session.add(held)


def _way(node: Node, agency: AgencyId, peer: AgencyId) -> Way:
    """Return the way to a peer: over the wire, or within this node."""
    if peer in node.keyring:
        return lambda sha256, start, stop: _within(node, agency, sha256, start, stop)
    with node.database.reader() as session:
        endpoint = get_peer(node, session, peer).endpoint
    if endpoint is None:
        raise PeerError("peer_has_no_address", "it brings the file, or its descriptor has to name an address")
    return Line(node, agency, endpoint).fetch_sealed


def _within(node: Node, agency: AgencyId, sha256: str, start: int, stop: int) -> bytes:
    with node.database.reader() as session:
        row = attachments.find_sent_to(session, agency, sha256)
    if row is None:
        raise PeerError("peer_says_not_found", "the other agency does not have the file")
    return b"".join(read_blob(node.blobs, row.blob, start, stop))


def keep(node: Node, row: AttachmentRow) -> bool:
    """Check a file that is here as a whole and let it be read; tells whether it can be from now on.

    Raises ``PeerError`` ``attachment_differs`` where the bytes are not the ones that were named: it begins anew. One
    that fails the checks is refused for good. Whoever is through first with a file has judged it.
    """
    if Measured(read_blob(node.blobs, row.blob, 0, row.size)).to_end() != (row.sealed_sha256, row.size):
        _begin_anew(node, row)
        raise PeerError("attachment_differs", "these were not the bytes that its document names: let it come once more")
    code = _judge(node, row)
    is_ours = node.writer.write(lambda session: _settle(session, row, node, code))
    if is_ours and code is not None:
        node.blobs.remove(row.blob)
    return is_ours and code is None


def _judge(node: Node, row: AttachmentRow) -> str | None:
    """Open the file as its document says, check it, and return what is wrong with it, if anything is."""
    file = _named_in(node, row)
    if file.sealed is None or sealed_size(file.bytes or 0) != row.size:
        return "attachment_broken"
    try:
        source = source_of(node.blobs, row.blob, file.sealed, file.bytes or 0)
        check_file(source, file.media_type or "", file.sha256, node.scanner)
    except (InvalidInput, SealError) as error:
        return error.code
    return None


def _named_in(node: Node, row: AttachmentRow) -> Attachment:
    """Return the file as the newest document of the peer that named it describes it."""
    with node.database.reader() as session:
        use = attachments.get_use(session, row.agency_id, row.sealed_sha256, row.peer or "")
        held = documents.find_document(session, row.agency_id, use.document_id)
    if held is None:
        raise NotFound
    found = files_in(shelf.read_document(node, held))
    return next(file for file in found if file.sealed is not None and file.sealed.sha256 == row.sealed_sha256)


def _settle(session: Session, row: AttachmentRow, node: Node, code: str | None) -> bool:
    """Let a file be held, or refused with a code; tells whether it was still to be judged."""
    held, now = _find_awaited(session, row), node.clock()
    if held is None:
        return False
    held.due_at, held.reason, held.held_at = None, code, None if code else now
    session.add(held)
    use = attachments.get_use(session, row.agency_id, row.sealed_sha256, row.peer or "")
    action = Action.ATTACHMENT_REFUSED if code else Action.ATTACHMENT_HELD
    line = Entry(action, row.agency_id, row.peer or "", use.document_id, code=code, sha256=row.sealed_sha256)
    note(session, now, line)
    return True


def _begin_anew(node: Node, row: AttachmentRow) -> None:
    """Forget what came: the next try goes into a blob of another name."""

    def unit(session: Session) -> bool:
        held = _find_awaited(session, row)
        if held is not None:
            held.blob = new_name(node.clock())
            session.add(held)
        return held is not None

    if node.writer.write(unit):
        node.blobs.remove(row.blob)


def put_off(node: Node, row: AttachmentRow, error: HomewardError) -> None:
    """Let a file be fetched again after a while, with the reason beside it."""
    due_at = node.clock() + wait_after(max(row.attempts, 1))  # what somebody else brought was never asked for

    def unit(session: Session) -> None:
        held = attachments.lock_sealed(session, row.agency_id, row.sealed_sha256)
        if held is not None and is_awaited(held):
            held.due_at, held.reason = due_at, error.code
            session.add(held)

    node.writer.write(unit)
    _log.warning("attachment_put_off", peer=row.peer, attempts=row.attempts, reason=error.code)


def is_awaited(row: AttachmentRow) -> bool:
    """Say whether a file is neither here nor refused."""
    return row.held_at is None and row.due_at is not None


def _find_awaited(session: Session, row: AttachmentRow) -> AttachmentRow | None:
    """Return a file to change, or ``None`` where somebody else is through with it, or began it anew."""
    held = attachments.lock_sealed(session, row.agency_id, row.sealed_sha256)
    return held if _is_still(held, row) else None


def _is_still(held: AttachmentRow | None, row: AttachmentRow) -> TypeGuard[AttachmentRow]:
    """Say whether a file as it stands now is awaited in the same blob as when somebody looked before."""
    return held is not None and is_awaited(held) and held.blob == row.blob
