"""Who has which part in a case, whose document may move it, and whose word on a consent counts.

Whose document moves a case is asked for every document alone when it comes, and for all of them together when a case is
folded anew: one answer, so that the order in which letters arrive decides nothing. Whose word counts follows from the
holder's own acts: anybody who is trusted may send anything about any case, and that alone gives nobody a part.
"""

from collections.abc import Container, Sequence
from typing import Protocol

from schemas.base import AgencyId, CaseUid, country_of
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import CLOSINGS, RETURNED, CaseState, Document, Side
from schemas.registry import KINDS

ANSWERS = frozenset(kind.facts.answered_by for kind in KINDS.values())
"""The kinds that answer another one; what any other kind replies to asked for nothing."""
Asked = tuple[str, str, str | None]
"""A document that was sent, with whom it asked, and the kind of answer that it asked for, if for any."""
_DECIDING = CLOSINGS | RETURNED | {CaseState.IN_TRANSIT}
"""Where somebody waits for something else than before, or for nothing more."""


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


def may_move(document: Document, ends: Ends, holder: str, asked: Container[Asked]) -> bool:
    """Say whether a document counts for a case: of a country that has part, and of a side that sends such documents.

    An answer counts only where its holder gave it or asked for one of its kind: ``asked`` are the documents that the
    holder sent. What is no answer by its kind counts as what it is, whatever it replies to.
    """
    if country_of(document.sender) not in {ends.destination, ends.origin}:
        return False
    side = find_side(ends, document.sender)
    if side is not None and side not in document.facts.senders:
        return False
    if document.sender == holder or not _is_answer(document):
        return True
    return (document.reply_to, document.sender, document.kind) in asked


def list_moving(
    case_uid: CaseUid, held: Sequence[Document], ends: Ends, holder: str, *, is_opened_here: bool = False
) -> list[Document]:
    """Return the documents that count for a case, in the order in which they came: of who has a part in it.

    To be of one of the two countries is enough to ask for something, such as an answer to a notice, an escape or an
    alert: somebody is reminded of that. Anything else of somebody without a part is kept, and nothing goes by it.
    """
    asked = {(one.id, one.recipient, one.facts.answered_by) for one in held if one.sender == holder}
    partners = partners_of(held, AgencyId(holder), is_opened_here=is_opened_here)
    moving = (one for one in held if may_move(one, ends, holder, asked))
    return [one for one in moving if one.sender in partners or not needs_part(one, case_uid)]


def needs_part(document: Document, case_uid: CaseUid) -> bool:
    """Say whether a document counts only where its sender has a part: it asks nothing, or it decides something."""
    decides = document.moves(case_uid) in _DECIDING or bool(document.ends(case_uid))
    return decides or document.facts.answered_by is None


def partners_of(
    held: Sequence[Document], holder: AgencyId | None = None, *, is_opened_here: bool = False
) -> frozenset[AgencyId]:
    """Return whose word counts in a case, by its documents in the order in which they came.

    The holder, everyone to whom it sent a document of the case that gives a part (no answer, withdrawal or agenda does)
    and whoever brought it the case: the sender of the first document that names the corridor, or else of the first one,
    unless the holder opened the case itself. A withdrawal brings no case; while there is nothing else, the sender of
    each counts, because it may have overtaken the file. Without a ``holder`` it is the agency that sent or received
    every document; where all are between two, both are partners whoever of them holds.
    """
    holders = _holders(held) if holder is None else frozenset({holder})
    files = [one for one in held if not isinstance(one, ConsentWithdrawal)]
    brought = next((one for one in files if one.find_corridor() is not None), next(iter(files), None))
    first = frozenset([brought.sender] if brought is not None else (one.sender for one in held))
    told = frozenset(one.recipient for one in held if one.sender in holders and _gives_part(one))
    return holders | told | (frozenset() if is_opened_here else first)


def withdrawers_of(held: Sequence[Document]) -> frozenset[AgencyId]:
    """Return whose withdrawal of a consent counts: of partners, and of whoever got as much as an answer.

    To hold something back that might be told harms less than to tell it against somebody's will.
    """
    holders = _holders(held)
    return partners_of(held) | {one.recipient for one in held if one.sender in holders}


def _gives_part(document: Document) -> bool:
    """Say whether whoever is sent a document has a part by it; to ask something gives none, nor does the answer."""
    return document.facts.gives_part and not _is_answer(document)


def _is_answer(document: Document) -> bool:
    """Say whether a document answers another one; what is no answer by its kind replies to nothing."""
    return document.reply_to is not None and document.kind in ANSWERS


def _holders(held: Sequence[Document]) -> frozenset[AgencyId]:
    """Return the agencies that sent or received every document: who holds them all is one of these."""
    ends = [frozenset({one.sender, one.recipient}) for one in held]
    return frozenset.intersection(*ends) if ends else frozenset()
