"""The agenda of a meeting, put in order: by topic, what is due first, and each thing once.

It takes the cases one by one and keeps of each only what goes on the table, so that a whole corridor fits.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.rules.agenda.at_home import AT_HOME
from api.rules.agenda.brought import Brought, Finder, Found, Occasion
from api.rules.agenda.way_home import WAY_HOME, find_hold, has_full_file, is_nationality_open
from schemas.base import AgencyId, CaseUid
from schemas.document import ENDED, CaseState
from schemas.figures_codes import AgendaStage, Meeting, Topic
from schemas.meeting_agenda import AgendaItem

FINDERS: Mapping[Meeting, Mapping[Topic, Finder]] = {Meeting.CMM: WAY_HOME, Meeting.OM: AT_HOME}
"""What each meeting speaks about, as it is found in one case; the two figures are counted over all of them."""
MAX_ITEMS = 500
_LAST = date.max


@dataclass(frozen=True)
class Agenda:
    """What was found. ``left_out`` counts what did not fit; ``agencies`` were written to, most cases first."""

    items: tuple[AgendaItem, ...]
    left_out: int
    cases: int
    agencies: tuple[AgencyId, ...]


@dataclass
class _Tally:
    """What is counted over all cases."""

    cases: int = 0
    with_file: int = 0
    full: int = 0
    ready: int = 0
    agencies: Counter[AgencyId] = field(default_factory=Counter)

    def add(self, case: Brought) -> None:
        """Count one case."""
        self.cases += 1
        self.agencies.update({one.recipient for one in case.held if one.sender == case.watched.agency})
        if case.state in ENDED or case.file is None:
            return
        self.with_file += 1
        self.full += has_full_file(case)
        is_free = find_hold(case) is None and not is_nationality_open(case)
        self.ready += case.state is CaseState.DECIDED and is_free

    def figures(self) -> Iterator[AgendaItem]:
        """Yield the share of full files, and how many have decided to go home and could be announced."""
        if self.with_file:
            yield AgendaItem(no=1, topic=Topic.COMPLETENESS, percent=100 * self.full // self.with_file)
        if self.ready:
            yield AgendaItem(no=1, topic=Topic.NEXT_RETURN, persons=min(self.ready, MAX_ITEMS))


def agenda_of(meeting: Occasion, cases: Iterable[Brought]) -> Agenda:
    """Return the agenda of a meeting about these cases."""
    tally, found = _Tally(), dict[tuple[object, ...], AgendaItem]()
    for case in cases:
        tally.add(case)
        for item in _items(meeting, case):
            found.setdefault((item.topic, item.case_uid, item.document_refs or item.due), item)
    figures = list(tally.figures()) if meeting.meeting is Meeting.CMM else []
    ordered = sorted(found.values(), key=_place)
    kept = [*figures, *ordered[: MAX_ITEMS - len(figures)]]
    in_order = sorted(kept, key=lambda item: list(Topic).index(item.topic))
    numbered = tuple(item.model_copy(update={"no": no}) for no, item in enumerate(in_order, start=1))
    agencies = tuple(agency for agency, _ in tally.agencies.most_common())
    return Agenda(numbered, len(found) + len(figures) - len(kept), tally.cases, agencies)


def _items(meeting: Occasion, case: Brought) -> Iterator[AgendaItem]:
    """Yield what one case brings to the table; who has ended brings only the visit that follows."""
    for topic, finder in FINDERS[meeting.meeting].items():
        if case.state not in ENDED or topic is Topic.REVISIT_OVERDUE:
            yield from (_item(topic, case.case_uid, one) for one in finder(case, meeting))


def _item(topic: Topic, case_uid: CaseUid, found: Found) -> AgendaItem:
    return AgendaItem(
        no=1,
        topic=topic,
        case_uid=case_uid if found.is_of_case else None,
        document_refs=found.refs,
        due=found.due,
        barrier=found.barrier,
    )


def _place(item: AgendaItem) -> tuple[int, date, str]:
    """Return where an item stands: by topic, what is due first, then by case."""
    return list(Topic).index(item.topic), item.due or _LAST, item.case_uid or ""


def content_of(
    meeting: Occasion, agenda: Agenda, *, meeting_id: str, city: str | None, participants: Iterable[AgencyId]
) -> dict[str, Any]:
    """Return the content of form 28, without whom it is for."""
    is_bilateral = meeting.meeting is Meeting.CMM
    whole = {
        "meeting": meeting.meeting,
        "meeting_id": meeting_id,
        "stage": AgendaStage.PROPOSED,
        "held_on": meeting.on.isoformat(),
        "corridor": meeting.corridor.model_dump(mode="json", exclude_defaults=True) if is_bilateral else None,
        "city": city,
        "since": meeting.since.isoformat() if meeting.since else None,
        "participants": list(participants),
        "items": [item.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for item in agenda.items],
    }
    return {name: value for name, value in whole.items() if value is not None}
