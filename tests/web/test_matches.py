"""One person in two files is suggested with reasons and nothing else; a person merges them, and takes it back."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from api.flow import shelf
from api.flow.matching import derive_keys
from api.store import cases
from api.store.engine import Session
from tests.forms import edited
from tests.support import Office
from tests.web.town import Pair, open_branch, open_case, problem

HEADER = ("kind", "schema_version", "id", "sender", "created_at", "case_uid", "supersedes")
MALI = {"full_text": "มะลิ", "script": "Thai", "type": "name_used_in_exploitation"}
NO_PAPERS: list[object] = []


def _file(pair: Pair, name: str = "case_file_full", *, role: str = "SW", **edits: object) -> str:
    """Record a case file with edits, at JSON pointers in which two underlines stand for a slash; return its case."""
    pair.shelter.clock.set("2025-05-02")
    headers = pair.shelter.as_role(role)
    opened = pair.shelter.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=headers)
    uid: str = opened.json()["case_uid"]
    pointers = {"/" + key.replace("__", "/"): value for key, value in edits.items()}
    form = {key: value for key, value in edited(name, pointers).items() if key not in HEADER}
    form |= {"recipient": pair.department.agency}
    answer = pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=form, headers=headers)
    assert answer.status_code == 201, answer.text
    _derive(pair.shelter, uid)
    return uid


def _derive(office: Office, uid: str) -> None:
    """Store by what a case is found, as the node does after a document came."""
    node = office.node
    with node.database.reader() as session:
        row, held = cases.find_case(session, office.agency, uid), shelf.read_case(node, session, office.agency, uid)
    assert row is not None
    node.writer.write(lambda session: derive_keys(node, session, row, held, node.clock()))


def _told(office: Office, uid: str, role: str = "FO") -> dict[str, Any]:
    answer = office.http.get(f"/v1/cases/{uid}/matches", headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert told["case_uid"] == uid
    return told


def _matches(office: Office, uid: str, role: str = "FO") -> dict[str, dict[str, Any]]:
    """Return what somebody is told who may know of everything that is found."""
    told = _told(office, uid, role)
    assert not told["hidden"]
    return {item["case_uid"]: item for item in told["items"]}


def _fields(item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["field"]: line for line in item["fields"]}


def _merge(office: Office, uid: str, into: str, role: str = "FO", reason: str = "person_confirms") -> Any:
    body = {"into": into, "reason_code": reason}
    return office.http.post(f"/v1/cases/{uid}/merge", json=body, headers=office.as_role(role))


def _unmerge(office: Office, uid: str, role: str = "FO") -> Any:
    return office.http.post(f"/v1/cases/{uid}/unmerge", headers=office.as_role(role))


def _events(office: Office, uid: str, role: str = "FO") -> list[dict[str, Any]]:
    answer = office.http.get(f"/v1/cases/{uid}/timeline", headers=office.as_role(role))
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def test_the_same_person_from_two_shelters_under_two_names(pair: Pair) -> None:
    """The second file knows only what a trafficker called her; the first one mentions it in Latin letters."""
    first = _file(pair, person__names__2={**MALI, "full_text": "Mali", "script": "Latn"})
    second = _file(pair, person__names=[MALI], person__id_documents=NO_PAPERS)
    other = _file(pair, "case_file_basic", person__names=[{"full_text": "Nyo Nyo San"}])
    found = _matches(pair.shelter, second)
    assert set(found) == {first}
    lines = _fields(found[first])
    assert found[first]["score"] > 0.9
    assert lines["names"]["verdict"] == "agree"
    assert set(lines["names"]["reasons"]) == {"other_script", "name_used_in_exploitation"}
    assert lines["birth"]["verdict"] == lines["father"]["verdict"] == "agree"
    assert set(_matches(pair.shelter, first)) == {second}
    assert other not in found


def test_a_person_spelt_otherwise(pair: Pair) -> None:
    """Best first, each with a line for every field."""
    first = _file(pair)
    near = _file(pair, person__names=[{"full_text": "Wai Thita"}], person__id_documents=NO_PAPERS)
    seen = _file(pair, "case_file_basic", person__names=[{"full_text": "Thida Way"}])
    found = _matches(pair.shelter, first)
    assert list(found) == [near, seen]
    assert found[near]["score"] >= found[seen]["score"] >= 0.5
    assert {"names", "sex", "birth", "place", "village", "father", "mother"} <= set(_fields(found[seen]))
    assert _fields(found[seen])["father"]["verdict"] == "unknown"


def test_a_sister_is_not_suggested_as_the_same_person(pair: Pair) -> None:
    """She has the parents and the home; that is all."""
    first = _file(pair)
    sister = {"person__names": [{"full_text": "Ma Sandar Wai"}], "person__birth__edtf": "1999-05"}
    _file(pair, **sister, person__age_reported=25, person__id_documents=NO_PAPERS)
    assert _matches(pair.shelter, first) == {}


def test_nothing_of_a_person_is_in_the_answer(pair: Pair) -> None:
    """Ids, numbers and codes."""
    first = _file(pair)
    _file(pair)
    answer = pair.shelter.http.get(f"/v1/cases/{first}/matches", headers=pair.shelter.as_role("FO")).text
    assert "same_tokens" in answer
    for told in ("Thidar", "သီတာ", "Nyan", "Kyaikmaraw", "MMR011", "123456", "2001"):
        assert told not in answer


def test_the_database_holds_no_name(pair: Pair) -> None:
    """Only keyed hashes, which another agency on the same node does not share."""
    _file(pair)
    with pair.shelter.node.database.reader() as session:
        ours = _keys(session, pair.shelter.agency)
    assert ours
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in ours)
    branch = open_branch(pair.shelter)
    branch.trust(pair.department)
    pair.department.trust(branch)
    _file(Pair(branch, pair.department))
    with pair.shelter.node.database.reader() as session:
        theirs = _keys(session, branch.agency)
    assert len(theirs) == len(ours)
    assert not theirs & ours


def _keys(session: Session, agency: str) -> frozenset[str]:
    query = text("SELECT key FROM match_key WHERE agency_id = :agency")
    return frozenset(session.execute(query, {"agency": agency}).scalars())


def test_keys_follow_the_documents(pair: Pair) -> None:
    """Worked out again, they are the same; after a correction the old ones are gone."""
    uid = _file(pair)
    with pair.shelter.node.database.reader() as session:
        before = _keys(session, pair.shelter.agency)
        row = cases.find_case(session, pair.shelter.agency, uid)
    _derive(pair.shelter, uid)
    node = pair.shelter.node
    with node.database.reader() as session:
        assert _keys(session, pair.shelter.agency) == before
    assert row is not None
    node.writer.write(lambda session: derive_keys(node, session, row, [], node.clock()))
    with node.database.reader() as session:
        assert _keys(session, pair.shelter.agency) == frozenset()


def test_each_look_is_in_the_log(pair: Pair) -> None:
    """Of the case that was asked about and of each that was shown."""
    first, second = _file(pair), _file(pair)
    _matches(pair.shelter, first, "FO")
    for uid in (first, second):
        (event,) = [event for event in _events(pair.shelter, uid) if event["action"] == "compared"]
        assert event["by"] == "FO"


def test_who_may_look_and_who_may_decide(pair: Pair) -> None:
    """Tracing is for shelter workers, case managers, focal and welfare officers; merging not for shelter workers."""
    first, second = _file(pair), _file(pair)
    for role in ("SW", "FO", "WO"):
        assert set(_matches(pair.shelter, first, role)) == {second}
    http, path = pair.shelter.http, f"/v1/cases/{first}/matches"
    for role in ("HO", "NG", "LE", "AU", "PI"):
        problem(http.get(path, headers=pair.shelter.as_role(role)), 403, "role_may_not_match")
    for role in ("ST", "AD"):
        problem(http.get(path, headers=pair.shelter.as_role(role)), 403, "scope_missing")
    for role in ("SW", "HO", "AU", "PI"):
        problem(_merge(pair.shelter, first, second, role), 403, "scope_missing")
        problem(_unmerge(pair.shelter, first, role), 403, "scope_missing")


def test_who_works_on_some_cases_only_asks_about_those(pair: Pair) -> None:
    """A suggestion names no case that one does not work on; deciding needs a look at both."""
    own, again, foreign = _file(pair, role="CM"), _file(pair, role="CM"), _file(pair)
    told = _told(pair.shelter, own, "CM")
    assert ([item["case_uid"] for item in told["items"]], told["hidden"]) == ([again], True)
    assert set(_matches(pair.shelter, own)) == {again, foreign}
    path = f"/v1/cases/{foreign}/matches"
    problem(pair.shelter.http.get(path, headers=pair.shelter.as_role("CM")), 404, "not_found")
    problem(_merge(pair.shelter, own, foreign, "CM"), 404, "not_found")
    problem(_merge(pair.shelter, foreign, own, "CM"), 404, "not_found")
    assert _merge(pair.shelter, own, again, "CM").status_code == 200


def test_a_name_typed_into_a_new_case_finds_nobody(pair: Pair) -> None:
    """That somebody like this is here is all that a worker of another case learns: not who, how many or how like."""
    own = _file(pair, role="CM")
    alone = _told(pair.shelter, own, "CM")
    assert (alone["items"], alone["hidden"]) == ([], False)
    foreign = _file(pair)
    one = _told(pair.shelter, own, "CM")
    assert one == {"case_uid": own, "items": [], "hidden": True}
    _file(pair, person__names=[{"full_text": "Wai Thita"}])
    assert _told(pair.shelter, own, "CM") == one
    assert [event["by"] for event in _events(pair.shelter, foreign) if event["action"] == "compared"] == ["CM", "CM"]


def test_a_merge_names_the_other_case_to_who_may_know_of_it(pair: Pair) -> None:
    """In the case, in the list, in the timeline and in a suggestion."""
    own, again, foreign = _file(pair, role="CM"), _file(pair, role="CM"), _file(pair)
    assert _merge(pair.shelter, again, foreign).status_code == 200
    (told,) = _told(pair.shelter, own, "CM")["items"]
    assert (told["case_uid"], told["merged_into"]) == (again, None)
    assert _case(pair.shelter, again, "CM")["merged_into"] is None
    assert _listed(pair.shelter, "CM")[again] == (None, [])
    (event,) = [event for event in _events(pair.shelter, again, "CM") if event["action"] == "merged"]
    assert "other_case_uid" not in event
    assert _case(pair.shelter, again)["merged_into"] == foreign
    (event,) = [event for event in _events(pair.shelter, again) if event["action"] == "merged"]
    assert event["other_case_uid"] == foreign


def test_a_case_that_cannot_be_read_stops_nobody(pair: Pair) -> None:
    """It is left out; the others are suggested."""
    first, second, broken = (_file(pair) for _ in range(3))
    query = (
        "UPDATE document SET body = :bad WHERE seq IN"
        " (SELECT document_seq FROM document_case WHERE agency_id = :agency AND case_uid = :uid)"
    )
    where = {"bad": b"noise", "agency": pair.shelter.agency, "uid": broken}
    pair.shelter.node.writer.write(lambda session: session.execute(text(query), where))
    assert set(_matches(pair.shelter, first)) == {second}


def test_another_agency_finds_nothing(pair: Pair) -> None:
    """Not even on the same node: its cases are not compared, and an id of ours is one that does not exist."""
    first = _file(pair)
    branch = open_branch(pair.shelter)
    branch.trust(pair.department)
    pair.department.trust(branch)
    theirs = _file(Pair(branch, pair.department))
    assert _matches(branch, theirs) == {}
    assert _matches(pair.shelter, first) == {}
    problem(branch.http.get(f"/v1/cases/{first}/matches", headers=branch.as_role("FO")), 404, "not_found")
    problem(_merge(branch, theirs, first), 404, "not_found")
    problem(_merge(branch, first, theirs), 404, "not_found")
    problem(_unmerge(branch, first), 404, "not_found")


def test_a_person_merges_and_takes_it_back(pair: Pair) -> None:
    """The case says where it went, the other one what came; the documents stay where they are."""
    first, second = _file(pair), _file(pair)
    answer = _merge(pair.shelter, second, first, reason="same_number")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["merged_into"], body["reason_code"]) == (first, "same_number")
    assert _merge(pair.shelter, second, first, reason="other").json() == body
    assert _case(pair.shelter, second)["merged_into"] == first
    assert _case(pair.shelter, first)["merged_from"] == [second]
    assert _listed(pair.shelter) == {first: (None, [second]), second: (first, [])}
    assert _matches(pair.shelter, first) == _matches(pair.shelter, second) == {}
    for uid, other in ((first, second), (second, first)):
        (event,) = [event for event in _events(pair.shelter, uid) if event["action"] == "merged"]
        assert (event["code"], event["other_case_uid"]) == ("same_number", other)
    assert any(event["action"] == "recorded" for event in _events(pair.shelter, second))
    assert _unmerge(pair.shelter, second).json() == {"case_uid": second, "merged_into": None}
    assert (_case(pair.shelter, second)["merged_into"], _case(pair.shelter, first)["merged_from"]) == (None, [])
    assert set(_matches(pair.shelter, first)) == {second}
    assert [event["action"] for event in _events(pair.shelter, second) if "merged" in event["action"]] == [
        "merged",
        "unmerged",
    ]
    problem(_unmerge(pair.shelter, second), 409, "not_merged")


def test_no_timeline_tells_how_many_cases_were_found(pair: Pair) -> None:
    """A look leaves a line in each case that it found: only auditors see how far two lines of one case are apart."""
    first, _, _ = (_file(pair) for _ in range(3))
    assert len(_matches(pair.shelter, first)) == 2
    assert not any("log_index" in event for event in _events(pair.shelter, first))
    assert all("log_index" in event for event in _events(pair.shelter, first, "AU"))


def test_a_suggestion_says_where_its_case_was_merged(pair: Pair) -> None:
    first, second, third = (_file(pair) for _ in range(3))
    assert _merge(pair.shelter, second, third).status_code == 200
    found = _matches(pair.shelter, first)
    assert {uid: item["merged_into"] for uid, item in found.items()} == {second: third, third: None}


def _case(office: Office, uid: str, role: str = "FO") -> dict[str, Any]:
    answer = office.http.get(f"/v1/cases/{uid}", headers=office.as_role(role))
    found: dict[str, Any] = answer.json()
    return found


def _listed(office: Office, role: str = "FO") -> dict[str, tuple[str | None, list[str]]]:
    answer = office.http.get("/v1/cases", headers=office.as_role(role))
    return {item["case_uid"]: (item["merged_into"], item["merged_from"]) for item in answer.json()["items"]}


def test_no_circle_and_no_chain(pair: Pair) -> None:
    """What is merged goes into a case that stands for itself."""
    first, second, third = (open_case(pair.shelter) for _ in range(3))
    problem(_merge(pair.shelter, first, first), 422, "merge_into_itself")
    assert _merge(pair.shelter, second, first).status_code == 200
    problem(_merge(pair.shelter, first, second), 409, "merge_into_root")
    problem(_merge(pair.shelter, third, second), 409, "merge_into_root")
    problem(_merge(pair.shelter, second, third), 409, "already_merged")
    problem(_merge(pair.shelter, first, third), 409, "merged_cases_here")
    assert _merge(pair.shelter, third, first).status_code == 200
    assert _case(pair.shelter, first)["merged_from"] == sorted([second, third])


@pytest.mark.parametrize(
    "body",
    [{}, {"into": "x", "reason_code": "other"}, {"into": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8", "reason_code": "because"}],
    ids=["nothing", "no id", "no reason"],
)
def test_a_merge_that_cannot_be_read(pair: Pair, body: object) -> None:
    uid = open_case(pair.shelter)
    answer = pair.shelter.http.post(f"/v1/cases/{uid}/merge", json=body, headers=pair.shelter.as_role("FO"))
    problem(answer, 422, "invalid_request")


def test_a_case_without_documents_has_no_matches(pair: Pair) -> None:
    """And a case that nobody has is not found."""
    assert _matches(pair.shelter, open_case(pair.shelter)) == {}
    answer = pair.shelter.http.get("/v1/cases/01JP0ZK8W3T5N7Q9R1S2V4X6Y8/matches", headers=pair.shelter.as_role("FO"))
    problem(answer, 404, "not_found")


def test_whether_somebody_is_hidden_tells_nothing_but_the_name(pair: Pair) -> None:
    """Whenever the person typed in was born: the same answer, so that nobody tries out one thing after the other."""
    _file(pair)
    older = {"person__birth__edtf": "1991", "person__age_reported": 34}
    for edits, is_told in ((older, True), ({"person__names": [{"full_text": "Nyo Nyo San"}]}, False)):
        uid = _file(pair, role="CM", person__id_documents=NO_PAPERS, **edits)
        assert _told(pair.shelter, uid, "CM")["hidden"] is is_told
