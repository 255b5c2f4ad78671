"""What is told of a kind's rules is read from the rules: where each bites, its code, and how to mend it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.rules.agreed import agreed_problems
from schemas.document import ConsentPurpose
from schemas.needs import Problem
from schemas.registry import FORMS, KINDS
from schemas.stated import Stated, consents_of, rules_in, rules_of

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize(
    ("form", "path", "code"),
    [
        pytest.param(13, "/lives_with", "required_blank", id="an-answer-that-asks-another"),
        pytest.param(23, "/preparatory_visit/on", "visit_day", id="inside-a-group"),
        pytest.param(15, "/persons/*/original_file/pages", "discrepancy_unlisted", id="in-a-row-of-a-list"),
        pytest.param(15, "/*", "own_signature_missing", id="at-one-of-two-places"),
        pytest.param(17, "/medical/done_on", "examined_without_acceptance", id="one-way-or-another"),
        pytest.param(30, "/providers/*/townships/*/code", "code_missing", id="in-a-list-inside-a-row"),
        pytest.param(13, "/assessment_shown/assessment_id", "assessment_unknown", id="by-a-function-that-is-given-it"),
        pytest.param(1, "/header/priority", "priority_contradicts", id="by-a-list-of-rules"),
        pytest.param(2, "", "annex_empty", id="the-whole-form"),
    ],
)
def test_a_rule_is_told_with_its_place(form: int, path: str, code: str) -> None:
    assert (path, code) in {(rule.path, rule.code) for rule in rules_of(FORMS[form])}


def _written() -> Iterator[tuple[str, str | None]]:
    """Yield code and hint of each problem that the language can find, the hint where it stands there as it is told."""
    for file in SCHEMAS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                _, code, hint = node.args
                assert isinstance(code, ast.Constant), (file.name, node.lineno)
                yield code.value, hint.value if isinstance(hint, ast.Constant) else None


def test_no_rule_goes_missing() -> None:
    """Every one is told by some kind; ``unknown_kind`` is said where there is none."""
    rules = {rule for kind in KINDS.values() for rule in rules_of(kind)}
    told = {(rule.code, hint) for rule in rules for hint in (rule.hint, None)}
    assert {code for code, _ in set(_written()) - told} == {"unknown_kind"}


@pytest.mark.parametrize("name", KINDS)
def test_every_rule_has_a_code_and_words(name: str) -> None:
    rules = rules_of(KINDS[name])
    assert rules
    for rule in rules:
        assert re.fullmatch(r"(/([a-z][a-z0-9_]*|\*))*", rule.path), rule
        assert rule.code.replace("_", "").isalnum(), rule
        assert len(rule.hint.split()) > 2, rule


def test_what_a_corridor_agreed_is_told_of_the_kinds_that_it_binds() -> None:
    """A rule of one kind is no other kind's."""
    told = {form: {one.code for one in rules_in(agreed_problems.dispatch(kind), kind)} for form, kind in FORMS.items()}
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


def hidden(document: object) -> Iterator[Problem]:
    """Yield a problem whose code comes from elsewhere."""
    for code in ("example_only",) if document is None else ():
        yield Problem(("closed_on",), code, "this is said by nobody else")


def test_a_judge_from_elsewhere_is_read_like_one_of_ours() -> None:
    assert rules_in(judge, FORMS[21]) == (Stated("/closed_on", "example_only", "this is said by nobody else"),)


def test_a_rule_whose_code_cannot_be_read_is_no_secret() -> None:
    with pytest.raises(LookupError, match="hidden"):
        rules_in(hidden, FORMS[21])
