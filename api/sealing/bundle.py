"""The first line of a bundle: what its file holds, for whom and from whom, signed by the agency that packed it.

A compact JWS of type ``homeward-bundle+jws``. It lets a file that was mixed up, cut off or altered be told before an
envelope is opened, and in a bundle that answers another one it says which of its receipts are kept. It adds no trust:
each envelope and each receipt is verified as if it had come over the wire.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from api.errors import InvalidInput
from api.sealing.codes import seal_error, trust_error
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.signed import SKEW, SignedType, find_signer, open_signed, payload_of, require_valid, sign, take_apart
from api.sealing.strict import decode_segment, encode_segment, parse_object
from schemas.base import AgencyIdField, Instant, Sha256

FORMAT: Final = 1
MOST_ITEMS: Final = 20_000
"""A year of a large shelter; what does not fit waits for the next bundle."""
MOST_PIECES: Final = 20_000
"""Of all attachments together: five gigabytes."""
MAX_MANIFEST_BYTES: Final = 8_388_608
"""So many items with so many pieces and as many receipts that are kept need seven million."""

_FROZEN = ConfigDict(frozen=True, extra="ignore")


class ItemType(StrEnum):
    """What an item of a bundle is."""

    ENVELOPE = "envelope"
    RECEIPT = "receipt"
    ATTACHMENT = "attachment"


class Item(BaseModel):
    """A line of the file, or an attachment: a sealed file that is cut into ``pieces``, each a line.

    A type that a newer version added is left, and told, and holds up no other.
    """

    model_config = _FROZEN
    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]
    sha256: Sha256
    bytes: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    pieces: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=MOST_PIECES)] | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The SHA-256 of each of its lines, in order."""
        return self.pieces or (self.sha256,)


class Answers(BaseModel):
    """What became of another bundle, named by the SHA-256 of its first line.

    ``kept`` are its receipts that are kept, ``settled`` its attachments that need not come again: they are here, or are
    refused for good.
    """

    model_config = _FROZEN
    bundle: Sha256
    kept: Annotated[tuple[Sha256, ...], Field(max_length=MOST_ITEMS)] = ()
    settled: Annotated[tuple[Sha256, ...], Field(max_length=MOST_ITEMS)] = ()


class Manifest(BaseModel):
    """What a bundle says of itself. Members that a newer minor version added are ignored."""

    model_config = _FROZEN
    format: Literal[1] = FORMAT
    sender: AgencyIdField
    recipient: AgencyIdField
    made_at: Instant
    items: Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)]
    answers: Answers | None = None


def piece_line(piece: bytes) -> bytes:
    """Return a piece of a sealed file as a line."""
    return encode_segment(piece)


def length_of_line(piece: int) -> int:
    """Return how many bytes the line of a piece of so many bytes has."""
    return -(-piece * 4 // 3)


def read_piece(line: bytes) -> bytes:
    """Return the piece that a line holds; raises ``SealError`` ``attachment_broken``."""
    return decode_segment(line, "attachment_broken")


def sign_manifest(manifest: Manifest, keys: PrivateKeySet, now: datetime) -> bytes:
    """Return the manifest as a compact JWS, signed with our newest valid key."""
    if keys.agency is not None and keys.agency != manifest.sender:
        raise trust_error("agency_differs")
    payload = manifest.model_dump_json(exclude_none=True).encode("utf-8")
    return sign(payload, SignedType.BUNDLE, keys.signing_key(now))


def read_manifest(data: bytes) -> Manifest:
    """Return what a manifest says, **unproven**: to find out whose key has to prove it, or to list a file.

    Raises ``InvalidInput`` ``bundle_malformed`` or ``bundle_format_unknown``, and ``SealError`` for what is no signed
    manifest at all.
    """
    payload = payload_of(take_apart(data, SignedType.BUNDLE, MAX_MANIFEST_BYTES).data)
    if parse_object(payload, "payload").get("format") != FORMAT:
        raise InvalidInput("bundle_format_unknown", "it was packed by a newer version; this one reads format 1")
    try:
        return Manifest.model_validate_json(payload)
    except ValidationError:
        raise InvalidInput("bundle_malformed", "its first line is not what docs/bundles.md tells") from None


def verify_manifest(data: bytes, *, keys: PublicKeySet, now: datetime, skew: timedelta = SKEW) -> Manifest:
    """Return the manifest that the agency of ``keys`` signed.

    Raises like ``read_manifest``, and ``TrustError`` when the key is not pinned, was not valid at that time or belongs
    to another agency.
    """
    signed = take_apart(data, SignedType.BUNDLE, MAX_MANIFEST_BYTES)
    key = find_signer(signed, keys)
    open_signed(signed, key)
    manifest = read_manifest(data)
    if keys.agency is not None and keys.agency != manifest.sender:
        raise trust_error("signer_not_sender")
    made_at = manifest.made_at.astimezone(UTC)
    require_valid(key, made_at, skew)
    if made_at > now + skew:
        raise seal_error("from_the_future")
    return manifest
