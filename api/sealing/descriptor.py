"""An agency's descriptor: who it is, where its node is, its public keys; self-signed, each chained to the one before.

The first is pinned after two people compared its fingerprint. A later one is believed when a key that is trusted
today signed it and it is the next in the chain (as in TUF's root rotation). Lost keys: pin again at a meeting, never
silently.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from api.sealing.codes import seal_error, trust_error
from api.sealing.digest import sha256_hex
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.signed import SKEW, SignedType, find_signer, open_signed, payload_of, require_valid, sign, take_apart
from api.sealing.strict import parse_object
from schemas.base import AgencyId, AgencyIdField, CountryCode, Instant, Sha256, country_of

MAX_DESCRIPTOR_BYTES: Final = 65_536
"""Forty keys fit; a descriptor is read before its sender is known."""

_GROUPS, _DIGITS = 8, 5
_Endpoint = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.:\[\]-]{1,253}(/[A-Za-z0-9._~/-]{0,200})?$")
]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Body(BaseModel):
    """The signed payload as it travels. Members of a newer minor version are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    profile: Literal[1]
    agency: AgencyIdField
    name: _Name
    country: CountryCode
    endpoint: _Endpoint | None = None
    keys: list[dict[str, Any]]
    sequence: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    previous: Sha256 | None = None
    issued_at: Instant

    @model_validator(mode="after")
    def _country_is_that_of_the_id(self) -> Self:
        """Refuse a country that the agency's id contradicts; it is told twice for people who read a descriptor."""
        if self.country != country_of(self.agency):
            raise PydanticCustomError("country", "the country is the one that the agency's id begins with")
        return self


@dataclass(frozen=True)
class Descriptor:
    """What a descriptor says. ``digest``, the SHA-256 of its bytes, names it to its successor."""

    agency: AgencyId
    name: str
    country: str
    endpoint: str | None
    keys: PublicKeySet = field(repr=False)
    sequence: int
    previous: str | None
    issued_at: datetime
    digest: str = field(default="", compare=False)


def sign_descriptor(descriptor: Descriptor, keys: PrivateKeySet, now: datetime) -> bytes:
    """Return the descriptor as a compact JWS, signed with the newest key of ``keys`` that is valid now.

    For the first descriptor that is a key in the descriptor itself, for a later one a key of the descriptor before
    it: hand over the old private set when the keys change. Raises ``TrustError`` when a key is missing.
    """
    if descriptor.keys.agency not in {None, descriptor.agency} or keys.agency not in {None, descriptor.agency}:
        raise trust_error("agency_differs")
    _require_keys(descriptor.keys)
    body = _Body.model_validate(
        {
            "profile": 1,
            "agency": descriptor.agency,
            "name": descriptor.name,
            "country": descriptor.country,
            "endpoint": descriptor.endpoint,
            "keys": descriptor.keys.to_object()["keys"],
            "sequence": descriptor.sequence,
            "previous": descriptor.previous,
            "issued_at": descriptor.issued_at,
        }
    )
    return sign(body.model_dump_json().encode("utf-8"), SignedType.DESCRIPTOR, keys.signing_key(now))


def verify_descriptor(data: bytes, *, now: datetime, pinned: Descriptor | None, skew: timedelta = SKEW) -> Descriptor:
    """Return the descriptor, if it may be believed.

    Without ``pinned`` it proves only that its author has its private key: compare ``fingerprint`` with a person
    before pinning it. With ``pinned`` it has to be the next one of the same agency, signed by a key that is trusted
    today. Raises ``SealError`` for what is malformed or altered and ``TrustError`` for what is not trusted.
    """
    signed = take_apart(data, SignedType.DESCRIPTOR, MAX_DESCRIPTOR_BYTES)
    descriptor = read_descriptor(data)
    trusted = descriptor.keys if pinned is None else pinned.keys
    if pinned is not None:
        _require_next(descriptor, pinned)
    key = find_signer(signed, trusted)
    require_valid(key, now, skew)
    open_signed(signed, key)
    _require_keys(descriptor.keys)
    if descriptor.issued_at.astimezone(UTC) > now + skew:
        raise seal_error("from_the_future")
    return descriptor


def read_descriptor(data: bytes) -> Descriptor:
    """Return what a descriptor says, **unproven**: for one that was verified before, or to show it to a person."""
    signed = take_apart(data, SignedType.DESCRIPTOR, MAX_DESCRIPTOR_BYTES)
    payload = payload_of(signed.data)
    members = parse_object(payload, "payload")
    try:
        body = _Body.model_validate_json(payload)
    except ValidationError:
        raise seal_error("descriptor_invalid") from None
    return Descriptor(
        agency=body.agency,
        name=body.name,
        country=body.country,
        endpoint=body.endpoint,
        keys=PublicKeySet.from_object({"agency": body.agency, "keys": members["keys"]}),
        sequence=body.sequence,
        previous=body.previous,
        issued_at=body.issued_at,
        digest=sha256_hex(data),
    )


def fingerprint(data: bytes) -> str:
    """Return eight groups of five digits, to be read over the telephone: 132 bits of the SHA-256 over the bytes."""
    number = int.from_bytes(hashlib.sha256(data).digest(), "big") % 10 ** (_GROUPS * _DIGITS)
    digits = f"{number:0{_GROUPS * _DIGITS}d}"
    return " ".join(digits[start : start + _DIGITS] for start in range(0, len(digits), _DIGITS))


def is_same_fingerprint(one: str, other: str) -> bool:
    """Whether two fingerprints are the same, however they were grouped."""
    return "".join(one.split()) == "".join(other.split())


def _require_next(descriptor: Descriptor, pinned: Descriptor) -> None:
    """Refuse what is not the next link of the same agency's chain."""
    if descriptor.agency != pinned.agency:
        raise trust_error("descriptor_agency_differs")
    if descriptor.sequence != pinned.sequence + 1:
        raise trust_error("descriptor_not_next")
    if not pinned.digest or descriptor.previous != pinned.digest:
        raise trust_error("descriptor_chain_broken")


def _require_keys(keys: PublicKeySet) -> None:
    """Refuse a descriptor that nobody could seal to or verify with."""
    if not any("sig" in key.uses for key in keys.keys) or not any("enc" in key.uses for key in keys.keys):
        raise trust_error("descriptor_without_keys")
