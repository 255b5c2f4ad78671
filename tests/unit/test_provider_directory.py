"""A directory says who works where, so that an assignment can be made, or that nobody does."""

from datetime import date

import pytest

from schemas.provider_directory import ProviderDirectory
from tests.forms import GONE, codes, document

NAME = "provider_directory"
FIRST = "/providers/0"


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({f"{FIRST}/townships/0/code": GONE}, f"{FIRST}/townships/0/code", "code_missing", id="no-code"),
        pytest.param({f"{FIRST}/valid_until": "2019-03-31"}, f"{FIRST}/valid_until", "wrong_order", id="ended-before"),
        pytest.param({f"{FIRST}/successor": "MM-NGO-B"}, f"{FIRST}/successor", "successor_contradicts", id="goes-on"),
        pytest.param(
            {"/providers/1/successor": "MM-DSW-ROVING"},
            "/providers/1/successor",
            "successor_contradicts",
            id="follows-itself",
        ),
        pytest.param({"/providers/1/provider": "MM-NGO-A"}, "/providers/1/provider", "duplicate_provider", id="twice"),
        pytest.param({f"{FIRST}/services": []}, f"{FIRST}/services", "too_few", id="no-service"),
        pytest.param({f"{FIRST}/mailbox": "+95912345"}, f"{FIRST}/mailbox", "bad_format", id="a-phone"),
        pytest.param({"/as_of": "2025-07-02"}, "/as_of", "future_date", id="of-tomorrow"),
        pytest.param({"/case_uid": "01JZ5QW3E4R5T6Y7V8X9P0A1S3"}, "/case_uid", "case_in_header", id="a-case"),
    ],
)
def test_a_directory_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(NAME, edits)


@pytest.mark.parametrize(
    ("township", "on", "who"),
    [
        pytest.param("MMR011002", date(2025, 8, 22), ("MM-NGO-A",), id="covered"),
        pytest.param("MMR011002", date(2019, 3, 31), (), id="before-it-began"),
        pytest.param("MMR015011", date(2024, 12, 31), ("MM-DSW-ROVING",), id="on-its-last-day"),
        pytest.param("MMR015011", date(2025, 1, 1), (), id="after-it-ended"),
        pytest.param("MMR011", date(2025, 8, 22), (), id="the-state-is-not-the-township"),
    ],
)
def test_who_covers_a_township_on_a_day(township: str, on: date, who: tuple[str, ...]) -> None:
    """Nobody is an answer: it is what makes a return unassigned for want of a provider."""
    directory = document(NAME)
    assert isinstance(directory, ProviderDirectory)
    assert tuple(row.provider for row in directory.covering(township, on)) == who


def test_a_directory_opens_and_moves_no_case() -> None:
    directory = document(NAME)
    assert directory.case_uids() == ()
    assert directory.find_corridor() is None
