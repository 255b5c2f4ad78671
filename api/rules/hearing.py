"""Whose word is heard before a document leaves: to open a gate that protects a person, one has to have a part.

Anybody who is trusted may send anything about any case. A case file that makes an adult of a child, or an assessment
that praises a home, opens nothing where its sender is no partner in the case, or where its side does not send such
documents. To warn of a danger anybody's word is enough.
"""

from collections.abc import Container, Iterator, Sequence

from api.rules.parties import Ends, find_side
from schemas.base import AgencyId, DocumentId
from schemas.document import Document

WARNINGS = frozenset(
    {"contact_restricted", "restriction_dropped", "negative_assessment", "newer_review", "review_not_passed"}
)
"""What a document may be refused for by anybody's word; a newer document of one's own, or of a partner, mends it."""


def list_unheard(
    held: Sequence[Document], ends: Ends | None, partners: Container[AgencyId], named: Container[DocumentId]
) -> Iterator[Document]:
    """Yield the documents of a case whose word opens nothing.

    What a stranger wrote is heard once it is ``named``, as a reference, by the one who is to rely on it.
    """
    for one in held:
        has_part = one.sender in partners or one.id in named
        if not has_part or (ends is not None and not _is_of_its_side(one, ends)):
            yield one


def _is_of_its_side(document: Document, ends: Ends) -> bool:
    """Say whether the side that sent a document sends such documents; where there are no sides, everybody may."""
    side = find_side(ends, document.sender)
    return side is None or side in document.facts.senders
