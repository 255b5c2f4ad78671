"""What the documents before this one say: the newest of a kind, and the ones that nothing has replaced.

A kind's ``misfits`` gets every document that is held about its cases, in any order and perhaps twice. These few
functions are how it looks among them.
"""

from collections.abc import Sequence
from typing import TypeVar

from schemas.base import CaseUid, DocumentId
from schemas.document import Document

D = TypeVar("D", bound=Document)


def current(kind: type[D], earlier: Sequence[Document], case_uid: CaseUid | None) -> tuple[D, ...]:
    """Return the documents of a kind about a case that their sender did not correct, oldest first, each once."""
    replaced = {(document.supersedes, document.kind, document.sender) for document in earlier}
    held = {
        document.id: document
        for document in earlier
        if isinstance(document, kind)
        and case_uid in document.case_uids()
        and (document.id, document.kind, document.sender) not in replaced
    }
    return tuple(sorted(held.values(), key=lambda document: (document.created_at, document.id)))


def find_newest(kind: type[D], earlier: Sequence[Document], case_uid: CaseUid | None) -> D | None:
    """Find the newest document of a kind about a case."""
    return next(reversed(current(kind, earlier, case_uid)), None)


def find_by_id(kind: type[D], earlier: Sequence[Document], wanted: DocumentId | None) -> D | None:
    """Find a document of a kind by its id."""
    return next((document for document in earlier if isinstance(document, kind) and document.id == wanted), None)


def is_replaced(document: Document, earlier: Sequence[Document]) -> bool:
    """Say whether its own sender corrected this document; a stranger's correction hides nothing."""
    return any(
        (other.supersedes, other.kind, other.sender) == (document.id, document.kind, document.sender)
        for other in earlier
    )
