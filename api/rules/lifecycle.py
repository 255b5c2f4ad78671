"""Where a case stands, from the documents that speak of it.

So far four states of the first journey are told apart; each document says itself how far it takes a case. A case only
moves forward here, so the order in which documents arrive does not matter: both sides come to the same state.
"""

from schemas.base import CaseUid
from schemas.document import CaseState, Document

_ORDER = {state: rank for rank, state in enumerate(CaseState)}


def after(state: str, document: Document, case_uid: str) -> CaseState:
    """Return the state of a case after one more document, whenever that came."""
    now = CaseState(state)
    reached = document.moves(CaseUid(case_uid))
    return now if reached is None else max(now, reached, key=lambda item: _ORDER[item])
