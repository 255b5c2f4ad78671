"""The later documents at the gate: side, consent and place decide whether each of them may leave."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from api.errors import InvalidInput, NotPermitted
from api.rules.permit import Ground, may_record
from schemas.case_file import CaseFile
from schemas.document import Document, Side
from tests.forms import GONE, document, example

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ORIGIN_ONLY = [
    "reception_record",
    "assessment_review",
    "departure_record",
    "service_provider_assignment",
    "follow_up_report",
    "readmission",
]
BOTH = [
    "handover_record",
    "needs_assessment",
    "case_closure",
    "family_contact_message",
    "case_worker_visit",
    "consent_withdrawal",
    "statistics_record",
    "meeting_agenda",
]
NGO_CONSENT = {
    **example("case_file_full")["consents"][0],
    "purpose": "SHARE_WITH_NGO_PROVIDER",
    "recipient": "ngo_provider",
}


def ground(made: Document, earlier: Sequence[Document] = (), *, side: Side | None = None) -> Ground:
    files = {held.case_uid: held for held in earlier if isinstance(held, CaseFile)}
    return may_record(made, case_files=files, earlier=earlier, side=side, now=NOW).ground


def refusal(made: Document, earlier: Sequence[Document] = (), *, side: Side | None = None) -> str:
    with pytest.raises(NotPermitted) as caught:
        ground(made, earlier, side=side)
    return caught.value.code


@pytest.mark.parametrize("name", ORIGIN_ONLY)
def test_the_side_of_destination_does_not_write_what_happens_at_home(name: str) -> None:
    assert refusal(document(name), side=Side.DESTINATION) == "wrong_side"


@pytest.mark.parametrize("name", BOTH)
def test_both_sides_write_what_both_may_see(name: str) -> None:
    assert document(name).facts.senders == frozenset(Side)


@pytest.mark.parametrize(
    "name",
    [
        "reception_record",
        "needs_assessment",
        "assessment_review",
        "departure_record",
        "case_closure",
        "family_contact_message",
        "case_worker_visit",
        "consent_withdrawal",
        "statistics_record",
        "meeting_agenda",
    ],
)
def test_some_documents_tell_nothing_that_needs_a_consent(name: str) -> None:
    """A withdrawal above all: it is never refused for want of one."""
    assert ground(document(name)) is Ground.NOTHING_DISCLOSED


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        pytest.param({}, None, id="given"),
        pytest.param({"/consents/6/decision": "withdrawn"}, "consent_missing", id="withdrawn"),
        pytest.param({"/consents/6/valid_until": "2026-01-01"}, "consent_missing", id="ended"),
        pytest.param({"/consents/6/recipient_agency": "MM-OTHER"}, "consent_missing", id="for-somebody-else"),
    ],
)
def test_the_original_is_handed_over_under_the_consent_to_share_the_full_file(
    edits: dict[str, object], code: str | None
) -> None:
    file, made = document("case_file_full", edits), document("handover_record")
    if code is None:
        assert ground(made, [file], side=Side.DESTINATION) is Ground.CONSENT
    else:
        assert refusal(made, [file], side=Side.DESTINATION) == code


def test_a_countersignature_answers_one_record_once() -> None:
    first, second = document("handover_record"), document("handover_record_countersigned")
    assert ground(second, [first]) is Ground.NOTHING_DISCLOSED
    assert refusal(second) == "answers_unknown"
    again = document("handover_record_countersigned", {"/id": "01K30V000000000000000000AC"})
    assert refusal(again, [first, second]) == "already_answered"


def test_a_countersignature_that_hides_a_difference_is_not_recorded() -> None:
    short = document("handover_record_countersigned", {"/persons/0/original_file/pages": 4})
    with pytest.raises(InvalidInput) as caught:
        ground(short, [document("handover_record")])
    assert [(finding.path, finding.code) for finding in caught.value.findings] == [
        ("/discrepancies", "discrepancy_unlisted")
    ]


def test_a_provider_is_told_nothing_without_consent() -> None:
    made = document("service_provider_assignment")
    assert refusal(made, [document("case_file_full")], side=Side.ORIGIN) == "consent_missing"
    agreed = document("case_file_full", {"/consents/9": NGO_CONSENT})
    assert ground(made, [agreed], side=Side.ORIGIN) is Ground.CONSENT


def test_restricted_health_needs_a_consent_that_names_the_provider() -> None:
    """The one in the file names the welfare department."""
    made = document("service_provider_assignment", {"/packet_scope/5": "restricted_health"})
    agreed = document("case_file_full", {"/consents/9": NGO_CONSENT})
    assert refusal(made, [agreed]) == "consent_missing"


def test_a_provider_without_the_file_carries_the_consent_to_its_visit() -> None:
    assert ground(document("follow_up_report")) is Ground.CONSENT
    assert refusal(document("follow_up_report", {"/consent": GONE})) == "consent_missing"
    assert refusal(document("follow_up_report", {"/consent/decision": "refused"})) == "consent_missing"


def test_needs_found_before_the_return_go_with_the_full_file() -> None:
    made = document("needs_assessment", {"/stage": "pre_return"})
    assert refusal(made, [document("case_file_basic")]) == "consent_missing"
    assert ground(made, [document("case_file_full")]) is Ground.CONSENT


def test_a_case_that_was_never_closed_is_not_taken_in_again() -> None:
    with pytest.raises(InvalidInput):
        ground(document("readmission"), side=Side.ORIGIN)
    assert ground(document("readmission"), [document("case_closure")], side=Side.ORIGIN) is Ground.NOTHING_DISCLOSED


def test_the_way_home_of_the_first_journey_is_permitted_step_by_step() -> None:
    """Scenario S1 from the border to the re-admission: each document fits everything before it."""
    earlier = [
        document(name) for name in ("advance_repatriation_notice", "notice_acknowledgement", "family_assessment")
    ]
    earlier.append(document("case_file_full", {"/consents/9": NGO_CONSENT}))
    for name in (
        "handover_record",
        "handover_record_countersigned",
        "reception_record",
        "needs_assessment",
        "service_provider_assignment",
        "assessment_review",
        "departure_record",
        "follow_up_report",
        "case_closure",
        "readmission",
    ):
        made = document(name)
        assert ground(made, earlier, side=None) in {Ground.CONSENT, Ground.NOTHING_DISCLOSED}, name
        earlier.append(made)
