"""An agency begins here: its first descriptor is signed and stored; later ones follow when keys change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from api.errors import InvalidInput
from api.flow.node import Node
from api.flow.trust import get_newest, store_agency
from api.sealing.descriptor import Descriptor, sign_descriptor, verify_descriptor
from api.sealing.keys import Encryption, KeyKind, PrivateKeySet, Signing, generate_keys
from schemas.base import AgencyId, country_of


def found_agency(node: Node, agency: AgencyId, *, name: str, reachable: bool) -> bytes:
    """Sign and store the first descriptor of an agency whose keys the node holds; returns its bytes."""
    now = node.clock()
    keys = node.keys_of(agency)
    descriptor = Descriptor(
        agency=agency,
        name=name,
        country=country_of(agency),
        endpoint=node.base_url if reachable else None,
        keys=keys.public(),
        sequence=1,
        previous=None,
        issued_at=now,
    )
    data = _sign(descriptor, keys, now)
    store_agency(node, verify_descriptor(data, now=now, pinned=None), data, is_local=True)
    return data


def generate_like(held: PrivateKeySet, now: datetime) -> PrivateKeySet:
    """Return new keys of the kinds that an agency signs and encrypts with today."""
    signs: Signing = "ES256" if held.signing_key(now).kind is KeyKind.P256 else "Ed25519"
    kinds: Mapping[KeyKind, Encryption] = {KeyKind.P256: "P-256", KeyKind.RSA: "RSA-3072"}
    encrypts = kinds.get(held.encryption_key(now).kind, "X25519")
    is_hybrid = held.find_hybrid_key(now) is not None
    return generate_keys(held.agency, now, signing=signs, encryption=encrypts, hybrid=is_hybrid)


def renew_agency(node: Node, agency: AgencyId, fresh: PrivateKeySet) -> bytes:
    """Sign an agency's next descriptor, with fresh keys in it, by a key of the one before; returns its bytes.

    The fresh keys have to be in the key file already: a descriptor must never name a key that could be lost.
    """
    now = node.clock()
    with node.database.reader() as session:
        before = get_newest(node, session, agency)
    published = PrivateKeySet(tuple(key for key in node.keys_of(agency).keys if before.keys.find(key.kid)), agency)
    descriptor = replace(
        before,
        endpoint=node.base_url if before.endpoint is not None else None,
        keys=fresh.public(),
        sequence=before.sequence + 1,
        previous=before.digest,
        issued_at=now,
    )
    data = _sign(descriptor, published, now)
    store_agency(node, verify_descriptor(data, now=now, pinned=before), data, is_local=True)
    return data


def _sign(descriptor: Descriptor, keys: PrivateKeySet, now: datetime) -> bytes:
    try:
        return sign_descriptor(descriptor, keys, now)
    except ValidationError:
        hint = "a name of 1 to 200 characters, HOMEWARD_BASE_URL like https://node.example"
        raise InvalidInput("descriptor_invalid", hint) from None
