"""Nobody is announced who is beside the way home on the sender's own books (domain 4, side states)."""

from datetime import UTC, datetime

import pytest

from api.errors import InvalidInput
from api.rules.permit import Ground, may_record
from api.rules.travellers import not_expected
from schemas.base import CaseUid
from schemas.case_file import CaseFile
from schemas.document import SIDE_STATES, CaseState, Side
from tests.forms import document, example

NOTICE, NOW = "advance_repatriation_notice", datetime(2025, 7, 25, 9, 0, tzinfo=UTC)
HERS = CaseUid(example(NOTICE)["persons"][0]["case_uid"])
WITHDRAWN = {"/persons/0/status": "withdrawn", "/totals/female": 1}


@pytest.mark.parametrize("state", sorted(SIDE_STATES))
def test_who_is_beside_the_way_home_is_not_announced(state: CaseState) -> None:
    (problem,) = not_expected(document(NOTICE), {HERS: state})
    assert (problem.location, problem.code) == (("persons", 0, "case_uid"), "case_not_returning")


@pytest.mark.parametrize(
    ("name", "state"),
    [
        pytest.param(NOTICE, CaseState.DECIDED, id="on-the-way-home"),
        pytest.param(NOTICE, CaseState.READMITTED, id="taken-in-again"),
        pytest.param(NOTICE, None, id="a-case-that-is-not-known-here"),
        pytest.param("escape_notice", CaseState.ESCAPED, id="another-kind-of-document"),
    ],
)
def test_everything_else_is_as_before(name: str, state: CaseState | None) -> None:
    assert list(not_expected(document(name), {HERS: state} if state else {})) == []


@pytest.mark.parametrize("state", [CaseState.HANDED_OVER, CaseState.HOME, CaseState.CLOSED, CaseState.REVISITED])
def test_who_came_back_is_not_announced_once_more(state: CaseState) -> None:
    """A later version of what was announced may still be told."""
    (problem,) = not_expected(document(NOTICE), {HERS: state})
    assert (problem.location, problem.code) == (("persons", 0, "case_uid"), "case_not_returning")
    corrected = document(NOTICE, {"/notice_version": 2, "/supersedes": "01JP0ZK8W3T5N7Q9R1S2V4X6Y9"})
    assert list(not_expected(corrected, {HERS: state})) == []


def test_who_does_not_come_may_be_told_in_any_state() -> None:
    assert list(not_expected(document(NOTICE, WITHDRAWN), {HERS: CaseState.ESCAPED})) == []


def test_a_notice_of_an_escaped_person_is_refused_at_the_gate() -> None:
    """The permit asks, and says where; for a person without that state the same notice leaves."""
    file = document("case_file_full")
    assert isinstance(file, CaseFile)
    about = {"case_files": {file.case_uid: file}, "earlier": (file,), "side": Side.DESTINATION, "now": NOW}
    with pytest.raises(InvalidInput) as caught:
        may_record(document(NOTICE), states={HERS: CaseState.ESCAPED}, **about)  # type: ignore[arg-type]
    assert [(one.path, one.code) for one in caught.value.findings] == [("/persons/0/case_uid", "case_not_returning")]
    permit = may_record(document(NOTICE), states={HERS: CaseState.DECIDED}, **about)  # type: ignore[arg-type]
    assert permit.ground is Ground.CONSENT
