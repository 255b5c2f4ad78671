"""What a meeting has to speak about is found in the documents, each thing once and by reference."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.agenda.agenda import FINDERS, MAX_ITEMS, agenda_of, content_of
from api.rules.agenda.at_home import AT_HOME
from api.rules.agenda.brought import Brought, Occasion
from api.rules.agenda.way_home import UNACKNOWLEDGED, WAY_HOME, shown_barrier
from api.rules.checking import check_own
from api.rules.policy import DEFAULT_POLICY
from api.rules.watch.deadline import Rule
from schemas.base import AgencyId, CaseUid
from schemas.case_file import CaseFile
from schemas.corridor import Corridor
from schemas.document import CaseState, Document
from schemas.figures_codes import FIGURE_TOPICS, TOPICS, Barrier, Meeting, Topic
from schemas.meeting_agenda import AgendaItem, MeetingAgenda
from tests.cases import S1, S2, S5, case_file
from tests.forms import GONE, document, example
from tests.watched import LIFE, of_case, watched

TH_MM = Corridor(destination="TH", origin="MM")
CHILD = "2011-03"
FULL = document("case_file_full")
NEGATIVE = document("family_assessment_negative")
ALERT = document("special_case_alert")
REQUEST = document("family_tracing_request")
TRACED = document("family_tracing_result")
RECEPTION = document("reception_record")
ASSIGNED = document("service_provider_assignment")
HANDED = document("handover_record")
UNASSIGNED_EDITS: dict[str, object] = {
    "/outcome": "unassigned",
    "/provider": GONE,
    "/unassigned_reason": "capacity",
    "/accepted_on": GONE,
    "/recipient": "TH-SHELTER-N1",
}


def at(meeting: Meeting, on: str, since: str | None = None) -> Occasion:
    return Occasion(
        meeting, TH_MM, date.fromisoformat(on), date.fromisoformat(since) if since else None, DEFAULT_POLICY
    )


def brought(state: CaseState, *held: Document, uid: str = S1, barrier: Barrier | None = None, **more: Any) -> Brought:
    """Return a case as the shelter's agency holds it; what it sent was receipted, unless ``arrived`` says otherwise."""
    facts = {"arrived": {one.id: one.created_at for one in held}, **more}
    return Brought(watched(*held, case_uid=CaseUid(uid), state=state, **facts), barrier)


def topics(meeting: Occasion, *cases: Brought) -> list[Topic]:
    return [item.topic for item in agenda_of(meeting, cases).items if item.topic not in FIGURE_TOPICS]


def item(topic: Topic, meeting: Occasion, *cases: Brought) -> AgendaItem:
    return next(one for one in agenda_of(meeting, cases).items if one.topic is topic)


def held_file(edits: Mapping[str, object] | None = None) -> Document:
    """Return the basic file of S2, admitted on 22 April 2025."""
    return case_file(S2, birth=CHILD, on="2025-04-22", edits=edits)


def test_every_topic_is_looked_for_and_no_other() -> None:
    for meeting, finders in FINDERS.items():
        assert set(finders) == TOPICS[meeting] - FIGURE_TOPICS


