"""Whatever refuses a form names the clause that asks for it: that of the rule, else that of the form."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import CallerError, Finding, InvalidInput, NotFound, NotPermitted
from api.rules.agreed import agreed_problems
from api.rules.checking import check_own
from api.rules.hindrances import hindrances
from api.rules.permit import may_record
from api.rules.references import check_references
from api.rules.refusing import asked_by
from api.rules.travellers import not_expected
from schemas.document import Document, Side
from schemas.registry import KINDS
from schemas.stated import rules_in, rules_of
from tests.forms import DOCUMENTS, document, edited, example, findings

NOW = datetime(2025, 7, 25, 9, 0, tzinfo=UTC)
CLAUSE = re.compile(
    r"(00[0-4] [\w .,()-]+|domain \d[\w ,.]*|RFC \d+[\w .,]*)(; (00[0-4] [\w .,()-]+|domain \d[\w ,.]*))*"
)
NONSENSE: tuple[object, ...] = (0, "", [], {}, [{}], {"Thidar": "Wai"}, ["x"] * 600, "1999-01-01")
EXAMPLES = sorted(file.stem for file in DOCUMENTS.glob("*.json"))


def _spoilt(name: str) -> Iterator[dict[str, Any]]:
    """Yield an example with each answer in turn left out, or replaced by something that is none."""
    whole = example(name)
    for field in whole.keys() - {"kind"}:
        yield {key: value for key, value in whole.items() if key != field}
        for nonsense in NONSENSE:
            yield {**whole, field: nonsense}
    yield {**whole, "Thidar": "Wai"}
    yield {"kind": whole["kind"]}


def _refusals(name: str) -> Iterator[InvalidInput]:
    """Yield what the door says of each."""
    for content in _spoilt(name):
        try:
            check_own(content)
        except InvalidInput as refusal:
            yield refusal


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_finding_of_a_refused_form_names_its_source(name: str) -> None:
    refusals = list(_refusals(name))
    assert len(refusals) > len(example(name))
    assert {one.source for one in refusals} == {document(name).facts.source}
    found = [finding for one in refusals for finding in one.findings]
    assert [one for one in found if not CLAUSE.fullmatch(one.source or "")] == []


@pytest.mark.parametrize("name", KINDS)
def test_every_rule_that_is_stated_names_a_clause_where_it_names_one(name: str) -> None:
    kind = KINDS[name]
    judges = (judge.dispatch(kind) for judge in (agreed_problems, hindrances, not_expected))
    stated = [*rules_of(kind), *(rule for judge in judges for rule in rules_in(judge, kind))]
    assert [rule for rule in stated if rule.source and not CLAUSE.fullmatch(rule.source)] == []
    assert CLAUSE.fullmatch(kind.facts.source)


@pytest.mark.parametrize(
    ("name", "edits", "code", "source"),
    [
        pytest.param(
            "departure_record",
            {"/mode": "unaccompanied", "/escorts": [], "/is_child": "true"},
            "child_unaccompanied",
            "domain 4",
            id="a-guard-of-the-way-home",
        ),
        pytest.param(
            "case_file_full",
            {"/consents/0/given_by": "guardian"},
            "guardian_capacity_missing",
            "domain 2.J rule 2",
            id="a-consent-in-a-row",
        ),
        pytest.param(
            "case_file_basic", {"/header/priority": "urgent"}, "unknown_code", "004 1.4(3), 1.5, 1.6", id="of-the-form"
        ),
    ],
)
def test_a_rule_names_its_own_clause_before_that_of_the_form(
    name: str, edits: dict[str, object], code: str, source: str
) -> None:
    assert {one.source for one in findings(name, edits) if one.code == code} == {source}


def _refused(made: Document, *earlier: Document, side: Side | None = None) -> CallerError:
    with pytest.raises((InvalidInput, NotPermitted)) as caught:
        may_record(made, case_files={}, earlier=earlier, side=side, now=NOW)
    return caught.value


def test_a_refusal_of_a_guard_names_its_source() -> None:
    notice, answer = document("advance_repatriation_notice"), document("notice_acknowledgement")
    again = check_own({**edited("notice_acknowledgement", {}), "id": "01K0ZAB1C2D3E4F5G6H7J8K9M1"})
    second = check_own({**example("advance_repatriation_notice"), "id": "01K0ZAB1C2D3E4F5G6H7J8K9M2"})
    refusals = [
        _refused(notice, side=Side.ORIGIN),
        _refused(answer),
        _refused(again, notice, answer),
        _refused(notice),
        _refused(second, notice),
    ]
    assert [(one.code, one.source) for one in refusals] == [
        ("wrong_side", "004 1.4(4), 2.4"),
        ("answers_unknown", "004 2.4"),
        ("already_answered", "004 2.4"),
        ("consent_missing", "domain 2.J; 000 purpose 7"),
        ("invalid_input", "004 1.4(4), 2.4"),
    ]


def test_what_is_named_and_not_held_is_refused_with_the_source_of_the_form() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_references(document("assessment_review"), ())
    assert {one.source for one in caught.value.findings} == {"004 2.8"}


def test_what_may_not_be_seen_names_no_source() -> None:
    """It has to look exactly like what is not there."""
    with pytest.raises(NotFound) as caught, asked_by(KINDS["case_file"]):
        raise NotFound
    assert caught.value.source == ""


def test_what_is_no_form_is_asked_for_by_nothing() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_own({"kind": "Thidar Wai"})
    assert caught.value.source == ""
    assert {one.source for one in caught.value.findings} == {None}


def test_a_source_that_was_named_stays() -> None:
    found = (Finding("/a", "b", source="004 3.1"), Finding("/c", "d"))
    with pytest.raises(InvalidInput) as caught, asked_by(KINDS["case_file"]):
        raise InvalidInput(findings=found, source="domain 4")
    assert (caught.value.source, *(one.source for one in caught.value.findings)) == (
        "domain 4",
        "004 3.1",
        "004 1.4(3), 1.5, 1.6",
    )
