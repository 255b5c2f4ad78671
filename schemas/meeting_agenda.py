"""The agenda of a meeting, and afterwards what was decided: references and codes, no names (004 1.4, 2.9).

Both meetings are one kind: the case management meeting of a corridor, and the operational meeting of a city. Many
agencies sit at the table, so there is no free text at all; whoever is entitled looks a case up.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import AgencyIdField, CaseUid, CaseUidField, DocumentIdField, Part
from schemas.case_sections.trafficking import BorderPoint
from schemas.corridor import Corridor
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.figures_codes import (
    FIGURE_TOPICS,
    TOPICS,
    AgendaDecision,
    AgendaStage,
    Barrier,
    Meeting,
    Topic,
)
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, refuse
from schemas.rows import Codes, SomeCodes
from schemas.services import Count

MeetingId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}$")]
"""The number of a meeting; the same in the agenda and in what was decided."""
CityCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{2,24}$")]
"""The city of an operational meeting as a code of the directory."""


class AgendaItem(Part):
    """One case or one figure, why it is on the agenda, and what was decided."""

    no: Annotated[Annotated[int, Field(ge=1, le=500)], fact(Level.L1, "No.", need=Need.BASIC)]
    topic: Annotated[Topic, fact(Level.L2, "Topic", need=Need.BASIC)]
    case_uid: Annotated[CaseUidField | None, fact(Level.L2, "Case")] = None
    document_refs: Annotated[Codes[DocumentIdField], fact(Level.L1, "Documents")] = ()
    due: Annotated[Day | None, fact(Level.L2, "Due"), Planned()] = None
    barrier: Annotated[Barrier | None, fact(Level.L2, "Barrier")] = None
    percent: Annotated[Annotated[int, Field(ge=0, le=100)] | None, fact(Level.L1, "Per cent")] = None
    persons: Annotated[Count | None, fact(Level.L1, "Persons", "For a return that is proposed.")] = None
    border_point: Annotated[BorderPoint | None, fact(Level.L1, "Border crossing")] = None
    decision: Annotated[AgendaDecision | None, fact(Level.L2, "Decided")] = None
    responsible: Annotated[AgencyIdField | None, fact(Level.L1, "Agency that does it")] = None
    do_by: Annotated[Day | None, fact(Level.L1, "By"), Planned()] = None

    @model_validator(mode="after")
    def _item_refers_to_something(self) -> Self:
        refuse(list(_item_problems(self)))
        return self


def _item_problems(item: AgendaItem) -> Iterator[Problem]:
    """Yield an item about nothing, and somebody who does what was not decided."""
    is_figure = item.topic in FIGURE_TOPICS
    has_figure = item.percent is not None or item.persons is not None
    has_reference = item.case_uid is not None or bool(item.document_refs)
    if is_figure != has_figure or (not is_figure and not has_reference):
        yield Problem((), "item_empty", "a case or a document, or, for figures, a number")
    if item.topic is Topic.OVERDUE and item.barrier is None:
        yield Problem(("barrier",), "barrier_missing", "an overdue return names what keeps it from happening")
    if item.decision is None and (item.responsible is not None or item.do_by is not None):
        yield Problem(("decision",), "decision_missing", "say what was decided")


class MeetingAgenda(Document):
    """One meeting."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=28,
        title="Agenda of a meeting",
        source="004 1.4, 1.6, 2.9, 4.4, 4.6",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.CM, Role.FO, Role.WO}),
        row=Row.AGENDA,
        scope="agenda",
        about_case=False,
        feed_on="held_on",
        gives_part=False,
    )

    kind: Literal["meeting_agenda"] = "meeting_agenda"
    meeting: Annotated[Meeting, fact(Level.L1, "Meeting", need=Need.BASIC)]
    meeting_id: Annotated[MeetingId, fact(Level.L1, "Number", need=Need.BASIC)]
    stage: Annotated[AgendaStage, fact(Level.L1, "Before or after", need=Need.BASIC)]
    held_on: Annotated[Day, fact(Level.L1, "Held on", need=Need.BASIC), Planned()]
    corridor: Annotated[Corridor | None, fact(Level.L1, "Corridor", "Of a case management meeting.")] = None
    city: Annotated[CityCode | None, fact(Level.L1, "City", "Of an operational meeting.")] = None
    since: Annotated[Day | None, fact(Level.L1, "Since", "The meeting before.")] = None
    participants: Annotated[SomeCodes[AgencyIdField], fact(Level.L1, "Agencies", need=Need.BASIC)]
    items: Annotated[Annotated[tuple[AgendaItem, ...], Field(max_length=500)], fact(Level.L2, "Items", need=Need.BASIC)]

    @model_validator(mode="after")
    def _agenda_agrees_with_itself(self) -> Self:
        refuse([*_meeting_problems(self), *_items_problems(self)])
        return self

    def case_uids(self) -> tuple[CaseUid, ...]:
        """Return every case on the agenda, each once."""
        return tuple(dict.fromkeys(item.case_uid for item in self.items if item.case_uid is not None))


def _meeting_problems(agenda: MeetingAgenda) -> Iterator[Problem]:
    """Yield a meeting without its corridor or city, or that was decided before it was held."""
    if (agenda.meeting is Meeting.CMM) != (agenda.corridor is not None):
        yield Problem(("corridor",), "corridor_contradicts", "a case management meeting is about a corridor")
    if (agenda.meeting is Meeting.OM) != (agenda.city is not None):
        yield Problem(("city",), "city_contradicts", "an operational meeting is held in a city of the directory")
    if agenda.case_uid is not None:
        yield Problem(("case_uid",), "case_in_header", "the cases are those of the items; leave it out")
    if agenda.since is not None and agenda.since >= agenda.held_on:
        yield Problem(("since",), "wrong_order", "the meeting before was held before")
    if agenda.stage is AgendaStage.DECIDED and agenda.held_on > agenda.created_at.date():
        yield Problem(("held_on",), "future_date", "nothing is decided before the meeting was held")


def _items_problems(agenda: MeetingAgenda) -> Iterator[Problem]:
    """Yield numbers that are there twice, topics of the other meeting, decisions before the meeting, strangers."""
    numbers = [item.no for item in agenda.items]
    if len(set(numbers)) != len(numbers):
        yield Problem(("items",), "duplicate_no", "every item has a number of its own")
    for index, item in enumerate(agenda.items):
        here = ("items", index)
        if item.topic not in TOPICS[agenda.meeting]:
            yield Problem((*here, "topic"), "topic_of_other_meeting", "this is spoken about in the other meeting")
        if item.decision is not None and agenda.stage is AgendaStage.PROPOSED:
            yield Problem((*here, "decision"), "decided_too_early", "decisions are made at the meeting")
        if item.responsible is not None and item.responsible not in agenda.participants:
            yield Problem((*here, "responsible"), "not_at_the_table", "give it to an agency that takes part")
