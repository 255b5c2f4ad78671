"""A day that is asked for is told like one in a document: the same codes, and the same way to mend it."""

from typing import Any

import pytest

from tests.web.town import Pair, codes, problem

MISTAKES = {
    "a year of the Buddhist era": ("2569-11-22", "buddhist_era", "did you mean 2026"),
    "the last day of all": ("9999-12-31", "year_out_of_range", "from 1900 to 2200"),
    "another order": ("22/11/2026", "iso_day", "YYYY-MM-DD"),
    "no day of the calendar": ("2026-02-30", "no_such_day", "no such month or day"),
}
QUERIES = {"/v1/notices": "from", "/v1/providers": "on", "/v1/cases": "due"}
MISTAKEN = pytest.mark.parametrize(("written", "code", "hint"), MISTAKES.values(), ids=MISTAKES)


@MISTAKEN
@pytest.mark.parametrize(("path", "name"), QUERIES.items())
def test_a_day_in_a_query(pair: Pair, path: str, name: str, written: str, code: str, hint: str) -> None:
    params = {name: written, **({"township": "MMR011002"} if name == "on" else {})}
    answer = pair.department.http.get(path, params=params, headers=pair.department.as_role("WO"))
    problem(answer, 422, "invalid_request")
    assert codes(answer) == {(f"/query/{name}", code)}
    assert hint in _hint(answer.json())
    assert written not in answer.text


@MISTAKEN
def test_a_day_in_a_body(pair: Pair, written: str, code: str, hint: str) -> None:
    wanted = {"meeting": "cmm", "corridor": {"destination": "TH", "origin": "MM"}, "held_on": written}
    answer = pair.shelter.http.post("/v1/agendas/preview", json=wanted, headers=pair.shelter.as_role("CM"))
    problem(answer, 422, "invalid_request")
    assert codes(answer) == {("/body/held_on", code)}
    assert hint in _hint(answer.json())


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2569-11-22T09:00:00+07:00", "buddhist_era"),
        ("9999-12-31T09:00:00+07:00", "year_out_of_range"),
        ("2026-11-22T09:00:00", "no_offset"),
        ("2026-02-30T09:00:00+07:00", "iso_time"),
        ("22/11/2026", "iso_time"),
    ],
)
def test_an_instant_in_a_body(pair: Pair, written: str, code: str) -> None:
    sent = {"until": written, "reason_code": "waiting_for_other_side"}
    answer = pair.shelter.http.post("/v1/alerts/any/snooze", json=sent, headers=pair.shelter.as_role("CM"))
    assert codes(answer) == {("/body/until", code)}
    assert "OpenAPI" not in _hint(answer.json())


@pytest.mark.parametrize(("year", "code"), [("2569", "buddhist_era"), ("1999", "year_out_of_range")])
def test_a_year_of_figures(pair: Pair, year: str, code: str) -> None:
    """A year is no id: that it can't be one tells nothing of what is held."""
    answer = pair.department.http.get(f"/v1/figures/{year}/totals", headers=pair.department.as_role("ST"))
    problem(answer, 422, "invalid_request")
    assert codes(answer) == {("/path/year", code)}


def _hint(body: dict[str, Any]) -> str:
    return str(body["errors"][0]["hint"])
