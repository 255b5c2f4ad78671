"""The other sides, asked now: whether their address answers, what time it is there, which keys they publish."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

from api.cli.checks.finding import Finding, ok, warn, wrong
from api.errors import HomewardError
from api.flow.node import Node
from api.flow.trust import get_newest
from api.sealing.descriptor import Descriptor, read_descriptor
from api.sealing.signed import SKEW
from api.store import agencies
from api.store.tables import AgencyRow


def check_peers(node: Node) -> Iterator[Finding]:
    """Ask every trusted agency that has an address for its descriptor."""
    with node.database.reader() as session:
        peers = [row for row in agencies.list_agencies(session) if not row.is_local]
        pinned = {}
        for row in peers:
            try:
                pinned[row.agency_id] = get_newest(node, session, row.agency_id)
            except HomewardError:
                continue  # told by the look at its keys
    for row in peers:
        if row.endpoint is None:
            yield ok(f"{row.agency_id} comes for its mailbox; it is not called from here")
        elif row.agency_id in pinned:
            yield from _ask(node, row, row.endpoint.rstrip("/"), pinned[row.agency_id])


def _ask(node: Node, row: AgencyRow, endpoint: str, pinned: Descriptor) -> Iterator[Finding]:
    mend = "check the network and the address; what waits for it goes out by itself when it is back"
    try:
        path = f"{endpoint}/exchange/v1/descriptors/{row.agency_id}"
        answer = node.wire(endpoint).request("GET", path)
    except httpx2.HTTPError:
        yield warn(f"{row.agency_id} does not answer at {endpoint}", mend)
        return
    if answer.status_code != httpx2.codes.OK:
        yield warn(f"at {endpoint} somebody answers {answer.status_code} and not {row.agency_id}", mend)
        return
    yield _compare_clocks(row.agency_id, answer.headers.get("date"), node.clock())
    yield from _compare_keys(row.agency_id, answer.content, pinned)


def _compare_clocks(peer: str, told: str | None, now: datetime) -> Finding:
    """Compare our clock with the one that the answer tells."""
    try:
        theirs = parsedate_to_datetime(told or "").astimezone(UTC)
    except ValueError:
        return ok(f"{peer} answers, and tells no time")
    apart = abs(theirs - now)
    if apart > SKEW:
        minutes = int(apart / timedelta(minutes=1))
        whose = "ahead of" if theirs > now else "behind"
        mend = "compare both with a third clock and switch on NTP where it is wrong; tokens are refused until then"
        return wrong(f"the clock of {peer} is {minutes} minutes {whose} ours", mend)
    return ok(f"{peer} answers, and its clock agrees with ours")


def _compare_keys(peer: str, data: bytes, pinned: Descriptor) -> Iterator[Finding]:
    """Say so where the other side publishes a newer descriptor than the one that is pinned here."""
    try:
        published = read_descriptor(data)
    except HomewardError:
        yield warn(f"{peer} publishes something else than a descriptor", "ask them who answers at that address")
        return
    if published.agency != peer or (published.digest != pinned.digest and published.sequence <= pinned.sequence):
        mend = "speak to them by telephone before anything else is sent: their address may be somebody else's"
        yield wrong(f"{peer} publishes another descriptor than the one that was pinned", mend)
    elif published.sequence > pinned.sequence:
        yield warn(f"{peer} published new keys", "ask for the descriptor, then `homeward agency trust FILE`")
