"""One document, with what proves its way."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.flow.opening import look_at
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


class DocumentView(BaseModel):
    """A document and its evidence."""

    document: dict[str, Any] = Field(description="The document; its schema is named by `kind`")
    evidence: Evidence


@router.get("/documents/{document_id}")
def read_document(node: NodeOf, caller: Caller, document_id: DocumentInPath) -> DocumentView:
    """Read a document. Every look is logged by role.

    The first look at a received one is proven to its sender by a receipt.
    """
    opened = look_at(node, caller, document_id)
    return DocumentView(
        document=opened.document.model_dump(mode="json", exclude_none=True),
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
