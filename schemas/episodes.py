"""The episodes of a case: a new one begins where it is taken in again, and every step may be told anew (004 3.6).

The origin side takes a case in again (form 22), or a shelter abroad, on a later day, somebody who had come back: then
the way home begins anew too.

Within one, a step on the way home is told once by an agency to another: a second first version would leave two that
contradict each other, and nobody could say which one counts. What was told wrong is corrected.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

from schemas.base import CaseUid
from schemas.document import CLOSINGS, RETURNED, SIDE_STATES, CaseState, Document
from schemas.earlier import current, find_by_id, unreplaced, versions_of
from schemas.needs import Location, Problem

D = TypeVar("D", bound=Document)
_EVER = datetime.min.replace(tzinfo=UTC)
_NO_STEP = SIDE_STATES | {None}


def told_first(document: Document, held: Collection[Document]) -> datetime:
    """Return when the first version of a document was written: a correction does not make it late."""
    return versions_of(document, held)[-1].created_at


def of_this_episode(kind: type[D], held: Sequence[Document], case_uid: CaseUid) -> tuple[D, ...]:
    """Return the documents of a kind about a case that were told since, without corrected ones, oldest first.

    The first one began before everything.
    """
    since = _begun(held, case_uid)
    return tuple(one for one in current(kind, held, case_uid) if _place(one, held) > since)


def of_this_way_home(kind: type[D], held: Sequence[Document], case_uid: CaseUid) -> tuple[D, ...]:
    """Return the documents of a kind about a case that were told since a shelter abroad last took the person in anew.

    Its own file is one of them, and what came back before is not; corrected ones are left out, the oldest comes first.
    """
    anew = [one for one in beginnings(held, case_uid) if one.admission(case_uid) is not None]
    since = _place(anew[-1], held) if anew else (_EVER, "")
    return tuple(one for one in current(kind, held, case_uid) if _place(one, held) >= since)


def beginnings(held: Collection[Document], case_uid: CaseUid) -> tuple[Document, ...]:
    """Return the documents with which an episode begins, save the first one, in the order of time.

    A file of a new admission begins one where somebody had come back, and tells of a later day than those before.
    """
    found, admitted, is_back = list[Document](), date.min, False
    for one in in_order(held):
        state, admission = one.moves(case_uid), one.admission(case_uid)
        is_later = admission is not None and admission.day > admitted
        is_anew = is_back and is_later and admission is not None and admission.is_again
        if state is CaseState.READMITTED or is_anew:
            found.append(one)
        is_back = (is_back or state in RETURNED) and not is_anew
        admitted = admission.day if admission is not None and is_later else admitted
    return tuple(found)


def in_order(held: Collection[Document]) -> list[Document]:
    """Return what counts, each once, by the time at which it, or the first version of it, was written."""
    once = {one.id: one for one in held}.values()
    return sorted(unreplaced(once), key=lambda one: _place(one, once))


def _begun(held: Sequence[Document], case_uid: CaseUid) -> tuple[datetime, str]:
    """Return the place in time with which the newest episode begins."""
    begun = beginnings(held, case_uid)
    return _place(begun[-1], held) if begun else (_EVER, "")


def _place(document: Document, held: Collection[Document]) -> tuple[datetime, str]:
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
