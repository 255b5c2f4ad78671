"""What two countries agree holds on both nodes, and nothing that one of them says alone."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.agreements import BUILT_IN, agreed_in, open_proposals
from api.rules.policy import CorridorNumbers, policy_for
from schemas.corridor_policy import CorridorPolicy, DeclineReason, PolicyStage, PolicyTerms
from schemas.document import Document
from schemas.notice_codes import Channel
from tests.forms import codes, document
from tests.watched import days, due, of_case

KIND = "corridor_policy"
ANSWER_ID = "01JMX0Q5A6B7C8D9E0F1G2H3J4"
LATER = datetime.fromisoformat("2025-03-03T11:00:00+06:30")
IN_FORCE = date(2025, 4, 1)


def proposed(**changed: Any) -> CorridorPolicy:
    made = document(KIND)
    assert isinstance(made, CorridorPolicy)
    return made.model_copy(update=changed)


def answered(to: CorridorPolicy, **changed: Any) -> CorridorPolicy:
    header = {"id": ANSWER_ID, "sender": to.recipient, "recipient": to.sender, "created_at": LATER, "reply_to": to.id}
    return to.model_copy(update={**header, "stage": PolicyStage.AGREED, **changed})


def numbers(held: list[Document], day: date = IN_FORCE) -> CorridorNumbers:
    return agreed_in(held).on("TH", "MM", day)


def test_a_corridor_has_the_built_in_numbers_until_both_agree() -> None:
    asked = proposed()
    assert numbers([]) == numbers([asked]) == policy_for("TH", "MM") == BUILT_IN.on("TH", "MM", IN_FORCE)
    agreed = numbers([asked, answered(asked)])
    assert (agreed.lead_days, agreed.basic_file_days, agreed.fast_channels) == (21, 5, {Channel.BILATERAL_LE})
    assert (agreed.tracing_days, agreed.return_months) == (45, 6)


def test_an_agreement_binds_from_its_first_day_on() -> None:
    held = [asked := proposed(), answered(asked)]
    assert numbers(held, date(2025, 3, 31)).lead_days == 14
    assert numbers(held, date(2025, 4, 1)).lead_days == 21
    assert agreed_in(held).on("TH", "LA", IN_FORCE).lead_days == 14


def test_an_agreement_that_is_late_binds_nobody_before() -> None:
    """Who agrees in May to what was to hold from April is bound from that day in May."""
    asked = proposed()
    late = answered(asked, created_at=datetime.fromisoformat("2025-05-20T11:00:00+06:30"))
    assert numbers([asked, late], date(2025, 5, 19)).lead_days == 14
    assert numbers([asked, late], date(2025, 5, 20)).lead_days == 21


NOT_AGREED = {
    "declined": {"stage": PolicyStage.DECLINED, "declined_because": DeclineReason.TOO_SHORT},
    "other-terms": {"terms": PolicyTerms(lead_days=1)},
    "another-day": {"valid_from": date(2025, 4, 2)},
    "to-oneself": {"sender": "TH-SHELTER-N1", "recipient": "MM-DSW"},
    "by-a-third": {"sender": "MM-OTHER"},
    "to-nothing": {"reply_to": ANSWER_ID},
}


@pytest.mark.parametrize("changed", NOT_AGREED.values(), ids=NOT_AGREED)
def test_nothing_else_is_an_agreement(changed: dict[str, Any]) -> None:
    asked = proposed()
    assert numbers([asked, answered(asked, **changed)]) == policy_for("TH", "MM")


def test_nobody_takes_back_alone_what_both_agreed() -> None:
    """Neither side's correction changes it; the next agreement does."""
    asked = proposed()
    agreed = answered(asked)
    again = asked.model_copy(
        update={"id": "01JN" + asked.id[4:], "supersedes": asked.id, "created_at": LATER + timedelta(days=1)}
    )
    back = answered(asked, id="01JP" + asked.id[4:], supersedes=agreed.id, stage=PolicyStage.DECLINED)
    assert numbers([asked, agreed, again, back]).lead_days == 21
    next_one = again.model_copy(
        update={"terms": PolicyTerms(lead_days=30), "valid_from": date(2025, 6, 1), "supersedes": None}
    )
    follows = answered(next_one, id="01JQ" + asked.id[4:])
    assert numbers([asked, agreed, next_one, follows], date(2025, 6, 1)).lead_days == 30
    assert numbers([asked, agreed, next_one, follows], date(2025, 6, 1)).basic_file_days == 7


def test_nobody_brings_back_an_old_agreement_by_agreeing_once_more() -> None:
    """Else one side alone could choose among everything that was ever proposed to it."""
    asked = proposed()
    agreed = answered(asked)
    newer = asked.model_copy(update={"id": "01JN" + asked.id[4:], "terms": PolicyTerms(lead_days=30)})
    follows = answered(newer, id="01JP" + asked.id[4:], created_at=LATER + timedelta(days=1))
    once_more = answered(asked, id="01JQ" + asked.id[4:], created_at=LATER + timedelta(days=90))
    held = [asked, agreed, newer, follows, once_more]
    assert numbers(held, date(2025, 12, 1)).lead_days == 30
    assert [one.answer_id for one in agreed_in(held).agreements] == [agreed.id, follows.id]


