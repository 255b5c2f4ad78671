"""Who has which part in a case, and whose document may move it.

Asked for every document alone when it comes, and for all of them together when a case is folded anew: one answer, so
that the order in which letters arrive decides nothing.
"""

from collections.abc import Container
from typing import Protocol

from schemas.base import country_of
from schemas.document import Document, Side


class Ends(Protocol):
    """From which country to which: a corridor, or a case as its holder knows it."""

    @property
    def destination(self) -> str:
        """Where the person was found."""
        ...

    @property
    def origin(self) -> str:
        """Where home is."""
        ...


def find_side(ends: Ends, agency: str) -> Side | None:
    """Return which side an agency is on; ``None`` in a third country, and inside one country, which has no sides."""
    if ends.destination == ends.origin:
        return None
    return {ends.destination: Side.DESTINATION, ends.origin: Side.ORIGIN}.get(country_of(agency))


def may_move(document: Document, ends: Ends, holder: str, asked: Container[tuple[str, str]]) -> bool:
    """Say whether a document counts for a case: of a country that has part, and of a side that sends such documents.

    An answer counts only where its holder gave it or asked for it: ``asked`` are the documents that the holder sent,
    each with whom it asked.
    """
    if country_of(document.sender) not in {ends.destination, ends.origin}:
        return False
    side = find_side(ends, document.sender)
    if side is not None and side not in document.facts.senders:
        return False
    is_own = document.sender == holder
    return is_own or document.reply_to is None or (document.reply_to, document.sender) in asked
