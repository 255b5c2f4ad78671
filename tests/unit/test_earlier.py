"""Among the documents before one, a correction counts if its own sender made it, and nobody else's."""

import pytest

from schemas.base import CaseUid
from schemas.case_file import CaseFile
from schemas.earlier import current, find_newest, is_replaced, newest_version, unreplaced, versions_of
from tests.forms import document, example

CASE = CaseUid(example("case_file_basic")["case_uid"])


@pytest.mark.parametrize(
    ("edits", "is_hidden"),
    [
        pytest.param({}, True, id="its-own-sender"),
        pytest.param({"/sender": "MM-DSW"}, False, id="somebody-else"),
    ],
)
def test_a_correction_of_somebody_else_hides_nothing(edits: dict[str, object], is_hidden: bool) -> None:
    first, second = document("case_file_basic"), document("case_file_full", edits)
    assert is_replaced(first, [first, second]) is is_hidden
    assert (first in current(CaseFile, [second, first], CASE)) is not is_hidden


def test_another_kind_corrects_nothing() -> None:
    first = document("case_file_basic")
    letter = document("family_contact_message").model_copy(update={"supersedes": first.id})
    assert find_newest(CaseFile, [first, letter], CASE) is first


def test_the_versions_of_a_document_lead_back_to_its_first() -> None:
    first, second = document("case_file_basic"), document("case_file_full")
    third = second.model_copy(update={"id": "01JP6V0M3A8D2K4R6T8W0Y2B4A", "supersedes": second.id})
    held = [third, first, second]
    assert versions_of(third, held) == (third, second, first)
    assert versions_of(first, held) == (first,)
    assert unreplaced(held) == [third]
    assert [newest_version(one, held) for one in (first, second, third)] == [third, third, third]
    foreign = first.model_copy(update={"sender": "MM-DSW"})
    assert newest_version(foreign, [*held, foreign]) is foreign


def test_corrections_in_a_circle_end_where_they_began() -> None:
    second = document("case_file_full")
    first = document("case_file_basic").model_copy(update={"supersedes": second.id})
    assert versions_of(second, [first, second]) == (second, first)


def test_what_somebody_else_wrote_is_no_version_of_it() -> None:
    first, second = document("case_file_basic"), document("case_file_full", {"/sender": "MM-DSW"})
    assert versions_of(second, [first, second]) == (second,)
