"""What a person agreed to share with an agency opens what a ``c`` of the matrix asks for, and closes it again."""

from datetime import date

import pytest

from api.rules.consent import Stand, agreed_with, consent_to
from schemas.base import AgencyId, CaseUid
from schemas.case_file import CaseFile
from schemas.document import ConsentPurpose
from schemas.guards import Disclosure
from tests.cases import S1
from tests.forms import document, example

HEALTH, POLICE = ConsentPurpose.SHARE_HEALTH_RESTRICTED, ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT
FULL, UID, ON = document("case_file_full"), CaseUid(S1), date(2025, 5, 10)
DSW, OTHER = AgencyId("MM-DSW"), AgencyId("MM-POLICE")
_GIVEN = next(record for record in example("case_file_full")["consents"] if record["purpose"] == HEALTH)


def test_restricted_health_is_shared_with_the_agency_that_was_named_and_no_other() -> None:
    assert HEALTH in agreed_with(DSW, UID, [FULL], ON)
    assert HEALTH not in agreed_with(OTHER, UID, [FULL], ON)


def test_nothing_is_agreed_before_it_was_given_or_without_a_case_file() -> None:
    """Nor by the file of somebody else's case."""
    assert agreed_with(DSW, UID, [FULL], date(2025, 1, 1)) == frozenset()
    assert agreed_with(DSW, UID, [], ON) == frozenset()
    assert agreed_with(DSW, CaseUid("01JHM8Z2X4C6V8B1N3M5K7J9H2"), [FULL], ON) == frozenset()


def test_a_consent_that_was_taken_back_or_has_ended_opens_nothing() -> None:
    withdrawn = document(
        "consent_withdrawal",
        {"/records/0/purpose": HEALTH, "/records/0/recipient_agency": DSW, "/recalled": []},
    )
    assert HEALTH not in agreed_with(DSW, UID, [FULL, withdrawn], ON)
    place = example("case_file_full")["consents"].index(_GIVEN)
    ended = document("case_file_full", {f"/consents/{place}/valid_until": "2025-05-01"})
    assert HEALTH not in agreed_with(DSW, UID, [ended], ON)


def test_the_newest_file_counts() -> None:
    """What it does not repeat is not agreed; the police is told once the person says so."""
    basic = document("case_file_basic")
    assert HEALTH in agreed_with(DSW, UID, [FULL, basic], ON)
    number = len(example("case_file_full")["consents"])
    police = {**_GIVEN, "purpose": POLICE, "recipient": "law_enforcement"}
    police.pop("recipient_agency")
    agreed = document("case_file_full", {f"/consents/{number}": police})
    assert POLICE in agreed_with(OTHER, UID, [agreed], ON)
    assert POLICE not in agreed_with(OTHER, UID, [FULL], ON)


def test_a_stranger_supplies_no_consent_to_what_others_told() -> None:
    """Its file is newer and names the police; it answers for what it told itself, and takes that back itself."""
    number = len(example("case_file_full")["consents"])
    police = {**_GIVEN, "purpose": POLICE, "recipient": "law_enforcement"}
    police.pop("recipient_agency")
    stranger = AgencyId("TH-NGO-X")
    edits = {f"/consents/{number}": police, "/created_at": "2025-04-25T10:00:00+07:00"}
    forged = document("case_file_full", edits).model_copy(update={"sender": stranger})
    assert POLICE not in agreed_with(OTHER, UID, [FULL, forged], ON, told_by=FULL.sender)
    assert POLICE not in agreed_with(OTHER, UID, [FULL, forged], ON, told_by=DSW)
    assert POLICE in agreed_with(OTHER, UID, [FULL, forged], ON, told_by=stranger)
    taken_back = document("consent_withdrawal", {"/records/0/purpose": POLICE, "/recalled": []})
    by_stranger = taken_back.model_copy(update={"sender": stranger})
    assert POLICE not in agreed_with(OTHER, UID, [FULL, forged, by_stranger], ON, told_by=stranger)


_PLACE = example("case_file_full")["consents"].index(_GIVEN)
TAKEN_BACK = {"/records/0/purpose": HEALTH, "/records/0/recipient_agency": DSW, "/recalled": []}
STANDS: dict[str, tuple[dict[str, object], dict[str, object] | None, Stand]] = {
    "given": ({}, None, Stand.GIVEN),
    "for-another-agency": ({"recipient_agency": "MM-POLICE"}, None, Stand.NOT_RECORDED),
    "refused": ({"decision": "refused"}, None, Stand.NOT_GIVEN),
    "withdrawn-in-the-file": ({"decision": "withdrawn"}, None, Stand.NOT_GIVEN),
    "withdrawn-since": ({}, {}, Stand.WITHDRAWN),
    "withdrawn-in-a-third-country": ({}, {"/sender": "LA-SHELTER-1"}, Stand.GIVEN),
    "withdrawn-and-ended": ({"valid_until": "2025-05-01"}, {}, Stand.WITHDRAWN),
    "ended": ({"valid_until": "2025-05-01"}, None, Stand.ENDED),
    "ends-that-day": ({"valid_until": "2025-05-10"}, None, Stand.GIVEN),
}


@pytest.mark.parametrize(("record", "withdrawal", "stand"), STANDS.values(), ids=STANDS)
def test_a_consent_stands_in_one_way(
    record: dict[str, object], withdrawal: dict[str, object] | None, stand: Stand
) -> None:
    """Permits, masks and figures all get this answer; only what is given opens anything."""
    file = document("case_file_full", {f"/consents/{_PLACE}": {**_GIVEN, **record}})
    assert isinstance(file, CaseFile)
    more = [] if withdrawal is None else [document("consent_withdrawal", {**TAKEN_BACK, **withdrawal})]
    asked = Disclosure(HEALTH, DSW, UID, must_name_recipient=True)
    found = consent_to(asked, file.consents or (), [file, *more], ON)
    assert (found.stand, found.is_given) == (stand, stand is Stand.GIVEN)
    assert (HEALTH in agreed_with(DSW, UID, [file, *more], ON)) is found.is_given
