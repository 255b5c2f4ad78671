"""Documents lie on the shelf as the bytes that were signed, each locked under a data key of its own.

Only here are rows turned into documents and documents into rows.
"""

from collections.abc import Iterable

from api.errors import NotFound
from api.flow.node import Node
from api.rules.checking import check_from_peer
from api.sealing.unseal import payload_of
from api.store import documents
from api.store.engine import Session
from api.store.tables import DocumentRow
from schemas.document import Document


def context_of(agency: str, peer: str, document_id: str) -> str:
    """Name the place of a locked document, so that it opens nowhere else (table, row, column, version)."""
    return f"document,{agency}/{peer}/{document_id},body,1"


def read_signed(node: Node, row: DocumentRow) -> bytes:
    """Return the bytes that were signed; raises ``NotFound`` where the document was erased."""
    if row.body_key is None:
        raise NotFound("erased")
    return node.vault.unlock(row.body, row.body_key, context_of(row.agency_id, row.peer, row.document_id))


def read_document(node: Node, row: DocumentRow) -> Document:
    """Return the document that a row holds."""
    return check_from_peer(payload_of(read_signed(node, row))).document


def read_case(node: Node, session: Session, agency: str, case_uid: str) -> list[Document]:
    """Return every document of a case that this agency holds, in the order in which they came."""
    return read_all(node, documents.list_of_case(session, agency, case_uid))


def read_all(node: Node, rows: Iterable[DocumentRow]) -> list[Document]:
    """Return the documents of several rows, leaving out what was erased."""
    return [read_document(node, row) for row in rows if row.body_key is not None]
