"""A receipt: the recipient's signed statement about one envelope, which nobody can take back.

It says which envelope (by SHA-256), what became of it, when, by a role and never by a name, and where the recipient's
log stood, so that each side holds proof of the other's log. It travels as a compact JWS of type
``homeward-receipt+jws``.
"""

import re
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from api.errors import Finding
from api.sealing.signed import SignedType
from api.sealing.statement import Statement
from schemas.base import AgencyIdField, DocumentIdField, Sha256

MAX_RECEIPT_BYTES: Final = 131_072
"""A refusal lists at most a hundred findings of a few hundred characters."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Role = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+-]{0,63}$")]
_Size = Annotated[int, Field(ge=0, le=2**63 - 1)]


class ReceiptStatus(StrEnum):
    """What became of an envelope."""

    STORED = "stored"
    REFUSED = "refused"
    OPENED = "opened"
    ANSWERED = "answered"


def _bounded(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep the first hundred, each cut to a length; a code has a code's form, nothing holds a control character."""
    for one in findings:
        if not _CODE.match(one.code) or not (one.path + one.hint).isprintable():
            raise PydanticCustomError("receipt_finding", "a finding is a path, a code and a hint")
    return tuple(Finding(one.path[:300], one.code, one.hint[:300]) for one in findings[:100])


class Receipt(Statement):
    """One statement about one envelope; ``by`` makes it, ``to`` sent the envelope."""

    signed_type = SignedType.RECEIPT
    max_bytes = MAX_RECEIPT_BYTES
    invalid = "receipt_invalid"

    envelope_id: DocumentIdField
    envelope_sha256: Sha256
    signed_sha256: Sha256 | None = None
    status: ReceiptStatus
    code: _Code | None = None
    findings: Annotated[tuple[Finding, ...], AfterValidator(_bounded)] = ()
    role: _Role | None = None
    to: AgencyIdField
    tree_size: _Size
    tree_root: Sha256

    @model_validator(mode="after")
    def _code_only_for_refusals(self) -> Self:
        """Refuse a refusal without a code, and a code without a refusal."""
        if (self.status is ReceiptStatus.REFUSED) != (self.code is not None):
            raise PydanticCustomError("receipt_code", "a refused receipt has a code, every other has none")
        return self
