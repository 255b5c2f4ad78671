"""A closed case can be taken in again; the closure stays, the clocks start anew."""

import pytest

from schemas.document import CaseState, Document
from schemas.readmission import Readmission
from tests.forms import codes, document

KIND, CLOSURE = "readmission", "case_closure"
LATER = {"/id": "01M6XC2X1M2N3P4Q5R6S7T8V9X", "/episode_no": 3, "/closure_ref": "01M1E6KW0K1M2N3P4Q5R6S7T8W"}
AGAIN: dict[str, object] = {"/id": LATER["/closure_ref"], "/created_at": "2026-11-17T11:00:00+06:30"}
MISTAKEN: dict[str, object] = {
    "/supersedes": "01M1E6KW0K1M2N3P4Q5R6S7T8X",
    "/reason": "TOLD_BY_MISTAKE",
    "/revisit_due": None,
    "/no_revisit_reason": "no_case",
}
LOST: dict[str, object] = {"/reason": "LOST_CONTACT", "/contact_attempts": 3}
DIED: dict[str, object] = {
    "/reason": "DEATH",
    "/victim_informed": "unknown",
    "/revisit_due": None,
    "/no_revisit_reason": "death",
}


def again(edits: dict[str, object] | None = None) -> Readmission:
    made = document(KIND, edits)
    assert isinstance(made, Readmission)
    return made


def closed(edits: dict[str, object] | None = None) -> Document:
    return document(CLOSURE, edits)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/episode_no": 1}, "/episode_no", "out_of_range", id="the-first-is-no-readmission"),
        pytest.param({"/new_plan": []}, "/new_plan", "too_few", id="without-a-plan"),
        pytest.param({"/readmitted_on": "2026-11-17"}, "/readmitted_on", "future_date", id="tomorrow"),
        pytest.param({"/reason": "bored"}, "/reason", "unknown_code", id="no-reason"),
    ],
)
def test_a_readmission_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


@pytest.mark.parametrize(
    ("edits", "earlier", "expected"),
    [
        pytest.param({}, [closed()], [], id="from-closed"),
        pytest.param({}, [closed(LOST)], [], id="found-again"),
        pytest.param({}, [], ["not_closed"], id="never-closed"),
        pytest.param({}, [closed(MISTAKEN)], ["not_closed"], id="closed-by-mistake"),
        pytest.param(
            {},
            [closed(), closed({"/id": "01M1E6KW0K1M2N3P4Q5R6S7T8X", "/supersedes": closed().id})],
            [],
            id="a-closure-that-was-corrected",
        ),
        pytest.param(
            {},
            [closed(), closed({**DIED, "/id": "01M1E6KW0K1M2N3P4Q5R6S7T8X", "/supersedes": closed().id})],
            ["closed_for_good"],
            id="a-closure-that-was-corrected-to-a-death",
        ),
        pytest.param(
            {},
            [closed(), closed({**MISTAKEN, "/id": "01M1E6KW0K1M2N3P4Q5R6S7T8X", "/supersedes": closed().id})],
            ["not_closed"],
            id="a-closure-that-was-taken-back",
        ),
        pytest.param(
            {},
            [closed(DIED)],
            ["closed_for_good"],
            id="after-death",
        ),
        pytest.param({"/readmitted_on": "2026-09-01"}, [closed()], ["wrong_order"], id="before-the-closure"),
        pytest.param({"/episode_no": 3}, [closed()], ["episode_gap"], id="an-episode-is-missing"),
        pytest.param(
            {"/id": "01M6XC2X1M2N3P4Q5R6S7T8V9X", "/episode_no": 3},
            [closed(), again()],
            ["already_readmitted"],
            id="twice-after-one-closure",
        ),
        pytest.param(
            LATER,
            [closed(), again(), closed(AGAIN)],
            [],
            id="a-third-episode",
        ),
        pytest.param(
            LATER,
            [closed(), again(), closed({**AGAIN, "/supersedes": closed().id})],
            ["already_readmitted"],
            id="after-a-closure-that-was-corrected-since",
        ),
        pytest.param(
            LATER,
            [closed(), again(), closed({"/id": AGAIN["/id"], "/sender": "TH-SHELTER-N1", "/recipient": "MM-DSW"})],
            ["already_readmitted"],
            id="after-what-the-other-side-closed-before",
        ),
        pytest.param(
            {"/id": "01M6XC2X1M2N3P4Q5R6S7T8V9Y", "/supersedes": again().id},
            [closed(), again()],
            [],
            id="a-correction-keeps-its-number",
        ),
    ],
)
def test_only_a_closed_case_is_taken_in_again(
    edits: dict[str, object], earlier: list[Document], expected: list[str]
) -> None:
    assert [problem.code for problem in again(edits).misfits(earlier)] == expected


def test_a_readmission_ends_being_lost_and_leaves_the_dead_alone() -> None:
    made = again()
    assert made.moves(made.case_uid) is CaseState.READMITTED
    assert made.ends(made.case_uid) == {CaseState.LOST_CONTACT, CaseState.TRANSFERRED, CaseState.NOT_RETURNING}
    assert made.moves("01JSDQ7A1B2C3D4E5F6G7H8J9K") is None
    assert made.ends("01JSDQ7A1B2C3D4E5F6G7H8J9K") == frozenset()
