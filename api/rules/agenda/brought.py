"""What is brought to the table: a case with its documents, the meeting, and what a finder answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from api.rules.policy import CorridorPolicy
from schemas.base import CaseUid, DocumentId
from schemas.case_file import CaseFile
from schemas.corridor import Corridor
from schemas.document import CaseState, Document
from schemas.earlier import find_newest
from schemas.figures_codes import Barrier, Meeting

ENDED = frozenset(
    {
        CaseState.CLOSED,
        CaseState.REVISITED,
        CaseState.NOT_RETURNING,
        CaseState.TRANSFERRED,
        CaseState.DECEASED,
        CaseState.VOID,
    }
)
"""Nothing is left to speak about, save for the visit that follows a closure."""
BEFORE_RETURN = frozenset(
    {
        CaseState.NEW,
        CaseState.ADMITTED,
        CaseState.DECIDED,
        CaseState.RETURN_PLANNED,
        CaseState.RETURN_ACCEPTED,
        CaseState.IN_TRANSIT,
    }
)
"""Still waiting for the way home; who has escaped does not wait in a shelter."""


@dataclass(frozen=True)
class Occasion:
    """One meeting: of which kind, about which corridor, on which day, and when the one before was."""

    meeting: Meeting
    corridor: Corridor
    on: date
    since: date | None
    policy: CorridorPolicy

    def is_new(self, day: date) -> bool:
        """Say whether something happened since the meeting before; without one everything is new."""
        return self.since is None or day >= self.since


@dataclass(frozen=True)
class Brought:
    """One case as its agency holds it.

    ``barrier`` is what somebody recorded to keep the return from happening, ``unproven`` what was sent days ago and
    nobody has signed for.
    """

    case_uid: CaseUid
    state: CaseState
    return_due: date | None
    held: Sequence[Document]
    barrier: Barrier | None = None
    unproven: tuple[DocumentId, ...] = ()

    @cached_property
    def file(self) -> CaseFile | None:
        """The newest case file."""
        return find_newest(CaseFile, self.held, self.case_uid)

    @property
    def is_before_return(self) -> bool:
        """Whether the person still waits for the way home."""
        return self.state in BEFORE_RETURN


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
