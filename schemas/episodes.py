"""The episodes of a case: a re-admission begins a new one, in which every step may be told anew (004 3.6).

Within one, a step on the way home is told once by an agency to another: a second first version would leave two that
contradict each other, and nobody could say which one counts. What was told wrong is corrected.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from schemas.base import CaseUid
from schemas.document import CLOSINGS, SIDE_STATES, CaseState, Document
from schemas.earlier import current, find_by_id, unreplaced, versions_of
from schemas.needs import Location, Problem

D = TypeVar("D", bound=Document)
_EVER = datetime.min.replace(tzinfo=UTC)
_NO_STEP = SIDE_STATES | {None}


def told_first(document: Document, held: Sequence[Document]) -> datetime:
    """Return when the first version of a document was written: a correction does not make it late."""
    return versions_of(document, held)[-1].created_at


def of_this_episode(kind: type[D], held: Sequence[Document], case_uid: CaseUid) -> tuple[D, ...]:
    """Return the documents of a kind about a case that were told since, without corrected ones, oldest first.

    An episode begins when the case was last taken in again, and the first one before everything.
    """
    since = _begun(held, case_uid)
    return tuple(one for one in current(kind, held, case_uid) if _place(one, held) > since)


def _begun(held: Sequence[Document], case_uid: CaseUid) -> tuple[datetime, str]:
    """Return the place in time of the newest re-admission."""
    taken_in = (one for one in held if one.moves(case_uid) is CaseState.READMITTED)
    return max((_place(one, held) for one in taken_in), default=(_EVER, ""))


def _place(document: Document, held: Sequence[Document]) -> tuple[datetime, str]:
    """Return where a document stands in time, as where a case stands is worked out."""
    return told_first(document, held), document.id


def _tells_nothing_new(document: Document, held: Sequence[Document], case_uid: CaseUid) -> bool:
    """Say whether a document corrects what told a step, or the same, or is of an earlier episode."""
    if document.supersedes is None:
        return False
    before = find_by_id(type(document), held, document.supersedes)
    led = None if before is None else before.moves(case_uid)
    if before is None or led not in _NO_STEP or led is document.moves(case_uid):
        return True
    return _place(document, held) < _begun(held, case_uid)


def told_already(
    document: Document, earlier: Sequence[Document], case_uid: CaseUid | None, location: Location
) -> Iterator[Problem]:
    """Yield a step of a case that the sender told this recipient before, in a document of the kind that stands.

    An answer tells the step as a first version does, and so does the correction of what told none, such as a closure
    that was taken back. What only leads beside the way home may be told again.
    """
    if case_uid is None or document.moves(case_uid) is None or _tells_nothing_new(document, earlier, case_uid):
        return
    own = [one for one in earlier if (one.kind, one.sender) == (document.kind, document.sender)]
    standing = [one for one in unreplaced(own) if one.recipient == document.recipient and one.id != document.id]
    steps = (one for one in standing if one.moves(case_uid) not in _NO_STEP)
    told = next((one for one in steps if _place(one, own) > _begun(earlier, case_uid)), None)
    if told is not None:
        is_closed = any(one.moves(case_uid) in CLOSINGS for one in of_this_episode(Document, earlier, case_uid))
        again = "; it is told anew after the origin side took the case in again (form 22)" if is_closed else ""
        yield Problem(location, "already_told", f"correct the one that stands, `supersedes` {told.id}{again}")
