"""Scenario S5 on two nodes: an escape is told, the aunt is informed, and telling the father can't be recorded."""

from typing import Any

from tests.support import Office, World, example

RESTRICTED = {
    "contact_restrictions": [{"person_or_role": "father", "reason": "person_involved"}],
    "what_family_may_be_told": ["alive_and_safe_only"],
}


def _post(office: Office, role: str, path: str, content: dict[str, Any]) -> Any:
    return office.http.post(path, json=content, headers=office.as_role(role))


def _escape(recipient: str, **changes: Any) -> dict[str, Any]:
    times = {"escape_discovered_at": "2025-03-16T21:40:00+07:00", "last_seen_at": "2025-03-16T20:30:00+07:00"}
    return {**example("escape_notice"), **times, "recipient": recipient, **changes}


def test_the_father_is_not_told(world: World) -> None:
    """What the case file restricts can't be dropped on one side nor broken on the other; the rest goes through."""
    shelter, department, clock = world.shelter, world.department, world.clock
    uid = _post(shelter, "SW", "/v1/cases", {"destination": "TH", "origin": "MM"}).json()["case_uid"]
    forms = f"/v1/cases/{uid}/forms"
    file = {**example("case_file_basic"), "family": RESTRICTED, "recipient": department.agency}
    assert _post(shelter, "SW", f"{forms}/1", file).status_code == 201

    # the notice may not leave the restriction out
    clock.set("2025-03-17T02:00:00+00:00")
    silent = {"allowed": "yes", "contact_restrictions": []}
    answer = _post(shelter, "SW", f"{forms}/5", _escape(department.agency, family_informing=silent))
    assert answer.status_code == 422, answer.text
    assert "restriction_dropped" in answer.text

    # with it, it leaves, and the origin side holds it
    answer = _post(shelter, "SW", f"{forms}/5", _escape(department.agency))
    assert answer.status_code == 201, answer.text
    notice = answer.json()["document_id"]
    while shelter.deliver():
        pass

    # over there nobody can record that the father was told; the hint names nobody
    clock.set("2025-03-18T08:00:00+00:00")
    informed = example("escape_family_informed") | {
        "recipient": shelter.agency,
        "reply_to": notice,
        "informed_at": "2025-03-18T12:00:00+06:30",
    }
    answer = _post(department, "WO", f"{forms}/6", {**informed, "whom": ["father"]})
    assert answer.status_code == 422, answer.text
    assert "contact_restricted" in answer.text
    assert "father" not in answer.text

    # the aunt may be, and the shelter hears of it
    answer = _post(department, "WO", f"{forms}/6", informed)
    assert answer.status_code == 201, answer.text
    while department.deliver():
        pass
    seen = shelter.http.get(f"/v1/documents/{answer.json()['document_id']}", headers=shelter.as_role("SW"))
    assert seen.json()["document"]["whom"] == ["aunt"]
