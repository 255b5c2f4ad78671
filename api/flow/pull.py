"""A recipient that can't be pushed to fetches its mailbox at the sender and leaves receipts for what it took.

The cursor moves only after the receipts were handed over; whatever breaks before that comes again and is answered
with the same receipt.
"""

import structlog

from api.errors import HomewardError, SealError
from api.flow import receipts
from api.flow.line import Line
from api.flow.node import Node
from api.flow.receive import receive
from api.flow.trust import get_peer
from api.store import agencies
from api.store.engine import Session
from api.store.tables import PullRow
from schemas.base import AgencyId

PAGE = 50

_log = structlog.get_logger("homeward.pull")


def pull_all(node: Node) -> int:
    """Fetch every mailbox that this node was told to fetch and return how many items were taken."""
    with node.database.reader() as session:
        peers = agencies.list_pulled(session)
        served = agencies.list_local(session)
    taken = 0
    for peer in peers:
        for agency in served:
            try:
                taken += pull(node, agency=AgencyId(agency), peer=AgencyId(peer))
            except HomewardError as error:
                _log.warning("pull_put_off", peer=peer, reason=error.code)
    return taken


def pull(node: Node, *, agency: AgencyId, peer: AgencyId) -> int:
    """Fetch the mailbox that a peer keeps for one of our agencies; returns how many items were taken."""
    with node.database.reader() as session:
        endpoint = get_peer(session, peer).endpoint
        row = session.get(PullRow, (agency, peer))
    if endpoint is None:
        return 0
    line, cursor, taken = Line(node, agency, endpoint), row.cursor if row else "0", 0
    while True:
        page = line.fetch(cursor, PAGE)
        answers = [answer for item in page["items"] if (answer := _take(node, item, peer))]
        if answers:
            line.send_receipts(answers)
        taken += len(page["items"])
        moved, cursor = str(page["cursor"]) != cursor, str(page["cursor"])
        node.writer.write(lambda session, at=cursor: _keep(session, agency, peer, at))  # type: ignore[misc]
        if not page["items"] or not moved:
            return taken


def _take(node: Node, item: dict[str, str], peer: AgencyId) -> bytes | None:
    """Take one item; an envelope gives a receipt to leave, and what is broken is logged by its code and left behind."""
    data = item["data"].encode()
    try:
        if item["type"] == "envelope":
            return receive(node, data, peer=peer).receipt
        receipts.hold_from_peer(node, data, peer=peer)
    except SealError as error:
        _log.warning("pulled_item_refused", peer=peer, reason=error.code)
    return None


def _keep(session: Session, agency: str, peer: str, cursor: str) -> None:
    session.merge(PullRow(agency_id=agency, peer=peer, cursor=cursor))
