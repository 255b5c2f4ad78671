"""The way of a document, row by row of the table in the architecture.

Two nodes, real keys, no mocks, the peer's app as the wire.
"""

from sqlmodel import select

from api.flow import shelf
from api.sealing.receipt import Receipt, ReceiptStatus
from api.sealing.statement import verify_statement
from api.store import documents
from api.store.tables import OutboxRow
from schemas.case_file import CaseFile
from tests.support import Office, World, example


def _case(office: Office) -> str:
    answer = office.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=office.as_role("SW"))
    assert answer.status_code == 201, answer.text
    uid: str = answer.json()["case_uid"]
    return uid


def _waiting(office: Office) -> list[OutboxRow]:
    with office.node.database.reader() as session:
        return list(session.exec(select(OutboxRow).order_by(OutboxRow.seq)))  # type: ignore[arg-type]


def test_a_case_file_travels(world: World) -> None:
    """Form JSON, document, permit, row, envelope, push, checks, receipt in one commit; and the case has moved."""
    shelter, department = world.shelter, world.department

    # form JSON becomes a checked document
    uid = _case(shelter)
    content = {**example("case_file_basic"), "recipient": department.agency}
    answer = shelter.http.post(f"/v1/cases/{uid}/forms/1", json=content, headers=shelter.as_role("SW"))

    # it was permitted, stored locked, sealed and put into the outbox in one commit
    assert answer.status_code == 201, answer.text
    document_id = answer.json()["document_id"]
    with shelter.node.database.reader() as session:
        row = documents.find_document(session, shelter.agency, document_id)
        assert row is not None
        assert isinstance(shelf.read_document(shelter.node, row), CaseFile)
    (waiting,) = _waiting(shelter)
    assert waiting.state == "waiting"
    assert waiting.data.count(b".") == 4, "a compact JWE"

    # pushed until a receipt comes back
    assert shelter.deliver() == 1
    (arrived,) = _waiting(shelter)
    assert arrived.state == "done"

    # opened over there, stored with its receipt in one commit: the signed receipt is back in the shelter's hands
    with shelter.node.database.reader() as session:
        (held,) = documents.list_receipts(session, shelter.agency, document_id)
    proven = verify_statement(
        Receipt, held.data, keys=department.node.keys_of(department.agency).public(), now=world.clock()
    )
    assert (proven.status, proven.envelope_sha256) == (ReceiptStatus.STORED, waiting.sha256)

    # an officer takes the case on, reads exactly what was signed, and the shelter gets the proof of it
    inbox = department.http.get("/v1/inbox", headers=department.as_role("WO")).json()["items"]
    assert [item["document_id"] for item in inbox] == [document_id]
    on_it = f"/v1/cases/{inbox[0]['case_uids'][0]}/assignments/{department.clients['WO']}"
    department.http.put(on_it, json={"role": "WO"}, headers=department.as_role("WO"))
    there = department.http.get(f"/v1/documents/{document_id}", headers=department.as_role("WO")).json()
    here = shelter.http.get(f"/v1/documents/{document_id}", headers=shelter.as_role("SW")).json()
    assert there["document"] == here["document"]
    assert there["evidence"]["signed_sha256"] == here["evidence"]["signed_sha256"]
    assert department.deliver() == 1
    here = shelter.http.get(f"/v1/documents/{document_id}", headers=shelter.as_role("SW")).json()
    assert [item["status"] for item in here["evidence"]["receipts"]] == ["stored", "opened"]

    # the case moved on both sides to the same state
    for office, role in ((shelter, "SW"), (department, "WO")):
        case = office.http.get(f"/v1/cases/{uid}", headers=office.as_role(role)).json()
        assert (case["state"], case["return_due"]) == ("ADMITTED", "2025-09-10")
