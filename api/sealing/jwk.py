"""One key: checked once when it is read, then ready for use without parsing again.

A key says by what it is (curve, type, length) which algorithm it serves; no header can choose another one. Its
``kid`` is always its RFC 7638 thumbprint: recomputed, never believed. ``repr`` shows no private part. The four kinds
of the profile are Ed25519, X25519, P-256 and RSA; the hybrid key of ``hybrid.py`` is the fifth.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal

from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from api.errors import SealError
from api.sealing import hybrid_key
from api.sealing.codes import trust_error
from api.sealing.strict import decode_segment, encode_segment

Use = Literal["sig", "enc"]
JoseKey = ECKey | OKPKey | RSAKey
HybridKey = MLKEM768X25519PrivateKey | MLKEM768X25519PublicKey


class KeyKind(StrEnum):
    """The kinds of key that the profile knows; the kind decides the algorithm."""

    ED25519 = "Ed25519"
    X25519 = "X25519"
    P256 = "P-256"
    RSA = "RSA"
    HYBRID = "MLKEM768-X25519"


RSA_BITS: Final = range(3072, 4097)
"""Shorter is too weak for records that hurt for decades; longer lets a peer burn our processor."""

_USES: dict[KeyKind, frozenset[Use]] = {
    KeyKind.ED25519: frozenset({"sig"}),
    KeyKind.X25519: frozenset({"enc"}),
    KeyKind.P256: frozenset({"sig", "enc"}),
    KeyKind.RSA: frozenset({"enc"}),
    KeyKind.HYBRID: frozenset(),
}
_ALGORITHMS: dict[KeyKind, frozenset[str]] = {
    KeyKind.ED25519: frozenset({"Ed25519", "EdDSA"}),
    KeyKind.X25519: frozenset({"ECDH-ES+A256KW"}),
    KeyKind.P256: frozenset({"ES256", "ECDH-ES+A256KW"}),
    KeyKind.RSA: frozenset({"RSA-OAEP-256"}),
    KeyKind.HYBRID: frozenset({"MLKEM768-X25519"}),
}
_PUBLIC: dict[KeyKind, tuple[str, ...]] = {
    KeyKind.ED25519: ("crv", "kty", "x"),
    KeyKind.X25519: ("crv", "kty", "x"),
    KeyKind.P256: ("crv", "kty", "x", "y"),
    KeyKind.RSA: ("e", "kty", "n"),
    KeyKind.HYBRID: ("alg", "kty", "pub"),
}
_PRIVATE: dict[KeyKind, tuple[str, ...]] = {
    KeyKind.ED25519: ("d",),
    KeyKind.X25519: ("d",),
    KeyKind.P256: ("d",),
    KeyKind.RSA: ("d", "p", "q", "dp", "dq", "qi"),
    KeyKind.HYBRID: ("priv",),
}
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
_CURVES = {("OKP", "Ed25519"): KeyKind.ED25519, ("OKP", "X25519"): KeyKind.X25519, ("EC", "P-256"): KeyKind.P256}


@dataclass(frozen=True)
class Key:
    """A key of the profile with its window: valid from ``not_before`` until just before ``not_after``."""

    kid: str
    kind: KeyKind
    uses: frozenset[Use]
    is_private: bool
    not_before: datetime | None
    not_after: datetime | None
    members: Mapping[str, str] = field(repr=False, hash=False)
    handle: JoseKey | HybridKey = field(repr=False, compare=False, hash=False)

    @property
    def jose(self) -> JoseKey:
        """The key as joserfc knows it."""
        if not isinstance(self.handle, ECKey | OKPKey | RSAKey):
            raise trust_error("key_use_wrong")
        return self.handle

    @property
    def signs_with(self) -> str | None:
        """The JWS algorithm that this key signs with."""
        return {KeyKind.ED25519: "Ed25519", KeyKind.P256: "ES256"}.get(self.kind) if "sig" in self.uses else None

    @property
    def encrypts_with(self) -> str | None:
        """The JWE algorithm that is used towards this key."""
        if "enc" not in self.uses:
            return None
        return "RSA-OAEP-256" if self.kind is KeyKind.RSA else "ECDH-ES+A256KW"

    def public(self) -> "Key":
        """Return the same key without its private part."""
        return read_key({name: value for name, value in self.to_dict().items() if name not in _SECRET})

    def to_dict(self) -> dict[str, object]:
        """Return the key as a JWK, private parts included if there are any."""
        jwk: dict[str, object] = {**self.members, "kid": self.kid}
        if len(self.uses) == 1:
            jwk["use"] = next(iter(self.uses))
        if self.not_before is not None:
            jwk["nbf"] = int(self.not_before.timestamp())
        if self.not_after is not None:
            jwk["exp"] = int(self.not_after.timestamp())
        return jwk


def thumbprint(members: Mapping[str, str]) -> str:
    """Return the RFC 7638 thumbprint (SHA-256, base64url) of a key's required members."""
    text = json.dumps(dict(sorted(members.items())), separators=(",", ":"))
    return encode_segment(hashlib.sha256(text.encode("ascii")).digest()).decode("ascii")


