"""A trusted peer that is dishonest: it can't answer, correct, move or permit what is not its own."""

from datetime import timedelta

import pytest
from ulid import ULID

from api.errors import SealError, TrustError
from api.flow.receive import receive
from api.flow.trust import find_peer, trust
from api.rules.checking import check_own
from api.sealing.descriptor import fingerprint
from api.sealing.seal import document_bytes, seal
from schemas.family_tracing_request import FamilyTracingRequest
from tests.flow.steps import case_of, open_case, outbox_of, post, read, send_file, settle
from tests.flow.test_trusting import rotate
from tests.support import Office, World, example, scenario_content
from tests.web.clearing import assigned
from tests.web.clearing import read as look

NOTICE_DAY, ANSWER_DAY = "2025-07-25T02:00:00+00:00", "2025-07-29T04:30:00+00:00"


def _announce(world: World) -> tuple[str, str]:
    """Send a case file and a notice; returns the case and the notice."""
    uid = open_case(world.shelter)
    send_file(world.shelter, world.department, uid)
    world.clock.set(NOTICE_DAY)
    content = {**scenario_content("notice", case=uid), "recipient": world.department.agency}
    notice = post(world.shelter, "/v1/forms/9", content, "FO")
    settle(world.shelter, world.department)
    return uid, notice


def _dishonest(world: World, agency: str = "MM-OTHER") -> Office:
    """Open another office that both sides trust."""
    other = world.open_office(agency, "Another office")
    for office in (world.shelter, world.department):
        office.trust(other)
        other.trust(office)
    return other


def _answer_as(world: World, other: Office, to: Office, uid: str, notice: str) -> None:
    """Bring an acknowledgement in form to somebody, as a dishonest peer would by its own tools."""
    world.clock.set(ANSWER_DAY)
    answer = {**scenario_content("acknowledgement", case=uid, notice=notice), "recipient": to.agency}
    envelope = _seal(other, to, "notice_acknowledgement", answer)
    receive(to.node, envelope, peer=other.agency)


def _seal(sender: Office, to: Office, kind: str, content: dict[str, object], **more: object) -> bytes:
    header = {"kind": kind, "id": str(ULID()), "sender": sender.agency, "created_at": sender.clock().isoformat()}
    document = check_own({**header, **content, "recipient": to.agency, **more})
    keys = sender.node.keys_of(sender.agency)
    return seal(document_bytes(document), keys=keys, to=to.node.keys_of(to.agency).public(), now=sender.clock()).data


def test_nobody_answers_for_somebody_else(world: World) -> None:
    """A stranger's acknowledgement closes nothing in the feed, moves no case, and the real answer still goes out."""
    uid, notice = _announce(world)
    other = _dishonest(world)
    _answer_as(world, other, world.department, uid, notice)
    (item,) = world.department.http.get("/v1/notices", headers=world.department.as_role("WO")).json()["items"]
    assert (item["standing"]["accepted"], item["standing"]["unanswered"]) == (0, 1)
    assert case_of(world.department, uid, "WO")[0] == "RETURN_PLANNED"
    _answer_as(world, other, world.shelter, uid, notice)
    assert case_of(world.shelter, uid, "SW")[0] == "RETURN_PLANNED"
    answer = {**scenario_content("acknowledgement", case=uid, notice=notice), "recipient": world.shelter.agency}
    post(world.department, "/v1/forms/10", answer, "WO")
    settle(world.shelter, world.department)
    assert case_of(world.shelter, uid, "SW")[0] == "RETURN_ACCEPTED"


def test_who_receives_does_not_supply_the_consent(world: World) -> None:
    """A case file that the recipient's side wrote neither permits a disclosure nor forbids it."""
    uid = open_case(world.shelter)
    send_file(world.shelter, world.department, uid)
    refused = example("case_file_basic")
    told = {"given_by", "child_assent", "guardian_capacity"}
    refused["consents"] = [
        {**{name: value for name, value in consent.items() if name not in told}, "decision": "refused"}
        for consent in refused["consents"]
    ]
    envelope = _seal(world.department, world.shelter, "case_file", refused, case_uid=uid)
    receive(world.shelter.node, envelope, peer=world.department.agency)
    world.clock.set(NOTICE_DAY)
    content = {**scenario_content("notice", case=uid), "recipient": world.department.agency}
    assert post(world.shelter, "/v1/forms/9", content, "FO")


POLICE, TRACING = "SHARE_WITH_LAW_ENFORCEMENT", "FAMILY_TRACING"


def _consents(*, without: str = "", more: str = "") -> list[dict[str, object]]:
    """Return the consents of the basic form, without one purpose, and with one more that names no recipient."""
    rows = [row for row in example("case_file_basic")["consents"] if row["purpose"] != without]
    added = {**example("case_file_basic")["consents"][0], "purpose": more}
    added.pop("recipient")
    return [*rows, added] if more else rows


def _bring_file(stranger: Office, to: Office, uid: str, consents: list[dict[str, object]]) -> None:
    """Bring a case file of somebody who is trusted in other cases and has no part in this one."""
    content = {**example("case_file_basic"), "consents": consents}
    receive(to.node, _seal(stranger, to, "case_file", content, case_uid=uid), peer=stranger.agency)


def test_a_stranger_opens_nothing_to_the_police(world: World) -> None:
    """A newer file of another agency of the shelter's country adds no consent to what the shelter told."""
    department, stranger = world.department, _stranger(world)
    uid = open_case(world.shelter)
    file = send_file(world.shelter, department, uid)
    settle(world.shelter, department)
    police = assigned(department, uid, "LE")
    before = look(department, file, police).json()["document"]
    world.clock.wait(seconds=5)
    _bring_file(stranger, department, uid, _consents(more=POLICE))
    assert look(department, file, police).json()["document"] == before
    assert "person" not in before or "names" not in before["person"]


