"""The keys of one agency: a public set that everybody may see, and a private set that never leaves the node.

Both are JWK Sets (RFC 7517) with one member more, ``agency``. Windows of validity overlap when keys are rotated: new
things are signed and sealed with the newest valid key, old ones stay until everything sealed to them has been opened.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, Self

from joserfc.jwk import ECKey, OKPKey, RSAKey
from pydantic import TypeAdapter, ValidationError

from api.errors import SealError
from api.sealing import hybrid_key
from api.sealing.codes import trust_error
from api.sealing.jwk import Key, KeyKind, Use, read_key
from api.sealing.strict import parse_object
from schemas.base import AgencyId, AgencyIdField

__all__ = ["Key", "KeyKind", "PrivateKeySet", "PublicKeySet", "generate_keys"]

Signing = Literal["Ed25519", "ES256"]
Encryption = Literal["X25519", "P-256", "RSA-3072"]

_AGENCY: TypeAdapter[AgencyId] = TypeAdapter(AgencyIdField)
_PREFERENCE = (KeyKind.RSA, KeyKind.P256, KeyKind.X25519, KeyKind.ED25519, KeyKind.HYBRID)
_MAX_KEYS = 64
"""A descriptor holds a handful; more would let a peer make us import keys for minutes."""


@dataclass(frozen=True)
class _KeySet:
    """What both sets have in common: find a key, and pick the newest one that is valid."""

    keys: tuple[Key, ...]
    agency: AgencyId | None = None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a JWK Set; raises ``TrustError`` for the first key that is not right."""
        return cls.from_object(_parse(text))

    @classmethod
    def from_object(cls, members: object) -> Self:
        """Take an already parsed JWK Set; raises ``TrustError`` for the first key that is not right."""
        listed = members.get("keys") if isinstance(members, dict) else None
        if not isinstance(members, dict) or not isinstance(listed, list) or len(listed) > _MAX_KEYS:
            raise trust_error("keys_malformed")
        return cls(tuple(_read_each(listed)), _agency(members.get("agency")))

    def __post_init__(self) -> None:
        if len({key.kid for key in self.keys}) != len(self.keys):
            raise trust_error("key_duplicate")

    @cached_property
    def _by_kid(self) -> dict[str, Key]:
        return {key.kid: key for key in self.keys}

    def find(self, kid: str) -> Key | None:
        """Return the key with this thumbprint, or ``None``."""
        return self._by_kid.get(kid)

    def signing_key(self, now: datetime, issued_at: datetime | None = None) -> Key:
        """Return the newest signing key that is valid now, and was when the document was issued if that is given.

        Raises ``TrustError`` when there is none.
        """
        return self._newest((key for key in self.keys if "sig" in key.uses), now, issued_at or now)

    def encryption_key(self, now: datetime) -> Key:
        """Return the newest encryption key that is valid now; raises ``TrustError`` when there is none."""
        return self._newest((key for key in self.keys if "enc" in key.uses), now)

    def find_hybrid_key(self, now: datetime) -> Key | None:
        """Return the newest valid key of the hybrid layer, or ``None`` for a recipient that has none."""
        valid = [key for key in self.keys if key.kind is KeyKind.HYBRID and window_code(key, now) is None]
        return max(valid, key=_age) if valid else None

    def to_object(self) -> dict[str, object]:
        """Return the set as a JWK Set, ready for JSON."""
        members: dict[str, object] = {"agency": self.agency} if self.agency else {}
        return {**members, "keys": [key.to_dict() for key in self.keys]}

    def to_json(self) -> str:
        """Return the set as JSON text; a private set with its private parts."""
        return json.dumps(self.to_object(), indent=2)

    def merged(self, other: Self) -> Self:
        """Return the keys of both sets, each once: old keys stay while new ones come in. The agency is the same."""
        if self.agency and other.agency and self.agency != other.agency:
            raise trust_error("agency_differs")
        added = tuple(key for key in other.keys if key.kid not in self._by_kid)
        return type(self)(self.keys + added, self.agency or other.agency)

    @staticmethod
    def _newest(keys: Iterable[Key], *instants: datetime) -> Key:
        codes = {key: [code for at in instants if (code := window_code(key, at))] for key in keys}
        valid = [key for key, found in codes.items() if not found]
        if valid:
            return max(valid, key=_age)
        if not codes:
            raise trust_error("key_missing")
        is_expired = any("key_expired" in found for found in codes.values())
        raise trust_error("key_expired" if is_expired else "key_not_yet_valid")


