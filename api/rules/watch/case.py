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

from api.rules.deadlines import first_admission
from api.rules.holding import HeldCase
from api.rules.legal_hold import hold_in_force
from api.rules.lifecycle import FOR_GOOD, fold
from api.rules.watch.clock import day_of
from schemas.base import YesNoUnknown, country_of
from schemas.case_closure import CaseClosure
from schemas.case_file import CaseFile
from schemas.case_sections.wishes_and_justice import ReturnHold
from schemas.departure_record import DepartureRecord
from schemas.document import BEFORE_RETURN, BROKEN_OFF, CaseState, Document
from schemas.earlier import current, find_newest
from schemas.episodes import of_this_episode, of_this_way_home, told_first
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
    def as_it_came(self) -> tuple[Document, ...]:
        """Everything that is held, in the order in which it came or left: that decides whose word on a consent counts.

        When something came is this agency's to say; nobody comes first by the day that stands in a document.
        """
        once = {(one.id, one.sender): one for one in self.held}
        return tuple(sorted(once.values(), key=lambda one: (self._at_hand(one), one.id, one.sender)))

    @cached_property
    def admitted(self) -> date | None:
        """The first day in any shelter of the country, on this way home (004 1.1)."""
        return first_admission(self.counting, self.case_uid, self.destination)

    @cached_property
    def is_special(self) -> bool:
        """Whether the person needs special care, by whatever told it last: an alert, or a case file (004 1.6)."""
        told = [(one.created_at, one.id, True) for one in self.all(SpecialCaseAlert)]
        flags = ((file, file.special_needs.special_case) for file in self.all(CaseFile) if file.special_needs)
        told += [(file.created_at, file.id, flag is YesNoUnknown.YES) for file, flag in flags if flag is not None]
        return bool(told) and max(told)[-1]

    @cached_property
    def hold(self) -> tuple[CaseFile, ReturnHold] | None:
        """The legal hold with the file that tells it, where one is in force."""
        return hold_in_force(self.counting, self.case_uid)

    @cached_property
    def returned(self) -> Met | None:
        """When the person came back over the border, or was first met at home, and what says so."""
        crossed = ((one.at, one.id) for one in self._on_this_way(HandoverRecord) if self._crossed_by(one))
        arrived = ((one.arrived_at, one.id) for one in self._on_this_way(ReceptionRecord))
        return min([*crossed, *arrived, *self._departures()], default=None)

    @cached_property
    def home(self) -> Met | None:
        """When the person went home, and what says so."""
        return min(self._departures(), default=None)

    def is_past(self, phase: Phase) -> bool:
        """Say whether what belongs to a phase is waited for no more; the other side alone ends nothing here."""
        is_closed = bool(self._closures) and not self.is_disputed
        is_over = {
            Phase.SHELTER: self.returned is not None or is_closed,
            Phase.HOME: self.home is not None or is_closed,
        }
        is_broken_off = self.state in BROKEN_OFF and not self.is_disputed
        return phase is not Phase.EVER and (is_broken_off or is_over.get(phase, False))

    @cached_property
    def stands(self) -> CaseState:
        """Where the case stands by what counts here, which is what a meeting goes by.

        What ends nothing here leaves it where it was; so does a case taken in again of somebody who never came back,
        and who still waits for the way home.
        """
        told = fold(self.case_uid, self.believed) if self.is_disputed else self.state
        if told is not CaseState.READMITTED:
            return told
        before = fold(self.case_uid, (one for one in self.believed if not self._closes_or_opens(one)))
        return before if before in BEFORE_RETURN else told

    @property
    def is_disputed(self) -> bool:
        """Whether a closure was told that ends nothing here."""
        return any(met is None for _, met in self.closed_elsewhere)

    @cached_property
    def closed_elsewhere(self) -> tuple[tuple[Document, Met | None], ...]:
        """What ends nothing here by itself, each with when this side closed the case too.

        It is what the other side closed. After the return it is the origin side's to say how it ended, so that one is
        left out; what it had closed before somebody came back says nothing of that, and is in question on both sides.
        """
        place = country_of(self.agency)
        own = [one for one in self._closures if country_of(one.sender) == place and not self._is_outlived(one)]
        met = min(((one.created_at, one.id) for one in own), default=None)
        return tuple((one, met) for one in self._closures if not self._is_believed(one))

    @cached_property
    def believed(self) -> tuple[Document, ...]:
        """What counts here: everything but what ends nothing by itself."""
        aside = {(one.id, one.sender) for one, _ in self.closed_elsewhere}
        return tuple(one for one in self.counting if (one.id, one.sender) not in aside)

    @cached_property
    def _closures(self) -> tuple[Document, ...]:
        """What closes this episode, whoever told it: closures, and of any episode what put the case where it stands.

        Nothing that is told after what holds for good hides it, and a decision to stay is another end of the way home.
        """
        holds = BROKEN_OFF & {*FOR_GOOD, self.state}
        lasting = (one for one in self.all(Document) if one.moves(self.case_uid) in holds)
        newest = of_this_episode(CaseClosure, self.counting, self.case_uid)
        return tuple({(one.id, one.sender): one for one in (*lasting, *newest)}.values())

    def _is_believed(self, closing: Document) -> bool:
        """Say whether what closes a case is its sender's to say: of one's own side, or of where the person is."""
        where = self.origin if self.returned is not None else self._place_before(closing)
        return country_of(closing.sender) in {country_of(self.agency), where} and not self._is_outlived(closing)

    def _place_before(self, closing: Document) -> str | None:
        """Return who speaks of somebody before the return: nobody closes for the other side, the person decides."""
        return None if isinstance(closing, CaseClosure) else self.destination

    def _is_outlived(self, closing: Document) -> bool:
        """Say whether the origin side told an end before somebody came back over the border."""
        if self.returned is None or country_of(closing.sender) != self.origin:
            return False
        back, _ = self.returned
        ended = closing.closed_on if isinstance(closing, CaseClosure) else date.max
        return closing.created_at < back or ended < day_of(back, self.origin)

    def _closes_or_opens(self, document: Document) -> bool:
        return isinstance(document, CaseClosure) or document.moves(self.case_uid) is CaseState.READMITTED

    def _at_hand(self, document: Document) -> datetime:
        """Return since when a document is held here."""
        is_own = document.sender == self.agency
        return document.created_at if is_own else self.arrived.get(document.id, document.created_at)

    @cached_property
    def _this_way(self) -> tuple[Document, ...]:
        """What counts since a shelter last took the person in."""
        return of_this_way_home(Document, self.counting, self.case_uid)

    def _on_this_way(self, kind: type[D]) -> tuple[D, ...]:
        """Return the documents of a kind among these."""
        return tuple(one for one in self._this_way if isinstance(one, kind))

    def _departures(self) -> Iterable[Met]:
        return [(one.departed_at, one.id) for one in self._on_this_way(DepartureRecord)]

    def _crossed_by(self, record: HandoverRecord) -> bool:
        return any(person.case_uid == self.case_uid and person.has_crossed for person in record.persons)
