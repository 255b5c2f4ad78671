"""One case as the rules look at it: what an agency holds about it, when each document arrived, and what was agreed.

Only documents count that may move the case: a stranger's document, or an answer that nobody asked for, starts no clock
and stops none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from api.rules.holding import HeldCase
from schemas.base import YesNoUnknown, country_of
from schemas.case_closure import CaseClosure
from schemas.case_file import CaseFile
from schemas.departure_record import DepartureRecord
from schemas.document import BROKEN_OFF, CaseState, Document
from schemas.earlier import current, find_newest
from schemas.episodes import of_this_episode, told_first
from schemas.handover_record import HandoverRecord
from schemas.reception_record import ReceptionRecord
from schemas.special_case_alert import SpecialCaseAlert

D = TypeVar("D", bound=Document)
Met = tuple[datetime, str]
"""When something was done, and the document that says so."""


class Phase(StrEnum):
    """Until when something is waited for."""

    SHELTER = "shelter"
    """until the person has crossed the border"""
    HOME = "home"
    """until the person is home"""
    LIFE = "life"
    """as long as the case is one"""
    EVER = "ever"


@dataclass(frozen=True)
class Watched(HeldCase):
    """A case. ``arrived`` tells when a document came to its recipient, as far as that is known here."""

    opened_at: datetime
    state: CaseState
    arrived: Mapping[str, datetime] = field(default_factory=dict)

    def all(self, kind: type[D]) -> tuple[D, ...]:
        """Return the documents of a kind that count, oldest first."""
        return current(kind, self.counting, self.case_uid)

    def newest(self, kind: type[D]) -> D | None:
        """Return the newest document of a kind that counts, if there is one."""
        return find_newest(kind, self.counting, self.case_uid)

    def told_first(self, document: Document) -> datetime:
        """Return when the first version of a document was written: a correction does not make it late."""
        return told_first(document, self.counting)

    @cached_property
    def admitted(self) -> date | None:
        """The first day in any shelter of the country, by the newest file that tells it (004 1.1)."""
        headers = [file.header for file in self.all(CaseFile) if file.header is not None]
        return next((day for header in reversed(headers) if (day := header.counted_from) is not None), None)

    @cached_property
    def is_special(self) -> bool:
        """Whether the person needs special care, by whatever told it last: an alert, or a case file (004 1.6)."""
        told = [(one.created_at, one.id, True) for one in self.all(SpecialCaseAlert)]
        flags = ((file, file.special_needs.special_case) for file in self.all(CaseFile) if file.special_needs)
        told += [(file.created_at, file.id, flag is YesNoUnknown.YES) for file, flag in flags if flag is not None]
        return bool(told) and max(told)[-1]

    @cached_property
    def returned(self) -> Met | None:
        """When the person came back over the border, or was first met at home, and what says so."""
        crossed = ((one.at, one.id) for one in self.all(HandoverRecord) if self._crossed_by(one))
        arrived = ((one.arrived_at, one.id) for one in self.all(ReceptionRecord))
        return min([*crossed, *arrived, *self._departures()], default=None)

    @cached_property
    def home(self) -> Met | None:
        """When the person went home, and what says so."""
        return min(self._departures(), default=None)

    def is_past(self, phase: Phase) -> bool:
        """Say whether what belongs to a phase is waited for no more; the other side alone ends nothing here."""
        is_ended = all(met is not None for _, met in self.closed_elsewhere)
        is_closed = is_ended and bool(self._closures)
        is_over = {
            Phase.SHELTER: self.returned is not None or is_closed,
            Phase.HOME: self.home is not None or is_closed,
        }
        return phase is not Phase.EVER and ((is_ended and self.state in BROKEN_OFF) or is_over.get(phase, False))

    @cached_property
    def closed_elsewhere(self) -> tuple[tuple[CaseClosure, Met | None], ...]:
        """What the other side closed, each with when this side closed this episode too.

        After the return it is the origin side's to say how it ended, so that one is left out.
        """
        place, is_back = country_of(self.agency), self.returned is not None
        own = ((one.created_at, one.id) for one in self._closures if country_of(one.sender) == place)
        met, believed = min(own, default=None), {place, self.origin} if is_back else {place}
        return tuple((one, met) for one in self._closures if country_of(one.sender) not in believed)

    @cached_property
    def believed(self) -> tuple[Document, ...]:
        """What counts here: everything but what the other side closed, since that alone ends nothing."""
        aside = {(one.id, one.sender) for one, _ in self.closed_elsewhere}
        return tuple(one for one in self.counting if (one.id, one.sender) not in aside)

    @cached_property
    def _closures(self) -> tuple[CaseClosure, ...]:
        """The closures of this episode, whoever told them."""
        return of_this_episode(CaseClosure, self.counting, self.case_uid)

    def _departures(self) -> Iterable[Met]:
        return [(one.departed_at, one.id) for one in self.all(DepartureRecord)]

    def _crossed_by(self, record: HandoverRecord) -> bool:
        return any(person.case_uid == self.case_uid and person.has_crossed for person in record.persons)
