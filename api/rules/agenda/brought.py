"""What is brought to the table: a case as the watch sees it, the meeting, and what a finder answers.

What is late is decided in ``api/rules/watch/`` alone; here it is only asked how late it is on the day of the meeting.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TypeVar

from api.rules.policy import CorridorNumbers
from api.rules.watch.case import Watched
from api.rules.watch.deadline import AlertSeverity, Deadline, Rule, severity_of
from api.rules.watch.table import deadlines_of
from schemas.base import CaseUid, DocumentId
from schemas.case_file import CaseFile
from schemas.corridor import Corridor
from schemas.document import BEFORE_RETURN, CaseState, Document
from schemas.figures_codes import Barrier, Meeting

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Occasion:
    """One meeting: of which kind, about which corridor, on which day, and when the one before was."""

    meeting: Meeting
    corridor: Corridor
    on: date
    since: date | None
    policy: CorridorNumbers

    def is_new(self, day: date) -> bool:
        """Say whether something happened since the meeting before; without one everything is new."""
        return self.since is None or day >= self.since

    def severity(self, one: Deadline) -> AlertSeverity | None:
        """Return how urgent a deadline is on the morning of the meeting, where the day of the deadline ends."""
        morning = datetime.combine(self.on, time.min, one.due_at.tzinfo)
        return severity_of(one.rule, one.warn_at, one.due_at, morning)


@dataclass(frozen=True)
class Brought:
    """One case as its agency holds it; ``barrier`` is what somebody recorded to keep the return from happening."""

    watched: Watched
    barrier: Barrier | None = None

    @property
    def case_uid(self) -> CaseUid:
        """Which case it is."""
        return self.watched.case_uid

    @property
    def state(self) -> CaseState:
        """How far the case has come by what counts here: the other side alone takes nothing off the table."""
        return self.watched.stands

    @property
    def held(self) -> Sequence[Document]:
        """The documents that count, oldest first."""
        return self.watched.counting

    def newest(self, kind: type[D]) -> D | None:
        """Return the newest document of a kind, if there is one."""
        return self.watched.newest(kind)

    @cached_property
    def file(self) -> CaseFile | None:
        """The newest case file."""
        return self.newest(CaseFile)

    @property
    def is_before_return(self) -> bool:
        """Whether the person still waits for the way home; who has escaped does not wait in a shelter."""
        return self.state in BEFORE_RETURN

    @cached_property
    def waiting(self) -> Sequence[Deadline]:
        """What is waited for, soonest first: the same that somebody is reminded of."""
        return tuple(one for one in deadlines_of(self.watched) if one.met_at is None)

    def waits_for(self, *rules: Rule) -> Iterator[Deadline]:
        """Yield what is waited for by these rules, soonest first."""
        return (one for one in self.waiting if one.rule in rules)


@dataclass(frozen=True)
class Found:
    """Why a case is spoken about: the documents that show it, and what is due."""

    refs: tuple[DocumentId, ...] = ()
    due: date | None = None
    barrier: Barrier | None = None
    is_of_case: bool = True
    """Not so for a document that speaks of several cases."""


Finder = Callable[[Brought, Occasion], Iterable[Found]]
"""Finds one topic in one case."""
