"""What an agency states about the exchange, signed: a receipt, or that nothing came in time.

Every statement names who makes it (``by``) and when (``at``), and is believed under the same conditions.
"""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from api.sealing.codes import seal_error, trust_error
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.signed import SignedType, find_signer, open_signed, require_valid, sign, take_apart
from api.sealing.strict import parse_object
from schemas.base import AgencyIdField, Instant

SKEW = timedelta(minutes=5)
"""So far may the clocks of two nodes be apart."""


class Statement(BaseModel):
    """Who states it, and when. Members that a newer minor version added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    at: Instant
    by: AgencyIdField


_S = TypeVar("_S", bound=Statement)


def sign_statement(statement: Statement, typ: SignedType, keys: PrivateKeySet, now: datetime) -> bytes:
    """Return the statement as a compact JWS, signed with our newest valid key; ``TrustError`` if it is not ours."""
    if keys.agency is not None and keys.agency != statement.by:
        raise trust_error("agency_differs")
    return sign(statement.model_dump_json(exclude_none=True).encode("utf-8"), typ, keys.signing_key(now))


def verify_statement(
    data: bytes, model: type[_S], typ: SignedType, *, most: int, keys: PublicKeySet, now: datetime, skew: timedelta
) -> _S:
    """Return the statement that the agency of ``keys`` signed, in ``most`` bytes.

    Raises ``TrustError`` when the key is not pinned, was not valid at that time or belongs to another agency,
    ``SealError`` otherwise.
    """
    signed = take_apart(data, typ, most)
    key = find_signer(signed, keys)
    payload = open_signed(signed, key)
    parse_object(payload, "payload")  # refuses what pydantic's parser would let pass: a member twice, depth
    try:
        statement = model.model_validate_json(payload)
    except ValidationError:
        raise seal_error(f"{model.__name__.lower()}_invalid") from None
    if keys.agency is not None and keys.agency != statement.by:
        raise trust_error("signer_not_sender")
    require_valid(key, statement.at.astimezone(UTC), skew)
    if statement.at > now + skew:
        raise seal_error("from_the_future")
    return statement
