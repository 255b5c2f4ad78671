"""Where a case stands, from the documents that speak of it.

``fold`` is the rule: both sides hold the same documents, so both come to the same state, in whatever order they came
and however often. The main line is as far as any document took the case; a new episode begins it anew; beside it
stand the side states, each until a later document ends it. A document that its own sender corrected counts no more,
and its correction counts at the place in time of what it corrects; where the correction moves a case no more, an
answer to the version before does not either.

``step`` spares reading every document where the state alone tells what comes next.
"""

from collections.abc import Iterable, Sequence

from schemas.base import CaseUid
from schemas.document import SIDE_STATES, CaseState, Document
from schemas.earlier import versions_of
from schemas.episodes import beginnings, in_order

FOR_GOOD = (CaseState.VOID, CaseState.DECEASED)
"""No document ends these, and nothing that is told later hides them."""

_ORDER = {state: rank for rank, state in enumerate(CaseState)} | {
    CaseState.READMITTED: tuple(CaseState).index(CaseState.RECEIVED)
}
"""How far along the main line a state is; who was taken in again stands where one waits for support."""


def further(now: CaseState, reached: CaseState) -> CaseState:
    """Return the further one of two states of the main line; of two as far, the one that was there."""
    return reached if _ORDER[reached] > _ORDER[now] else now


def step(state: CaseState, document: Document, case_uid: CaseUid, *, is_corrected: bool) -> CaseState | None:
    """Return the state after one more document, or ``None`` where only all documents together tell it.

    ``is_corrected`` says whether a correction came before it: of the document, or of the one that it answers.
    """
    reached = document.moves(case_uid)
    is_aside = state in SIDE_STATES or reached in SIDE_STATES
    admission = document.admission(case_uid)
    is_anew = reached is CaseState.READMITTED or (admission is not None and admission.is_again)
    if is_corrected or is_aside or is_anew:
        return None
    if reached is None:
        return None if document.supersedes is not None else state
    if further(state, reached) is state and document.supersedes is None:
        return state
    is_first_journey = _ORDER[reached] <= _ORDER[CaseState.RECEIVED]
    return further(state, reached) if is_first_journey else None


def fold(case_uid: CaseUid, documents: Iterable[Document]) -> CaseState:
    """Return where a case stands after these documents, in whatever order and however often they are given."""
    reached, aside = _walk(case_uid, documents)
    lasting = [state for state in FOR_GOOD if state in aside]
    return next(iter([*lasting, *reversed(aside)]), reached)


def fold_main_line(case_uid: CaseUid, documents: Iterable[Document]) -> CaseState:
    """Return how far along the main line these documents take a case, whatever stands beside it."""
    return _walk(case_uid, documents)[0]


def _walk(case_uid: CaseUid, documents: Iterable[Document]) -> tuple[CaseState, Sequence[CaseState]]:
    """Return how far a case came, and which side states no later document ended, oldest first."""
    reached, aside = CaseState.NEW, list[CaseState]()
    held = {document.id: document for document in documents}.values()
    counting = in_order(held)
    gone = (old for one in counting if one.moves(case_uid) is None for old in versions_of(one, held)[1:])
    dropped = {(old.id, old.facts.answered_by) for old in gone}
    begun = {one.id for one in beginnings(held, case_uid)}
    for document in counting:
        ended, state = document.ends(case_uid), document.moves(case_uid)
        aside = [one for one in aside if one not in ended]
        if state is None or (document.reply_to, document.kind) in dropped:  # answers what was taken back since
            continue
        if state in SIDE_STATES:
            aside = [*(one for one in aside if one is not state), state]
        elif document.id in begun:
            reached = state
        else:
            reached = further(reached, state)
    return reached, aside
