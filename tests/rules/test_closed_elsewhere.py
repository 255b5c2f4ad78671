"""One side alone ends nothing for the other, whatever reason it closes for (D21; domain 4, closure)."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from api.rules.agenda.agenda import agenda_of
from api.rules.agenda.brought import Brought, Occasion
from api.rules.lifecycle import fold
from api.rules.policy import DEFAULT_POLICY
from api.rules.watch.deadline import Rule
from schemas.aftercare_codes import ClosureReason
from schemas.corridor import Corridor
from schemas.document import CaseState, Document
from schemas.figures_codes import Meeting, Topic
from schemas.solutions import DurableSolution
from tests.watched import BASIC, CASE, CROSSED, DEPARTMENT, LIFE, OPENED, SHELTER, SIGNED, due, life, of_case, watched

REASONS = {
    "void": ({"/reason": "NOT_VOT", "/no_revisit_reason": "no_case"}, CaseState.VOID),
    "handed-on": ({"/reason": "TRANSFERRED", "/no_revisit_reason": "no_case"}, CaseState.TRANSFERRED),
    "plain": ({"/reason": "VICTIM_WITHDREW", "/no_revisit_reason": "withdrew"}, CaseState.CLOSED),
}
NEXT_ID = "01M1E6KW0K1M2N3P4Q5R6S7T8W"
OTHER_SIDE = {SHELTER: DEPARTMENT, DEPARTMENT: SHELTER}


def closed(by: str, reason: str = "plain", **changed: object) -> Document:
    """Return a closure for which nobody is visited, told to the other side."""
    edits = {**REASONS[reason][0], "/revisit_due": None, "/last_follow_up_ref": None, "/no_follow_up_reason": "other"}
    return of_case("case_closure", edits, sender=by, recipient=OTHER_SIDE[by], **changed)  # type: ignore[index]


def waiting(rule: Rule, held: list[Document], at: str, state: CaseState = CaseState.CLOSED) -> int:
    """Return how many deadlines of a rule an agency still waits for."""
    return len([one for one in due(held, rule, at=at, state=state) if one.met_at is None])


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("by", [SHELTER, DEPARTMENT])
def test_before_the_return_what_was_due_stays_with_the_side_that_did_not_close(by: str, reason: str) -> None:
    """It is told at once, and ends when that side closes too; whoever closed first is reminded of nothing."""
    state, other = REASONS[reason][1], OTHER_SIDE[by]  # type: ignore[index]
    first = [of_case(BASIC), closed(by, reason)]
    assert [waiting(rule, first, other, state) for rule in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)] == [1, 1]
    assert [waiting(rule, first, by, state) for rule in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)] == [0, 0]
    both = [*first, closed(other, reason, id=NEXT_ID)]
    for agency in (by, other):
        assert [waiting(rule, both, agency, state) for rule in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)] == [0, 0]


def test_a_closure_that_a_readmission_followed_is_looked_into_no_more() -> None:
    held = [of_case(BASIC), closed(SHELTER), of_case("readmission")]
    assert waiting(Rule.CLOSED_ELSEWHERE, held, DEPARTMENT, CaseState.READMITTED) == 0
    assert waiting(Rule.RETURN, held, SHELTER, CaseState.READMITTED) == 1


def test_after_the_return_only_the_origin_side_ends_the_visits_at_home() -> None:
    """What the shelter closes then is its own file."""
    home = [of_case(name) for name in LIFE]
    for agency, ended, told in ((SHELTER, 0, 0), (DEPARTMENT, 2, 1)):
        held = [*home, closed(SHELTER)]
        assert waiting(Rule.FOLLOW_UP, held, agency) == ended
        assert waiting(Rule.CLOSED_ELSEWHERE, held, agency) == told
    for agency in (SHELTER, DEPARTMENT):
        held = [*home, closed(DEPARTMENT)]
        assert waiting(Rule.FOLLOW_UP, held, agency) == 0
        assert waiting(Rule.CLOSED_ELSEWHERE, held, agency) == 0


@pytest.mark.parametrize("reason", REASONS)
def test_what_holds_for_good_is_hidden_by_no_readmission(reason: str) -> None:
    """The other side voids the case and takes it in again: all goes on here, with the question."""
    again = of_case("readmission", created_at=closed(DEPARTMENT).created_at + timedelta(hours=1))
    held, state = [of_case(BASIC), closed(DEPARTMENT, reason), again], REASONS[reason][1]
    is_void = state is CaseState.VOID
    now = fold(CASE, held)
    assert now is (CaseState.VOID if is_void else CaseState.READMITTED)
    assert [waiting(rule, held, SHELTER, now) for rule in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)] == [1, int(is_void)]


@pytest.mark.parametrize("is_later", [True, False])
def test_a_closure_and_a_readmission_of_one_instant_stand_in_one_order(*, is_later: bool) -> None:
    """By their ids, as where a case stands is worked out: between the two nothing is lost."""
    transferred = closed(DEPARTMENT, "handed-on")
    again = of_case("readmission", created_at=transferred.created_at)
    ids = sorted([transferred.id, again.id], reverse=not is_later)
    held = [of_case(BASIC), again.model_copy(update={"id": ids[0]}), transferred.model_copy(update={"id": ids[1]})]
    state = fold(CASE, held)
    assert state is (CaseState.TRANSFERRED if is_later else CaseState.READMITTED)
    assert [waiting(rule, held, SHELTER, state) for rule in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)] == [1, int(is_later)]


def test_a_decision_to_stay_that_the_other_side_tells_alone_ends_nothing_at_the_shelter() -> None:
    """With the shelter's own word it is the person's decision, and the department waits for nothing either."""
    for sender, other, left in ((DEPARTMENT, SHELTER, [1, 1]), (SHELTER, DEPARTMENT, [0, 0])):
        stays = of_case("return_decision_adult", decision=DurableSolution.DESTINATION_INTEGRATION)
        held = [of_case(BASIC), stays.model_copy(update={"sender": sender, "recipient": other})]
        found = [waiting(one, held, other, CaseState.NOT_RETURNING) for one in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)]
        assert found == left


@pytest.mark.parametrize("sender", ["TH-POLICE-X", "MM-POLICE-X"])
@pytest.mark.parametrize("reason", REASONS)
def test_an_agency_without_a_part_closes_nothing(sender: str, reason: str) -> None:
    """Neither in the own country nor over there: to be trusted to send something gives nobody a part in a case."""
    told = closed(DEPARTMENT, reason).model_copy(update={"sender": sender})
    held = [of_case(BASIC), told]
    assert told not in watched(*held).counting
    assert [waiting(rule, held, SHELTER) for rule in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)] == [1, 0]


def test_who_sends_the_first_document_of_a_case_that_was_opened_here_has_no_part() -> None:
    told = closed(SHELTER).model_copy(update={"sender": "TH-POLICE-X", "recipient": SHELTER})
    assert [told in watched(told, is_opened_here=opened).counting for opened in (True, False)] == [False, True]


def test_what_was_closed_before_somebody_came_back_is_no_end_of_what_came_after() -> None:
    """The department gave up, and then the shelter hands over: both are asked, and at home all begins (scenario A2)."""
    early = closed(DEPARTMENT).model_copy(update={"created_at": OPENED + timedelta(days=30)})
    held = [early, *life()]
    for agency in (SHELTER, DEPARTMENT):
        assert waiting(Rule.CLOSED_ELSEWHERE, held, agency) == 1
        assert waiting(Rule.FOLLOW_UP, held, agency) == 2
    late = early.model_copy(update={"created_at": closed(DEPARTMENT).created_at})
    assert waiting(Rule.CLOSED_ELSEWHERE, [late, *held[1:]], SHELTER) == 0


def test_before_the_arrival_too_the_crossing_puts_an_earlier_closure_in_question() -> None:
    early = closed(DEPARTMENT).model_copy(update={"created_at": OPENED + timedelta(days=30)})
    held = [of_case(BASIC), early, of_case(CROSSED), of_case(SIGNED)]
    assert [waiting(Rule.CLOSED_ELSEWHERE, held, agency) for agency in (SHELTER, DEPARTMENT)] == [1, 1]
    assert watched(*held, state=CaseState.CLOSED, at=DEPARTMENT).stands is CaseState.HANDED_OVER


def test_a_closure_that_was_taken_back_never_was() -> None:
    """Whoever closed by mistake corrects it: all is waited for again on both sides, and it may be closed anew."""
    first = closed(SHELTER)
    mistaken = {"reason": ClosureReason.TOLD_BY_MISTAKE, "supersedes": first.id}
    back = closed(SHELTER, "void", id=NEXT_ID).model_copy(update=mistaken)
    for held in permutations([of_case(BASIC), first, back]):
        assert fold(CASE, held) is CaseState.ADMITTED
        for agency in (SHELTER, DEPARTMENT):
            found = [waiting(one, [*held], agency, CaseState.ADMITTED) for one in (Rule.RETURN, Rule.CLOSED_ELSEWHERE)]
            assert found == [1, 0]


def topics(meeting: Meeting, held: list[Document], state: CaseState) -> set[Topic]:
    """Return what a meeting of November 2026 speaks about, of a case that the shelter holds."""
    corridor = Corridor(destination="TH", origin="MM")
    case = Brought(watched(*held, state=state, arrived={one.id: one.created_at for one in held}))
    found = agenda_of(Occasion(meeting, corridor, date(2026, 11, 20), None, DEFAULT_POLICY), [case])
    return {item.topic for item in found.items}


@pytest.mark.parametrize("reason", REASONS)
def test_what_the_other_side_closed_alone_stays_on_the_table(reason: str) -> None:
    """Until this side closes it too, as it stays on the list of alerts; it is counted all the same."""
    held, state = [of_case(BASIC), closed(DEPARTMENT, reason)], REASONS[reason][1]
    found = topics(Meeting.CMM, held, state)
    assert {Topic.OVERDUE, Topic.BASIC_FILE_ONLY, Topic.COMPLETENESS} <= found
    assert found == topics(Meeting.CMM, held[:1], CaseState.ADMITTED)
    assert topics(Meeting.CMM, [*held, closed(SHELTER, reason, id=NEXT_ID)], state) == set()


def test_who_was_taken_in_again_and_never_came_back_still_waits_for_the_way_home() -> None:
    """Late for the bilateral meeting, and nobody for whom a provider is chosen."""
    held = [of_case(BASIC), closed(DEPARTMENT), of_case("readmission")]
    assert Topic.OVERDUE in topics(Meeting.CMM, held, CaseState.READMITTED)
    assert Topic.ASSIGNMENT_TO_MAKE not in topics(Meeting.OM, held, CaseState.READMITTED)
