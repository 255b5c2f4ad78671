"""A person takes a consent back: everyone who received something is told, and nothing new follows."""

import pytest

from api.rules.withdrawal import is_withdrawn
from schemas.case_file import CaseFile
from schemas.consent import ConsentRecord
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import ConsentPurpose
from schemas.guards import Discloses, Disclosure
from tests.forms import GONE, codes, document, example

KIND = "consent_withdrawal"
FULL = ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE
ROW = example(KIND)["records"][0]


def withdrawal(edits: dict[str, object] | None = None) -> ConsentWithdrawal:
    made = document(KIND, edits)
    assert isinstance(made, ConsentWithdrawal)
    return made


def full_file() -> CaseFile:
    made = document("case_file_full")
    assert isinstance(made, CaseFile)
    return made


def consent(purpose: ConsentPurpose) -> ConsentRecord:
    return next(row for row in full_file().consents or () if row.purpose is purpose)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/records/0/decision": "given"}, "/records/0/decision", "not_a_withdrawal", id="a-consent-is-none"
        ),
        pytest.param({"/records/1": ROW}, "/records", "duplicate_consent", id="twice"),
        pytest.param({"/records": []}, "/records", "too_few", id="of-nothing"),
        pytest.param({"/services_continue": False}, "/services_continue", "unknown_code", id="costs-a-service"),
        pytest.param(
            {"/vital_interest": {"reason": "x", "decided_by": "A-1", "approved_by": "A-2"}},
            "/vital_interest",
            "withdrawal_needs_none",
            id="overridden",
        ),
        pytest.param({"/records/0/date": "2025-05-03"}, "/records/0/date", "future_date", id="tomorrow"),
        pytest.param({"/reason": "x"}, "", "unknown_field", id="a-reason-is-not-asked"),
        pytest.param({"/asks": []}, "/asks", "too_few", id="asks-for-nothing"),
    ],
)
def test_a_withdrawal_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_a_withdrawal_asks_to_stop_and_never_costs_a_service() -> None:
    plain = withdrawal({"/asks": GONE, "/services_continue": GONE})
    assert [ask.value for ask in plain.asks] == ["stop_using"]
    assert plain.services_continue is True


def test_a_withdrawal_itself_needs_no_consent() -> None:
    assert not isinstance(withdrawal(), Discloses)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, [], id="what-she-sent"),
        pytest.param({"/recipient": "MM-NGO-A"}, ["other_recipient"], id="who-never-got-it"),
        pytest.param({"/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"}, ["other_recipient"], id="another-case"),
        pytest.param({"/recalled": []}, [], id="nothing-named"),
    ],
)
def test_only_what_the_recipient_received_is_recalled(edits: dict[str, object], expected: list[str]) -> None:
    assert [problem.code for problem in withdrawal(edits).misfits([full_file()])] == expected


@pytest.mark.parametrize(
    ("edits", "purpose", "recipient", "expected"),
    [
        pytest.param({}, FULL, "MM-DSW", True, id="taken-back"),
        pytest.param({}, ConsentPurpose.FAMILY_TRACING, "MM-DSW", False, id="another-purpose"),
        pytest.param({"/records/0/recipient_agency": "MM-NGO-A"}, FULL, "MM-DSW", False, id="for-another-agency"),
        pytest.param({"/records/0/recipient_agency": "MM-DSW"}, FULL, "MM-DSW", True, id="for-this-agency"),
        pytest.param({"/records/0/date": "2025-04-18"}, FULL, "MM-DSW", True, id="on-the-day-the-withdrawal-wins"),
        pytest.param({"/records/0/date": "2025-04-17"}, FULL, "MM-DSW", False, id="given-again-afterwards"),
        pytest.param({"/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"}, FULL, "MM-DSW", False, id="another-person"),
    ],
)
def test_a_consent_that_was_taken_back_carries_nothing_new(
    edits: dict[str, object], purpose: ConsentPurpose, recipient: str, expected: bool
) -> None:
    file = full_file()
    disclosure = Disclosure(purpose, recipient, file.case_uid)
    assert is_withdrawn(disclosure, consent(purpose), [file, withdrawal(edits)]) is expected
    assert not is_withdrawn(disclosure, consent(purpose), [file])