@pytest.mark.parametrize("is_written", [True, False], ids=["it-wrote-a-file", "it-wrote-none-yet"])
def test_a_stranger_supplies_no_consent_to_ask_others(world: World, *, is_written: bool) -> None:
    """The shelter asks to trace a family under its own file; where there is none, nobody who just wrote stands in."""
    shelter, department, stranger = world.shelter, world.department, _stranger(world)
    uid = open_case(shelter)
    if is_written:
        send_file(shelter, department, uid, consents=_consents(without=TRACING))
        world.clock.wait(seconds=5)
    _bring_file(stranger, shelter, uid, _consents(without=TRACING, more=TRACING))
    content = {**example("family_tracing_request"), "recipient": department.agency}
    content.pop("reply_to", None)
    path = f"/v1/cases/{uid}/forms/{FamilyTracingRequest.facts.form}"
    answer = shelter.http.post(path, json=content, headers=shelter.as_role("CM") | assigned(shelter, uid, "CM"))
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")


def test_a_stranger_blinds_nobody(world: World) -> None:
    """A withdrawal of an agency that never had the case is kept; what the shelter told is read as before."""
    shelter, department, stranger = world.shelter, world.department, _stranger(world)
    uid = open_case(shelter)
    file = send_file(shelter, department, uid)
    settle(shelter, department)
    row = {**example("consent_withdrawal")["records"][0], "date": "2025-03-14"}
    row.pop("recipient", None)
    rows = [{**row, "purpose": one} for one in ("SHARE_BASIC_ORIGIN_WELFARE", "SHARE_FULL_ORIGIN_WELFARE")]
    for to in (shelter, department):
        content: dict[str, object] = {"records": rows, "schema_version": "1.0"}
        envelope = _seal(stranger, to, "consent_withdrawal", content, case_uid=uid)
        receive(to.node, envelope, peer=stranger.agency)
    assert "names" in read(department, file, "WO")["document"]["person"]
    assert send_file(shelter, department, uid, supersedes=file)
    recalls = department.http.get(f"/v1/cases/{uid}/recalls", headers=department.as_role("WO")).json()
    assert recalls["got"] == []


def _stranger(world: World) -> Office:
    """Open another office of the shelter's country that both sides trust."""
    return _dishonest(world, "TH-NGO-X")


def test_a_claimed_correction_blocks_nothing(world: World) -> None:
    """Somebody who says that he supersedes our document does not keep us from correcting it."""
    uid = open_case(world.shelter)
    first = send_file(world.shelter, world.department, uid)
    envelope = _seal(
        world.department, world.shelter, "case_file", example("case_file_basic"), case_uid=uid, supersedes=first
    )
    receive(world.shelter.node, envelope, peer=world.department.agency)
    assert send_file(world.shelter, world.department, uid, supersedes=first)


def test_the_other_side_announces_nothing(world: World) -> None:
    """A notice comes from the country where the person is; one from home is kept and moves no case."""
    uid = open_case(world.shelter)
    send_file(world.shelter, world.department, uid)
    world.clock.set(NOTICE_DAY)
    envelope = _seal(
        world.department, world.shelter, "advance_repatriation_notice", scenario_content("notice", case=uid)
    )
    receive(world.shelter.node, envelope, peer=world.department.agency)
    assert case_of(world.shelter, uid, "SW")[0] == "ADMITTED"


def test_nobody_writes_to_himself(world: World) -> None:
    """A slip in a list of agencies is told at once, not after days in the outbox."""
    uid = open_case(world.shelter)
    answer = world.shelter.http.post(
        f"/v1/cases/{uid}/forms/1",
        json={**example("case_file_basic"), "recipient": world.shelter.agency},
        headers=world.shelter.as_role("SW"),
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "recipient_is_sender")
    assert outbox_of(world.shelter) == []


def test_a_key_that_was_replaced_ends(world: World) -> None:
    """It opens no door any more at once, and verifies what arrives for thirty days."""
    department, shelter = world.department, world.shelter
    old = department.node.keys_of(department.agency)
    trust(shelter.node, rotate(department), expected_fingerprint=None)
    with shelter.node.database.reader() as session:
        peer = find_peer(shelter.node, session, department.agency)
        assert peer is not None
        assert peer.newest.find(old.keys[0].kid) is None
        assert peer.signing.find(old.keys[0].kid) is not None
    world.clock.now += timedelta(days=31)
    with shelter.node.database.reader() as session:
        peer = find_peer(shelter.node, session, department.agency)
    assert peer is not None
    assert peer.signing.find(old.keys[0].kid) is None


def test_after_lost_keys_an_agency_begins_anew(world: World) -> None:
    """With its new fingerprint compared it is pinned again, and the old keys are forgotten."""
    other = world.open_office("MM-OTHER", "Another office")
    world.shelter.trust(other)
    before = other.descriptor
    anew = world.open_office("MM-OTHER", "Another office, set up anew").descriptor
    with pytest.raises(TrustError):
        trust(world.shelter.node, anew, expected_fingerprint=None)
    assert trust(world.shelter.node, anew, expected_fingerprint=fingerprint(anew)).sequence == 1
    with world.shelter.node.database.reader() as session:
        peer = find_peer(world.shelter.node, session, other.agency)
    assert peer is not None
    assert peer.signing.find(other.node.keys_of(other.agency).keys[0].kid) is None
    envelope = _seal(other, world.shelter, "case_file", example("case_file_basic"), case_uid=open_case(world.shelter))
    with pytest.raises((SealError, TrustError), match="signer_unknown"):
        receive(world.shelter.node, envelope, peer=other.agency)
    assert before != anew
