"""The documents a partner starts from are complete, valid, and survive the way through our models."""

import json

import pytest

from api.rules.checking import check_from_peer, check_own
from schemas.case_file import CaseFile
from schemas.notice import AdvanceRepatriationNotice
from schemas.registry import KINDS
from tests.forms import DOCUMENTS, document, example

NAMES = sorted(path.stem for path in DOCUMENTS.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_valid(name: str) -> None:
    """What was checked is what is written again, and a peer reads the same."""
    checked = check_own(example(name))
    again = json.loads(checked.model_dump_json(exclude_none=True))
    assert check_own(again) == checked
    assert check_from_peer(json.dumps(again).encode()).document == checked


def test_every_kind_has_an_example() -> None:
    assert {example(name)["kind"] for name in NAMES} == set(KINDS)


def test_the_first_journey_begins_with_a_basic_file_and_grows_into_a_full_one() -> None:
    """Scenario S1: Ma Thidar Wai, Mae Sot to Myawaddy, everything on time."""
    basic, full = document("case_file_basic"), document("case_file_full")
    assert isinstance(basic, CaseFile)
    assert isinstance(full, CaseFile)
    assert full.supersedes == basic.id
    assert full.case_uids() == basic.case_uids() == (basic.case_uid,)
    assert basic.find_corridor() == full.find_corridor()
    assert basic.family is None
    assert full.family is not None


def test_a_notice_lists_a_case_and_a_person_without_one() -> None:
    """Scenario S4's person has no case file; the tracing seed tells enough to start."""
    notice = document("advance_repatriation_notice")
    assert isinstance(notice, AdvanceRepatriationNotice)
    first, second = notice.persons
    assert notice.case_uids() == (first.case_uid,)
    assert second.tracing_seed is not None
    assert [name.full_text for name in second.tracing_seed.names] == ["Lu Mai", "李梅"]
    assert notice.find_corridor() == notice.corridor
