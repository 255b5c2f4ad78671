"""The days of a return follow each other as its steps do; who tells another order is told so, and nobody is refused."""

import pytest

from api.rules.order_of_dates import out_of_order
from schemas.document import Document
from tests.watched import CASE, CROSSED, of_case

ARRIVED, LEFT, VISITED, CLOSED = "reception_record", "departure_record", "follow_up_report", "case_closure"
WAY = (CROSSED, ARRIVED, LEFT, VISITED, CLOSED)
NEXT = "01M9ZZZZZZZZZZZZZZZZZZZZZZ"
LATE = {"/created_at": "2026-12-01T10:00:00+06:30"}
OFTEN = {"no_follow_up_reason": "no_case"}


def told(made: Document, *earlier: Document) -> list[tuple[str, str]]:
    return [("/".join(map(str, one.location)), one.code) for one in out_of_order(made, earlier)]


@pytest.mark.parametrize("at", range(len(WAY)))
def test_a_usual_return_is_in_order_in_whatever_order_it_is_told(at: int) -> None:
    held = [of_case(name) for name in WAY]
    assert told(held[at], *held) == told(held[at], *held[:at]) == []


@pytest.mark.parametrize(
    ("name", "edits", "held", "expected"),
    [
        pytest.param(
            LEFT, {"/departed_at": "2025-08-19T12:30:00+06:30"}, [ARRIVED], "departed_at", id="left-too-early"
        ),
        pytest.param(ARRIVED, {"/arrived_at": "2025-08-31T09:00:00+06:30"}, [LEFT], "arrived_at", id="came-too-late"),
        pytest.param(CLOSED, {"/closed_on": "2025-08-18"}, [CROSSED], "closed_on", id="closed-before-the-crossing"),
        pytest.param(VISITED, {"/visit_date": "2025-08-29"}, [LEFT], "visit_date", id="visited-before-coming-home"),
    ],
)
def test_a_day_that_contradicts_another_document_is_told(
    name: str, edits: dict[str, str], held: list[str], expected: str
) -> None:
    """The hint names the other document, and no day."""
    field, value = next(iter(edits.items()))
    made = of_case(name)
    made = made.model_copy(update={field[1:]: type(getattr(made, field[1:])).fromisoformat(value)})
    other = of_case(held[0])
    (problem,) = out_of_order(made, [other])
    assert (problem.location, problem.code) == ((expected,), "days_contradict")
    assert other.id in problem.hint
    assert value[:10] not in problem.hint


def test_a_visit_at_home_of_who_is_still_in_the_shelter_is_told() -> None:
    """Nobody told a way home; where nobody told an arrival either, she may have gone straight home."""
    assert told(of_case(VISITED), of_case(ARRIVED)) == [("visit_date", "step_left_out")]
    assert told(of_case(VISITED), of_case(ARRIVED), of_case(LEFT)) == told(of_case(VISITED)) == []


def test_an_earlier_episode_contradicts_nothing() -> None:
    """The case was taken in again: she may arrive after she was closed."""
    held = [of_case(CLOSED), of_case("readmission")]
    arrived = of_case(ARRIVED, id=NEXT, created_at=held[1].created_at.replace(year=2027))
    arrived = arrived.model_copy(update={"arrived_at": arrived.created_at})
    assert told(arrived, held[0]) == [("arrived_at", "days_contradict")]
    assert told(arrived, *held) == []


def test_what_is_beside_the_way_and_of_another_case_is_not_compared() -> None:
    lost = of_case(
        CLOSED, {"/reason": "LOST_CONTACT", "/contact_attempts": 3}, closed_on=of_case(VISITED).created_at.date()
    )
    assert lost.moves(CASE) is not None
    assert told(lost, of_case(CROSSED)) == told(of_case("case_file_basic"), of_case(CROSSED)) == []
