"""The rows of a case: its documents are parted by re-admissions, and each part that led to a return gives one row."""

from collections.abc import Iterator

from api.rules.figures.answers import Answers
from api.rules.figures.episode import CaseHeld
from api.rules.figures.row import FigureRow
from schemas.base import country_of
from schemas.document import Document
from schemas.earlier import current
from schemas.readmission import Readmission


def episodes_of(case: CaseHeld) -> tuple[Answers, ...]:
    """Return the episodes of a case that led to a return, the first one first.

    Only what the two countries of the corridor told counts: a stranger's document makes no return.
    """
    parties = {case.destination, case.origin}
    told = sorted(
        (held for held in case.held if country_of(held.sender) in parties), key=lambda held: (held.created_at, held.id)
    )
    cuts = [again.created_at for again in current(Readmission, told, case.case_uid)]
    parts = list[list[Document]]()
    for cut in (*cuts, None):
        before = sum(map(len, parts))
        parts.append([held for held in told[before:] if cut is None or held.created_at < cut])
    return tuple(_returns(case, parts))


def _returns(case: CaseHeld, parts: list[list[Document]]) -> Iterator[Answers]:
    """Yield the episodes with a return; one is taken in again where the next has none of its own."""
    episodes = [
        Answers(case, number, told, [held for part in parts[:number] for held in part])
        for number, told in enumerate(parts, start=1)
    ]
    for place, episode in enumerate(episodes):
        if not episode.has_returned:
            continue
        following = episodes[place + 1 : place + 2]
        is_again = bool(following) and not following[0].has_returned
        yield Answers(case, episode.episode_no, episode.told, episode.known, is_again)


def rows_of(case: CaseHeld) -> tuple[FigureRow, ...]:
    """Return one row for each return of a case, whether or not the person agreed to be one (``may_be_a_row``)."""
    return tuple(FigureRow.model_validate(episode) for episode in episodes_of(case))
