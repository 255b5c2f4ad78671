"""What an envelope says on its outside, before anybody has a key: strictly read, not yet believed.

The outside names sender, recipient, id and time, so that a node can route and refuse before any cryptography;
``unseal`` proves afterwards that the signed inside says the same. Checks 1 to 8 of the profile are here (the numbers
are those of ``unseal.py``). An envelope is a compact JWE of five parts, or, in the hybrid layer, a header and one
sealed part.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from api.sealing.codes import seal_error
from api.sealing.strict import decode_segment, parse_object, require_canonical
from schemas.base import AgencyId, DocumentId

MAX_ENVELOPE_BYTES: Final = 1_048_576
"""The default limit: a document of 50 KB makes an envelope of 90 KB, an attachment travels on its own."""

ENVELOPE_TYP: Final = "homeward-envelope+jwe"
HYBRID_TYP: Final = "homeward-hybrid+hpke"
ENCRYPTION: Final = "A256GCM"
JWE_ALGORITHMS: Final = frozenset({"ECDH-ES+A256KW", "RSA-OAEP-256"})

_JWE_PARTS, _HYBRID_PARTS = 5, 2
_IV_CHARACTERS, _TAG_CHARACTERS = 16, 22  # base64url of 96 and of 128 bits
_ROUTING = frozenset({"kid", "typ", "iss", "aud", "jti", "iat"})
_JWE_MEMBERS = _ROUTING | {"alg", "enc", "cty"}
_HYBRID_MEMBERS = _ROUTING | {"v"}
_FORBIDDEN = frozenset({"zip", "b64", "crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"})
_AGENCY = re.compile(r"(?=.{1,64}\Z)[A-Z]{2}(-[A-Z0-9]{1,16}){1,4}\Z")
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}\Z")
_KID = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_LAST_SECOND = 253402300799  # the end of the year 9999


@dataclass(frozen=True)
class EnvelopeHeader:
    """The outside of an envelope. ``alg`` is the JWE's algorithm, or the hybrid layer's."""

    id: DocumentId
    sender: AgencyId
    recipient: AgencyId
    issued_at: datetime
    kid: str
    alg: str

    def routing(self) -> tuple[DocumentId, AgencyId, AgencyId, datetime]:
        """Return what has to be the same outside and inside: id, sender, recipient and time."""
        return (self.id, self.sender, self.recipient, self.issued_at)

    def members(self) -> dict[str, object]:
        """Return the routing values as members of a protected header."""
        iat = int(self.issued_at.timestamp())
        return {"kid": self.kid, "iss": self.sender, "aud": self.recipient, "jti": self.id, "iat": iat}


@dataclass(frozen=True)
class Outside:
    """An envelope taken apart: its header, its members and its segments."""

    header: EnvelopeHeader
    members: dict[str, object] = field(repr=False)
    parts: tuple[bytes, ...] = field(repr=False)

    @property
    def is_hybrid(self) -> bool:
        """Whether the JWE lies inside one more layer."""
        return len(self.parts) == _HYBRID_PARTS


def peek(data: bytes, max_bytes: int = MAX_ENVELOPE_BYTES) -> EnvelopeHeader:
    """Return what the outside says, strictly read and **not** authenticated: enough to route, never enough to believe.

    Raises ``SealError`` with the code of the first check (1 to 8) that fails.
    """
    return look_outside(data, max_bytes).header


def look_outside(data: bytes, max_bytes: int) -> Outside:
    """Return the envelope taken apart, after checks 1 to 8."""
    if not 0 < len(data) <= max_bytes:  # check 1
        raise seal_error("envelope_too_large" if data else "envelope_not_compact")
    segments = data.split(b".")
    if len(segments) not in {_JWE_PARTS, _HYBRID_PARTS} or not all(segments):  # check 2
        raise seal_error("envelope_not_compact")
    for segment in segments:  # check 3
        require_canonical(segment, "envelope_not_canonical")
    if len(segments) == _JWE_PARTS and (len(segments[2]), len(segments[4])) != (_IV_CHARACTERS, _TAG_CHARACTERS):
        raise seal_error("envelope_part_size")
    members = parse_object(decode_segment(segments[0], "envelope_not_canonical"), "header", max_depth=2)  # check 4
    read = _read_hybrid if len(segments) == _HYBRID_PARTS else _read_jwe
    return Outside(read(members), members, tuple(segments))


def _read_jwe(members: dict[str, object]) -> EnvelopeHeader:
    """Return what the JWE's header says, after checks 5 to 8."""
    _require_members(members, _JWE_MEMBERS, frozenset({"epk"}))  # check 5
    if members["typ"] != ENVELOPE_TYP:  # check 6
        raise seal_error("typ_wrong")
    if members["cty"] != "JWS":
        raise seal_error("cty_wrong")
    if members["enc"] != ENCRYPTION:  # check 7
        raise seal_error("enc_not_allowed")
    alg = members["alg"]
    if not isinstance(alg, str) or alg not in JWE_ALGORITHMS:
        raise seal_error("alg_not_allowed")
    return read_routing(members, alg)  # check 8


def _read_hybrid(members: dict[str, object]) -> EnvelopeHeader:
    """Return what the hybrid layer's header says, after checks 5 to 8."""
    _require_members(members, _HYBRID_MEMBERS, frozenset())
    if members["typ"] != HYBRID_TYP:
        raise seal_error("typ_wrong")
    if type(members["v"]) is not int or members["v"] != 1:
        raise seal_error("hybrid_version")
    return read_routing(members, "MLKEM768-X25519")


def _require_members(members: dict[str, object], required: frozenset[str], optional: frozenset[str]) -> None:
    """Refuse members that are forbidden, unknown or missing, in this order."""
    names = members.keys()
    if names & _FORBIDDEN:
        raise seal_error("header_forbidden")
    if names - required - optional:
        raise seal_error("header_unknown")
    if required - names:
        raise seal_error("header_missing")


def read_routing(members: dict[str, object], alg: str) -> EnvelopeHeader:
    """Return the routing values, each of the right type and form (check 8)."""
    iat = members["iat"]
    if type(iat) is not int or not 0 <= iat <= _LAST_SECOND:
        raise seal_error("header_invalid")
    return EnvelopeHeader(
        id=DocumentId(_text(members["jti"], _ULID)),
        sender=AgencyId(_text(members["iss"], _AGENCY)),
        recipient=AgencyId(_text(members["aud"], _AGENCY)),
        issued_at=datetime.fromtimestamp(iat, UTC),
        kid=_text(members["kid"], _KID),
        alg=alg,
    )


def _text(value: object, pattern: re.Pattern[str]) -> str:
    """Return the text, if it has the form that it must have."""
    if not isinstance(value, str) or not pattern.match(value):
        raise seal_error("header_invalid")
    return value
