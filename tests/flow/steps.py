"""Steps that the stories of this folder are made of, each taken through HTTP like a shelter's own system takes it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
from sqlmodel import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from api.flow import shelf
from api.sealing.seal import seal
from api.store import documents
from api.store.tables import DocumentRow, OutboxRow
from tests.support import Network, Office, World, example, scenario_content


def open_case(office: Office) -> str:
    """Open a case and return its id."""
    answer = office.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=office.as_role("SW"))
    assert answer.status_code == 201, answer.text
    uid: str = answer.json()["case_uid"]
    return uid


def post(office: Office, path: str, content: dict[str, Any], role: str = "SW") -> str:
    """Send a form and return the document's id."""
    answer = office.http.post(path, json=content, headers=office.as_role(role))
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return document_id


def send_file(sender: Office, to: Office, uid: str | None = None, name: str = "case_file_basic", **over: Any) -> str:
    """Send a case file, of a new case where none is named, and return the document's id."""
    uid = uid or open_case(sender)
    return post(sender, f"/v1/cases/{uid}/forms/1", {**example(name), "recipient": to.agency, **over})


def read(office: Office, document_id: str, role: str) -> dict[str, Any]:
    """Read a document with its evidence."""
    answer = office.http.get(f"/v1/documents/{document_id}", headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def case_of(office: Office, uid: str, role: str) -> tuple[str, str | None]:
    """Return where a case stands and when the return is due."""
    case = office.http.get(f"/v1/cases/{uid}", headers=office.as_role(role)).json()
    return case["state"], case["return_due"]


def outbox_of(office: Office) -> list[OutboxRow]:
    """Return everything that was put into a node's outbox, oldest first."""
    with office.node.database.reader() as session:
        return list(session.exec(select(OutboxRow).order_by(OutboxRow.seq)))  # type: ignore[arg-type]


def waiting_for(office: Office) -> list[str | None]:
    """Return the reasons of what still waits."""
    return [row.reason for row in outbox_of(office) if row.state == "waiting"]


def rows_of(office: Office) -> list[DocumentRow]:
    """Return every document that a node holds."""
    with office.node.database.reader() as session:
        return list(session.exec(select(DocumentRow).order_by(DocumentRow.seq)))  # type: ignore[arg-type]


def receipts_of(office: Office, document_id: str) -> dict[str, bytes]:
    """Return the receipts that an agency issued or holds for a document, by status."""
    with office.node.database.reader() as session:
        return {row.status: row.data for row in documents.list_receipts(session, office.agency, document_id)}


def settle(*offices: Office) -> None:
    """Carry until nothing moves any more."""
    while sum(office.deliver() for office in offices):
        pass


def sealed_as(sender: Office, to: Office, content: dict[str, Any]) -> bytes:
    """Return whatever content as an envelope, as a peer with another version of the software could send it."""
    keys, theirs = sender.node.keys_of(sender.agency), to.node.keys_of(to.agency).public()
    return seal(json.dumps(content).encode(), keys=keys, to=theirs, now=sender.clock()).data


def signed_content(office: Office, document_id: str) -> dict[str, Any]:
    """Return what was signed, as JSON data."""
    row = next(row for row in rows_of(office) if row.document_id == document_id)
    content: dict[str, Any] = shelf.read_document(office.node, row).model_dump(mode="json", exclude_none=True)
    return content


def let_somebody_listen(
    network: Network, office: Office, answer: Callable[[Request], Response], *, tokens: bool = True
) -> None:
    """Put something else than a node at an address; tokens are still given, unless the whole address is somebody's."""
    real = network.apps[office.node.base_url]

    async def anything(request: Request) -> Response:
        if tokens and request.url.path == "/oauth/token":
            given = real.post("/oauth/token", content=await request.body(), headers=dict(request.headers))
            return Response(given.content, given.status_code, media_type="application/json")
        return answer(request)

    app = Starlette(routes=[Route("/{path:path}", anything, methods=["GET", "POST"])])
    client: httpx2.Client = TestClient(app, base_url=office.node.base_url, follow_redirects=False)
    network.apps[office.node.base_url] = client


def play_first_journey(world: World) -> tuple[str, list[dict[str, Any]]]:
    """Play the first journey from draft to answer; returns the case and every content that anybody entered."""
    shelter, department = world.shelter, world.department
    uid, entered = open_case(shelter), list[dict[str, Any]]()

    def keep(content: dict[str, Any]) -> dict[str, Any]:
        entered.append(content)
        return content

    def draft(name: str, **over: Any) -> str:
        path, headers = f"/v1/cases/{uid}/forms/1/draft", shelter.as_role("SW")
        held = shelter.http.get(path, headers=headers)
        match = {"if-match": held.headers["etag"]} if held.is_success else {"if-none-match": "*"}
        content = keep({**example(name), **over})
        content.pop("recipient", None)
        assert shelter.http.put(path, json=content, headers={**headers, **match}).is_success
        answer = shelter.http.post(f"{path}/finalise", json={"recipient": department.agency}, headers=headers)
        assert answer.status_code == 201, answer.text
        document_id: str = answer.json()["document_id"]
        return document_id

    basic = draft("case_file_basic")
    settle(shelter, department)
    read(department, basic, "WO")
    world.clock.set("2025-04-20T08:05:00+00:00")
    draft("case_file_full", supersedes=basic)
    world.clock.set("2025-07-25T02:00:00+00:00")
    to_department = {"recipient": department.agency}
    notice = post(shelter, "/v1/forms/9", keep({**scenario_content("notice", case=uid), **to_department}), "FO")
    settle(shelter, department)
    world.clock.set("2025-07-29T04:30:00+00:00")
    answer = scenario_content("acknowledgement", case=uid, notice=notice)
    ack = post(department, "/v1/forms/10", keep({**answer, "recipient": shelter.agency}), "WO")
    settle(shelter, department)
    read(shelter, ack, "FO")
    settle(shelter, department)
    return uid, entered


def texts_in(value: Any) -> Iterator[str]:
    """Return every text in JSON data, the keys of the form not counted."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)
