"""The episodes of a case: a re-admission begins a new one, in which every step may be told anew (004 3.6).

Within one, a step on the way home is told once by an agency to another: a second first version would leave two that
contradict each other, and nobody could say which one counts. What was told wrong is corrected.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from schemas.base import CaseUid
from schemas.document import SIDE_STATES, CaseState, Document
from schemas.earlier import current, unreplaced, versions_of
from schemas.needs import Location, Problem

D = TypeVar("D", bound=Document)
_EVER = datetime.min.replace(tzinfo=UTC)
_NO_STEP = SIDE_STATES | {None}


def told_first(document: Document, held: Sequence[Document]) -> datetime:
    """Return when the first version of a document was written: a correction does not make it late."""
    return versions_of(document, held)[-1].created_at


def begun(held: Sequence[Document], case_uid: CaseUid) -> datetime:
    """Return when the case was last taken in again; of a first episode, a time before everything."""
    taken_in = (one for one in held if one.moves(case_uid) is CaseState.READMITTED)
    return max((told_first(one, held) for one in taken_in), default=_EVER)


def of_this_episode(kind: type[D], held: Sequence[Document], case_uid: CaseUid) -> tuple[D, ...]:
    """Return the documents of a kind about a case that were told since, without corrected ones, oldest first."""
    since = begun(held, case_uid)
    return tuple(one for one in current(kind, held, case_uid) if told_first(one, held) > since)


def told_already(
    document: Document, earlier: Sequence[Document], case_uid: CaseUid | None, location: Location
) -> Iterator[Problem]:
    """Yield a step of a case that the sender told this recipient before, in a document of the kind that stands.

    A correction and an answer follow rules of their own, and what only leads beside the way home may be told again.
    """
    is_first = document.supersedes is None and document.reply_to is None
    if case_uid is None or not is_first or document.moves(case_uid) is None:
        return
    own = [one for one in earlier if (one.kind, one.sender) == (document.kind, document.sender)]
    standing = [one for one in unreplaced(own) if one.recipient == document.recipient and one.id != document.id]
    steps = (one for one in standing if one.moves(case_uid) not in _NO_STEP)
    told = next((one for one in steps if told_first(one, own) > begun(earlier, case_uid)), None)
    if told is not None:
        hint = f"correct the one that stands, `supersedes` {told.id}, or first take the case in again"
        yield Problem(location, "already_told", hint)
