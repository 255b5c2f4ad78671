"""A draft of restricted detail is no way around the two people: it is theirs alone who typed it, and goes when sent."""

from typing import Any

import httpx2

from api.store import cases
from tests.support import Office, example
from tests.web.clearing import assign, assigned, read, release, send_agreeing, worker
from tests.web.town import Pair, problem

NEW = {"if-none-match": "*"}


def _url(uid: str) -> str:
    return f"/v1/cases/{uid}/forms/2/draft"


def _annex() -> dict[str, Any]:
    content = example("restricted_annex")
    del content["release"]
    return content


def _save(office: Office, uid: str, headers: dict[str, str], **when: str) -> httpx2.Response:
    named = {name.replace("_", "-"): text for name, text in when.items()} or NEW
    return office.http.put(_url(uid), json=_annex(), headers={**headers, **named})


def _finalise(pair: Pair, uid: str, headers: dict[str, str]) -> httpx2.Response:
    body = {"recipient": pair.department.agency}
    return pair.shelter.http.post(f"{_url(uid)}/finalise", json=body, headers=headers)


def test_nobody_else_on_the_case_reads_overwrites_or_sends_it(pair: Pair) -> None:
    """Neither a case manager who puts herself on the case nor another health officer; to them there is none."""
    uid, office = send_agreeing(pair), pair.shelter
    doctor = assigned(office, uid, "HO")
    assert _save(office, uid, doctor).status_code == 200
    manager, headers = worker(office, "CM")
    assign(office, uid, manager, "CM")
    for other in (headers, assigned(office, uid, "HO")):
        release(office, uid, other, recipient=pair.department.agency)
        answers = [
            office.http.get(_url(uid), headers=other),
            office.http.get(f"{_url(uid)}/review", headers=other),
            _save(office, uid, other),
            _save(office, uid, other, if_match='"1"'),
            _finalise(pair, uid, other),
        ]
        assert {answer.status_code for answer in answers} <= {403, 404}, [answer.text for answer in answers]
        problem(answers[-1], 404, "draft_not_found")
    assert office.http.get(_url(uid), headers=doctor).json()["content"] == _annex()


def test_it_is_erased_when_it_was_sent(pair: Pair) -> None:
    """What was sent takes two people to read again; its writer begins anew, and ETags go on."""
    uid, office = send_agreeing(pair), pair.shelter
    doctor = assigned(office, uid, "HO")
    assert _save(office, uid, doctor).headers["etag"] == '"1"'
    problem(_finalise(pair, uid, doctor), 403, "release_needed")
    assert office.http.get(_url(uid), headers=doctor).status_code == 200
    release(office, uid, doctor, recipient=pair.department.agency)
    sent = _finalise(pair, uid, doctor)
    assert sent.status_code == 201, sent.text
    problem(office.http.get(_url(uid), headers=doctor), 404, "draft_not_found")
    with office.node.database.reader() as session:
        row = cases.find_draft(session, office.agency, uid, 2)
    assert row is not None
    assert (row.body, row.body_key) == (b"", None)
    seen = read(office, sent.json()["document_id"], assigned(office, uid, "CM"), purpose="care")
    assert not set(seen.json()["document"]) & (set(_annex()) - {"recipient"})
    assert _save(office, uid, doctor).headers["etag"] == '"2"'


def test_whether_a_guess_is_right_is_not_told(pair: Pair) -> None:
    """The same text again is sent as a correction or needs a release; never is it said that it is the same."""
    uid, office = send_agreeing(pair), pair.shelter
    doctor = assigned(office, uid, "HO")
    release(office, uid, doctor, recipient=pair.department.agency)
    assert _save(office, uid, doctor).status_code == 200
    assert _finalise(pair, uid, doctor).status_code == 201
    guesser = assigned(office, uid, "HO")
    named = {**example("restricted_annex")["release"], "approved_on": f"{office.clock():%Y-%m-%d}"}
    stated = {**_annex(), "release": named}
    saved = office.http.put(_url(uid), json=stated, headers={**guesser, **NEW})
    assert saved.status_code == 200, saved.text
    problem(_finalise(pair, uid, guesser), 403, "release_needed")
