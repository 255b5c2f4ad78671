"""Cases move the same way on both sides, in whatever order letters arrive, and between neighbours on one node."""

from typing import cast

import pytest
import sqlalchemy as sql
from sqlmodel import select

from api.flow.founding import found_agency
from api.flow.receive import receive
from api.sealing.keys import PrivateKeySet, generate_keys
from api.store.tables import CaseRow
from schemas.base import AgencyId
from tests.flow.steps import (
    case_of,
    open_case,
    outbox_of,
    post,
    read,
    receipts_of,
    rows_of,
    send_file,
    settle,
    waiting_for,
)
from tests.support import Office, World, example, scenario_content


def journey(world: World) -> tuple[str, list[bytes]]:
    """Send a file, a correction of its admission, and a notice; returns the case and the envelopes in that order."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    basic = send_file(shelter, department, uid)
    world.clock.wait(days=1)
    header = example("case_file_basic")["header"]
    corrected = {**header, "admission_date": "2025-03-01", "first_admission_date": "2025-03-01"}
    send_file(shelter, department, uid, header=corrected, supersedes=basic)
    world.clock.set("2025-07-25T02:00:00+00:00")
    content = {**scenario_content("notice", case=uid), "recipient": department.agency}
    post(shelter, "/v1/forms/9", content, "FO")
    return uid, [row.data for row in outbox_of(shelter)]


@pytest.mark.parametrize("order", ["012", "021", "102", "120", "201", "210"])
def test_any_order_of_arrival_leads_to_the_same_state(world: World, order: str) -> None:
    """The notice first, the correction before what it corrects: both sides end at the same state and due day."""
    uid, envelopes = journey(world)
    for place in order:
        receive(world.department.node, envelopes[int(place)], peer=world.shelter.agency)
    here = case_of(world.shelter, uid, "SW")
    assert here == ("RETURN_PLANNED", "2025-09-01")
    assert case_of(world.department, uid, "WO") == here


@pytest.mark.parametrize("order", ["0123", "3210", "1302", "2031"])
def test_an_escape_stands_beside_the_way_until_it_ends(world: World, order: str) -> None:
    """She is gone and comes back before the notice; whatever the post brings first, both sides end alike."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    send_file(shelter, department, uid)
    forms = f"/v1/cases/{uid}/forms"
    world.clock.set("2025-04-11T09:00:00+07:00")
    escape = post(shelter, f"{forms}/5", {**example("escape_notice"), "recipient": department.agency})
    assert case_of(shelter, uid, "SW")[0] == "ESCAPED"
    world.clock.set("2025-04-12T09:00:00+07:00")
    news = {**example("escape_update"), "escape_ref": escape, "status": "returned_to_shelter"}
    post(shelter, f"{forms}/7", {**news, "located_on": "2025-04-11", "recipient": department.agency})
    assert case_of(shelter, uid, "SW")[0] == "ADMITTED"
    world.clock.set("2025-07-25T02:00:00+00:00")
    post(shelter, "/v1/forms/9", {**scenario_content("notice", case=uid), "recipient": department.agency}, "FO")
    envelopes = [row.data for row in outbox_of(shelter)]
    for place in order:
        receive(department.node, envelopes[int(place)], peer=shelter.agency)
    assert case_of(shelter, uid, "SW")[0] == case_of(department, uid, "WO")[0] == "RETURN_PLANNED"


def test_who_escaped_is_not_announced(world: World) -> None:
    """The shelter's own books say that she is gone: the notice is refused, with the place in the list."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    send_file(shelter, department, uid)
    world.clock.set("2025-04-11T09:00:00+07:00")
    post(shelter, f"/v1/cases/{uid}/forms/5", {**example("escape_notice"), "recipient": department.agency})
    world.clock.set("2025-07-25T02:00:00+00:00")
    content = {**scenario_content("notice", case=uid), "recipient": department.agency}
    answer = shelter.http.post("/v1/forms/9", json=content, headers=shelter.as_role("FO"))
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [
        ("/persons/0/case_uid", "case_not_returning")
    ]


def test_what_was_worked_out_is_due_anew_with_every_document(world: World) -> None:
    """On both sides, also where the document itself moves nothing."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    first = send_file(shelter, department, uid)
    shelter.deliver()
    for office in (shelter, department):
        office.node.writer.write(lambda session: session.execute(sql.update(CaseRow).values(is_watched=True)))
    send_file(shelter, department, uid, supersedes=first)
    shelter.deliver()
    for office in (shelter, department):
        with office.node.database.reader() as session:
            assert [row.is_watched for row in session.exec(select(CaseRow))] == [False]


def neighbour(office: Office, agency: str) -> Office:
    """Open another agency on the same node, one that has no address at all."""
    new = AgencyId(agency)
    keyring = cast("dict[AgencyId, PrivateKeySet]", office.node.keyring)
    keyring[new] = generate_keys(new, office.clock())
    found_agency(office.node, new, name="A neighbour", reachable=False)
    return Office(office.node, new, office.http, office.clock)


def test_two_agencies_on_one_node_write_to_each_other(world: World) -> None:
    """Sealed, checked and receipted like between countries, but over no wire."""
    shelter = world.shelter
    ministry = neighbour(shelter, "TH-MINISTRY")
    world.network.apps.clear()
    uid = open_case(shelter)
    document_id = send_file(shelter, ministry, uid)
    assert len(rows_of(shelter)) == 1
    assert shelter.deliver() == 1
    assert [(row.agency_id, row.peer, row.is_sent) for row in rows_of(shelter)] == [
        (shelter.agency, ministry.agency, True),
        (ministry.agency, shelter.agency, False),
    ]
    assert set(receipts_of(shelter, document_id)) == {"stored"}
    view = read(ministry, document_id, "FO")
    assert view["evidence"]["direction"] == "received"
    settle(shelter)
    assert set(receipts_of(shelter, document_id)) == {"stored", "opened"}
    assert set(receipts_of(ministry, document_id)) == {"stored", "opened"}
    assert waiting_for(shelter) == []
    assert case_of(ministry, uid, "FO") == case_of(shelter, uid, "SW")


def test_one_agency_sees_nothing_of_its_neighbour(world: World) -> None:
    """What the shelter sent elsewhere is not there for the ministry on the same node."""
    ministry = neighbour(world.shelter, "TH-MINISTRY")
    document_id = send_file(world.shelter, world.department)
    answer = ministry.http.get(f"/v1/documents/{document_id}", headers=ministry.as_role("FO"))
    nothing = ministry.http.get(f"/v1/documents/{document_id[:-1]}Z", headers=ministry.as_role("FO"))
    assert (answer.status_code, answer.json()["code"]) == (nothing.status_code, nothing.json()["code"])
    assert answer.status_code == 404
