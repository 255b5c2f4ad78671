"""A signed statement that nothing came: a deadline passed, and what was waited for was not there (promise 6).

Whoever waited signs it when it is told, never before the time is over, so that it can be shown to others later. It
says which rule, since when it is due and about which case or document, by ids alone. It takes nothing back: a receipt
that comes late is kept beside it.
"""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from api.sealing.signed import SignedType
from api.sealing.statement import Statement
from schemas.base import CaseUidField, DocumentIdField, Instant

_Rule = Annotated[str, StringConstraints(pattern=r"^D[0-9]{2}[a-z]?$")]


class Silence(Statement):
    """What ``rule`` waits for was due at ``due_at``, and at ``at`` agency ``by`` still had nothing."""

    signed_type = SignedType.SILENCE
    max_bytes = 4096
    invalid = "silence_invalid"

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
