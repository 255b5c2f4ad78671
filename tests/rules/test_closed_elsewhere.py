"""One side alone ends nothing for the other, whatever reason it closes for (D21; domain 4, closure)."""

import pytest

from api.rules.watch.deadline import Rule
from schemas.document import CaseState, Document
from tests.watched import BASIC, DEPARTMENT, LIFE, SHELTER, due, of_case

REASONS = {
    "void": ({"/reason": "NOT_VOT", "/no_revisit_reason": "no_case"}, CaseState.VOID),
    "plain": ({"/reason": "VICTIM_WITHDREW", "/no_revisit_reason": "withdrew"}, CaseState.CLOSED),
}
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
    both = [*first, closed(other, reason, id="01M1E6KW0K1M2N3P4Q5R6S7T8W")]
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
