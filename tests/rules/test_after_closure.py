"""Who writes into a closed case is told so, with what can be done about it; nothing is held back."""

from collections.abc import Mapping

import pytest

from api.rules.after_closure import closed_cases
from schemas.document import Document, Side
from tests.watched import BASIC, CROSSED, DEPARTMENT, FULL, SHELTER, SIGNED, of_case

CLOSURE, RECEPTION = "case_closure", "reception_record"
VOID: Mapping[str, object] = {"/reason": "NOT_VOT", "/no_revisit_reason": "no_case", "/revisit_due": None}
SIDES = {SHELTER: Side.DESTINATION, DEPARTMENT: Side.ORIGIN}


def told(made: Document, *earlier: Document) -> list[tuple[str, str]]:
    """Return where and how a writer is told that a case is closed."""
    found = closed_cases(made, [of_case(BASIC), *earlier], SIDES[made.sender])
    return [("/".join(map(str, one.location)), one.hint) for one in found if one.code == "case_closed"]


def closed(by: str, edits: Mapping[str, object] | None = None) -> Document:
    other = DEPARTMENT if by == SHELTER else SHELTER
    return of_case(CLOSURE, edits, sender=by, recipient=other)


@pytest.mark.parametrize(
    ("name", "by", "place"),
    [
        pytest.param(FULL, SHELTER, "case_uid", id="a-file-in-the-own-closed-case"),
        pytest.param(CROSSED, DEPARTMENT, "persons/0/case_uid", id="a-crossing-into-what-the-other-side-closed"),
        pytest.param(SIGNED, DEPARTMENT, "persons/0/case_uid", id="a-countersignature-in-the-own-closed-case"),
        pytest.param(RECEPTION, DEPARTMENT, "case_uid", id="an-arrival-in-the-own-closed-case"),
        pytest.param(RECEPTION, SHELTER, "case_uid", id="an-arrival-after-the-shelter-closed"),
    ],
)
def test_whoever_goes_on_in_a_closed_case_looks_twice(name: str, by: str, place: str) -> None:
    closure = closed(by)
    ((where, hint),) = told(of_case(name), closure)
    assert where == place
    assert closure.id in hint


@pytest.mark.parametrize(
    ("name", "earlier"),
    [
        pytest.param(FULL, [], id="an-open-case"),
        pytest.param(FULL, [closed(DEPARTMENT)], id="what-the-other-side-closed-is-asked-about-by-d21"),
        pytest.param(CLOSURE, [closed(SHELTER)], id="closing-too"),
        pytest.param("readmission", [closed(DEPARTMENT)], id="taking-it-in-again"),
        pytest.param(RECEPTION, [closed(DEPARTMENT), of_case("readmission")], id="taken-in-again"),
        pytest.param(CROSSED, [closed(DEPARTMENT).model_copy(update={"sender": "MM-X"})], id="closed-by-a-stranger"),
    ],
)
def test_nobody_else_is_told(name: str, earlier: list[Document]) -> None:
    assert told(of_case(name), *earlier) == []


def test_who_takes_a_closure_back_is_not_told_to() -> None:
    closure = closed(DEPARTMENT)
    edits = {"/reason": "TOLD_BY_MISTAKE", "/revisit_due": None, "/supersedes": closure.id}
    assert told(closed(DEPARTMENT, edits), closure) == []


def test_each_side_is_told_what_it_may_do() -> None:
    """Only the origin side takes a case in again, and nobody one that is void; whoever closed corrects it."""
    hints = [
        told(of_case(FULL), closed(SHELTER))[0][1],
        told(of_case(RECEPTION), closed(DEPARTMENT))[0][1],
        told(of_case(RECEPTION), closed(DEPARTMENT, VOID))[0][1],
        told(of_case(CROSSED), closed(DEPARTMENT))[0][1],
    ]
    assert ["form 22" in hint for hint in hints] == [False, True, False, False]
    assert ["your agency" in hint for hint in hints] == [True, True, True, False]
    assert all("TOLD_BY_MISTAKE" in hint for hint in hints)
