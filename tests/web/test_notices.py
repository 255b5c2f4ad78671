"""The feed of announced returns: soonest first, the newest version of each, and what is unusual about it."""

from typing import Any

from tests.support import scenario_content
from tests.web.town import Pair, carry, case_file, open_branch, problem, push, seal_for, send_basic, send_notice


def _feed(pair: Pair, query: str = "") -> list[dict[str, Any]]:
    answer = pair.department.http.get(f"/v1/notices{query}", headers=pair.department.as_role("WO"))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def _answer(pair: Pair, uid: str, notice: str) -> dict[str, Any]:
    """Return the form by which the department answers a notice."""
    told = {"recipient": pair.shelter.agency, "received_at": "2025-03-14T09:00:00+06:30"}
    return {**scenario_content("acknowledgement", case=uid, notice=notice), **told}


def test_soonest_first_page_by_page(pair: Pair) -> None:
    """In the order of the planned day, whatever the order of arrival; two on one day are told apart."""
    uid, _ = send_basic(pair)
    days = ["2025-06-02", "2025-05-01", "2025-06-02", "2025-04-20", "2025-07-30"]
    sent = [send_notice(pair, uid, planned_date=day, notice_id=f"N-{place}") for place, day in enumerate(days)]
    carry(pair.shelter)
    assert [item["planned_date"] for item in _feed(pair)] == sorted(days)
    seen, cursor = [], ""
    while True:
        answer = pair.department.http.get(f"/v1/notices?limit=2{cursor}", headers=pair.department.as_role("WO")).json()
        seen += [item["document_id"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert len(seen) == 5
    assert set(seen) == set(sent)
    assert [item["planned_date"] for item in _feed(pair, "?from=2025-06-02")] == [
        "2025-06-02",
        "2025-06-02",
        "2025-07-30",
    ]
    assert _feed(pair, "?from=2026-01-01") == []
    answer = pair.department.http.get("/v1/notices?from=soon", headers=pair.department.as_role("WO"))
    problem(answer, 422, "invalid_request")


def test_a_superseded_version_vanishes(pair: Pair) -> None:
    """Only the newest version is worked off; the old one can still be read by its id."""
    uid, _ = send_basic(pair)
    first = send_notice(pair, uid, planned_date="2025-04-20")
    second = send_notice(pair, uid, planned_date="2025-04-27", notice_version=2, supersedes=first)
    carry(pair.shelter)
    (item,) = _feed(pair)
    assert (item["document_id"], item["planned_date"], item["standing"]["notice_version"]) == (second, "2025-04-27", 2)
    assert item["changes"] == {"adds": [], "removals": [], "changed": [], "journey": ["planned_date"]}
    read = pair.department.http.get(f"/v1/documents/{first}", headers=pair.department.as_role("WO"))
    assert read.json()["document"]["planned_date"] == "2025-04-20"


def test_a_short_lead_time_is_accepted_and_flagged(pair: Pair) -> None:
    """Thirteen days where fourteen were agreed."""
    uid, _ = send_basic(pair)
    send_notice(pair, uid, planned_date="2025-03-27", notice_id="N-SHORT")
    send_notice(pair, uid, planned_date="2025-03-28", notice_id="N-LONG")
    carry(pair.shelter)
    standing = {item["standing"]["notice_id"]: item["standing"] for item in _feed(pair)}
    assert (standing["N-SHORT"]["lead_days"], standing["N-SHORT"]["flags"]) == (13, ["lead_below_policy"])
    assert (standing["N-LONG"]["lead_days"], standing["N-LONG"]["flags"]) == (14, [])


def test_an_answer_shows_in_the_feed(pair: Pair) -> None:
    """A second answer to the same version is refused unless it corrects the first."""
    uid, _ = send_basic(pair)
    sent = send_notice(pair, uid, planned_date="2025-04-20")
    carry(pair.shelter)
    answer = _answer(pair, uid, sent)
    post, headers = pair.department.http.post, pair.department.as_role("WO")
    first = post("/v1/forms/10", json=answer, headers=headers)
    assert first.status_code == 201, first.text
    (item,) = _feed(pair)
    assert (item["standing"]["unanswered"], item["answers"]) == (0, [first.json()["document_id"]])
    problem(post("/v1/forms/10", json=answer, headers=headers), 403, "already_answered")
    corrected = post("/v1/forms/10", json={**answer, "supersedes": first.json()["document_id"]}, headers=headers)
    assert corrected.status_code == 201, corrected.text


def test_an_answer_to_an_older_version_is_taken_and_told(pair: Pair) -> None:
    """The writer who holds a newer one is cautioned; a reader sees which version the answer names, and the newest."""
    uid, _ = send_basic(pair)
    first = send_notice(pair, uid, planned_date="2025-04-20")
    carry(pair.shelter)
    answer = _answer(pair, uid, first)
    post, headers = pair.department.http.post, pair.department.as_role("WO")
    early = post("/v1/forms/10", json=answer, headers=headers).json()
    carry(pair.department)
    path, reader = f"/v1/documents/{early['document_id']}", pair.shelter.as_role("FO")
    assert (early["cautions"], pair.shelter.http.get(path, headers=reader).json()["superseded"]) == ([], {})
    second = send_notice(pair, uid, planned_date="2025-04-27", notice_version=2, supersedes=first)
    carry(pair.shelter)
    late = post("/v1/forms/10", json={**answer, "supersedes": early["document_id"]}, headers=headers)
    assert late.status_code == 201, late.text
    assert [(one["path"], one["code"]) for one in late.json()["cautions"]] == [("/reply_to", "newer_version")]
    carry(pair.department)
    for office, role in ((pair.shelter, "FO"), (pair.department, "WO")):
        shown = office.http.get(f"/v1/documents/{late.json()['document_id']}", headers=office.as_role(role)).json()
        assert (shown["superseded"], shown["superseded_by"]) == ({"/reply_to": second}, None)
        replaced = office.http.get(f"/v1/documents/{early['document_id']}", headers=office.as_role(role)).json()
        assert replaced["superseded_by"] == late.json()["document_id"]


def test_the_feed_says_nothing_about_a_person(pair: Pair) -> None:
    """Numbers and codes only: no name on the list reaches the list of lists."""
    uid, _ = send_basic(pair)
    send_notice(pair, uid, planned_date="2025-04-20")
    carry(pair.shelter)
    text = pair.department.http.get("/v1/notices", headers=pair.department.as_role("WO")).text
    assert "Thidar" not in text
    assert uid not in text


def test_a_version_of_somebody_else_hides_nothing(pair: Pair) -> None:
    """Another agency can't make a notice vanish by claiming to supersede it."""
    uid, _ = send_basic(pair)
    sent = send_notice(pair, uid, planned_date="2025-04-20")
    carry(pair.shelter)
    stranger = open_branch(pair.shelter)
    pair.department.trust(stranger)
    envelope = seal_for(stranger, pair.department, case_file(stranger, pair.department, supersedes=sent))
    assert push(pair.department, stranger, envelope).status_code == 201
    assert [item["document_id"] for item in _feed(pair)] == [sent]
