"""What the documents before this one say: the newest of a kind, what nothing has replaced, and what corrects what.

A kind's ``misfits`` gets every document that is held about its cases, in any order and perhaps twice. These few
functions are how it looks among them.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

from schemas.base import CaseUid, DocumentId
from schemas.document import Document

D = TypeVar("D", bound=Document)


def current(kind: type[D], earlier: Sequence[Document], case_uid: CaseUid | None) -> tuple[D, ...]:
    """Return the documents of a kind about a case that stand, oldest first, each once.

    What its sender corrected does not, nor what only takes back.
    """
    held = {
        document.id: document
        for document in unreplaced(earlier)
        if isinstance(document, kind) and case_uid in document.case_uids() and not document.takes_back
    }
    return tuple(sorted(held.values(), key=lambda document: (document.created_at, document.id)))


def about(documents: Sequence[Document], case_uid: CaseUid | None) -> list[Document]:
    """Return the documents that speak of a case."""
    return [document for document in documents if case_uid in document.case_uids()]


def find_newest(kind: type[D], earlier: Sequence[Document], case_uid: CaseUid | None) -> D | None:
    """Find the newest document of a kind about a case."""
    return next(reversed(current(kind, earlier, case_uid)), None)


def find_by_id(kind: type[D], earlier: Sequence[Document], wanted: DocumentId | None) -> D | None:
    """Find a document of a kind by its id."""
    return next((document for document in earlier if isinstance(document, kind) and document.id == wanted), None)


def unreplaced(documents: Collection[D]) -> list[D]:
    """Return the documents that their own sender did not correct; one of another kind or sender hides nothing."""
    replaced = {(document.supersedes, document.kind, document.sender) for document in documents}
    return [document for document in documents if (document.id, document.kind, document.sender) not in replaced]


def others(document: Document, earlier: Sequence[D]) -> list[D]:
    """Return the documents before one, without the one that it corrects."""
    return [held for held in earlier if held.id != document.supersedes]


def versions_of(document: Document, held: Collection[Document]) -> tuple[Document, ...]:
    """Return a document, what it corrects, and what that corrected, the newest first; a circle ends where it began."""
    versions, before = {document.id: document}, document.supersedes
    own = {one.id: one for one in held if (one.kind, one.sender) == (document.kind, document.sender)} if before else {}
    while before is not None and before in own and before not in versions:
        versions[before] = own[before]
        before = own[before].supersedes
    return tuple(versions.values())


def newest_version(document: D, held: Sequence[Document]) -> D:
    """Return the newest version of a document that its own sender told, as far as it is held; else the document."""
    own = [one for one in held if isinstance(one, type(document)) and one.sender == document.sender]
    later = (one for one in unreplaced(own) if document.id in {version.id for version in versions_of(one, own)})
    return next(later, document)


def is_replaced(document: Document, earlier: Sequence[Document]) -> bool:
    """Say whether its own sender corrected this document; a stranger's correction hides nothing."""
    return any(
        (other.supersedes, other.kind, other.sender) == (document.id, document.kind, document.sender)
        for other in earlier
    )
