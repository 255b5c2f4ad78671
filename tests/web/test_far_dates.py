"""A peer signs a day at the end of the calendar: it is refused, and one that lies here from before stops nobody."""

from typing import Any

import pytest
from ulid import ULID

from schemas import years
from tests.support import Office, example
from tests.web.town import Pair, carry, push, seal_for, send_basic

NOW = "2025-12-20T09:00:00+06:30"
CORRIDOR = {"destination": "TH", "origin": "MM"}


def _hand_over(pair: Pair, uid: str, at: str = "0001-01-01T00:00:00+14:00") -> bytes:
    """Seal the record of a hand-over, which was in the first hour of the calendar."""
    content = example("handover_record")
    header = {
        "kind": "handover_record",
        "schema_version": "1.0",
        "id": str(ULID()),
        "sender": pair.shelter.agency,
        "recipient": pair.department.agency,
        "created_at": pair.shelter.clock().isoformat(),
        "at": at,
    }
    first, *others = content["persons"]
    persons = [{**first, "case_uid": uid}, *others]
    return seal_for(pair.shelter, pair.department, {**content, **header, "persons": persons})


def _get(office: Office, path: str) -> Any:
    answer = office.http.get(path, headers=office.as_role("WO"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_step_at_the_end_of_the_calendar_is_refused_with_a_receipt(pair: Pair) -> None:
    pair.shelter.clock.set(NOW)
    uid, _ = send_basic(pair)
    carry(pair.shelter)
    answer = push(pair.department, pair.shelter, _hand_over(pair, uid))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/jose")
    today = _hand_over(pair, uid, pair.shelter.clock().isoformat())
    assert push(pair.department, pair.shelter, today).status_code == 201


def test_one_that_was_taken_before_stops_nobody(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists, agendas and suggestions go on with every other case."""
    office = pair.department
    pair.shelter.clock.set(NOW)
    good, bad = (send_basic(pair)[0] for _ in range(2))
    carry(pair.shelter)
    with monkeypatch.context() as before:
        before.setattr(years, "YEARS", range(1, 10_000))
        assert push(office, pair.shelter, _hand_over(pair, bad)).status_code == 201
    assert good in {one["case_uid"] for one in _get(office, "/v1/alerts")["items"]}
    assert good in {one["case_uid"] for one in _get(office, "/v1/cases?due=overdue")["items"]}
    assert _get(office, f"/v1/cases/{good}/matches")["items"] == []
    wanted = {"meeting": "cmm", "corridor": CORRIDOR}
    answer = office.http.post("/v1/agendas/preview", json=wanted, headers=office.as_role("WO"))
    assert {one["case_uid"] for one in answer.json()["content"]["items"] if "case_uid" in one} == {good}
