"""A child goes home by the word of who has a part in the case: another one's file or assessment opens no gate."""

from typing import Any

import httpx2
import pytest
from ulid import ULID

from tests.forms import example as whole
from tests.support import World, example
from tests.web.clearing import assigned
from tests.web.town import Pair, case_file, codes, open_branch, push, seal_for

WAIVED = {"reason": "Nobody lives there any more.", "decided_by": "DSW-204", "approved_by": "DSW-011"}


@pytest.fixture
def child(pair: Pair) -> str:
    """Give a case of a child of thirteen, in September, that the shelter brought to the department."""
    file = case_file(pair.shelter, pair.department)
    file["person"]["birth"] |= {"edtf": "2012~"}
    file["person"]["age_reported"] = 13
    for given in file["consents"]:
        if given["decision"] == "given":
            given |= {"given_by": "guardian", "guardian_capacity": "parent"}
    assert push(pair.department, pair.shelter, seal_for(pair.shelter, pair.department, file)).status_code == 201
    pair.department.clock.set("2025-09-01T05:00:00+00:00")
    uid: str = file["case_uid"]
    return uid


def post(pair: Pair, uid: str, form: int, content: dict[str, Any]) -> httpx2.Response:
    path, headers = f"/v1/cases/{uid}/forms/{form}", assigned(pair.department, uid, "WO")
    return pair.department.http.post(path, json={**content, "recipient": pair.shelter.agency}, headers=headers)


def departure(**over: Any) -> dict[str, Any]:
    """Return a way home without a review."""
    told = {**example("departure_record"), "review_waived": WAIVED, **over}
    del told["review_ref"]
    return told


def negative(consent: dict[str, Any]) -> dict[str, Any]:
    """Return what the department found at the mother's home."""
    found = {**example("family_assessment_negative"), "assessed_before_located_because": "urgent"}
    del found["tracing_ref"]
    return {**found, "consents": [{**consent, "purpose": "FAMILY_ASSESSMENT"}]}


def test_an_assessment_of_the_side_that_does_not_assess_opens_no_home(pair: Pair, child: str) -> None:
    """The department found the home dangerous; the shelter praises it, in a kind that it may not send (004 2.2)."""
    consent = next(one for one in example("case_file_basic")["consents"] if one["purpose"] == "FAMILY_TRACING")
    guarded = {**consent, "given_by": "guardian", "guardian_capacity": "parent"}
    assert post(pair, child, 12, negative(guarded)).status_code == 201
    refused = {("/to", "negative_assessment")}
    assert codes(post(pair, child, 23, departure(is_child="true"))) == refused
    pair.department.clock.wait(hours=1)
    praise = {**whole("family_assessment"), "id": str(ULID()), "case_uid": child, "sender": pair.shelter.agency}
    praise |= {"recipient": pair.department.agency, "created_at": pair.department.clock().isoformat()}
    del praise["tracing_ref"]
    assert push(pair.department, pair.shelter, seal_for(pair.shelter, pair.department, praise)).status_code == 201
    assert codes(post(pair, child, 23, departure(is_child="true"))) == refused


def test_a_strangers_file_makes_no_adult_of_a_child(pair: Pair, world: World, child: str) -> None:
    """An agency that is trusted and has no part in the case tells another age: the child does not leave alone."""
    stranger = open_branch(world.shelter)
    pair.department.trust(stranger)
    alone = departure(is_child="false", mode="unaccompanied", escorts=[])
    assert codes(post(pair, child, 23, alone)) == {("/is_child", "child_contradicts")}
    file = case_file(stranger, pair.department, case_uid=child)
    assert push(pair.department, stranger, seal_for(stranger, pair.department, file)).status_code == 201
    assert codes(post(pair, child, 23, alone)) == {("/is_child", "child_contradicts")}


def test_a_partners_newer_file_counts(pair: Pair, child: str) -> None:
    """The shelter corrects the age: who brought the case is heard."""
    file = case_file(pair.shelter, pair.department, case_uid=child)
    assert push(pair.department, pair.shelter, seal_for(pair.shelter, pair.department, file)).status_code == 201
    answer = post(pair, child, 23, departure(is_child="false", mode="unaccompanied", escorts=[]))
    assert answer.status_code == 201, answer.text