@pytest.mark.parametrize(
    ("state", "held", "on", "expected"),
    [
        pytest.param(CaseState.ADMITTED, (held_file(),), "2025-09-18", {Topic.BASIC_FILE_ONLY}, id="a-day-too-early"),
        pytest.param(
            CaseState.ADMITTED,
            (held_file(),),
            "2025-09-19",
            {Topic.NEARLY_DUE, Topic.BASIC_FILE_ONLY},
            id="after-150-days",
        ),
        pytest.param(
            CaseState.ADMITTED,
            (held_file(),),
            "2025-10-22",
            {Topic.NEARLY_DUE, Topic.BASIC_FILE_ONLY},
            id="on-the-last-day",
        ),
        pytest.param(
            CaseState.ADMITTED,
            (held_file(),),
            "2025-10-23",
            {Topic.OVERDUE, Topic.BASIC_FILE_ONLY},
            id="after-six-months",
        ),
        pytest.param(CaseState.ESCAPED, (held_file(),), "2025-10-23", set(), id="who-escaped-is-not-late"),
        pytest.param(CaseState.RECEIVED, (held_file(),), "2025-10-23", set(), id="who-is-back-is-not-late"),
        pytest.param(CaseState.VOID, (held_file(), NEGATIVE), "2025-10-23", set(), id="what-has-ended"),
        pytest.param(CaseState.ADMITTED, (held_file(),), "2025-06-21", set(), id="sixty-days-for-a-full-file"),
        pytest.param(
            CaseState.ADMITTED, (held_file(),), "2025-06-22", {Topic.BASIC_FILE_ONLY}, id="sixty-days-are-over"
        ),
        pytest.param(
            CaseState.ADMITTED, (NEGATIVE,), "2025-07-05", {Topic.NEGATIVE_ASSESSMENT}, id="a-home-that-is-not-safe"
        ),
        pytest.param(CaseState.HOME, (NEGATIVE,), "2025-07-05", set(), id="a-home-elsewhere"),
    ],
)
def test_who_waits_is_brought_to_the_case_management_meeting(
    state: CaseState, held: Sequence[Document], on: str, expected: set[Topic]
) -> None:
    case = brought(state, *held, uid=S2)
    found = set(topics(at(Meeting.CMM, on), case)) - {Topic.SPECIAL_CASE, Topic.NATIONALITY_PENDING}
    assert found == expected


def test_the_overdue_child_is_late_because_no_family_is_safe() -> None:
    """Scenario S2: nobody recorded a barrier, the negative assessment shows it; what somebody recorded counts more."""
    case = brought(CaseState.ADMITTED, held_file(), NEGATIVE, uid=S2)
    late = item(Topic.OVERDUE, at(Meeting.CMM, "2025-11-12"), case)
    assert (late.case_uid, late.due, late.barrier) == (S2, date(2025, 10, 22), Barrier.NO_SAFE_FAMILY)
    told = brought(CaseState.ADMITTED, held_file(), NEGATIVE, uid=S2, barrier=Barrier.SECURITY)
    assert item(Topic.OVERDUE, at(Meeting.CMM, "2025-11-12"), told).barrier is Barrier.SECURITY


HOLD = {"hold": "yes", "consented_by_victim": "yes", "review_date": "2025-06-20"}


@pytest.mark.parametrize(
    ("held", "barrier"),
    [
        pytest.param((), Barrier.OTHER, id="nothing-is-known"),
        pytest.param((document("case_file_full", {"/justice/return_hold": HOLD}),), Barrier.LEGAL, id="a-witness"),
        pytest.param(
            (document("case_file_full", {"/person/nationality_status": "claimed"}),), Barrier.NATIONALITY, id="of-where"
        ),
        pytest.param((REQUEST,), Barrier.TRACING, id="not-found-yet"),
        pytest.param((REQUEST, document("family_tracing_result")), Barrier.OTHER, id="found"),
    ],
)
def test_the_documents_show_what_is_in_the_way(held: Sequence[Document], barrier: Barrier) -> None:
    assert shown_barrier(brought(CaseState.ADMITTED, *held)) is barrier


def test_a_legal_hold_and_an_open_nationality_are_spoken_about() -> None:
    file = document("case_file_full", {"/justice/return_hold": HOLD, "/person/nationality_status": "stateless"})
    meeting, case = at(Meeting.CMM, "2025-05-14"), brought(CaseState.ADMITTED, file)
    assert {Topic.LEGAL_HOLD, Topic.NATIONALITY_PENDING} <= set(topics(meeting, case))
    assert item(Topic.LEGAL_HOLD, meeting, case).due == date(2025, 6, 19), "a day before the one that was named"


