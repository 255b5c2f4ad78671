"""Whom this node trusts: pinned descriptors, and the keys that they say.

We seal to the keys of a peer's newest descriptor and let nobody in under older ones. A letter may arrive days after its
key was replaced, so older keys still verify signatures for a while, counted from when their successor was accepted here
and not from what a letter says of itself; then a key that was copied is worth nothing.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from api.errors import TrustError
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.peer import Peer
from api.flow.resealing import seal_waiting_anew
from api.sealing.descriptor import Descriptor, fingerprint, is_same_fingerprint, read_descriptor, verify_descriptor
from api.sealing.digest import sha256_hex
from api.store import agencies, waiting
from api.store.engine import Session
from api.store.tables import AgencyRow, DescriptorRow
from schemas.base import AgencyId

KEYS_LINGER = timedelta(days=30)
"""How long a replaced key still verifies what arrives: longer than any outage, shorter than a copied key is useful."""


def find_peer(node: Node, session: Session, agency: str) -> Peer | None:
    """Return a trusted agency with its keys, or ``None`` where its descriptor was never pinned.

    Raises ``TrustError`` ``descriptor_altered`` where a descriptor is not the one that was accepted here: it is bound
    with a hash whose key is not in the database, so that nobody who can write there slips us his keys.
    """
    chain = _list_chain(node, session, agency)
    if not chain:
        return None
    accepted = agencies.list_acceptances(session, agency)
    now = node.clock()
    kept = [data for data, successor in zip(chain, accepted[1:], strict=False) if now < successor + KEYS_LINGER]
    return _peer((*kept, chain[-1]))


def get_newest(node: Node, session: Session, agency: str) -> Descriptor:
    """Return the newest descriptor of an agency; raises ``TrustError`` ``agency_unknown`` where there is none."""
    chain = _list_chain(node, session, agency)
    if not chain:
        raise TrustError(
            "agency_unknown", "`GET /v1/agencies` or `homeward agency list` names those that can be reached"
        )
    return read_descriptor(chain[-1])


def _list_chain(node: Node, session: Session, agency: str) -> list[bytes]:
    chain = agencies.list_bound_descriptors(session, agency)
    for sequence, data, bound in chain:
        if bound != _bound(node, agency, sequence, data):
            raise TrustError("descriptor_altered", "somebody changed it in the database; find out who, restore it")
    return [data for _, data, _ in chain]


def _bound(node: Node, agency: str, sequence: int, data: bytes) -> str:
    return node.vault.lookup("descriptor", f"{agency}/{sequence}/{sha256_hex(data)}")


@lru_cache(maxsize=512)
def _peer(descriptors: tuple[bytes, ...]) -> Peer:
    """Parse descriptors that were verified when they were accepted; one parse serves all envelopes."""
    parsed = [read_descriptor(data) for data in descriptors]
    newest = parsed[-1]
    signing = newest.keys
    for older in parsed[:-1]:
        signing = signing.merged(older.keys)
    return Peer(AgencyId(newest.agency), newest.name, newest.country, newest.endpoint, newest.keys, signing)


def trust(node: Node, data: bytes, *, expected_fingerprint: str | None, is_pulled: bool = False) -> Descriptor:
    """Pin a first descriptor after its fingerprint was compared, or accept a later one that a trusted key signed.

    A first descriptor of an agency that is known already begins anew after its keys were lost: with its fingerprint
    compared it is pinned, the old keys are forgotten, and what waits for it is sealed to its new ones. A peer whose
    mailbox is fetched stays one. Raises ``TrustError``: ``fingerprint_required`` and ``fingerprint_differs`` for a
    first one, ``agency_is_ours``, and whatever breaks the chain.
    """
    claimed = read_descriptor(data)
    with node.database.reader() as session:
        row = agencies.find_agency(session, claimed.agency)
        known = _list_chain(node, session, claimed.agency)
    if row is not None and row.is_local:
        raise TrustError("agency_is_ours", "it is served on this node; there is nobody to trust")
    if expected_fingerprint is None and not known:
        raise TrustError("fingerprint_required", "read the fingerprint to each other over the phone, then pass it")
    if expected_fingerprint is not None and not is_same_fingerprint(expected_fingerprint, fingerprint(data)):
        raise TrustError(
            "fingerprint_differs", "this is not the descriptor that the other side read out; do not use it"
        )
    is_anew = claimed.sequence == 1 and expected_fingerprint is not None and data not in known
    pinned = read_descriptor(known[-1]) if known and not is_anew else None
    is_same = bool(known) and known[-1] == data
    descriptor = claimed if is_same else verify_descriptor(data, now=node.clock(), pinned=pinned)
    was_pulled = row is not None and row.is_pulled
    store_agency(node, descriptor, data, is_local=False, is_pulled=is_pulled or was_pulled, is_anew=is_anew)
    return descriptor


def store_agency(
    node: Node,
    descriptor: Descriptor,
    data: bytes,
    *,
    is_local: bool,
    is_pulled: bool = False,
    is_anew: bool = False,
) -> None:
    """Store an agency with a descriptor that was verified, and note it in the log."""
    now = node.clock()
    row, held = _rows(node, descriptor, data, now, is_local=is_local, is_pulled=is_pulled)

    def unit(session: Session) -> None:
        if is_anew:
            agencies.forget_descriptors(session, descriptor.agency)
            seal_waiting_anew(node, session, descriptor.agency, descriptor.keys, now)
        agencies.put_agency(session, row, held)
        mended = {"agency_id": descriptor.agency} if is_local else {"peer": descriptor.agency}
        waiting.make_due(session, now, **mended)
        note(session, now, Entry(Action.TRUSTED, agency=descriptor.agency, by="AD", code=str(descriptor.sequence)))

    node.writer.write(unit)


def _rows(
    node: Node, descriptor: Descriptor, data: bytes, now: datetime, *, is_local: bool, is_pulled: bool
) -> tuple[AgencyRow, DescriptorRow]:
    """Return an agency and its descriptor as rows, the descriptor bound to what this node accepted."""
    row = AgencyRow(
        agency_id=descriptor.agency,
        name=descriptor.name,
        country=descriptor.country,
        is_local=is_local,
        endpoint=descriptor.endpoint,
        is_pulled=is_pulled,
        sequence=descriptor.sequence,
        pinned_at=now,
    )
    held = DescriptorRow(
        agency_id=descriptor.agency,
        sequence=descriptor.sequence,
        data=data,
        bound=_bound(node, descriptor.agency, descriptor.sequence, data),
        accepted_at=now,
    )
    return row, held
