"""The father who must not be told is a refusal, not a note: limits are read, passed on and kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.background_codes import ContactRestrictionReason
from schemas.codes import Relation
from schemas.contact_limits import ContactLimit, contact_problems, dropped_limits, limits_of, relations_in
from tests.cases import FATHER, S5, STEPFATHER, case_file
from tests.forms import document

ALL = set(Relation)


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        pytest.param("father", {"father"}, id="one-word"),
        pytest.param("Her Father, U Nyan Tun", {"father"}, id="with-a-name"),
        pytest.param("step-father", {"step_father"}, id="a-stepfather-is-not-the-father"),
        pytest.param("STEP FATHER", {"step_father"}, id="in-two-words"),
        pytest.param("step_father", {"step_father"}, id="as-a-code"),
        pytest.param("grand mother", {"grandmother"}, id="a-grandmother-is-not-the-mother"),
        pytest.param("parents", {"father", "mother"}, id="both-parents"),
        pytest.param("father's brother", {"father", "brother"}, id="in-doubt-both"),
        pytest.param("husband or his sisters", {"husband", "sister"}, id="two"),
        pytest.param("other_family", {"other_family"}, id="a-code-is-not-the-whole-family"),
        pytest.param("her family", ALL, id="everybody"),
        pytest.param("ပထွေး", {"step_father"}, id="burmese-stepfather"),
        pytest.param("အဖေ", {"father"}, id="burmese-father"),
        pytest.param("พ่อเลี้ยง", {"step_father"}, id="thai-stepfather"),
        pytest.param("พ่อแม่", {"father", "mother"}, id="thai-parents"),
        pytest.param("继父", {"step_father"}, id="chinese-stepfather"),
        pytest.param("the village head", set(), id="nobody-of-the-family"),
        pytest.param("Motherwell the trader", set(), id="a-word-inside-another"),
    ],
)
def test_relations_are_read_out_of_somebodys_own_words(text: str, relations: set[str]) -> None:
    assert relations_in(text) == {Relation(name) for name in relations}


@given(st.sampled_from(list(Relation)), st.sampled_from(["", "her ", "the "]))
def test_every_relation_that_is_written_as_its_code_is_understood(relation: Relation, before: str) -> None:
    """``other`` says nothing about whom, so nobody can be refused for it."""
    expected = set() if relation is Relation.OTHER else {relation}
    assert relations_in(before + relation.value) == expected


def test_the_newest_case_file_decides_and_later_documents_add_to_it() -> None:
    old = case_file(S5, birth="2007/2008", restrictions=(STEPFATHER,))
    new = case_file(
        S5, birth="2007/2008", on="2025-02-01", restrictions=(FATHER,), edits={"/id": "01JPAB3M4N5P6Q7R8S9T0V1W2Z"}
    )
    notice = document(
        "escape_notice",
        {
            "/family_informing/contact_restrictions": [
                {"relation": "uncle", "reason": "shame_stigma"},
                {"relation": "father", "reason": "fear_of_harm"},
            ]
        },
    )
    limits = limits_of([new, old, notice, notice], S5)
    assert limits == {
        Relation.FATHER: {ContactRestrictionReason.PERSON_INVOLVED, ContactRestrictionReason.FEAR_OF_HARM},
        Relation.UNCLE: {ContactRestrictionReason.SHAME_STIGMA},
    }


def test_a_newer_case_file_lifts_what_an_older_document_said() -> None:
    notice = document("escape_notice")
    assert Relation.FATHER in limits_of([notice], S5)
    assert limits_of([notice, case_file(S5, birth="2007/2008", on="2025-03-10")], S5) == {}


def test_limits_of_another_case_are_not_mixed_in() -> None:
    assert limits_of([document("escape_notice")], None) == {}


def test_a_limit_without_a_reason_counts_as_a_danger() -> None:
    file = case_file(
        S5, birth="2007/2008", restrictions=({"person_or_role": "uncle", "absent": {"reason": "asked_declined"}},)
    )
    assert limits_of([file], S5) == {Relation.UNCLE: {ContactRestrictionReason.FEAR_OF_HARM}}


@given(st.sets(st.sampled_from(list(Relation))), st.sets(st.sampled_from(list(Relation))))
def test_whoever_is_restricted_is_refused_and_nobody_else(approached: set[Relation], limits: set[Relation]) -> None:
    problems = [problem.code for problem in contact_problems((), approached, limits)]
    assert problems == (["contact_restricted"] if approached & limits else [])


@given(st.sets(st.sampled_from(list(Relation))), st.sets(st.sampled_from(list(Relation))))
def test_a_limit_that_is_not_passed_on_is_missed(carried: set[Relation], known: set[Relation]) -> None:
    rows = [ContactLimit(relation=one, reason=ContactRestrictionReason.OTHER) for one in carried]
    reasons = dict.fromkeys(known, frozenset({ContactRestrictionReason.OTHER}))
    problems = list(dropped_limits((), rows, reasons))
    is_everybody = known == ALL and bool(carried)
    assert bool(problems) == (not known <= carried and not is_everybody)
