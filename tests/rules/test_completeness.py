"""A case worker sees at any moment how far the form has come; a broken draft is no obstacle."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.cautions import has_thai_checksum
from api.rules.completeness import Review, review_case_file
from schemas.ages import IsChild
from schemas.case_body import CaseBody
from tests.forms import GONE, edited, example

BASIC, FULL = "case_file_basic", "case_file_full"
TODAY = date(2025, 4, 20)


def review(name: str, edits: dict[str, object] | None = None) -> Review:
    return review_case_file(edited(name, edits or {}), TODAY)


def section(found: Review, letter: str) -> Any:
    return next(part for part in found.sections if part.letter == letter)


def test_an_empty_draft_says_what_comes_first() -> None:
    found = review_case_file({}, TODAY)
    assert [part.letter for part in found.sections] == list("ABCDEFGHIJK")
    assert not found.ready_for_basic
    assert section(found, "A").percent_basic == 0
    assert "Admission date" in {question.label for question in section(found, "A").missing_basic}
    assert found.tracing_missing == ("name", "place", "relative", "consent")
    assert found.is_child is IsChild.UNCERTAIN
    assert found.problems == ()


def test_a_basic_file_is_ready_to_be_sent_and_not_yet_full() -> None:
    found = review(BASIC)
    assert found.ready_for_basic
    assert not found.ready_for_full
    assert all(part.percent_basic == 100 for part in found.sections)
    assert section(found, "D").percent_full == 0
    assert found.tracing_missing == ("relative",)


def test_a_full_file_is_ready() -> None:
    found = review(FULL)
    assert (found.ready_for_basic, found.ready_for_full, found.tracing_ready) == (True, True, True)
    assert found.problems == found.warnings == ()
    assert (found.is_child, found.age_lowest, found.age_highest) == (IsChild.FALSE, 24, 25)


def test_what_was_never_asked_is_told_apart_from_what_is_blank() -> None:
    found = review(FULL, {"/family/wish_contact": GONE, "/family/absent/wish_contact": "not_asked"})
    assert section(found, "D").not_asked == ("/family/wish_contact",)
    assert section(found, "D").percent_full < 100
    assert (found.ready_for_basic, found.ready_for_full) == (True, False)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/header": 5}, "/header", "wrong_type", id="section-that-is-none"),
        pytest.param(
            {"/person/names/2": {"lang": "my"}}, "/person/names/2/full_text", "missing", id="name-without-text"
        ),
        pytest.param({"/person/birth/edtf": "2554"}, "/person/birth/edtf", "buddhist_era", id="buddhist-era"),
        pytest.param({"/header/admission_date": "2025-12-01"}, "/header/admission_date", "future_date", id="future"),
        pytest.param({"/shoe": 1}, "", "unknown_field", id="unknown-section"),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_is_reviewed(edits: dict[str, object], path: str, code: str) -> None:
    found = review(FULL, edits)
    assert (path, code) in {(problem.path, problem.code) for problem in found.problems}
    assert not found.ready_for_basic
    assert section(found, "D").percent_full == 100


@pytest.mark.parametrize(
    ("edits", "missing"),
    [
        pytest.param({"/home/admin3": GONE}, (), id="two-clues-stand-for-a-township"),
        pytest.param({"/home/admin3": GONE, "/home/school": GONE, "/home/landmarks": GONE}, ("place",), id="one-clue"),
        pytest.param({"/home": GONE}, ("place",), id="no-home"),
        pytest.param({"/consents/2/decision": "withdrawn"}, ("consent",), id="withdrawn"),
        pytest.param({"/family/father": GONE, "/family/mother": GONE}, (), id="a-brother-is-enough"),
    ],
)
def test_tracing_needs_a_name_a_place_a_relative_and_consent(
    edits: dict[str, object], missing: tuple[str, ...]
) -> None:
    assert review(FULL, edits).tracing_missing == missing


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/person/birth/edtf": "1990"}, "/person/age_reported", "age_conflict", id="birth-against-age"),
        pytest.param(
            {"/trafficking/summary": "She takes ART."}, "/trafficking/summary", "restricted_words", id="english"
        ),
        pytest.param(
            {"/trafficking/summary": "ผู้เสียหายได้รับยาต้านไวรัส"}, "/trafficking/summary", "restricted_words", id="thai"
        ),
        pytest.param({"/home/landmarks": "အိတ်ချ်အိုင်ဗွီ ဆေးခန်း"}, "/home/landmarks", "restricted_words", id="burmese"),
        pytest.param({"/home/landmarks": "艾滋病"}, "/home/landmarks", "restricted_words", id="chinese"),
        pytest.param(
            {"/person/names/0/full_text": "\u1031\u1019"},
            "/person/names/0/full_text",
            "zawgyi_possible",
            id="vowel-first",
        ),
        pytest.param({"/home/landmarks": "\u1000\u1039 "}, "/home/landmarks", "zawgyi_possible", id="virama-as-killer"),
        pytest.param(
            {"/person/id_documents/1/number": "15/ABC(N)12"}, "/person/id_documents/1/number", "nrc_syntax", id="nrc"
        ),
        pytest.param(
            {"/person/id_documents/0": {"type": "thai_id_13", "number": "1-1017-00230-70-9"}},
            "/person/id_documents/0/number",
            "thai_id_checksum",
            id="thai-id",
        ),
        pytest.param({"/home/home_country": "LA"}, "/home/home_country", "home_not_origin", id="other-home"),
        pytest.param(
            {"/completion/interview_dates": ["2025-03-12", "2025-03-20", "2025-04-18"]},
            "/completion/interview_dates",
            "many_interviews",
            id="asked-three-times",
        ),
        pytest.param(
            {"/justice/return_hold": {"hold": "yes", "consented_by_victim": "no", "review_date": "2025-05-01"}},
            "/justice/return_hold",
            "hold_without_consent",
            id="held-against-her-will",
        ),
        pytest.param(
            {"/justice/return_hold": {"hold": "yes", "consented_by_victim": "yes", "review_date": "2025-12-01"}},
            "/justice/return_hold/review_date",
            "hold_review_late",
            id="reviewed-too-late",
        ),
    ],
)
def test_a_caution_is_shown_and_blocks_nothing(edits: dict[str, object], path: str, code: str) -> None:
    found = review(FULL, edits)
    assert (path, code) in {(warning.path, warning.code) for warning in found.warnings}
    assert found.problems == ()


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"/trafficking/summary": "She likes art and her hearing aids help."}, id="everyday-words"),
        pytest.param({"/person/names/0/full_text": "ၸၢႆးသႅင်"}, id="shan-is-not-zawgyi"),
        pytest.param({"/person/id_documents/1/number": "12/KaMaYa(N)123456"}, id="nrc-in-latin"),
        pytest.param({"/person/id_documents/0": {"type": "thai_id_13", "number": "1101700230708"}}, id="thai-id"),
        pytest.param(
            {"/justice/return_hold": {"hold": "yes", "consented_by_victim": "yes", "review_date": "2025-05-20"}},
            id="hold-in-order",
        ),
    ],
)
def test_what_is_usual_raises_no_caution(edits: dict[str, object]) -> None:
    assert review(FULL, edits).warnings == ()


@pytest.mark.parametrize("number", ["123", "110170023070X", "1101700230709"])
def test_a_thai_number_has_thirteen_digits_and_a_check_digit(number: str) -> None:
    assert not has_thai_checksum(number)


def test_a_row_without_anything_never_takes_its_neighbours_along() -> None:
    """Two things missing in one row cost that row only."""
    consents = [{}, *example(FULL)["consents"]]
    found = review(FULL, {"/consents": consents})
    assert {problem.path for problem in found.problems} == {
        f"/consents/0/{name}" for name in ("purpose", "decision", "date")
    }
    assert found.tracing_ready


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["names", "absent", "full_text", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*CaseBody.model_fields, "kind", "level"]), json_values, max_size=6))
def test_any_draft_can_be_reviewed(draft: dict[str, Any]) -> None:
    """However broken, nobody loses an hour's interview to an error page."""
    found = review_case_file(draft, TODAY)
    assert len(found.sections) == 11
    assert not found.ready_for_basic