def test_tracing_is_overdue_until_there_is_a_result() -> None:
    """The agreed days count; a report that it goes on is no result, and neither is the result of another request."""
    meeting = at(Meeting.CMM, "2025-06-06")
    goes_on = document("family_tracing_result", {"/status": "in_progress", "/completed_on": GONE})
    late = item(Topic.TRACING_OVERDUE, meeting, brought(CaseState.ADMITTED, REQUEST, goes_on))
    assert (late.document_refs, late.due) == ((REQUEST.id,), date(2025, 6, 5))
    assert Topic.TRACING_OVERDUE not in topics(at(Meeting.CMM, "2025-06-05"), brought(CaseState.ADMITTED, REQUEST))
    assert Topic.TRACING_OVERDUE not in topics(meeting, brought(CaseState.ADMITTED, REQUEST, TRACED))
    another = REQUEST.model_copy(update={"id": "01JSZ" + REQUEST.id[5:]})
    late = item(Topic.TRACING_OVERDUE, meeting, brought(CaseState.ADMITTED, REQUEST, another, TRACED))
    assert late.document_refs == (another.id,)


def test_a_special_case_is_open_until_the_file_says_otherwise() -> None:
    """The same for the meeting and for the day on which the full file is due: 30 days for as long as it is one."""
    meeting = at(Meeting.CMM, "2025-06-01")
    basic = held_file()
    assert isinstance(basic, CaseFile)
    special = brought(CaseState.ADMITTED, basic, ALERT, uid=S2)
    assert item(Topic.SPECIAL_CASE, meeting, special).document_refs == (ALERT.id,)
    assert item(Topic.BASIC_FILE_ONLY, meeting, special).due == date(2025, 5, 22)
    told = case_file(S2, birth=CHILD, on="2025-05-30", edits={"/special_needs": {"special_case": "no"}})
    told = told.model_copy(update={"id": "01JWZ" + basic.id[5:], "header": basic.header})
    closed = brought(CaseState.ADMITTED, basic, ALERT, told, uid=S2)
    assert not {Topic.SPECIAL_CASE, Topic.BASIC_FILE_ONLY} & set(topics(meeting, closed))
    assert item(Topic.BASIC_FILE_ONLY, at(Meeting.CMM, "2025-06-22"), closed).due == date(2025, 6, 21)


def test_what_was_not_answered_or_not_signed_for_is_brought_once() -> None:
    """A notice about several persons is one item, whichever of their cases it was found in."""
    notice = document("advance_repatriation_notice")
    meeting = at(Meeting.CMM, "2025-12-01")
    cases = [brought(CaseState.RETURN_PLANNED, notice, uid=uid) for uid in (S1, S2)]
    items = [one for one in agenda_of(meeting, cases).items if one.topic is Topic.UNACKNOWLEDGED]
    assert {one.document_refs for one in items} == {(notice.id,)}
    answered = brought(CaseState.RETURN_PLANNED, notice, document("notice_acknowledgement"))
    assert Topic.UNACKNOWLEDGED not in topics(meeting, answered)


def test_a_receipt_is_missed_after_the_agreed_working_days() -> None:
    """Sent on a Friday, it has until the end of Tuesday; the meeting on Sunday does not speak of it yet."""
    sent = FULL.model_copy(update={"created_at": datetime.fromisoformat("2025-04-18T15:00:00+07:00")})
    unread = brought(CaseState.ADMITTED, sent, arrived={})
    for day in ("2025-04-20", "2025-04-22"):
        assert Topic.UNACKNOWLEDGED not in topics(at(Meeting.CMM, day), unread)
    missed = item(Topic.UNACKNOWLEDGED, at(Meeting.CMM, "2025-04-23"), unread)
    assert (missed.document_refs, missed.due) == ((sent.id,), date(2025, 4, 22))


