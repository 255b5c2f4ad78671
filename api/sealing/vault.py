"""Encryption at rest: a data key per document, wrapped by a node key that is never in the database.

A row's bytes open only in their own place: ``context`` (``table, id, column, version``) is bound to the body and to
the wrapped key. Changing the node key rewraps the small keys and leaves the bodies alone; erasing a document means
destroying its key. References are looked up by keyed hashes, whose key stays the same when node keys change.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.errors import SealError
from api.sealing.codes import seal_error, trust_error
from api.sealing.strict import decode_segment, encode_segment, parse_object

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8
_TAG_BYTES: Final = 16
_VERSION: Final = b"\x01"
_WRAPPED_BYTES: Final = 1 + _ID_BYTES + _NONCE_BYTES + _KEY_BYTES + _TAG_BYTES


@dataclass(frozen=True)
class NodeKey:
    """One key that wraps data keys; its id is the start of its hash, so that a wrapped key names it."""

    id: bytes
    secret: bytes = field(repr=False)
    cipher: AESGCM = field(repr=False, compare=False, hash=False)

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """Return the key made of 32 secret bytes."""
        if len(secret) != _KEY_BYTES:
            raise trust_error("node_keys_malformed")
        return cls(hashlib.sha256(b"homeward node key" + secret).digest()[:_ID_BYTES], secret, AESGCM(secret))


@dataclass(frozen=True)
class NodeKeys:
    """The node's keys, the current one first, and the secret of the lookup hashes."""

    keys: tuple[NodeKey, ...]
    lookup: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Return new keys for a new node."""
        return cls((NodeKey.of(secrets.token_bytes(_KEY_BYTES)),), secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read the node's key file; raises ``TrustError`` when it is damaged."""
        try:
            members = parse_object(text.encode() if isinstance(text, str) else text, "payload")
        except (SealError, UnicodeError):
            raise trust_error("node_keys_malformed") from None
        listed = members.get("keys")
        if members.get("version") != 1 or not isinstance(listed, list) or not listed:
            raise trust_error("node_keys_malformed")
        return cls(tuple(NodeKey.of(_secret(one)) for one in listed), _secret(members.get("lookup")))

    def to_json(self) -> str:
        """Return the key file's text; whoever has it can read the database."""
        keys = [encode_segment(key.secret).decode("ascii") for key in self.keys]
        return json.dumps({"version": 1, "lookup": encode_segment(self.lookup).decode("ascii"), "keys": keys}, indent=2)

    def rotated(self) -> "NodeKeys":
        """Return the keys with a new current one; the old ones still open what they wrapped."""
        return NodeKeys((NodeKey.of(secrets.token_bytes(_KEY_BYTES)), *self.keys), self.lookup)


def _secret(value: object) -> bytes:
    """Return 32 secret bytes from their base64url spelling."""
    if not isinstance(value, str) or not value.isascii():
        raise trust_error("node_keys_malformed")
    try:
        secret = decode_segment(value.encode("ascii"), "envelope_not_canonical")
    except SealError:
        raise trust_error("node_keys_malformed") from None
    if len(secret) != _KEY_BYTES:
        raise trust_error("node_keys_malformed")
    return secret


@dataclass(frozen=True)
class Locked:
    """What a row holds: the encrypted body and its wrapped data key. Destroy the key, and the body is noise."""

    body: bytes = field(repr=False)
    key: bytes = field(repr=False)


class Vault:
    """Locks and unlocks what lies in the database."""

    def __init__(self, node_keys: NodeKeys) -> None:
        self._current = node_keys.keys[0]
        self._by_id = {key.id: key for key in node_keys.keys}
        self._lookup = node_keys.lookup

    def lock(self, plaintext: bytes, context: str) -> Locked:
        """Return the plaintext encrypted under a new data key, to be opened only in this context."""
        data_key, nonce = secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
        body = _VERSION + nonce + AESGCM(data_key).encrypt(nonce, plaintext, _bound(b"body", context))
        return Locked(body, self._wrap(data_key, context))

    def unlock(self, body: bytes, key: bytes, context: str) -> bytes:
        """Return the plaintext; raises ``SealError`` when bytes, key and context don't belong together."""
        data_key = self._unwrap(key, context)
        if body[:1] != _VERSION:
            raise seal_error("vault_broken")
        nonce, sealed = body[1 : 1 + _NONCE_BYTES], body[1 + _NONCE_BYTES :]
        try:
            return AESGCM(data_key).decrypt(nonce, sealed, _bound(b"body", context))
        except (InvalidTag, ValueError):
            raise seal_error("vault_broken") from None

    def rewrap(self, key: bytes, context: str) -> bytes:
        """Return the data key wrapped under the current node key; the body stays as it is."""
        return self._wrap(self._unwrap(key, context), context)

    def is_current(self, key: bytes) -> bool:
        """Whether a wrapped key is already under the current node key, so that it needs no rewrapping."""
        return key[1 : 1 + _ID_BYTES] == self._current.id

    def lookup(self, label: str, value: str) -> str:
        """Return the keyed hash under which a reference is found: the same label and value always give the same."""
        message = len(label.encode()).to_bytes(4, "big") + label.encode() + value.encode()
        return hmac.new(self._lookup, message, hashlib.sha256).hexdigest()

    def _wrap(self, data_key: bytes, context: str) -> bytes:
        """Wrap a data key under the current node key: version, key id, nonce, sealed key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = _VERSION + self._current.id + nonce
        return head + self._current.cipher.encrypt(nonce, data_key, _bound(b"key", context))

    def _unwrap(self, key: bytes, context: str) -> bytes:
        """Return the data key that was wrapped for this context."""
        if len(key) != _WRAPPED_BYTES or key[:1] != _VERSION:
            raise seal_error("vault_broken")
        node_key = self._by_id.get(key[1 : 1 + _ID_BYTES])
        if node_key is None:
            raise seal_error("vault_key_unknown")
        nonce, sealed = key[1 + _ID_BYTES : 1 + _ID_BYTES + _NONCE_BYTES], key[1 + _ID_BYTES + _NONCE_BYTES :]
        try:
            return node_key.cipher.decrypt(nonce, sealed, _bound(b"key", context))
        except InvalidTag:
            raise seal_error("vault_broken") from None


def _bound(what: bytes, context: str) -> bytes:
    """Return the associated data that ties bytes to their place."""
    return b"homeward vault 1 " + what + b"\x00" + context.encode("utf-8")
