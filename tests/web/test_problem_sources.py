"""Who is refused reads which clause asks for it, beside the place, the code and how to mend it."""

from tests.support import example
from tests.web.town import Pair, basic_form, notice, open_case, problem


def test_a_refused_form_names_the_clause_of_each_finding(pair: Pair) -> None:
    """The rule's own where it has one, else that of the form."""
    form = basic_form(pair.department, created_at="2025-03-14T09:00:00+07:00")
    path, headers = f"/v1/cases/{open_case(pair.shelter)}/forms/1", pair.shelter.as_role("SW")
    body = problem(pair.shelter.http.post(path, json=form, headers=headers), 422, "set_by_node")
    assert [body["source"], *(one["source"] for one in body["errors"])] == ["004 1.4(3), 1.5, 1.6"] * (
        1 + len(body["errors"])
    )
    form = basic_form(pair.department)
    form["consents"] = [{**form["consents"][0], "given_by": "guardian"}]
    body = problem(pair.shelter.http.post(path, json=form, headers=headers), 422, "invalid_input")
    assert ("guardian_capacity_missing", "domain 2.J rule 2") in {
        (one["code"], one["source"]) for one in body["errors"]
    }


def test_a_guard_names_its_clause(pair: Pair) -> None:
    """The shelter's own file says that nobody has confirmed where she is from; the notice says the opposite."""
    uid, office = open_case(pair.shelter), pair.shelter
    person = {**example("case_file_basic")["person"], "nationality_status": "under_verification"}
    form = basic_form(pair.department, person=person)
    assert office.http.post(f"/v1/cases/{uid}/forms/1", json=form, headers=office.as_role("SW")).status_code == 201
    answer = office.http.post("/v1/forms/9", json=notice(pair, uid), headers=office.as_role("FO"))
    (found,) = problem(answer, 422, "invalid_input")["errors"]
    assert (found["path"], found["code"]) == ("/persons/0/nationality_status", "nationality_open")
    assert found["source"] == "004 1.4; domain 4"


def test_a_missing_consent_and_a_role_name_theirs(pair: Pair) -> None:
    uid, office = open_case(pair.shelter), pair.shelter
    body = problem(
        office.http.post("/v1/forms/9", json=notice(pair, uid), headers=office.as_role("FO")), 403, "consent_missing"
    )
    assert body["source"] == "domain 2.J; 000 purpose 7"
    body = problem(office.http.post("/v1/forms/9", json={}, headers=office.as_role("SW")), 403, "role_may_not_write")
    assert body["source"] == "domain 5"


def test_what_is_no_form_has_none(pair: Pair) -> None:
    """A parameter is asked for by this interface alone, and what is not here looks like what is not for one."""
    office = pair.shelter
    (found,) = office.http.get("/v1/cases?limit=0", headers=office.as_role("SW")).json()["errors"]
    assert set(found) == {"path", "code", "hint"}
    answer = office.http.get("/v1/cases/01K0ZAB1C2D3E4F5G6H7J8K9M1", headers=office.as_role("SW"))
    assert "source" not in problem(answer, 404, "not_found")
