"""A recipient that can't be pushed to fetches its mailbox at the sender and leaves receipts for what it took.

It reads from the beginning each time: an envelope waits there until its receipt was left, so nothing is kept here
that could be lost, and what comes again is answered with the same receipt.
"""

import structlog

from api.errors import CallerError, HomewardError, SealError, TrustError
from api.flow import receipts
from api.flow.line import Line, MailboxItem
from api.flow.node import Node
from api.flow.peers import get_peer
from api.flow.receive import receive
from api.store import agencies
from schemas.base import AgencyId

PAGE = 50
MOST_PAGES = 200
"""A peer that always has one more page keeps nobody from the other mailboxes; what is left comes next time."""

_log = structlog.get_logger("homeward.pull")


def list_mailboxes(node: Node) -> list[tuple[AgencyId, AgencyId]]:
    """Return whose mailboxes this node was told to fetch: one of our agencies, and the peer that keeps it."""
    with node.database.reader() as session:
        served, peers = agencies.list_local(session), agencies.list_pulled(session)
    return [(AgencyId(agency), AgencyId(peer)) for peer in peers for agency in served]


def pull_all(node: Node) -> int:
    """Fetch every mailbox that this node was told to fetch and return how many items were taken."""
    return sum(pull(node, agency=agency, peer=peer) for agency, peer in list_mailboxes(node))


def pull(node: Node, *, agency: AgencyId, peer: AgencyId) -> int:
    """Fetch the mailbox that a peer keeps for one of our agencies; returns how many items were taken.

    A peer that is away is logged with the reason, and fetched from again next time.
    """
    taken = 0
    try:
        with node.database.reader() as session:
            endpoint = get_peer(node, session, peer).endpoint
        if endpoint is None:
            return 0
        line, cursor = Line(node, agency, endpoint), "0"
        for _ in range(MOST_PAGES):
            page = line.fetch(cursor, PAGE)
            taken += _take_page(node, line, page.items, peer)
            if not page.items or page.cursor == cursor:
                break
            cursor = page.cursor
    except HomewardError as error:
        _log.warning("pull_put_off", peer=peer, reason=error.code)
    return taken


def _take_page(node: Node, line: Line, items: list[MailboxItem], peer: AgencyId) -> int:
    """Take a page and leave the receipts; what the peer does not keep comes again."""
    answers, taken = [], 0
    for item in items:
        try:
            answer = _take(node, item, peer)
        except (SealError, TrustError, CallerError) as error:
            _log.warning("pulled_item_left", peer=peer, reason=error.code)
            continue
        taken += 1
        if answer is not None:
            answers.append(answer)
    if answers and (refused := line.send_receipts(answers)):
        _log.warning("receipts_not_kept", peer=peer, count=len(refused))
    return taken


def _take(node: Node, item: MailboxItem, peer: AgencyId) -> bytes | None:
    """Take one item; an envelope gives a receipt to leave, a receipt gives nothing."""
    data = item.data.encode()
    if item.type == "envelope":
        return receive(node, data, peer=peer).receipt
    receipts.hold(node, data, peer=peer)
    return None
