"""What goes on beside the way home is shown with the case, the same at both ends, to whoever need know it."""

from typing import Any

from sqlmodel import Session, select

from api.store.tables import DocumentCaseRow, DocumentRow
from tests.support import Office, example
from tests.web.clearing import assigned
from tests.web.town import Pair, basic_form, carry, case_file, open_case, push, seal_for, send_basic

QUIET = {"tracing": "not_requested", "assessment": "none", "consent": "given", "legal": "none", "special": "none"}


def streams(office: Office, uid: str, headers: dict[str, str]) -> Any:
    """Return what goes on in a case."""
    answer = office.http.get(f"/v1/cases/{uid}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["streams"]


def send(office: Office, to: Office, uid: str, form: int, name: str, role: str, **over: Any) -> str:
    """Record an example as a form of a case, and return the document's id."""
    content = {**example(name), "recipient": to.agency, **over}
    answer = office.http.post(f"/v1/cases/{uid}/forms/{form}", json=content, headers=assigned(office, uid, role))
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return document_id


def test_both_ends_see_each_move(pair: Pair) -> None:
    """A special case is alerted and acknowledged, and the family is asked for: as soon as a document is there."""
    shelter, department = pair.shelter, pair.department
    shelter.clock.set("2025-05-14")
    uid, _ = send_basic(pair)
    carry(shelter)
    ends = [(office, uid, assigned(office, uid, "CM")) for office in (shelter, department)]
    assert [streams(*end) for end in ends] == [QUIET, QUIET]
    alert = send(shelter, department, uid, 3, "special_case_alert", "CM")
    carry(shelter)
    assert [streams(*end) for end in ends] == [{**QUIET, "special": "alerted"}] * 2
    plan = {"reply_to": alert, "plan_due": "2025-06-30"}
    send(department, shelter, uid, 4, "special_case_acknowledgement", "WO", **plan)
    assert [streams(*end)["special"] for end in ends] == ["alerted", "acknowledged"], "it is on its way"
    carry(department)
    request = {"deadline_requested": None, "photo": None}
    send(shelter, department, uid, 8, "family_tracing_request", "CM", **request)
    carry(shelter)
    assert [streams(*end) for end in ends] == [{**QUIET, "special": "acknowledged", "tracing": "requested"}] * 2


def test_each_role_is_told_what_it_may_read(pair: Pair) -> None:
    """The police see the flag, a partner system the consents too; who is not told of anything gets nothing but null."""
    uid, _ = send_basic(pair)
    shelter = pair.shelter

    def told(headers: dict[str, str]) -> set[str]:
        return {name for name, word in streams(shelter, uid, headers).items() if word is not None}

    assert told(shelter.as_role("SW")) == set(QUIET)
    assert told(assigned(shelter, uid, "LE")) == {"legal", "special"}
    assert told(shelter.as_role("PI")) == {"consent", "special"}
    assert told(shelter.as_role("AU")) == {"consent"}
    assert told(shelter.as_role("FO")) == {"tracing", "consent", "special"}
    assert told(assigned(shelter, uid, "FO")) == set(QUIET)


def test_a_list_and_a_new_case_tell_of_no_stream(pair: Pair) -> None:
    """A list would open every document of every case."""
    headers = pair.shelter.as_role("SW")
    opened = pair.shelter.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=headers)
    (listed,) = pair.shelter.http.get("/v1/cases", headers=headers).json()["items"]
    assert "streams" not in {*opened.json(), *listed}


def test_after_the_time_of_grace_nothing_of_them_is_left_to_the_shelter(pair: Pair) -> None:
    """The department goes on seeing them."""
    shelter, department = pair.shelter, pair.department
    uid, _ = send_basic(pair)
    carry(shelter)
    back = {**example("reception_record"), **_header_of(pair, uid)}
    assert push(shelter, department, seal_for(department, shelter, back)).status_code == 201
    shelter.clock.wait(days=90)
    assert set(streams(shelter, uid, shelter.as_role("SW")).values()) != {None}
    shelter.clock.wait(days=1)
    assert set(streams(shelter, uid, shelter.as_role("SW")).values()) == {None}
    assert None not in streams(department, uid, assigned(department, uid, "CM")).values()


def _header_of(pair: Pair, uid: str) -> dict[str, Any]:
    whole = case_file(pair.department, pair.shelter, case_uid=uid)
    now = pair.shelter.clock().isoformat()
    header = ("schema_version", "id", "case_uid", "sender", "recipient", "created_at")
    return {"kind": "reception_record", "arrived_at": now, **{name: whole[name] for name in header}}


def test_a_case_that_cannot_be_read_is_shown_without_them(pair: Pair) -> None:
    """What the other documents alone say might be what the broken one takes back."""
    uid, _ = send_basic(pair)
    office = pair.shelter
    with office.node.database.reader() as session:
        seq = session.exec(select(DocumentCaseRow.document_seq).where(DocumentCaseRow.case_uid == uid)).one()

    def spoil(session: Session) -> None:
        row = session.get_one(DocumentRow, seq)
        row.body = row.body[:-1] + bytes([row.body[-1] ^ 1])
        session.add(row)

    office.node.writer.write(spoil)
    answer = office.http.get(f"/v1/cases/{uid}", headers=office.as_role("SW")).json()
    assert (answer["state"], answer["streams"]) == ("ADMITTED", None)


def test_a_consent_that_is_taken_back_shows_at_once(pair: Pair) -> None:
    """By the withdrawal, whatever the newest file says."""
    uid, shelter = open_case(pair.shelter), pair.shelter
    path, headers = f"/v1/cases/{uid}/forms/1", shelter.as_role("SW")
    assert streams(shelter, uid, headers)["consent"] == "not_recorded"
    assert shelter.http.post(path, json=basic_form(pair.department), headers=headers).status_code == 201
    assert streams(shelter, uid, headers)["consent"] == "given"
    row = {**example("case_file_basic")["consents"][0], "decision": "withdrawn", "date": "2025-03-14"}
    row = {name: value for name, value in row.items() if name != "recipient"} | {"purpose": "FAMILY_TRACING"}
    answer = shelter.http.post(f"/v1/cases/{uid}/recalls", json={"records": [row]}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert streams(shelter, uid, headers)["consent"] == "withdrawn"
