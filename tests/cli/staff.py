"""What staff do at a data directory of this machine, through HTTP, for the stories of the commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from starlette.testclient import TestClient

from api.app import create_app
from api.cli.opening import opened_node
from api.flow.clients import Proof, let_in
from api.sealing.tokens import hash_secret
from schemas.base import AgencyId
from schemas.document import Role
from tests.attaching import PART, RECORDING, message
from tests.support import SECRET, example


@contextmanager
def staff_of(agency: str, role: Role = Role.SW) -> Iterator[TestClient]:
    """Let a system of an agency in at the data directory that is set, and give its line."""
    with opened_node() as node:
        name = f"client-{os.urandom(4).hex()}"
        let = Proof(secret_hash=hash_secret(SECRET))
        let_in(node, name, agency=AgencyId(agency), roles=[role], scopes=(), proof=let)
        with TestClient(create_app(node), base_url="http://127.0.0.1:8000") as http:
            form = {"grant_type": "client_credentials", "client_id": name, "client_secret": SECRET}
            token = http.post("/oauth/token", data=form).json()["access_token"]
            http.headers["authorization"] = f"Bearer {token}"
            yield http


def send_file(http: TestClient, recipient: str) -> tuple[str, str]:
    """Open a case and record its case file; returns case and document."""
    case = _made(http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}))["case_uid"]
    content = {**example("case_file_basic"), "recipient": recipient}
    return case, _made(http.post(f"/v1/cases/{case}/forms/1", json=content))["document_id"]


def hand_in(http: TestClient, case: str, data: bytes = RECORDING) -> str:
    """Hand a recording in and return its id."""
    announced = http.post(f"/v1/cases/{case}/attachments", json={"media_type": "audio/ogg", "bytes": len(data)})
    taken = http.patch(announced.headers["location"], content=data, headers={**PART, "upload-offset": "0"})
    assert taken.json()["complete"] is True, taken.text
    attachment_id: str = taken.json()["attachment_id"]
    return attachment_id


def send_recording(http: TestClient, recipient: str) -> str:
    """Record a case file and a form that names a recording; returns the form's document."""
    case, _ = send_file(http, recipient)
    form = message(recipient, hand_in(http, case))
    document_id: str = _made(http.post(f"/v1/cases/{case}/forms/24", json=form))["document_id"]
    return document_id


def _made(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