def read_key(jwk: Mapping[str, object]) -> Key:
    """Return the key that a JWK spells; raises ``TrustError`` for what the profile does not know or is not right."""
    kind = _kind_of(jwk)
    is_private = any(name in jwk for name in _SECRET)
    members = _members(jwk, kind, with_private=is_private)
    not_before, not_after = _window(jwk)
    kid = thumbprint({name: members[name] for name in _PUBLIC[kind]})
    if jwk.get("kid", kid) != kid:
        raise trust_error("kid_not_thumbprint")
    return Key(
        kid=kid,
        kind=kind,
        uses=_uses(jwk, kind),
        is_private=is_private,
        not_before=not_before,
        not_after=not_after,
        members=members,
        handle=_import(members, kind, is_private=is_private),
    )


def _kind_of(jwk: Mapping[str, object]) -> KeyKind:
    """Tell the kind by ``kty`` and ``crv``; what the profile does not know is refused."""
    kty, crv = jwk.get("kty"), jwk.get("crv")
    if kty == "RSA":
        return KeyKind.RSA
    if kty == "AKP" and jwk.get("alg") == KeyKind.HYBRID:
        return KeyKind.HYBRID
    if isinstance(kty, str) and isinstance(crv, str) and (kty, crv) in _CURVES:
        return _CURVES[kty, crv]
    raise trust_error("key_refused")


def _members(jwk: Mapping[str, object], kind: KeyKind, *, with_private: bool) -> dict[str, str]:
    """Return the members that make the key, each canonical and of the right length."""
    names = _PUBLIC[kind] + (tuple(n for n in _PRIVATE[kind] if n in jwk) if with_private else ())
    members: dict[str, str] = {}
    for name in names:
        value = jwk.get(name)
        if not isinstance(value, str) or not value.isascii():
            raise trust_error("key_malformed")
        if name not in {"kty", "crv", "alg"}:
            _check_length(value, kind)
        members[name] = value
    if with_private and (_PRIVATE[kind][0] not in members or "oth" in jwk):
        raise trust_error("key_malformed")
    return members


def _check_length(value: str, kind: KeyKind) -> None:
    """Refuse what is not canonical base64url, not 32 bytes on a curve, or an RSA number with a leading zero."""
    try:
        data = decode_segment(value.encode("ascii"), "envelope_not_canonical")
    except SealError:
        raise trust_error("key_malformed") from None
    if kind is KeyKind.RSA:
        if not data or data[0] == 0:
            raise trust_error("key_malformed")
    elif kind is not KeyKind.HYBRID and len(data) != 32:  # noqa: PLR2004 -- all three curves have 256 bits
        raise trust_error("key_malformed")


def _uses(jwk: Mapping[str, object], kind: KeyKind) -> frozenset[Use]:
    """Return what the key may do: what its kind can, narrowed by ``use`` and ``alg`` where they are given."""
    uses: frozenset[Use] = _USES[kind]
    if kind is not KeyKind.HYBRID and (use := jwk.get("use")) is not None:
        uses = frozenset(one for one in uses if one == use)
    if (alg := jwk.get("alg")) is not None:
        if alg not in _ALGORITHMS[kind]:
            raise trust_error("key_use_wrong")
        if kind is KeyKind.P256:
            uses &= frozenset({"sig"} if alg == "ES256" else {"enc"})
    if not uses and kind is not KeyKind.HYBRID:
        raise trust_error("key_use_wrong")
    return uses


def _window(jwk: Mapping[str, object]) -> tuple[datetime | None, datetime | None]:
    """Return the window of validity that ``nbf`` and ``exp`` name."""
    not_before, not_after = (_instant(jwk.get(name)) for name in ("nbf", "exp"))
    if not_before is not None and not_after is not None and not_after <= not_before:
        raise trust_error("key_window_invalid")
    return not_before, not_after


def _instant(value: object) -> datetime | None:
    """Return a NumericDate in whole seconds as an instant."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 253402300800:  # noqa: PLR2004 -- year 9999
        raise trust_error("key_window_invalid")
    return datetime.fromtimestamp(value, UTC)


def _import(members: Mapping[str, str], kind: KeyKind, *, is_private: bool) -> JoseKey | HybridKey:
    """Build the library's key once, and prove that the private part belongs to the public one."""
    if kind is KeyKind.HYBRID:
        return hybrid_key.import_key(members)
    bare: dict[str, str | list[str]] = dict(members)
    handle: JoseKey
    try:
        if kind is KeyKind.RSA:
            handle = RSAKey.import_key(bare)
            if handle.public_key.key_size not in RSA_BITS:
                raise trust_error("key_refused")
        elif kind is KeyKind.P256:
            handle = ECKey.import_key(bare)
            _ = handle.public_key
        else:
            handle = OKPKey.import_key(bare)
            if is_private and handle.public_key.public_bytes_raw() != decode_segment(
                members["x"].encode(), "envelope_not_canonical"
            ):
                raise trust_error("key_inconsistent")
    except (JoseError, ValueError, TypeError, KeyError):
        raise trust_error("key_malformed") from None
    return handle