RULES_OF: dict[Topic, set[Rule]] = {
    Topic.OVERDUE: {Rule.RETURN},
    Topic.BASIC_FILE_ONLY: {Rule.FULL_FILE},
    Topic.TRACING_OVERDUE: {Rule.TRACING_RESULT},
    Topic.UNACKNOWLEDGED: set(UNACKNOWLEDGED),
    Topic.FOLLOW_UP_OVERDUE: {Rule.FOLLOW_UP},
    Topic.REVISIT_OVERDUE: {Rule.REVISIT},
}


@given(st.permutations(range(len(LIFE))), st.integers(0, len(LIFE)), st.dates(date(2025, 3, 1), date(2028, 1, 1)))
def test_the_agenda_and_the_alerts_name_the_same_day(order: list[int], count: int, on: date) -> None:
    """Whatever is held: what is late on the agenda is late in the list of alerts, since the same day."""
    documents = [of_case(LIFE[place]) for place in order[:count]]
    case, occasion = brought(CaseState.ADMITTED, *documents, arrived={}), at(Meeting.CMM, on.isoformat())
    morning = datetime.combine(on, time.min, UTC) + timedelta(hours=12)
    late = {(one.rule, one.due_at.date()) for one in case.waiting if one.due_at < morning}
    for topic, finder in (*WAY_HOME.items(), *AT_HOME.items()):
        for found in finder(case, occasion):
            assert topic not in RULES_OF or any((rule, found.due) in late for rule in RULES_OF[topic])


def test_a_disputed_handover_is_brought_for_those_whom_it_concerns() -> None:
    """Both sides signed and tell different things; at the meeting after the next it is not brought again."""
    told = document("handover_record_countersigned", {"/border_point": "MAESAI_TACHILEIK"})
    case = brought(CaseState.HANDED_OVER, HANDED, told)
    assert item(Topic.HANDOVER_DISPUTE, at(Meeting.CMM, "2025-12-01"), case).document_refs == (HANDED.id, told.id)
    assert Topic.HANDOVER_DISPUTE not in topics(at(Meeting.CMM, "2025-12-01", "2025-11-30"), case)
    agreed = brought(CaseState.HANDED_OVER, HANDED, document("handover_record_countersigned"))
    assert Topic.HANDOVER_DISPUTE not in topics(at(Meeting.CMM, "2025-12-01"), agreed)


def test_the_figures_are_counted_over_all_cases() -> None:
    """One of three has a full file, rounded down; who has decided and is free to go could be announced next."""
    free = document("case_file_full", {"/person/nationality_status": "confirmed"})
    cases = [
        brought(CaseState.DECIDED, free),
        brought(CaseState.ADMITTED, held_file(), uid=S2),
        brought(CaseState.ADMITTED, case_file(S5, birth=CHILD), uid=S5),
    ]
    meeting = at(Meeting.CMM, "2025-05-14")
    assert item(Topic.COMPLETENESS, meeting, *cases).percent == 33
    assert item(Topic.NEXT_RETURN, meeting, *cases).persons == 1
    assert agenda_of(at(Meeting.OM, "2025-05-14"), cases).items == ()


@pytest.mark.parametrize(
    ("state", "held", "on", "since", "expected"),
    [
        pytest.param(
            CaseState.RECEIVED,
            (RECEPTION,),
            "2025-08-22",
            None,
            [Topic.ARRIVAL, Topic.ASSIGNMENT_TO_MAKE],
            id="who-has-come",
        ),
        pytest.param(
            CaseState.RECEIVED, (RECEPTION,), "2025-08-22", "2025-08-21", [Topic.ASSIGNMENT_TO_MAKE], id="came-before"
        ),
        pytest.param(CaseState.ASSIGNED, (RECEPTION, ASSIGNED), "2025-08-22", None, [Topic.ARRIVAL], id="assigned"),
        pytest.param(
            CaseState.UNASSIGNED,
            (RECEPTION, document("service_provider_assignment", UNASSIGNED_EDITS)),
            "2025-08-23",
            "2025-08-22",
            [Topic.UNASSIGNED],
            id="nobody-covers-the-township",
        ),
        pytest.param(
            CaseState.ASSIGNED, (RECEPTION, ASSIGNED), "2025-12-01", "2025-11-01", [Topic.LONG_STAY], id="long-stay"
        ),
        pytest.param(
            CaseState.ADMITTED, (ALERT, NEGATIVE), "2025-08-22", None, [Topic.NEGATIVE_ASSESSMENT], id="abroad"
        ),
    ],
)
def test_who_came_back_is_brought_to_the_operational_meeting(
    state: CaseState, held: Sequence[Document], on: str, since: str | None, expected: list[Topic]
) -> None:
    uid = S2 if ALERT in held else S1
    assert topics(at(Meeting.OM, on, since), brought(state, *held, uid=uid)) == expected


