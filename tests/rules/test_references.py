"""A document names only what is held: an id that stands for nothing opens no gate."""

import pytest

from api.errors import InvalidInput
from api.rules.references import check_references, named_by, older_versions, stands_beside
from schemas.document import Document
from schemas.needs import pointer
from tests.forms import document, example

NAMED = {
    "handover_record": "notice_ref",
    "reception_record": "handover_ref",
    "assessment_review": "assessment_ref",
    "follow_up_report": "assignment_ref",
    "case_closure": "last_follow_up_ref",
    "departure_record": "review_ref",
    "readmission": "closure_ref",
}
NAMED_ID = "01K3T0000000000000000000ZZ"


def refused(one: Document, *earlier: Document) -> list[tuple[str, str]]:
    try:
        check_references(one, earlier)
    except InvalidInput as problem:
        return [(finding.path, finding.code) for finding in problem.findings]
    return []


@pytest.mark.parametrize(("name", "field"), NAMED.items())
def test_what_a_document_names_is_held(name: str, field: str) -> None:
    """Refused by place; taken as soon as the document is there, whatever it says: that is for the kind to judge."""
    one = document(name)
    assert refused(one) == [(f"/{field}", "reference_unknown")]
    assert refused(one, document("case_file_basic")) == [(f"/{field}", "reference_unknown")]
    assert refused(one, document("case_file_basic", {"/id": example(name)[field]})) == []


def test_who_names_nothing_needs_nothing() -> None:
    """What it answers and corrects is judged elsewhere."""
    assert refused(document("case_file_basic")) == []
    assert refused(document("case_file_full")) == []


def test_a_version_that_was_corrected_since_is_taken_with_a_caution() -> None:
    """It names what its writer went by; the caution names the newest version, of a request that is answered too."""
    review, ref = document("assessment_review"), example("assessment_review")["assessment_ref"]
    first = document("family_assessment", {"/id": ref})
    second = first.model_copy(update={"id": "01K3T000000000000000000000", "supersedes": first.id})
    foreign = second.model_copy(update={"sender": "TH-SHELTER-N1"})
    assert list(older_versions(review, [first, foreign])) == []
    (caution,) = older_versions(review, [first, second])
    assert (caution.location, caution.code) == (("assessment_ref",), "newer_version")
    assert second.id in caution.hint
    answer = document("notice_acknowledgement", {"/reply_to": ref})
    assert [one.location for one in older_versions(answer, [first, second])] == [("reply_to",)]
    assert refused(review, first, second) == []


INSIDE = {
    "return_decision_adult": ("/assessment_shown/assessment_id", {"assessment_id": NAMED_ID, "date": "2025-06-10"}),
    "meeting_agenda": ("/items/0/document_refs/0", [NAMED_ID]),
    "consent_withdrawal": ("/recalled/0", [NAMED_ID]),
}


@pytest.mark.parametrize(("name", "place"), [(name, place) for name, (place, _) in INSIDE.items()])
def test_what_is_named_inside_a_group_or_a_list_is_found_by_its_type(name: str, place: str) -> None:
    """The caution names the very place; a file that is attached is no document, and has no versions."""
    group = "/".join(place.split("/")[:-1])
    one = document(name, {group: INSIDE[name][1]})
    first = document("case_file_basic", {"/id": NAMED_ID})
    second = first.model_copy(update={"id": "01K3T000000000000000000000", "supersedes": first.id})
    assert [pointer(caution.location) for caution in older_versions(one, [first, second])] == [place]


def test_a_list_that_names_both_versions_is_right() -> None:
    """A recall names everything that was sent under the consent."""
    first = document("case_file_basic", {"/id": NAMED_ID})
    second = first.model_copy(update={"id": "01K3T000000000000000000000", "supersedes": first.id})
    one = document("consent_withdrawal", {"/recalled": [first.id, second.id]})
    assert list(older_versions(one, [first, second])) == []


def test_an_attached_file_is_no_document() -> None:
    places = [pointer(place) for place, _ in named_by(document("case_file_full"))]
    assert not [place for place in places if "attachment" in place or place in {"/id", "/supersedes"}]


@pytest.mark.parametrize(
    ("earlier", "edits", "is_told"),
    [
        pytest.param("case_file_basic", {}, True, id="told-twice"),
        pytest.param("case_file_basic", {"/supersedes": document("case_file_basic").id}, False, id="a-correction"),
        pytest.param("case_file_basic", {"/recipient": "MM-OTHER"}, False, id="for-somebody-else"),
        pytest.param("case_file_full", {}, False, id="the-other-level"),
        pytest.param(None, {}, False, id="the-first"),
    ],
)
def test_a_second_first_version_of_a_file_names_the_one_that_stands(
    earlier: str | None, edits: dict[str, object], *, is_told: bool
) -> None:
    file = document("case_file_basic", {"/id": NAMED_ID, **edits})
    held = [] if earlier is None else [document(earlier).model_copy(update={"case_uid": file.case_uid})]
    found = list(stands_beside(file, held))
    assert [(one.code, held[0].id in one.hint) for one in found] == ([("file_stands", True)] if is_told else [])
