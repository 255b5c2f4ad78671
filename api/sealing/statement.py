"""What an agency states about the exchange, signed: a receipt, or that nothing came in time.

Every statement names who makes it (``by``) and when (``at``), and is believed under the same conditions.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from api.sealing.codes import seal_error, trust_error
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.signed import SKEW, SignedType, find_signer, open_signed, require_valid, sign, take_apart
from api.sealing.strict import parse_object
from schemas.base import AgencyIdField, Instant


class Statement(BaseModel):
    """Who states it, and when. Members that a newer minor version added are ignored.

    Each kind of statement says which type stands in its signed header, in how many bytes it has to fit, and by which
    code it is refused where its members don't have the form.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    signed_type: ClassVar[SignedType]
    max_bytes: ClassVar[int]
    invalid: ClassVar[str]
    at: Instant
    by: AgencyIdField


_S = TypeVar("_S", bound=Statement)


def sign_statement(statement: Statement, keys: PrivateKeySet, now: datetime) -> bytes:
    """Return the statement as a compact JWS, signed with our newest valid key; ``TrustError`` if it is not ours."""
    if keys.agency is not None and keys.agency != statement.by:
        raise trust_error("agency_differs")
    payload = statement.model_dump_json(exclude_none=True).encode("utf-8")
    return sign(payload, statement.signed_type, keys.signing_key(now))


def verify_statement(kind: type[_S], data: bytes, *, keys: PublicKeySet, now: datetime, skew: timedelta = SKEW) -> _S:
    """Return a statement of this kind that the agency of ``keys`` signed.

    Raises ``TrustError`` when the key is not pinned, was not valid at that time or belongs to another agency,
    ``SealError`` otherwise.
    """
    signed = take_apart(data, kind.signed_type, kind.max_bytes)
    key = find_signer(signed, keys)
    payload = open_signed(signed, key)
    parse_object(payload, "payload")  # refuses what pydantic's parser would let pass: a member twice, depth
    try:
        statement = kind.model_validate_json(payload)
    except ValidationError:
        raise seal_error(kind.invalid) from None
    if keys.agency is not None and keys.agency != statement.by:
        raise trust_error("signer_not_sender")
    require_valid(key, statement.at.astimezone(UTC), skew)
    if statement.at > now + skew:
        raise seal_error("from_the_future")
    return statement
