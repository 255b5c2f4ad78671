"""The rows of a case: its documents are parted where an episode begins, and each that led to a return gives one row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from api.rules.figures.answers import Answers
from api.rules.figures.episode import EVER, NEVER, CaseHeld
from api.rules.figures.row import FigureRow
from schemas.episodes import beginnings, told_first


def episodes_of(case: CaseHeld) -> tuple[Answers, ...]:
    """Return the episodes of a case that led to a return, the first one first."""
    cuts = [told_first(again, case.counting) for again in beginnings(case.counting, case.case_uid)]
    spans = enumerate(pairwise((EVER, *cuts, NEVER)), start=1)
    return tuple(_returns([Answers(case, number, since, until) for number, (since, until) in spans]))


def _returns(episodes: Sequence[Answers]) -> Iterator[Answers]:
    """Yield the episodes with a return; one is taken in again where the next has none of its own."""
    for episode, following in pairwise((*episodes, None)):
        if episode is not None and episode.has_returned:
            yield replace(episode, is_taken_in_again=following is not None and not following.has_returned)


def rows_of(case: CaseHeld) -> tuple[FigureRow, ...]:
    """Return one row for each return of a case, whether or not the person agreed to be one (``may_be_a_row``)."""
    return tuple(FigureRow.model_validate(episode) for episode in episodes_of(case))
