"""Somebody who came back is taken in by a shelter abroad once more: the way home begins anew, and all is due again.

The origin side may have taken the case in again before (form 22), or nobody told it to: what counts is the new file.
"""

from datetime import date, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.figures.episode import CaseHeld
from api.rules.figures.returns import rows_of
from api.rules.lifecycle import fold, step
from api.rules.watch.deadline import Rule
from schemas.base import AgencyId
from schemas.document import CaseState, Document
from schemas.guards import Follows
from tests.forms import GONE
from tests.watched import BASIC, CASE, CROSSED, DEPARTMENT, NOTICE, SHELTER, SIGNED, due, life, of_case, watched

TAKEN_IN = datetime.fromisoformat("2026-02-12T10:00:00+07:00")
DAY = {"/header/admission_date": "2026-02-12", "/header/identification_date": "2026-02-12"}
AGE = {"/person/age_as_of": GONE, "/person/age_reported": GONE, "/person/age_basis": GONE}
AGAIN = {**DAY, **AGE, "/person/birth": {"edtf": "2000"}, "/header/admission_kind": "readmission"}


def file(number: int = 0, **changed: object) -> Document:
    """Return the shelter's file of the new admission."""
    told = of_case(BASIC, {**AGAIN, "/created_at": TAKEN_IN.isoformat()})
    return told.model_copy(update={"id": f"01M9ZZZZZZZZZZZZZZZZZZZZZ{number}", **changed})


def later(name: str, days: int, number: int) -> Document:
    """Return a document of the new way home."""
    told = {"created_at": TAKEN_IN + timedelta(days=days), "id": f"01M9ZZZZZZZZZZZZZZZZZZZZY{number}"}
    return of_case(name).model_copy(update=told)


def waiting(rule: Rule, held: list[Document], at: AgencyId) -> list[date]:
    """Return until when an agency still waits."""
    found = due(held, rule, at=at, state=fold(CASE, held))
    return [one.due_at.date() for one in found if one.met_at is None]


def test_the_way_home_begins_anew_and_goes_on() -> None:
    back = life()
    assert fold(CASE, back) is CaseState.REINTEGRATION
    assert fold(CASE, [*back, file()]) is CaseState.ADMITTED
    assert fold(CASE, [*back, file(), later(NOTICE, 30, 1)]) is CaseState.RETURN_PLANNED
    assert fold(CASE, [*back, file(), later(NOTICE, 30, 1), later(SIGNED, 60, 2)]) is CaseState.HANDED_OVER


@given(st.randoms(use_true_random=False))
def test_in_whatever_order_and_however_often_it_is_told(random: Random) -> None:
    held = [*life(), file(), later(NOTICE, 30, 1)]
    told = [*held, *random.sample(held, 4)]
    random.shuffle(told)
    assert fold(CASE, told) is CaseState.RETURN_PLANNED


def test_the_state_alone_does_not_tell_it() -> None:
    assert step(CaseState.HOME, file(), CASE, is_corrected=False) is None


def test_after_the_origin_side_took_the_case_in_again_too() -> None:
    closed = of_case("case_closure", created_at=TAKEN_IN - timedelta(days=30))
    again = of_case("readmission", created_at=TAKEN_IN - timedelta(days=9))
    assert fold(CASE, [*life(), closed, again]) is CaseState.READMITTED
    assert fold(CASE, [*life(), closed, again, file()]) is CaseState.ADMITTED


@pytest.mark.parametrize(
    ("held", "changed", "edits"),
    [
        pytest.param(life(), {"sender": DEPARTMENT, "recipient": SHELTER}, {}, id="the-origin-side-tells-it"),
        pytest.param(life(), {}, {"/header/admission_kind": "first"}, id="it-is-called-the-first"),
        pytest.param([*life(), file(1)], {}, {}, id="the-same-day-once-more"),
        pytest.param(life()[:5], {}, {}, id="nobody-had-come-back"),
    ],
)
def test_no_other_file_begins_it_anew(held: list[Document], changed: dict[str, str], edits: dict[str, str]) -> None:
    told = of_case(BASIC, {**AGAIN, "/created_at": TAKEN_IN.isoformat(), **edits})
    told = told.model_copy(update={"id": file().id, **changed})
    assert fold(CASE, [*held, told]) is fold(CASE, held)


def test_what_is_due_on_the_way_home_is_due_anew() -> None:
    """The six months, and the answer to a notice, on both sides; the visits at home are over."""
    before = life()
    for agency in (SHELTER, DEPARTMENT):
        assert waiting(Rule.RETURN, before, agency) == []
        assert waiting(Rule.FOLLOW_UP, before, agency) != []
        held = [*before, file()]
        assert waiting(Rule.RETURN, held, agency) == [date(2026, 8, 12)]
        assert waiting(Rule.FOLLOW_UP, held, agency) == []
        assert waiting(Rule.NOTICE_ANSWERED, [*held, later(NOTICE, 30, 1)], agency) != []
    assert watched(*before, file()).returned is None


def test_the_months_count_from_the_new_day_whatever_is_told_of_the_first() -> None:
    known = {"/header/first_admission_date": "2025-03-10", "/created_at": TAKEN_IN.isoformat()}
    told = of_case(BASIC, {**AGAIN, **known}).model_copy(update={"id": file().id})
    assert waiting(Rule.RETURN, [*life(), told], SHELTER) == [date(2026, 8, 12)]


def test_a_second_crossing_is_told() -> None:
    crossing = later(CROSSED, 60, 3)
    assert isinstance(crossing, Follows)
    codes = [{one.code for one in crossing.misfits(held)} for held in (life(), [*life(), file()])]
    assert ["already_told" in found for found in codes] == [True, False]


def test_the_figures_of_the_first_return_stay_and_the_second_is_a_row_of_its_own() -> None:
    key = bytes(32)

    def rows(held: list[Document]) -> list[tuple[int | None, bool | None]]:
        found = rows_of(CaseHeld(CASE, DEPARTMENT, "TH", "MM", held, key))
        return [(one.days_in_shelter, one.within_6_months) for one in found]

    first = rows(life())
    assert len(first) == 1
    assert rows([*life(), file()]) == first
    own = of_case(BASIC, {**AGAIN, "/header/admission_kind": "first", "/created_at": TAKEN_IN.isoformat()})
    own = own.model_copy(update={"sender": DEPARTMENT, "recipient": SHELTER, "id": file(2).id})
    assert rows([*life(), own]) == first
    crossed = later(SIGNED, 60, 2).model_copy(update={"at": TAKEN_IN + timedelta(days=60)})
    assert rows([*life(), file(), crossed]) == [*first, (60, True)]


def test_both_sides_see_the_same_in_any_order_of_the_last_three() -> None:
    last = [file(), later(NOTICE, 30, 1), later(SIGNED, 60, 2)]
    assert {fold(CASE, [*life(), *some]) for some in permutations(last)} == {CaseState.HANDED_OVER}