def test_a_proposal_that_was_replaced_before_is_agreed_to_no_more() -> None:
    asked = proposed()
    replaced = asked.model_copy(update={"id": "01JN" + asked.id[4:], "supersedes": asked.id})
    assert numbers([asked, replaced, answered(asked)]) == policy_for("TH", "MM")
    assert open_proposals([asked, replaced]) == (replaced,)
    assert open_proposals([asked]) == (asked,)
    assert open_proposals([asked, answered(asked)]) == ()


@given(st.permutations(range(4)))
def test_the_order_in_which_documents_came_decides_nothing(order: list[int]) -> None:
    first = proposed()
    second = first.model_copy(update={"id": "01JN" + first.id[4:], "terms": PolicyTerms(lead_days=30)})
    held = [first, second, answered(first), answered(second, id="01JP" + first.id[4:], created_at=LATER + timedelta(1))]
    assert numbers([held[place] for place in order]).lead_days == 30


def test_every_number_of_a_corridor_can_be_agreed() -> None:
    """The terms are named like the numbers, and each is understood."""
    assert set(PolicyTerms.model_fields) - {"absent"} == {field.name for field in fields(CorridorNumbers)}
    asked = proposed(terms=PolicyTerms(follow_up_months=(1, 2), young_adult_ages=(18, 20), fast_channels=()))
    agreed = numbers([asked, answered(asked)])
    assert (agreed.follow_up_months, agreed.young_adult_ages, agreed.fast_channels) == ((1, 2), (18, 20), frozenset())


def test_a_later_agreement_moves_no_deadline_that_runs() -> None:
    """The file of 10 March keeps its seven days; one of April has five."""
    policies = agreed_in([asked := proposed(), answered(asked)])
    assert days([of_case("case_file_basic")], "D02", policies=policies) == ["2025-03-17T23:59+07:00"]
    april = datetime.fromisoformat("2025-04-01T00:00:00+07:00")
    assert days([], "D02", policies=policies, opened_at=april) == ["2025-04-06T23:59+07:00"]
    assert days([], "D02", opened_at=april) == ["2025-04-08T23:59+07:00"]
    assert due([], "D09", policies=policies) == []


REFUSED: dict[str, tuple[dict[str, object], tuple[str, str]]] = {
    "a-case": ({"/case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"}, ("/case_uid", "case_in_header")),
    "a-third-country": ({"/recipient": "LA-DSW"}, ("/recipient", "outside_corridor")),
    "oneself": ({"/recipient": "TH-FOCAL"}, ("/recipient", "outside_corridor")),
    "an-answer-to-nothing": ({"/stage": "agreed"}, ("/reply_to", "reply_contradicts")),
    "a-proposal-that-answers": ({"/reply_to": ANSWER_ID}, ("/reply_to", "reply_contradicts")),
    "declined-without-reason": (
        {"/stage": "declined", "/reply_to": ANSWER_ID},
        ("/declined_because", "decline_reason"),
    ),
    "the-past": ({"/valid_from": "2025-02-24"}, ("/valid_from", "planned_in_past")),
    "nothing": ({"/terms": {}}, ("/terms", "nothing_proposed")),
    "zero-days": ({"/terms/lead_days": 0}, ("/terms/lead_days", "out_of_range")),
    "fast-is-slower": ({"/terms/fast_lead_days": 30}, ("/terms/fast_lead_days", "wrong_order")),
    "ends-before": ({"/terms/young_adult_ages": [24, 18]}, ("/terms/young_adult_ages", "ends_before_start")),
    "visits-out-of-order": ({"/terms/follow_up_months": [6, 3]}, ("/terms/follow_up_months", "wrong_order")),
    "unknown-number": ({"/terms/tea_breaks": 3}, ("/terms", "unknown_field")),
}


@pytest.mark.parametrize(("edits", "found"), REFUSED.values(), ids=REFUSED)
def test_a_policy_that_contradicts_itself(edits: dict[str, object], found: tuple[str, str]) -> None:
    assert found in codes(KIND, edits)


def test_an_answer_repeats_what_it_agrees_to() -> None:
    """Who wants something else declines and proposes anew."""
    asked = proposed()
    assert list(answered(asked).misfits([asked])) == []
    other = answered(asked, terms=PolicyTerms(lead_days=1))
    assert [problem.code for problem in other.misfits([asked])] == ["terms_differ"]
    assert [problem.code for problem in answered(asked).misfits([of_case("case_file_basic", id=asked.id)])] == [
        "answers_no_proposal"
    ]
    declined = other.model_copy(update={"stage": PolicyStage.DECLINED})
    assert list(declined.misfits([asked])) == []
    assert list(answered(asked).misfits([])) == []
    assert codes(KIND, {"/declined_because": "other"}) == {("/declined_because", "decline_reason")}
