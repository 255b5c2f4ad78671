"""The days on which the steps of a return were made follow each other as the steps do; where not, the writer is told.

What a kind of document tells of a case says which step it is, and its facts name the field that says when. So one
comparison is enough for all of them, whichever was told first, and a step that was left out is seen in the same way.
Nothing is refused: papers differ, and what happened has to be told.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from schemas.base import CaseUid
from schemas.document import SIDE_STATES, CaseState, Document
from schemas.earlier import others
from schemas.episodes import of_this_episode
from schemas.needs import Problem

_RANK = {state: rank for rank, state in enumerate(CaseState)}
_LEFT_BY: Mapping[CaseState, CaseState] = {CaseState.RECEIVED: CaseState.HOME}
"""Who is in a shelter leaves it before anything is told of the life at home."""


class _Step(NamedTuple):
    """What a document tells of a case: how far it came, when, and where that stands."""

    told_by: Document
    state: CaseState
    when: date
    field: str


def out_of_order(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield every document of the same episode that tells another order of days, and a step that nobody told."""
    for uid in dict.fromkeys(document.case_uids()):
        made = _step(document, uid)
        episode = of_this_episode(Document, [*others(document, earlier), document], uid)
        if made is None or document not in episode:
            continue
        others_made = (_step(one, uid) for one in episode if one.kind != document.kind)
        steps = [step for step in others_made if step is not None]
        yield from (_contradiction(made, step) for step in steps if _contradict(made, step))
        yield from _left_out(made, {step.state for step in steps})


def _step(document: Document, uid: CaseUid) -> _Step | None:
    """Return the step on the way home that a document tells, where its kind says when it was made."""
    field, state = document.facts.happened_on, document.moves(uid)
    if field is None or state is None or state in SIDE_STATES:
        return None
    return _Step(document, state, getattr(document, field), field)


def _contradict(one: _Step, other: _Step) -> bool:
    """Say whether the step that comes first on the way home has the later day."""
    first, then = sorted((one, other), key=lambda step: _RANK[step.state])
    if isinstance(first.when, datetime) and isinstance(then.when, datetime):
        return then.when < first.when
    return _day(then.when) < _day(first.when)


def _day(when: date) -> date:
    """Return a day, or that of an instant on its own clock."""
    return when.date() if isinstance(when, datetime) else when


def _contradiction(made: _Step, step: _Step) -> Problem:
    side = "before" if _RANK[step.state] < _RANK[made.state] else "after"
    told = f"{step.told_by.id} (form {step.told_by.facts.form})"
    hint = f"{told} tells of a step that comes {side} this one, on a day that does not; correct the one that is wrong"
    return Problem((made.field,), "days_contradict", hint, "domain 4", step.told_by.kind)


def _left_out(made: _Step, told: set[CaseState]) -> Iterator[Problem]:
    """Yield a place that somebody came to and, by what is told, never left."""
    for state, left in _LEFT_BY.items():
        if state in told and left not in told and _RANK[made.state] > _RANK[left]:
            hint = "by what is told the person is still in the shelter; record the way home (form 23) too"
            yield Problem((made.field,), "step_left_out", hint, source="domain 4")
