"""A sender that can't be called brings its files: it asks what the recipient waits for, and brings piece after piece.

What is still wanted is the recipient's word each time, so nothing is kept here that a cut could lose.
"""

from collections.abc import Callable

import structlog

from api.errors import HomewardError, InvalidInput, NotFound
from api.flow.attachments.transfer import keep, put_off, require_time
from api.flow.line import Line
from api.flow.node import Node
from api.flow.peers import get_peer
from api.store import attachments
from api.store.attachment_tables import AttachmentRow
from api.store.blobs import piece_size, pieces_of
from schemas.base import AgencyId

_log = structlog.get_logger("homeward.attachments")


def list_to_bring(node: Node) -> list[tuple[AgencyId, AgencyId]]:
    """Return which of our agencies that can't be called sent files, and to whom, that may still have to be brought."""
    with node.database.reader() as session:
        found = attachments.list_unbrought(session)
    return [(AgencyId(agency), AgencyId(peer)) for agency, peer in found]


def bring_all(node: Node) -> int:
    """Bring every file that somebody waits for and return how many are there now."""
    return sum(bring(node, agency=agency, peer=peer) for agency, peer in list_to_bring(node))


def bring(node: Node, *, agency: AgencyId, peer: AgencyId, is_over: Callable[[], bool] = lambda: False) -> int:
    """Bring a peer what it waits for from one of our agencies; returns how many files are there now.

    A peer that is away is logged with the reason, and asked again next time; ``is_over`` ends it as in ``fetch``.
    """
    brought = 0
    try:
        with node.database.reader() as session:
            sent = attachments.list_sent(session, agency, peer)
            endpoint = get_peer(node, session, peer).endpoint
        line = Line(node, agency, endpoint or "")
        awaited = line.list_awaited()
        for row in sent:
            if row.sealed_sha256 in awaited:
                _bring(node, line, row, awaited[row.sealed_sha256], is_over)
                brought += 1
        there = [row.sealed_sha256 for row in sent]
        node.writer.write(lambda session: attachments.mark_brought(session, agency, peer, there, node.clock()))
    except HomewardError as error:
        _log.warning("attachments_not_brought", peer=peer, reason=error.code)
    return brought


def _bring(node: Node, line: Line, row: AttachmentRow, number: int, is_over: Callable[[], bool]) -> None:
    for piece in pieces_of(row.size)[number:]:
        require_time(is_over)
        line.bring_piece(row.sealed_sha256, piece, node.blobs.get(row.blob, piece))


def list_wanted(node: Node, peer: AgencyId) -> dict[str, int]:
    """Return which files a peer has to bring, and with which piece of each to go on.

    The last piece is asked for again where this node ended before it had checked the whole: only a call has it done.
    """
    with node.database.reader() as session:
        rows = attachments.list_awaited_of(session, peer)
    return {row.sealed_sha256: min(node.blobs.count(row.blob), pieces_of(row.size)[-1]) for row in rows}


def take_piece(node: Node, peer: AgencyId, sealed_sha256: str, number: int, data: bytes) -> None:
    """Store a piece that a peer brings; with the last one the file is checked. A piece that is here is passed over.

    Raises ``NotFound`` for a file that is not awaited from the peer, ``InvalidInput`` ``piece_differs`` for one that
    is not next or has another size.
    """
    with node.database.reader() as session:
        rows = [row for row in attachments.list_awaited_of(session, peer) if row.sealed_sha256 == sealed_sha256]
    if not rows:
        raise NotFound
    for row in rows:
        _take(node, row, number, data)


def _take(node: Node, row: AttachmentRow, number: int, data: bytes) -> None:
    held = node.blobs.count(row.blob)
    if number > held or len(data) != piece_size(row.size, number):
        raise InvalidInput("piece_differs", "ask which piece is next")
    if number == held:
        node.blobs.put(row.blob, number, data)
    if number + 1 == len(pieces_of(row.size)):
        try:
            keep(node, row)
        except HomewardError as error:
            put_off(node, row, error)
            raise