@dataclass(frozen=True)
class PublicKeySet(_KeySet):
    """What others may know of an agency's keys. A set with a private part in it is refused, loudly."""

    def __post_init__(self) -> None:  # noqa: D105
        super().__post_init__()
        if any(key.is_private for key in self.keys):
            raise trust_error("key_not_public")


@dataclass(frozen=True)
class PrivateKeySet(_KeySet):
    """The agency's own keys. ``repr`` and errors never show a private part."""

    def __post_init__(self) -> None:  # noqa: D105
        super().__post_init__()
        if not self.keys or not all(key.is_private for key in self.keys):
            raise trust_error("key_not_private")

    def public(self) -> PublicKeySet:
        """Return the same keys without their private parts."""
        return self._public

    @cached_property
    def _public(self) -> PublicKeySet:
        return PublicKeySet(tuple(key.public() for key in self.keys), self.agency)


def window_code(
    key: Key, at: datetime, skew: timedelta = timedelta(0)
) -> Literal["key_not_yet_valid", "key_expired"] | None:
    """Return why a key is not valid at an instant, or ``None`` when it is; ``skew`` widens the window at both ends."""
    if key.not_before is not None and key.not_before - at > skew:  # differences never overflow, far ends would
        return "key_not_yet_valid"
    if key.not_after is not None and at - key.not_after >= skew:
        return "key_expired"
    return None


def generate_keys(
    agency: AgencyId | None,
    now: datetime,
    *,
    signing: Signing = "Ed25519",
    encryption: Encryption = "X25519",
    valid_for: timedelta = timedelta(days=730),
    valid_from: datetime | None = None,
    hybrid: bool = False,
) -> PrivateKeySet:
    """Return a new signing and a new encryption key; with ``hybrid`` also a post-quantum key.

    They have an end, and a beginning only if ``valid_from`` names one: a paper file or a shelter that was offline may
    bring a document that is older than the key that seals it, and the receipt says in any case when it came.
    Raises ``TrustError`` ``key_window_invalid`` for an end past the year 9999.
    """
    try:
        window = {"exp": int((now + valid_for).timestamp())}
    except OverflowError:
        raise trust_error("key_window_invalid") from None
    if valid_from is not None:
        window["nbf"] = int(valid_from.timestamp())
    made: list[tuple[dict[str, object], Use | None]] = [
        (_new_signing(signing), "sig"),
        (_new_encryption(encryption), "enc"),
    ]
    if hybrid:
        made.append((dict(hybrid_key.generate_members()), None))
    return PrivateKeySet(
        tuple(read_key({**members, **({"use": use} if use else {}), **window}) for members, use in made),
        _agency(agency),
    )


def _new_signing(signing: Signing) -> dict[str, object]:
    """Return the JWK members of a new signing key."""
    if signing == "ES256":
        return {**ECKey.generate_key("P-256").as_dict(private=True)}
    return {**OKPKey.generate_key("Ed25519").as_dict(private=True)}


def _new_encryption(encryption: Encryption) -> dict[str, object]:
    """Return the JWK members of a new encryption key."""
    if encryption == "RSA-3072":
        return {**RSAKey.generate_key(3072).as_dict(private=True)}
    if encryption == "P-256":
        return {**ECKey.generate_key("P-256").as_dict(private=True)}
    return {**OKPKey.generate_key("X25519").as_dict(private=True)}


def _parse(text: str | bytes) -> dict[str, object]:
    """Read JSON strictly; whatever is wrong with it is a malformed key set."""
    try:
        return parse_object(text.encode() if isinstance(text, str) else text, "payload")
    except (SealError, UnicodeError):
        raise trust_error("keys_malformed") from None


def _read_each(listed: list[object]) -> Iterable[Key]:
    """Read the keys one by one."""
    for jwk in listed:
        if not isinstance(jwk, dict):
            raise trust_error("keys_malformed")
        yield read_key(jwk)


def _agency(value: object) -> AgencyId | None:
    """Return the agency's id, if one is named."""
    if value is None:
        return None
    try:
        return _AGENCY.validate_python(value, strict=True)
    except ValidationError:
        raise trust_error("keys_malformed") from None


def _age(key: Key) -> tuple[float, float, int]:
    """Sort by the start of the window, then by its end, then by kind; a key without a start counts as the oldest."""
    start = key.not_before.timestamp() if key.not_before else float("-inf")
    end = key.not_after.timestamp() if key.not_after else float("-inf")
    return (start, end, _PREFERENCE.index(key.kind))
