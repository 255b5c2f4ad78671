"""Deadlines as a whole: nobody waits for what is over, and both sides come to the same in any order."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.watch.clock import after_working_days, reminder
from api.rules.watch.deadline import INFORMS_FOR, ONLY_INFORM, Rule
from api.rules.watch.table import RULES, WORDS, deadlines_of
from schemas.document import CaseState
from tests.forms import document
from tests.watched import ALERT, BASIC, CROSSED, DEPARTMENT, ESCAPE, NOTICE, SHELTER, life, of_case, only, watched


@pytest.mark.parametrize("state", [CaseState.VOID, CaseState.DECEASED, CaseState.NOT_RETURNING, CaseState.TRANSFERRED])
def test_nobody_waits_for_a_case_that_is_none_any_more(state: CaseState) -> None:
    """Save for receipts: whoever was sent something still signs for it."""
    found = deadlines_of(watched(of_case(BASIC), of_case(NOTICE), state=state))
    assert {one.rule for one in found if one.met_at is None} == {Rule.RECEIPT, Rule.SECOND_CONTACT}


def test_what_belongs_to_the_shelter_ends_with_the_return() -> None:
    before = {one.rule for one in deadlines_of(watched(of_case(BASIC))) if one.met_at is None}
    after = {one.rule for one in deadlines_of(watched(of_case(BASIC), of_case(CROSSED))) if one.met_at is None}
    assert before - after == {Rule.RETURN, Rule.FULL_FILE, Rule.FAMILY_CONTACT, Rule.CONSENT_REVIEW}


HELD = [*life(), *(of_case(name) for name in (ALERT, ESCAPE, "escape_family_informed", "family_contact_message"))]


@given(st.randoms(use_true_random=False), st.integers(0, len(HELD)), st.sampled_from([SHELTER, DEPARTMENT]))
def test_deadlines_do_not_depend_on_the_order_of_documents(random: Random, some: int, agency: str) -> None:
    """Nor on how often one came; and both sides come to the same ones, save for each one's own receipts."""
    chosen = random.sample(HELD, some)
    shuffled = [*chosen, *chosen[:3]]
    random.shuffle(shuffled)
    assert deadlines_of(watched(*shuffled, at=agency)) == deadlines_of(watched(*chosen, at=agency))


def test_both_sides_come_to_the_same_deadlines() -> None:
    own = {Rule.RECEIPT, Rule.SECOND_CONTACT}
    seen = [
        [one for one in deadlines_of(watched(*HELD, at=agency)) if one.rule not in own]
        for agency in (SHELTER, DEPARTMENT)
    ]
    assert seen[0] == seen[1]


def test_each_rule_of_the_table_has_words_and_an_owner() -> None:
    """D01 to D19, the one for any other kind that asks for an answer, and the closure that the other side told."""
    assert set(WORDS) == set(Rule)
    assert set(RULES) == set(Rule) - {Rule.STATISTICS, Rule.HOT_SPOTS}
    assert {rule.value[:3] for rule in Rule} == {f"D{number:02d}" for number in range(1, 22)}
    assert all(watch.owners for watch in RULES.values())
    assert set(INFORMS_FOR) >= ONLY_INFORM


@given(st.dates(), st.integers(0, 30))
def test_working_days_end_on_a_working_day(day: Any, count: int) -> None:
    if day.year > 9000:
        return
    end = after_working_days(day, count)
    assert count == 0 or end.weekday() < 5
    assert (end - day).days >= count


def test_somebody_is_reminded_after_half_of_the_time_and_two_weeks_ahead_at_most() -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    assert reminder(start, start + timedelta(days=4)) == start + timedelta(days=2)
    assert reminder(start, start + timedelta(days=60)) == start + timedelta(days=46)
    assert reminder(start, start) == start


def test_any_other_kind_that_asks_is_answered_in_the_time_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new kind declares who answers it and by when; nothing else has to be told."""
    asked = document("consent_withdrawal")
    facts = type(asked).facts.__class__
    changed = {**vars(type(asked).facts), "answered_by": "case_file", "answer_within": timedelta(days=3)}
    monkeypatch.setattr(type(asked), "facts", facts(**changed))
    found = only([asked], "D20")
    assert (found.due_at - asked.created_at, found.subject) == (timedelta(days=3), asked.id)
