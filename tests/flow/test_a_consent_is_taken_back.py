"""Somebody takes a consent back: everyone who relied on it is told at once, signs for it, and passes it on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from ulid import ULID

from api.errors import Conflict
from api.flow import shelf
from api.flow.recall import is_held_recalled, prepare_recall
from api.rules.access import Principal
from api.rules.checking import check_own
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import Document, Role
from tests.flow.steps import open_case, post, read, receipts_of, rows_of, sealed_as, send_file, settle
from tests.support import Office, World, example
from tests.web.town import as_peer

PROVIDER, BASIC = "SHARE_WITH_NGO_PROVIDER", "SHARE_BASIC_ORIGIN_WELFARE"
TODAY = "2025-09-01"


def row(purpose: str, decision: str = "withdrawn", on: str = TODAY) -> dict[str, Any]:
    """Return a record of section J that names no class of recipients."""
    record = {**example("case_file_basic")["consents"][0], "purpose": purpose, "decision": decision, "date": on}
    record.pop("recipient")
    return record


def put_on(office: Office, uid: str, role: str = "CM") -> None:
    """Let a welfare officer put the case manager of an agency on a case."""
    office.as_role(role)
    path = f"/v1/cases/{uid}/assignments/{office.clients[role]}"
    answer = office.http.put(path, json={"role": role}, headers=office.as_role("WO"))
    assert answer.status_code == 200, answer.text


def recall(office: Office, uid: str, content: dict[str, Any], role: str = "CM") -> Any:
    return office.http.post(f"/v1/cases/{uid}/recalls", json=content, headers=office.as_role(role))


def held(office: Office) -> list[Document]:
    return shelf.read_all(office.node, rows_of(office))


def recalled(office: Office, uid: str, content: dict[str, Any]) -> dict[str, str]:
    """Recall, and return the documents by their recipients."""
    answer = recall(office, uid, content)
    assert answer.status_code == 201, answer.text
    return {item["recipient"]: item["document_id"] for item in answer.json()["items"]}


def recalls(office: Office, uid: str) -> dict[str, Any]:
    answer = office.http.get(f"/v1/cases/{uid}/recalls", headers=office.as_role("CM"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass
class Town:
    """A shelter, the department of the other country, and a provider there that the department assigned."""

    world: World
    provider: Office
    uid: str
    file: str
    assignment: str

    @property
    def shelter(self) -> Office:
        return self.world.shelter

    @property
    def department(self) -> Office:
        return self.world.department

    def settle(self) -> None:
        settle(self.shelter, self.department, self.provider)


def packet(to: Office) -> dict[str, Any]:
    """Return the assignment of a provider, as the department sends it."""
    content = {**example("service_provider_assignment"), "recipient": to.agency, "provider": to.agency}
    content.pop("meeting_ref")
    return content


def join(world: World, agency: str, **keys: Any) -> Office:
    """Let another agency in; the department and it trust each other."""
    office = world.open_office(agency, "An organisation of the province", **keys)
    office.trust(world.department)
    world.department.trust(office)
    return office


@pytest.fixture
def town(world: World) -> Town:
    """Play until the department has given a provider its packet, under what was agreed at the shelter."""
    provider, uid = join(world, "MM-NGO-A"), open_case(world.shelter)
    consents = [*example("case_file_basic")["consents"], row(PROVIDER, "given", "2025-03-10")]
    file = send_file(world.shelter, world.department, uid, consents=consents)
    settle(world.shelter, world.department)
    world.clock.set("2025-08-22T09:00:00+00:00")
    assignment = post(world.department, f"/v1/cases/{uid}/forms/19", packet(provider), "WO")
    settle(world.shelter, world.department, provider)
    world.clock.set(f"{TODAY}T03:00:00+00:00")
    for office in (world.shelter, world.department):
        put_on(office, uid)
    return Town(world, provider, uid, file, assignment)


def test_everyone_who_relied_on_it_is_told_and_signs_for_it(town: Town) -> None:
    """The shelter tells the department, the department sees whom it has told, and passes it on to the provider."""
    told_to = recalled(town.shelter, town.uid, {"records": [row(PROVIDER)], "asks": ["stop_using", "erase"]})
    assert set(told_to) == {town.department.agency}
    withdrawal = told_to[town.department.agency]
    [told] = recalls(town.shelter, town.uid)["told"]
    assert (told["standing"], told["is_open"], told["stored_at"]) == ("on_its_way", True, None)
    town.settle()
    [told] = recalls(town.shelter, town.uid)["told"]
    assert (told["standing"], told["is_open"], told["recalled"]) == ("stored", True, [])

    # over there it is shown as left to do, and done by a person
    with town.provider.node.database.reader() as session:
        assert not is_held_recalled(town.provider.node, session, town.provider.agency, held(town.provider)[0])
    [got] = recalls(town.department, town.uid)["got"]
    left = {"recipient": town.provider.agency, "documents": [town.assignment], "purposes": [PROVIDER]}
    assert (got["document_id"], got["to_pass_on"]) == (withdrawal, [left])
    read(town.department, withdrawal, "CM")
    passed = recalled(town.department, town.uid, {"pass_on": withdrawal})[town.provider.agency]
    assert recalls(town.department, town.uid)["got"][0]["to_pass_on"] == []
    town.settle()

    # the shelter holds the proof that it was read and passed on, the department that the provider read it
    [told] = recalls(town.shelter, town.uid)["told"]
    assert (told["standing"], told["is_open"]) == ("answered", False)
    with town.provider.node.database.reader() as session:
        assert is_held_recalled(town.provider.node, session, town.provider.agency, held(town.provider)[0])
    seen = read(town.provider, passed, "WO")["document"]
    assert (seen["recalled"], seen["asks"], seen["reply_to"]) == (
        [town.assignment],
        ["stop_using", "erase"],
        withdrawal,
    )
    town.settle()
    [told] = recalls(town.department, town.uid)["told"]
    assert (told["standing"], told["passes_on"], told["recipient"]) == ("opened", withdrawal, town.provider.agency)
    assert set(receipts_of(town.department, passed)) == {"stored", "opened"}
    assert recall(town.department, town.uid, {"pass_on": withdrawal}).json()["code"] == "recalled_already"


def test_nothing_new_follows_until_the_consent_is_given_anew(town: Town) -> None:
    """On both sides, from the moment at which each of them holds the withdrawal."""
    file, path = town.file, f"/v1/cases/{town.uid}/forms"
    recalled(town.shelter, town.uid, {"records": [row(BASIC), row(PROVIDER)]})
    consents = [*example("case_file_basic")["consents"], row(PROVIDER, "given", "2025-03-10")]
    content = {**example("case_file_basic"), "consents": consents, "supersedes": file}
    assert "names" in read(town.shelter, file, "SW")["document"]["person"], "whose own it is goes on reading it"
    answer = town.shelter.http.post(f"{path}/1", json=content, headers=town.shelter.as_role("SW"))
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")
    town.settle()
    seen = read(town.department, file, "WO")
    assert "names" not in seen["document"].get("person", {}), "what is left are flags and codes"
    assert "recalled" in {one["why"] for one in seen["withheld"]}
    packets = f"{path}/19", packet(town.provider)
    answer = town.department.http.post(packets[0], json=packets[1], headers=town.department.as_role("WO"))
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")

    town.world.clock.wait(days=9)
    anew = [row(BASIC, "given", "2025-09-10"), row(PROVIDER, "given", "2025-09-10")]
    send_file(town.shelter, town.department, town.uid, consents=[*consents, *anew], supersedes=file)
    town.settle()
    assert recalls(town.department, town.uid)["got"][0]["to_pass_on"] == []
    assert "names" in read(town.department, file, "WO")["document"]["person"], "allowed anew, it is read again"
    post(town.department, *packets, "WO")
    assert recall(town.shelter, town.uid, {"records": [row(BASIC)]}).json()["code"] == "recalled_already"
    again = recalled(town.shelter, town.uid, {"records": [row(BASIC, on="2025-09-10")]})
    assert set(again) == {town.department.agency}


def test_all_of_them_are_told_or_none(town: Town) -> None:
    """The department tells the shelter and both providers; while the keys of one are too old, nobody is told."""
    second = join(town.world, "MM-NGO-B", valid_for=timedelta(days=5))
    post(town.department, f"/v1/cases/{town.uid}/forms/19", packet(second), "WO")
    town.settle()
    content, before = {"records": [row(PROVIDER)]}, len(rows_of(town.department))
    town.world.clock.wait(days=10)
    answer = recall(town.department, town.uid, content)
    assert (answer.status_code, answer.json()["code"]) == (409, "key_expired")
    assert len(rows_of(town.department)) == before
    assert recalls(town.department, town.uid)["told"] == []
    town.world.clock.wait(days=-10)
    assert set(recalled(town.department, town.uid, content)) == {
        town.shelter.agency,
        town.provider.agency,
        second.agency,
    }


def test_what_is_sent_while_it_is_written_is_not_forgotten(town: Town) -> None:
    """A document that leaves between the look at the case and the commit stops the recall, which is posted again."""
    office = town.shelter
    header = {"kind": "consent_withdrawal", "schema_version": "1.0", "sender": office.agency, "case_uid": town.uid}

    def write(content: Any) -> Any:
        return check_own({**header, "id": str(ULID()), "created_at": office.clock().isoformat(), **content})

    withdrawal = write({"records": [row(BASIC)], "recipient": office.agency})
    assert isinstance(withdrawal, ConsentWithdrawal)
    officer = Principal("officer", office.agency, frozenset({Role.CM, Role.FO}), frozenset())
    unit = prepare_recall(office.node, officer, withdrawal, write)
    raise_alert = {**example("special_case_alert"), "recipient": town.department.agency, "raised_on": TODAY}
    for name in ("full_case_file_expected_by", "medicine_supply_until", "l4_section_ref"):
        raise_alert.pop(name, None)
    post(office, f"/v1/cases/{town.uid}/forms/3", raise_alert)
    before = len(rows_of(office))
    with pytest.raises(Conflict, match="case_changed"):
        office.node.writer.write(unit)
    assert len(rows_of(office)) == before


def forged(sender: Office, to: Office, uid: str, **over: Any) -> bytes:
    """Return a withdrawal as a trusted agency can always send one."""
    header = {"kind": "consent_withdrawal", "schema_version": "1.0", "sender": sender.agency, "recipient": to.agency}
    about = {"id": str(ULID()), "case_uid": uid, "created_at": sender.clock().isoformat()}
    return sealed_as(sender, to, {**header, **about, "records": [row(PROVIDER)], "asks": ["stop_using"], **over})


def bring(envelope: bytes, to: Office, sender: Office) -> None:
    headers = {**as_peer(to, sender), "content-type": "application/jose"}
    answer = to.http.post("/exchange/v1/envelopes", content=envelope, headers=headers)
    assert answer.status_code == 201, answer.text


def test_a_stranger_withdraws_nothing(town: Town) -> None:
    """An agency of a third country is trusted in other cases; what it says of this one is kept and stops nothing."""
    stranger = join(town.world, "VN-DSVP")
    bring(forged(stranger, town.department, town.uid), town.department, stranger)
    assert recalls(town.department, town.uid)["got"] == []
    post(town.department, f"/v1/cases/{town.uid}/forms/19", packet(town.provider), "WO")


def test_a_withdrawal_that_overtakes_the_file_is_found_when_it_comes(world: World) -> None:
    """It answers something that nobody knows and its case is not known either: it is stored, and counts from then."""
    shelter, department = world.shelter, world.department
    provider, uid = join(world, "MM-NGO-A"), open_case(shelter)
    world.clock.set("2025-08-22T09:00:00+00:00")
    early = forged(shelter, department, uid, reply_to=str(ULID()), records=[row(PROVIDER, on="2025-08-22")])
    bring(early, department, shelter)
    consents = [*example("case_file_basic")["consents"], row(PROVIDER, "given", "2025-03-10")]
    send_file(shelter, department, uid, consents=consents)
    settle(shelter, department)
    put_on(department, uid)
    [got] = recalls(department, uid)["got"]
    assert got["to_pass_on"] == []
    answer = department.http.post(f"/v1/cases/{uid}/forms/19", json=packet(provider), headers=department.as_role("WO"))
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")


def test_a_withdrawal_of_another_case_can_not_be_passed_on_here(town: Town) -> None:
    """It looks like one that does not exist; and so does one that this agency sent itself."""
    other = open_case(town.shelter)
    send_file(town.shelter, town.department, other)
    put_on(town.shelter, other)
    elsewhere = recalled(town.shelter, other, {"records": [row(BASIC)]})[town.department.agency]
    here = recalled(town.shelter, town.uid, {"records": [row(PROVIDER)]})[town.department.agency]
    town.settle()
    for office, uid, number in (
        (town.department, town.uid, elsewhere),
        (town.department, town.uid, str(ULID())),
        (town.shelter, town.uid, here),
        (town.department, town.uid, town.file),
    ):
        answer = recall(office, uid, {"pass_on": number})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
