"""A signed statement that nothing came: a deadline passed, and what was waited for was not there (promise 6).

Whoever waited signs it when it is told, never before the time is over, so that it can be shown to others later. It
says which rule, since when it is due and about which case or document, by ids alone. It takes nothing back: a receipt
that comes late is kept beside it.
"""

from datetime import datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.signed import SignedType
from api.sealing.statement import SKEW, Statement, sign_statement, verify_statement
from schemas.base import CaseUidField, DocumentIdField, Instant

MAX_SILENCE_BYTES: Final = 4096

_Rule = Annotated[str, StringConstraints(pattern=r"^D[0-9]{2}[a-z]?$")]


class Silence(Statement):
    """What ``rule`` waits for was due at ``due_at``, and at ``at`` agency ``by`` still had nothing."""

    rule: _Rule
    case_uid: CaseUidField | None = None
    document_id: DocumentIdField | None = None
    due_at: Instant

    @model_validator(mode="after")
    def _only_when_over(self) -> Self:
        """Refuse a statement from before the time was over."""
        if self.at <= self.due_at:
            raise PydanticCustomError("silence_early", "the time is not over")
        return self


def sign_silence(silence: Silence, keys: PrivateKeySet, now: datetime) -> bytes:
    """Return the statement as a compact JWS, signed with our newest valid key."""
    return sign_statement(silence, SignedType.SILENCE, keys, now)


def verify_silence(data: bytes, *, keys: PublicKeySet, now: datetime, skew: timedelta = SKEW) -> Silence:
    """Return the statement that the agency of ``keys`` signed; raises as ``verify_statement`` does."""
    most = MAX_SILENCE_BYTES
    return verify_statement(data, Silence, SignedType.SILENCE, most=most, keys=keys, now=now, skew=skew)