@given(st.sampled_from(sorted(example(FULL)["family"])), json_values)
def test_one_broken_answer_never_hides_the_other_sections(question: str, value: Any) -> None:
    found = review(FULL, {f"/family/{question}": value})
    assert section(found, "A").percent_full == 100


@pytest.mark.parametrize(
    ("edits", "missing"),
    [
        pytest.param({}, [], id="both-given"),
        pytest.param({"/consents/1/decision": "withdrawn"}, ["BASIC"], id="withdrawn"),
        pytest.param({"/consents/6/decision": "refused"}, ["FULL"], id="refused"),
        pytest.param({"/consents/1/valid_until": "2025-04-01"}, ["BASIC"], id="ended"),
        pytest.param({"/consents/1/recipient_agency": "MM-OTHER"}, ["BASIC"], id="for-another-agency"),
        pytest.param({"/consents/1/recipient_agency": "MM-OTHER", "/recipient": GONE}, [], id="no-recipient-yet"),
        pytest.param({"/consents": GONE}, ["BASIC", "FULL"], id="nobody-asked"),
    ],
)
def test_a_missing_consent_is_told_before_the_file_is_sent(edits: dict[str, object], missing: list[str]) -> None:
    """Section J filled in is not consent given."""
    told = [(w.path, w.hint.split()[0]) for w in review(FULL, edits).warnings if w.code == "consent_missing"]
    assert told == [("/consents", f"SHARE_{stage}_ORIGIN_WELFARE") for stage in missing]


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"/consents/2/valid_until": "2025-04-01"}, id="ended"),
        pytest.param({"/consents/2/recipient_agency": "MM-OTHER"}, id="for-another-agency"),
        pytest.param({"/consents/2/decision": "refused"}, id="refused"),
    ],
)
def test_tracing_waits_for_a_consent_that_holds_today(edits: dict[str, object]) -> None:
    assert "consent" in review(FULL, edits).tracing_missing


def test_a_section_with_far_too_much_in_it_is_left_unread() -> None:
    found = review(FULL, {"/consents": [0] * 330_000})
    assert [(problem.path, problem.code) for problem in found.problems] == [("/consents", "too_many")]
    assert section(found, "B").percent_basic == 100
