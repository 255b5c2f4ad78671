"""An agency begins here: its first descriptor is signed and stored; later ones follow when keys change."""

from api.flow.node import Node
from api.flow.trust import store_agency
from api.sealing.descriptor import Descriptor, sign_descriptor, verify_descriptor
from schemas.base import AgencyId


def found_agency(node: Node, agency: AgencyId, *, name: str, country: str, reachable: bool) -> bytes:
    """Sign and store the first descriptor of an agency whose keys the node holds; returns its bytes."""
    now = node.clock()
    keys = node.keys_of(agency)
    descriptor = Descriptor(
        agency=agency,
        name=name,
        country=country,
        endpoint=node.base_url if reachable else None,
        keys=keys.public(),
        sequence=1,
        previous=None,
        issued_at=now,
    )
    data = sign_descriptor(descriptor, keys, now)
    store_agency(node, verify_descriptor(data, now=now, pinned=None), data, is_local=True)
    return data
