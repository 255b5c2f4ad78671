"""What the tests of the web room share: offices on a node that is there, the ways in, forms, and how problems look."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

import httpx2
from ulid import ULID

from api.flow.clients import Proof, let_in, shut_out
from api.flow.founding import found_agency
from api.rules.access import scopes_of
from api.sealing.keys import PrivateKeySet, generate_keys
from api.sealing.seal import seal
from api.sealing.tokens import sign_token
from schemas.base import AgencyId
from schemas.document import Role
from tests.support import Office, example, scenario_content

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PROBLEM = "application/problem+json"
JOSE = "application/jose"
_numbers = count(1)


@dataclass
class Pair:
    """Two offices that trust each other and that nobody else has used."""

    shelter: Office
    department: Office


class Branch(Office):
    """An office whose staff are signed in already: how one gets a token is told in test_tokens.py."""

    def as_role(self, *roles: str, **more: str) -> dict[str, str]:
        """Return the headers of a client with these roles, with a token as the node issues it."""
        if more:
            return super().as_role(*roles, **more)
        node, now, name = self.node, int(self.clock().timestamp()), f"{self.agency.lower()}-{'-'.join(roles).lower()}"
        claims = {"iss": node.base_url, "aud": f"{node.base_url}/staff", "sub": name, "agency": self.agency}
        claims |= {"scope": " ".join(scopes_of(Role(role) for role in roles))}
        whole = {**claims, "roles": list(roles), "iat": now, "exp": now + 600}
        return {"authorization": f"Bearer {sign_token(whole, node.token_keys.signing_key(self.clock()))}"}


def open_branch(office: Office, country: str = "") -> Office:
    """Open another agency on the same node, of the same country or another one, with keys of its own."""
    agency = AgencyId(f"{country or office.agency[:2]}-BRANCH-{next(_numbers)}")
    keyring = cast("dict[AgencyId, PrivateKeySet]", office.node.keyring)
    keyring[agency] = generate_keys(agency, office.clock())
    found_agency(office.node, agency, name="A branch", reachable=True)
    return Branch(office.node, agency, office.http, office.clock)


def key_client(office: Office, keys: PrivateKeySet, *roles: str, is_revoked: bool = False) -> str:
    """Let a system in that proves itself with a key, and return its id."""
    name = f"system-{next(_numbers)}"
    proof = Proof(jwks=keys.public().to_json())
    let_in(office.node, name, agency=office.agency, roles=[Role(role) for role in roles], scopes=(), proof=proof)
    if is_revoked:
        shut_out(office.node, name)
    return name


def as_peer(at: Office, peer: Office) -> dict[str, str]:
    """Return the headers of a peer agency at somebody's node."""
    answer = at.ask_with(at.assertion_of(peer.agency, peer.node.keys_of(peer.agency)))
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def seal_for(sender: Office, to: Office, content: Mapping[str, Any]) -> bytes:
    """Seal any content as an envelope, whether its document is good or not."""
    keys, theirs = sender.node.keys_of(sender.agency), to.node.keys_of(to.agency).public()
    return seal(json.dumps(content).encode(), keys=keys, to=theirs, now=sender.clock()).data


def case_file(sender: Office, to: Office, **over: Any) -> dict[str, Any]:
    """Return a whole case file as it is signed; ``None`` leaves a member out."""
    header = {
        "kind": "case_file",
        "schema_version": "1.0",
        "id": str(ULID()),
        "case_uid": str(ULID()),
        "sender": sender.agency,
        "recipient": to.agency,
        "created_at": sender.clock().isoformat(),
    }
    whole = {**example("case_file_basic"), **header, **over}
    return {name: value for name, value in whole.items() if value is not None}


def push(at: Office, peer: Office, envelope: bytes, **headers: str) -> httpx2.Response:
    """Bring an envelope to a node in the name of a peer."""
    sent = {**as_peer(at, peer), "content-type": JOSE, **headers}
    return at.http.post("/exchange/v1/envelopes", content=envelope, headers=sent)


def open_case(office: Office) -> str:
    """Open a case and return its id."""
    answer = office.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=office.as_role("SW"))
    assert answer.status_code == 201, answer.text
    uid: str = answer.json()["case_uid"]
    return uid


def basic_form(to: Office, **over: Any) -> dict[str, Any]:
    """Return the basic form for a recipient, as staff post it."""
    return {**example("case_file_basic"), "recipient": to.agency, **over}


def send_basic(pair: Pair, uid: str | None = None) -> tuple[str, str]:
    """Record a basic form and return the ids of its case and document."""
    case_uid = uid or open_case(pair.shelter)
    path, headers = f"/v1/cases/{case_uid}/forms/1", pair.shelter.as_role("SW")
    answer = pair.shelter.http.post(path, json=basic_form(pair.department), headers=headers)
    assert answer.status_code == 201, answer.text
    return case_uid, answer.json()["document_id"]


def notice(pair: Pair, uid: str, **over: Any) -> dict[str, Any]:
    """Return a notice about one case, as staff post it."""
    content = scenario_content("notice", case=uid)
    return {**content, "recipient": pair.department.agency, "requesting_confirmation_by": None, **over}


def send_notice(pair: Pair, uid: str, **over: Any) -> str:
    """Record a notice and return its id."""
    answer = pair.shelter.http.post("/v1/forms/9", json=notice(pair, uid, **over), headers=pair.shelter.as_role("FO"))
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return document_id


def received(pair: Pair) -> list[dict[str, Any]]:
    """Return what came in at the department."""
    answer = pair.department.http.get("/v1/inbox", headers=pair.department.as_role("WO"))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def carry(office: Office) -> None:
    """Carry everything that waits at a node."""
    while office.deliver():
        pass


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Return a problem after asserting what every problem is."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    body: dict[str, Any] = answer.json()
    assert (body["code"], body["status"], body["type"]) == (code, status, f"urn:homeward:problem:{code}"), answer.text
    return body


def codes(answer: httpx2.Response) -> set[tuple[str, str]]:
    """Return the findings of a problem as pairs of place and code."""
    return {(item["path"], item["code"]) for item in answer.json()["errors"]}


def look(answer: httpx2.Response) -> tuple[int, str | None, dict[str, Any]]:
    """Return what a caller can tell an answer by: all but the id of this one answer and what names the request."""
    told = answer.json() if answer.content else {}  # the answer to HEAD has no body
    body = {name: value for name, value in told.items() if name != "instance"}
    return answer.status_code, answer.headers.get("content-type"), body
