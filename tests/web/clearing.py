"""People of the tests of need-to-know: clients of their own, put on a case, who read, ask and approve."""

from collections.abc import Mapping
from typing import Any

import httpx2
from ulid import ULID

from tests.support import Office, example
from tests.web.town import Pair, basic_form, open_case, push, seal_for


def worker(office: Office, *roles: str) -> tuple[str, dict[str, str]]:
    """Let a new client in and return its id and headers."""
    name = office.add_client(*roles)
    office.clients["+".join(roles)] = name
    return name, Office.as_role(office, *roles)


def assign(office: Office, uid: str, client: str, role: str) -> None:
    """Let a welfare officer put somebody on a case."""
    path = f"/v1/cases/{uid}/assignments/{client}"
    answer = office.http.put(path, json={"role": role}, headers=office.as_role("WO"))
    assert answer.status_code == 200, answer.text


def assigned(office: Office, uid: str, role: str) -> dict[str, str]:
    """Return the headers of a new client who works on a case."""
    client, headers = worker(office, role)
    assign(office, uid, client, role)
    return headers


def read(office: Office, document_id: str, headers: dict[str, str], **query: str) -> httpx2.Response:
    """Look at a document."""
    return office.http.get(f"/v1/documents/{document_id}", params=query, headers=headers)


def send_agreeing(pair: Pair) -> str:
    """Record a basic form by which the person agrees that the department learns of her health, and return the case."""
    uid, form = open_case(pair.shelter), basic_form(pair.department)
    given = next(record for record in form["consents"] if record["purpose"] == "SHARE_BASIC_ORIGIN_WELFARE")
    named = {**given, "purpose": "SHARE_HEALTH_RESTRICTED", "recipient_agency": pair.department.agency}
    path = f"/v1/cases/{uid}/forms/1"
    answer = pair.shelter.http.post(
        path, json={**form, "consents": [*form["consents"], named]}, headers=pair.shelter.as_role("SW")
    )
    assert answer.status_code == 201, answer.text
    return uid


def post_annex(pair: Pair, uid: str, headers: dict[str, str], **over: Any) -> httpx2.Response:
    """Record the restricted annex of a case; the node says who released it."""
    content: dict[str, Any] = {**example("restricted_annex"), "recipient": pair.department.agency}
    del content["release"]
    return pair.shelter.http.post(f"/v1/cases/{uid}/forms/2", json={**content, **over}, headers=headers)


def ask_release(office: Office, uid: str, headers: dict[str, str], **what: str) -> httpx2.Response:
    """Ask for a release for the sake of health."""
    body = {"purpose": "care", "reason_code": "continuing_care", "reason": "CANARY the treatment must go on"}
    return office.http.post(f"/v1/cases/{uid}/releases", json={**body, **what}, headers=headers)


def approve(office: Office, grant_id: str, headers: dict[str, str]) -> httpx2.Response:
    """Agree to a release."""
    return office.http.post(f"/v1/releases/{grant_id}/approve", headers=headers)


def release(office: Office, uid: str, headers: dict[str, str], **what: str) -> str:
    """Ask for a release and let a case manager agree, and return its id."""
    asked = ask_release(office, uid, headers, **what)
    assert asked.status_code == 201, asked.text
    grant_id: str = asked.json()["grant_id"]
    assert approve(office, grant_id, assigned(office, uid, "CM")).status_code == 200
    return grant_id


def close_without_visits(office: Office, uid: str, to: Office, reason: str, **over: str) -> httpx2.Response:
    """Let a new case manager close a case for which nobody is visited at home."""
    people = {"decided_by": "X-1", "approved_by": "X-2", "approver_role": "case_manager", "victim_informed": "yes"}
    why = {"reason": reason, "closed_on": f"{office.clock():%Y-%m-%d}", "retention_class": "standard"}
    none = {"no_follow_up_reason": "no_case", "no_revisit_reason": "no_case"}
    content = {"recipient": to.agency, **people, **why, **none, **over}
    return office.http.post(f"/v1/cases/{uid}/forms/21", json=content, headers=assigned(office, uid, "CM"))


def send_annex(pair: Pair) -> tuple[str, str]:
    """Release and record a restricted annex, and return the ids of its case and document."""
    uid = send_agreeing(pair)
    doctor = assigned(pair.shelter, uid, "HO")
    release(pair.shelter, uid, doctor, recipient=pair.department.agency)
    answer = post_annex(pair, uid, doctor)
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return uid, document_id


def reminders(office: Office, uid: str, role: str) -> set[str]:
    """Return the rules of which somebody is reminded in a case."""
    items = office.http.get(f"/v1/alerts?case_uid={uid}", headers=office.as_role(role)).json()["items"]
    return {item["rule"] for item in items}


def tell(to: Office, by: Office, uid: str, kind: str, changes: Mapping[str, Any]) -> str:
    """Let one agency tell another something about a case, and return the number of the document."""
    header = {"kind": kind, "schema_version": "1.0", "id": str(ULID()), "case_uid": uid, "reply_to": None}
    header |= {"sender": by.agency, "recipient": to.agency, "created_at": to.clock().isoformat(), "supersedes": None}
    told = {**example(kind), **header, **changes}
    told = {name: value for name, value in told.items() if value is not None}
    answer = push(to, by, seal_for(by, to, told))
    assert answer.status_code == 201, answer.text
    return str(told["id"])
