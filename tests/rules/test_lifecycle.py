"""Where a case stands follows from its documents, in whatever order they come and however often."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.lifecycle import fold, step
from schemas.aftercare_codes import ClosureReason
from schemas.base import CaseUid
from schemas.document import (
    AT_HOME,
    BEFORE_RETURN,
    BROKEN_OFF,
    ENDED,
    RETURNED,
    SHELTERED,
    SIDE_STATES,
    CaseState,
    Document,
)
from schemas.escape_codes import EscapeStatus
from schemas.notice_codes import AckDecision, PersonStatus
from schemas.solutions import DurableSolution
from tests.forms import document

CASE = CaseUid("01JP0ZK8W3T5N7Q9R1S2V4X6Y8")
START = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "file": ("case_file_basic", {}),
    "go": ("return_decision_adult", {}),
    "stay": ("return_decision_adult", {"decision": DurableSolution.DESTINATION_INTEGRATION}),
    "notice": ("advance_repatriation_notice", {}),
    "accepted": ("notice_acknowledgement", {}),
    "crossing": ("handover_record", {}),
    "countersigned": ("handover_record_countersigned", {}),
    "reception": ("reception_record", {}),
    "support": ("service_provider_assignment", {}),
    "home": ("departure_record", {}),
    "visit": ("follow_up_report", {}),
    "closed": ("case_closure", {}),
    "lost": ("case_closure", {"reason": ClosureReason.LOST_CONTACT}),
    "died": ("case_closure", {"reason": ClosureReason.DEATH}),
    "void": ("case_closure", {"reason": ClosureReason.DUPLICATE}),
    "again": ("readmission", {}),
    "escape": ("escape_notice", {}),
    "seen": ("escape_update", {}),
    "back": ("escape_update", {"status": EscapeStatus.RETURNED_TO_SHELTER}),
    "letter": ("family_contact_message", {}),
}
EXAMPLES = {name: document(name) for name, _ in STEPS.values()}
WAY_HOME = (
    "file go notice accepted crossing countersigned reception support home visit closed".split()  # noqa: SIM905
)


def told(name: str, day: int, **edits: object) -> Document:
    """Return one step of the case, written on a day."""
    example, own = STEPS[name]
    header = {"id": f"01K{day:023d}", "created_at": START + timedelta(days=day), "supersedes": None, **edits}
    made = EXAMPLES[example]
    about = {} if made.case_uid is None else {"case_uid": CASE}
    return made.model_copy(update={**about, **own, **header})


def story(names: str) -> list[Document]:
    """Return steps one day after the other."""
    return [told(name, day) for day, name in enumerate(names.split())]


@pytest.mark.parametrize(
    ("names", "state"),
    [
        pytest.param("", "NEW", id="nothing-told"),
        pytest.param("file", "ADMITTED", id="admitted"),
        pytest.param("file go notice accepted", "RETURN_ACCEPTED", id="accepted"),
        pytest.param("file go notice accepted crossing", "IN_TRANSIT", id="crossing"),
        pytest.param("file go notice accepted crossing countersigned", "HANDED_OVER", id="handed-over"),
        pytest.param(" ".join(WAY_HOME), "CLOSED", id="closed"),
        pytest.param("file letter", "ADMITTED", id="a-letter-moves-nothing"),
        pytest.param("file go escape", "ESCAPED", id="escaped"),
        pytest.param("file go escape seen", "ESCAPED", id="seen-is-not-back"),
        pytest.param("file go escape back", "DECIDED", id="back-where-it-was"),
        pytest.param("file escape go back", "DECIDED", id="what-came-meanwhile-counts"),
        pytest.param("file escape back escape", "ESCAPED", id="escaped-twice"),
        pytest.param("file stay", "NOT_RETURNING", id="stays"),
        pytest.param("file stay go", "DECIDED", id="decided-anew"),
        pytest.param("file go stay", "NOT_RETURNING", id="decided-otherwise"),
        pytest.param("file escape lost back", "LOST_CONTACT", id="one-of-two-ended"),
        pytest.param("file lost escape back", "LOST_CONTACT", id="the-other-of-two-ended"),
        pytest.param("file died escape", "DECEASED", id="death-is-not-hidden"),
        pytest.param("file void again", "VOID", id="void-is-not-ended"),
        pytest.param("file support closed again", "READMITTED", id="taken-in-again"),
        pytest.param("file support lost again", "READMITTED", id="found-again"),
        pytest.param("file support closed again support", "ASSIGNED", id="a-new-episode"),
        pytest.param("file support closed again reception", "READMITTED", id="what-lies-before-support-does-not-count"),
        pytest.param("file support home closed again support closed", "CLOSED", id="closed-again"),
    ],
)
def test_a_story_ends_in_a_state(names: str, state: str) -> None:
    assert fold(CASE, story(names)) == state


def test_a_corrected_document_counts_no_more_and_its_correction_in_its_place() -> None:
    """The notice of an escape is corrected after the person came back: nobody escaped anew."""
    before = story("file escape back")
    assert fold(CASE, [*before, told("escape", 9, supersedes=before[1].id)]) is CaseState.ADMITTED
    closed = story("file died")
    assert fold(CASE, [*closed, told("closed", 9, supersedes=closed[1].id)]) is CaseState.CLOSED


def test_nobody_hides_what_somebody_else_told() -> None:
    before = story("file escape")
    stranger = told("escape", 9, supersedes=before[1].id, sender="MM-OTHER", status=EscapeStatus.CLOSED)
    assert fold(CASE, [*before, stranger]) is CaseState.ESCAPED


def test_an_answer_that_is_taken_back_leaves_the_return_planned() -> None:
    before = story("file go notice accepted")
    rows = tuple(
        person.model_copy(update={"decision": AckDecision.DEFERRED})
        for person in EXAMPLES["notice_acknowledgement"].persons  # type: ignore[attr-defined]
    )
    assert fold(CASE, [*before, told("accepted", 9, supersedes=before[3].id, persons=rows)]) == "RETURN_PLANNED"


def test_what_only_follows_a_letter_outlives_its_correction() -> None:
    """An escape that was told in reply to a letter of the other side is true, whatever becomes of the letter."""
    letter = told("letter", 2)
    corrected = told("letter", 9, supersedes=letter.id)
    before = [*story("file"), letter, told("escape", 3, reply_to=letter.id)]
    assert fold(CASE, [*before, corrected]) is CaseState.ESCAPED


def test_who_is_taken_off_the_list_is_expected_no_longer() -> None:
    """Whoever said yes to the list before: through any number of versions, until somebody puts the person on again."""
    before = story("file go notice accepted")
    notice = before[2]
    answered = [*before[:3], before[3].model_copy(update={"reply_to": notice.id})]
    assert fold(CASE, answered) is CaseState.RETURN_ACCEPTED
    stays = {"status": PersonStatus.WITHDRAWN}
    rows = tuple(person.model_copy(update=stays) for person in notice.persons)  # type: ignore[attr-defined]
    second = told("notice", 5, supersedes=notice.id, persons=rows)
    third = told("notice", 6, supersedes=second.id, persons=rows)
    assert fold(CASE, [*answered, second]) is CaseState.DECIDED
    assert fold(CASE, [third, *answered, second]) is CaseState.DECIDED
    fourth = told("notice", 7, supersedes=third.id)
    assert fold(CASE, [fourth, third, *answered, second]) is CaseState.RETURN_ACCEPTED


@st.composite
def stories(draw: st.DrawFn) -> list[Document]:
    """Draw what is told about a case, with corrections of what the same sender told before."""
    made: list[Document] = []
    for day, name in enumerate(draw(st.lists(st.sampled_from(sorted(STEPS)), max_size=9))):
        one = told(name, day)
        corrected = {held.supersedes for held in made}
        own = [held.id for held in made if (held.kind, held.sender) == (one.kind, one.sender)]
        choices = [None, *(held for held in own if held not in corrected)]
        asked = [one.reply_to, *(held.id for held in made if held.kind == "advance_repatriation_notice")]
        reply_to = draw(st.sampled_from(asked)) if one.reply_to is not None else None
        made.append(one.model_copy(update={"supersedes": draw(st.sampled_from(choices)), "reply_to": reply_to}))
    return made


@given(stories(), st.data())
def test_order_and_repetition_change_nothing(made: list[Document], data: st.DataObject) -> None:
    expected = fold(CASE, made)
    shuffled = data.draw(st.permutations(made + made))
    assert fold(CASE, shuffled) is expected


def stepwise(arrived: Iterable[Document]) -> CaseState:
    """Take documents one by one as a node does: by the state alone where that tells it."""
    state, held = CaseState.NEW, list[Document]()
    for one in arrived:
        is_corrected = any(newer.supersedes in {one.id, one.reply_to} - {None} for newer in held)
        held.append(one)
        known = step(state, one, CASE, is_corrected=is_corrected)
        state = fold(CASE, held) if known is None else known
    return state


@given(stories(), st.data())
def test_one_by_one_leads_where_all_together_lead(made: list[Document], data: st.DataObject) -> None:
    arrived = data.draw(st.permutations(made))
    assert stepwise(arrived) is fold(CASE, made)


def test_the_way_home_reads_nothing_twice() -> None:
    """Up to the reception the state alone tells what comes next."""
    state = CaseState.NEW
    for one in story(" ".join(WAY_HOME[:7])):
        known = step(state, one, CASE, is_corrected=False)
        assert known is not None
        state = known
    assert state is CaseState.RECEIVED


def test_every_state_has_its_place() -> None:
    """Before the return, after it, or beside the way; what has ended and who is where are parts of these."""
    places = (BEFORE_RETURN, RETURNED, SIDE_STATES)
    assert all(sum(state in place for place in places) == 1 for state in CaseState)
    assert SIDE_STATES - {CaseState.ESCAPED, CaseState.LOST_CONTACT} == BROKEN_OFF
    assert {CaseState.CLOSED, CaseState.REVISITED} == ENDED - BROKEN_OFF
    assert not SHELTERED & AT_HOME
    elsewhere = {CaseState.HANDED_OVER, CaseState.READMITTED}
    assert SHELTERED | AT_HOME | elsewhere | (ENDED - BROKEN_OFF) == RETURNED
