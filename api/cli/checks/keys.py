"""Keys: those of the agencies served here, those that sign tokens, and those of the peers that are pinned."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from api.cli.checks.finding import RESTORE_KEYS, Finding, ok, warn, wrong
from api.errors import HomewardError
from api.flow.node import Node
from api.flow.trust import get_newest
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.store import agencies
from schemas.base import AgencyId

SOON = timedelta(days=60)
"""Time to rotate, send the descriptor to every other side, and for them to take it."""


def check_own_keys(node: Node, now: datetime) -> Iterator[Finding]:
    """Look at the keys of each agency that is served here, and at those that sign tokens."""
    with node.database.reader() as session:
        served = agencies.list_local(session)
    for agency in served:
        if agency not in node.keyring:
            yield wrong(f"the key file of {agency} is missing", RESTORE_KEYS)
            continue
        yield from _check_published(node, AgencyId(agency))
        yield _judge(agency, node.keyring[AgencyId(agency)], now, f"`homeward agency rotate {agency}`")
    for agency in sorted(set(node.keyring) - set(served)):
        mend = f"`homeward agency add {agency}` was not finished: move its key file away and run it again"
        yield warn(f"there is a key file of {agency}, which is not served here", mend)
    yield _judge("the tokens", node.token_keys, now, "move keys/tokens.jwks away and restore it from a backup", {"sig"})


def check_peers_keys(node: Node, now: datetime) -> Iterator[Finding]:
    """Look at the keys of every agency that is trusted."""
    with node.database.reader() as session:
        peers = [row.agency_id for row in agencies.list_agencies(session) if not row.is_local]
        for peer in peers:
            try:
                keys = get_newest(node, session, peer).keys
            except HomewardError as error:
                yield wrong(f"the pinned descriptor of {peer} is not good: {error.code}", error.hint)
                continue
            yield _judge(peer, keys, now, f"ask {peer} to rotate its keys, then `homeward agency trust` its descriptor")
    if not peers:
        yield warn("no other agency is trusted yet", "compare fingerprints, then `homeward agency trust FILE`")


def _check_published(node: Node, agency: AgencyId) -> Iterator[Finding]:
    """Look whether the descriptor names keys that we hold, and the address at which the node is set up."""
    try:
        with node.database.reader() as session:
            descriptor = get_newest(node, session, agency)
    except HomewardError as error:
        yield wrong(f"the descriptor of {agency} is not good: {error.code}", error.hint)
        return
    held = node.keyring[agency]
    if any(held.find(key.kid) is None for key in descriptor.keys.keys):
        mend = f"{RESTORE_KEYS}, made after the last `agency rotate`"
        yield wrong(f"{agency} published keys that are not in its key file", mend)
    if descriptor.endpoint is not None and descriptor.endpoint.rstrip("/") != node.base_url:
        yield wrong(
            f"{agency} published {descriptor.endpoint}, but HOMEWARD_BASE_URL is {node.base_url}",
            f"set the published address, or publish this one with `homeward agency rotate {agency}`",
        )


def _judge(
    whose: str, keys: PrivateKeySet | PublicKeySet, now: datetime, mend: str, uses: Iterable[str] = ("sig", "enc")
) -> Finding:
    """Judge a set by the day on which the first of its uses has no key any more."""
    try:
        ends = [(keys.signing_key(now) if use == "sig" else keys.encryption_key(now)).not_after for use in uses]
    except HomewardError as error:
        return wrong(f"keys of {whose}: {error.code}", mend)
    known = [end for end in ends if end is not None]
    if not known:
        return ok(f"keys of {whose} have no end")
    left = min(known) - now
    until = f"keys of {whose} end on {min(known):%Y-%m-%d}, in {left.days} days"
    return warn(until, mend) if left < SOON else ok(until)
