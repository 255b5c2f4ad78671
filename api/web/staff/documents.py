"""One document as far as the caller needs to know it, with what proves the way of the whole."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow.opening import look_at
from api.rules.masks import HINTS
from api.rules.need_to_know import LookPurpose, Why
from api.store.tables import DocumentRow, ReceiptRow
from api.web.callers import Caller
from api.web.context import DocumentInPath, NodeOf, operation_name

router = APIRouter(prefix="/v1", tags=["documents"], generate_unique_id_function=operation_name)


class ReceiptView(BaseModel):
    """A signed receipt; `jws` is the proof itself."""

    status: str
    at: datetime
    issued_here: bool
    peer: str
    jws: str


class Evidence(BaseModel):
    """What proves a document's way."""

    direction: str
    peer: str
    at: datetime
    opened_at: datetime | None
    envelope_sha256: str
    signed_sha256: str
    receipts: list[ReceiptView]


class WithheldView(BaseModel):
    """A part that you do not see, or not all of."""

    part: str
    why: Why
    hint: str = Field(description="What you can do about it")


class DocumentView(BaseModel):
    """What you may see of a document, and the evidence of the whole."""

    document: dict[str, Any] = Field(
        description="The document; its schema is named by `kind`. What you may not see is absent."
    )
    withheld: list[WithheldView] = Field(
        description="Parts that are not shown, or not all of them, and why. What your role has no part in at all is "
        "absent without being named, and so is a restricted field: its name alone would tell"
    )
    superseded: dict[str, str] = Field(
        description="Places, as JSON pointers into `document`, that name a document which its own sender has corrected "
        "since, each with the id of the newest version that you hold. The writer may not have had it; look whether it "
        "changes anything"
    )
    superseded_by: str | None = Field(
        description="The newest version of this very document that you hold, where its sender has corrected it since"
    )
    evidence: Evidence


@router.get("/documents/{document_id}")
def read_document(
    node: NodeOf,
    caller: Caller,
    document_id: DocumentInPath,
    purpose: Annotated[
        LookPurpose, Query(description="Why you look; restricted detail opens only under a purpose that needs it")
    ] = LookPurpose.CASE_WORK,
) -> DocumentView:
    """Read what you need to know of a document. Every look is logged by role, sensitive ones with their purpose.

    The first look at a received one that shows more than flags and codes is proven to its sender by a receipt.
    """
    opened = look_at(node, caller, document_id, purpose)
    return DocumentView(
        document=dict(opened.view.content),
        withheld=[WithheldView(part=one.part, why=one.why, hint=HINTS[one.why]) for one in opened.view.withheld],
        superseded=dict(opened.superseded),
        superseded_by=opened.superseded_by,
        evidence=_evidence(opened.row, opened.receipts),
    )


def _evidence(row: DocumentRow, receipts: list[ReceiptRow]) -> Evidence:
    return Evidence(
        direction="sent" if row.is_sent else "received",
        peer=row.peer,
        at=row.at,
        opened_at=row.opened_at,
        envelope_sha256=row.envelope_sha256,
        signed_sha256=row.signed_sha256,
        receipts=[
            ReceiptView(
                status=item.status, at=item.at, issued_here=item.is_issued, peer=item.peer, jws=item.data.decode()
            )
            for item in receipts
        ],
    )
