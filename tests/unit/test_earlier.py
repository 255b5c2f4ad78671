"""Among the documents before one, a correction counts if its own sender made it, and nobody else's."""

import pytest

from schemas.base import CaseUid
from schemas.case_file import CaseFile
from schemas.earlier import current, find_newest, is_replaced
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
