"""What is told of a kind's rules is read from the rules: where each bites, how to mend it, and what decides it."""

from collections.abc import Iterator

import pytest

from api.rules.agreed import agreed_problems
from schemas.document import ConsentPurpose
from schemas.needs import Problem
from schemas.registry import FORMS, KINDS
from schemas.stated import Stated, consents_of, rules_in, rules_of


def _rule(form: int, path: str, code: str) -> Stated:
    (found,) = (rule for rule in rules_of(FORMS[form]) if (rule.path, rule.code) == (path, code))
    return found


@pytest.mark.parametrize(
    ("form", "path", "code", "beside"),
    [
        pytest.param(13, "/lives_with", "required_blank", ("decision",), id="an-answer-that-asks-another"),
        pytest.param(21, "/contact_attempts", "attempts_missing", ("reason", "LOST_CONTACT"), id="one-code-of-it"),
        pytest.param(20, "/readmission_needed", "readmission_contradicts", ("interval", "REVISIT"), id="by-a-property"),
        pytest.param(23, "/preparatory_visit/on", "visit_day", ("done",), id="inside-a-group"),
        pytest.param(15, "/persons/*/original_file/pages", "discrepancy_unlisted", (), id="in-a-row-of-a-list"),
        pytest.param(
            13, "/assessment_shown/assessment_id", "assessment_unknown", (), id="by-a-function-that-is-given-it"
        ),
        pytest.param(2, "", "annex_empty", (), id="the-whole-form"),
    ],
)
def test_a_rule_is_told_with_its_place_and_what_decides_it(
    form: int, path: str, code: str, beside: tuple[str, ...]
) -> None:
    assert _rule(form, path, code).beside == beside


@pytest.mark.parametrize("name", KINDS)
def test_every_rule_has_a_code_and_words(name: str) -> None:
    for rule in rules_of(KINDS[name]):
        assert rule.code.replace("_", "").isalnum(), rule
        assert len(rule.hint.split()) > 2, rule


def test_what_a_corridor_agreed_is_told_of_the_kinds_that_it_binds() -> None:
    """A rule behind a question for the kind is no other kind's."""
    told = {form: {rule.code for rule in rules_in(agreed_problems, kind)} for form, kind in FORMS.items()}
    assert {form for form, codes in told.items() if codes} == {13, 21, 23}
    assert told[21] == {"revisit_day", "too_few_attempts"}


def test_a_code_that_a_function_returns_is_told_once_for_each() -> None:
    assert {rule.code for rule in rules_of(FORMS[12]) if rule.path == "/overall/result"} == {
        "high_risk",
        "not_assessed",
        "auto_negative",
    }


def test_the_consents_of_a_kind_are_those_that_it_may_ask_for() -> None:
    assert consents_of(FORMS[8]) == (ConsentPurpose.FAMILY_TRACING, ConsentPurpose.PHOTO)
    assert consents_of(FORMS[20]) == (ConsentPurpose.FOLLOW_UP_VISITS, ConsentPurpose.POST_CLOSURE_REVISIT)
    assert consents_of(FORMS[28]) == ()


def judge(document: object) -> Iterator[Problem]:
    """Yield a problem as rules outside the language do."""
    if document is None:
        yield Problem(("closed_on",), "example_only", "this is said by nobody else")


def test_a_judge_from_elsewhere_is_read_like_one_of_ours() -> None:
    assert rules_in(judge, FORMS[21]) == (Stated("/closed_on", "example_only", "this is said by nobody else", ()),)
