"""An advance notice is announced, pulled from the feed, and answered person by person (004 1.4(4), 2.4)."""

from tests.support import Office, World, example, scenario_content


def _post(office: Office, path: str, content: dict[str, object], role: str) -> str:
    answer = office.http.post(path, json=content, headers=office.as_role(role))
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return document_id


def test_names_travel_ahead_of_the_return(world: World) -> None:
    """Basic file, full file, notice, feed, answer: both sides end at the same state."""
    shelter, department = world.shelter, world.department
    to_department, to_shelter = {"recipient": department.agency}, {"recipient": shelter.agency}
    uid = shelter.http.post(
        "/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=shelter.as_role("SW")
    ).json()["case_uid"]
    basic = _post(shelter, f"/v1/cases/{uid}/forms/1", {**example("case_file_basic"), **to_department}, "SW")
    world.clock.set("2025-04-20T08:05:00+00:00")
    full = {**example("case_file_full"), **to_department, "supersedes": basic}
    _post(shelter, f"/v1/cases/{uid}/forms/1", full, "SW")
    world.clock.set("2025-07-25T02:00:00+00:00")
    notice = _post(shelter, "/v1/forms/9", {**scenario_content("notice", case=uid), **to_department}, "FO")
    assert shelter.deliver() == 3

    (item,) = department.http.get("/v1/notices", headers=department.as_role("WO")).json()["items"]
    assert (item["document_id"], item["standing"]["lead_days"], item["standing"]["flags"]) == (notice, 25, [])
    assert (item["standing"]["unanswered"], item["answers"]) == (1, [])

    world.clock.set("2025-07-29T04:30:00+00:00")
    answer = scenario_content("acknowledgement", case=uid, notice=notice)
    ack = _post(department, "/v1/forms/10", {**answer, **to_shelter}, "WO")
    (item,) = department.http.get("/v1/notices", headers=department.as_role("WO")).json()["items"]
    assert (item["standing"]["accepted"], item["standing"]["unanswered"], item["answers"]) == (1, 0, [ack])
    assert department.deliver() == 2, "the answer, and the signed receipt that says that the notice was answered"
    receipts = shelter.http.get(f"/v1/documents/{notice}", headers=shelter.as_role("FO")).json()["evidence"]["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["stored", "answered"]
    for office, role in ((shelter, "FO"), (department, "WO")):
        case = office.http.get(f"/v1/cases/{uid}", headers=office.as_role(role)).json()
        assert case["state"] == "RETURN_ACCEPTED"
