"""Who can look after somebody at home: asked for a township, answered by the newest directory of each writer."""

from typing import Any

from api.flow.directories import find_directories
from tests.support import Office, example
from tests.web.town import Pair, carry, problem

TOWNSHIP = "MMR011002"


def _ask(office: Office, query: str = f"township={TOWNSHIP}&on=2025-08-22", role: str = "WO") -> dict[str, Any]:
    answer = office.http.get(f"/v1/providers?{query}", headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _publish(pair: Pair, **over: Any) -> str:
    directory = {**example("provider_directory"), "as_of": "2025-03-01", "recipient": pair.shelter.agency, **over}
    office = pair.department
    answer = office.http.post("/v1/forms/30", json=directory, headers=office.as_role("WO"))
    assert answer.status_code == 201, answer.text
    document_id: str = answer.json()["document_id"]
    return document_id


def test_both_sides_learn_who_works_in_a_township(pair: Pair) -> None:
    sent = _publish(pair)
    carry(pair.department)
    for office, role in ((pair.department, "WO"), (pair.shelter, "CM")):
        (row,) = _ask(office, role=role)["items"]
        assert (row["provider"], row["document_id"], row["from_agency"]) == ("MM-NGO-A", sent, pair.department.agency)
        assert row["services"]


def test_a_newer_directory_replaces_the_one_before(pair: Pair) -> None:
    first = _publish(pair)
    _publish(pair, supersedes=first, providers=[])
    found = _ask(pair.department)
    assert (found["is_known"], found["items"]) == (True, [])


def test_directories_are_read_once_and_again_when_there_is_another(pair: Pair) -> None:
    node, agency = pair.department.node, pair.department.agency
    with node.database.reader() as session:
        before = find_directories(node, session, agency)
        assert find_directories(node, session, agency) is before == ()
    _publish(pair)
    with node.database.reader() as session:
        found = find_directories(node, session, agency)
        assert find_directories(node, session, agency) is found
    assert [one.sender for one in found] == [agency]


def test_nobody_is_told_apart_from_nothing_known(pair: Pair) -> None:
    assert _ask(pair.department)["is_known"] is False
    _publish(pair)
    elsewhere = _ask(pair.department, "township=MMR099099")
    assert (elsewhere["is_known"], elsewhere["items"]) == (True, [])


def test_a_township_is_named_by_its_code_and_asked_for_by_who_may(pair: Pair) -> None:
    get, headers = pair.department.http.get, pair.department.as_role("WO")
    problem(get("/v1/providers?township=by the river", headers=headers), 422, "invalid_request")
    problem(get(f"/v1/providers?township={TOWNSHIP}", headers=pair.department.as_role("AD")), 403, "scope_missing")
