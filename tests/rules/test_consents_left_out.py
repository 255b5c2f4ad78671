"""Consents are only added: a new version of a file that is silent of one that stood makes its writer look twice."""

import pytest

from api.rules.consent import left_out
from schemas.document import ConsentPurpose, Document
from tests.forms import document, example

FULL, BASIC = "case_file_full", "case_file_basic"
RECORDS = example(BASIC)["consents"]
TRACING = next(row for row in RECORDS if row["purpose"] == "FAMILY_TRACING")
OTHERS = [row for row in RECORDS if row is not TRACING]
NUMBER = tuple(ConsentPurpose).index(ConsentPurpose.FAMILY_TRACING) + 1
FIRST = document(BASIC)


def version(records: list[object]) -> Document:
    return document(BASIC, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZZ", "/supersedes": FIRST.id, "/consents": records})


def test_what_is_missing_is_named_by_its_number() -> None:
    """No word of what it was about stands in the answer."""
    (found,) = left_out(version(OTHERS), [FIRST])
    assert (found.location, found.code) == (("consents",), "consents_left_out")
    assert f"no. {NUMBER}," in found.hint
    assert "TRACING" not in found.hint


@pytest.mark.parametrize(
    ("records", "earlier"),
    [
        pytest.param(RECORDS, [FIRST], id="all-are-there"),
        pytest.param([*OTHERS, {**TRACING, "decision": "refused"}], [FIRST], id="refused-since"),
        pytest.param(OTHERS, [], id="nothing-held"),
        pytest.param(OTHERS, [version(OTHERS)], id="another-version"),
        pytest.param(
            OTHERS,
            [document(BASIC, {"/consents": [*OTHERS, {**TRACING, "valid_until": "2025-03-11"}]})],
            id="it-had-ended",
        ),
        pytest.param(
            OTHERS, [document(BASIC, {"/consents": [*OTHERS, {**TRACING, "decision": "refused"}]})], id="never-given"
        ),
        pytest.param(
            OTHERS,
            [FIRST, document("consent_withdrawal", {"/records/0/purpose": "FAMILY_TRACING"})],
            id="taken-back-since",
        ),
    ],
)
def test_what_does_not_stand_may_be_left_out(records: list[object], earlier: list[Document]) -> None:
    assert list(left_out(version(records), earlier)) == []


def test_of_a_first_version_and_of_other_kinds_nothing_is_asked() -> None:
    assert list(left_out(FIRST, [FIRST])) == []
    assert list(left_out(document("case_closure", {"/supersedes": FIRST.id}), [FIRST])) == []