def test_visits_that_nobody_made_are_overdue() -> None:
    """Scenario S1: the follow-up of 30 November 2025 was not made; after a closure only the visit a year later is."""
    home = document("departure_record")
    meeting = at(Meeting.OM, "2025-12-01")
    late = item(Topic.FOLLOW_UP_OVERDUE, meeting, brought(CaseState.HOME, home, ASSIGNED))
    assert late.due == date(2025, 11, 30)
    closure = document("case_closure")
    case = brought(CaseState.CLOSED, home, ASSIGNED, closure)
    assert topics(at(Meeting.OM, "2026-12-31"), case) == []
    assert topics(at(Meeting.OM, "2028-12-31"), case) == [Topic.REVISIT_OVERDUE]


def test_who_was_taken_in_again_needs_somebody_who_helps() -> None:
    again = document("readmission")
    case = brought(CaseState.READMITTED, ASSIGNED, again)
    assert topics(at(Meeting.OM, again.created_at.date().isoformat()), case) == [
        Topic.ASSIGNMENT_TO_MAKE,
        Topic.READMISSION,
    ]


def test_more_than_an_agenda_holds_is_counted_and_the_figures_stay() -> None:
    cases = [
        brought(CaseState.ADMITTED, NEGATIVE.model_copy(update={"case_uid": uid}), uid=uid)
        for uid in (f"01JSDQ7A1B2C3D4E5F6G7{n:05d}" for n in range(MAX_ITEMS + 7))
    ]
    made = agenda_of(at(Meeting.CMM, "2025-11-12"), cases)
    assert len(made.items) == MAX_ITEMS
    assert [one.no for one in made.items] == list(range(1, MAX_ITEMS + 1))
    assert made.left_out >= 7


HELD = [FULL, NEGATIVE, ALERT, REQUEST, RECEPTION, ASSIGNED, HANDED, held_file(), document("readmission")]


@given(
    st.sampled_from(list(Meeting)),
    st.lists(st.tuples(st.sampled_from(list(CaseState)), st.permutations(HELD), st.booleans()), max_size=4),
)
def test_whatever_is_held_the_agenda_can_be_sent_as_it_is(
    meeting: Meeting, cases: Iterable[tuple[CaseState, list[Document], bool]]
) -> None:
    """It is a good form 28, in whatever order the documents came, and no name of anybody is in it."""
    occasion = at(meeting, "2025-12-01", "2025-06-01")
    table = [brought(state, *held, uid=S1 if first else S2) for state, held, first in cases]
    made = agenda_of(occasion, table)
    content = content_of(
        occasion,
        made,
        meeting_id="M-1",
        city="MM-MLM" if meeting is Meeting.OM else None,
        participants=[AgencyId("TH-SHELTER-N1"), AgencyId("MM-DSW")],
    )
    header = {name: example("meeting_agenda")[name] for name in ("kind", "id", "sender", "recipient", "created_at")}
    sent = check_own({**header, **content})
    assert isinstance(sent, MeetingAgenda)
    assert sent.items == made.items
    turned = [brought(one.state, *reversed(one.held), uid=one.case_uid) for one in table]
    assert agenda_of(occasion, turned).items == made.items
