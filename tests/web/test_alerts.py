"""What is due is on the list the moment it is, what is late is told once, and nothing late can be hidden."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from api.flow.watch import look_anew
from api.store.case_tables import DeadlineRow
from api.store.deadlines import NewDeadline, put_deadlines
from api.store.tables import LogRow
from api.web.cursors import write_cursor
from tests.support import START, Office, example
from tests.web.clearing import assigned, send_annex
from tests.web.town import Pair, basic_form, carry, open_case, problem, send_basic, send_notice


def alerts(office: Office, query: str = "", role: str = "FO") -> list[dict[str, Any]]:
    answer = office.http.get(f"/v1/alerts{query}", headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def rules(office: Office, query: str = "", role: str = "FO") -> list[str]:
    return [item["rule"] for item in alerts(office, query, role)]


def told(office: Office) -> list[tuple[str, str | None]]:
    """Return the deadlines of an agency that the log says have passed."""
    with office.node.database.reader() as session:
        lines = [json.loads(line) for line in session.exec(select(LogRow.entry).order_by(LogRow.seq))]
    ours = [line for line in lines if line["agency"] == office.agency and line["action"] == "deadline_passed"]
    return [(line["code"], line.get("case_uid")) for line in ours]


def act(office: Office, alert: str, what: str, role: str = "FO", **body: object) -> Any:
    method = "PUT" if what == "barrier" else "POST"
    path = f"/v1/alerts/{alert}/{what}"
    return office.http.request(method, path, headers=office.as_role(role), **({"json": body} if body else {}))


def snooze(office: Office, alert: str, days: float, reason: str = "being_done", role: str = "FO") -> Any:
    until = (office.clock() + timedelta(days=days)).isoformat()
    return act(office, alert, "snooze", role, until=until, reason_code=reason)


def test_a_file_that_was_not_sent_is_missed(pair: Pair) -> None:
    """Four days after the case was opened somebody is reminded, after seven it is late, and sending it mends it."""
    uid = open_case(pair.shelter)
    assert alerts(pair.shelter) == []
    pair.shelter.clock.wait(days=4)
    (item,) = alerts(pair.shelter)
    assert item == {
        "alert_id": item["alert_id"],
        "rule": "D02",
        "label": "Basic file sent",
        "hint": item["hint"],
        "case_uid": uid,
        "due_at": "2025-03-21T16:59:59Z",
        "severity": "warn",
        "owners": ["SW", "FO"],
    }
    pair.shelter.clock.wait(days=4)
    assert [one["severity"] for one in alerts(pair.shelter)] == ["breach"]
    send_basic(pair, uid)
    assert "D02" not in rules(pair.shelter)


def test_what_passed_is_told_once_in_the_log(pair: Pair) -> None:
    """However often somebody looks, and although nobody asks for the list (promise 6)."""
    uid = open_case(pair.shelter)
    pair.shelter.clock.wait(days=8)
    for _ in range(3):
        look_anew(pair.shelter.node, [pair.shelter.agency])
    assert told(pair.shelter) == [("D02", uid)]
    timeline = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=pair.shelter.as_role("FO")).json()
    assert [event["code"] for event in timeline["events"] if event["action"] == "deadline_passed"] == ["D02"]
    assert rules(pair.shelter) == ["D02"]
    assert told(pair.shelter) == [("D02", uid)]


def test_what_nobody_receipted_is_missed_until_it_arrives(pair: Pair) -> None:
    """Sent on a Friday: late after Tuesday, the second contact after Friday; the receipt ends both."""
    _, document_id = send_basic(pair)
    assert rules(pair.shelter) == []
    pair.shelter.clock.wait(days=5)
    assert [(item["rule"], item["severity"], item["subject"]) for item in alerts(pair.shelter, "?rule=D06")] == [
        ("D06a", "breach", document_id),
        ("D06b", "warn", document_id),
    ]
    pair.shelter.clock.wait(days=4)
    assert [item["severity"] for item in alerts(pair.shelter, "?rule=D06")] == ["breach", "breach"]
    carry(pair.shelter)
    assert rules(pair.shelter, "?rule=D06") == []


def test_both_sides_are_reminded_of_the_same_answer(pair: Pair) -> None:
    """A notice that nobody answers: the one who asked sees it too."""
    uid, _ = send_basic(pair)
    pair.shelter.clock.set("2025-07-25T02:00:00+00:00")
    send_notice(pair, uid)
    carry(pair.shelter)
    pair.shelter.clock.wait(days=6)
    here, there = alerts(pair.shelter, "?rule=D10"), alerts(pair.department, "?rule=D10", "WO")
    assert here == there
    assert [item["severity"] for item in here] == ["breach"]


def test_a_reminder_is_put_off_for_a_while(pair: Pair) -> None:
    """Snoozed, it is hidden; woken, or when the time is over, it is back; once late it shows, and says so."""
    open_case(pair.shelter)
    pair.shelter.clock.wait(days=4)
    (item,) = alerts(pair.shelter)
    answer = snooze(pair.shelter, item["alert_id"], 2)
    assert (answer.status_code, answer.json()["snooze_reason"]) == (200, "being_done")
    assert rules(pair.shelter) == rules(pair.shelter, "?snoozed=false") == []
    assert rules(pair.shelter, "?snoozed=true") == ["D02"]
    assert act(pair.shelter, item["alert_id"], "wake").status_code == 200
    assert rules(pair.shelter) == ["D02"]
    snooze(pair.shelter, item["alert_id"], 2)
    pair.shelter.clock.wait(days=2, seconds=1)
    assert rules(pair.shelter) == ["D02"]
    snooze(pair.shelter, item["alert_id"], 20)
    pair.shelter.clock.wait(days=4)
    (late,) = alerts(pair.shelter)
    assert (late["severity"], "snoozed_until" in late) == ("breach", True)
    assert rules(pair.shelter, "?snoozed=false") == []


def overdue(pair: Pair) -> tuple[str, str, dict[str, Any]]:
    """Let the six months of a case pass and return the case, its file and the alert about it."""
    uid, document_id = send_basic(pair)
    carry(pair.shelter)
    pair.shelter.clock.set("2025-09-11T09:00:00+07:00")
    (item,) = alerts(pair.shelter, "?rule=D01")
    return uid, document_id, item


def test_a_late_return_is_put_off_only_with_its_barrier(pair: Pair) -> None:
    """Scenario S2: no safe family. What people added stays when a document comes."""
    uid, document_id, item = overdue(pair)
    assert (item["severity"], item["owners"], item["case_uid"]) == ("breach", ["SW", "FO"], uid)
    problem(snooze(pair.shelter, item["alert_id"], 5), 403, "barrier_needed")
    named = act(pair.shelter, item["alert_id"], "barrier", barrier="no_safe_family")
    assert (named.status_code, named.json()["barrier"]) == (200, "no_safe_family")
    assert snooze(pair.shelter, item["alert_id"], 5, "next_meeting").status_code == 200
    correction = basic_form(pair.department, supersedes=document_id)
    sent = pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=correction, headers=pair.shelter.as_role("SW"))
    assert sent.status_code == 201, sent.text
    (kept,) = alerts(pair.shelter, "?rule=D01")
    assert (kept["barrier"], kept["snooze_reason"], "snoozed_until" in kept) == ("no_safe_family", "next_meeting", True)
    with pair.shelter.node.database.reader() as session:
        lines = [json.loads(line) for line in session.exec(select(LogRow.entry).where(LogRow.case_uid == uid))]
    codes = {(line["action"], line["code"]) for line in lines if "code" in line}
    assert {("barrier_named", "D01:no_safe_family"), ("snoozed", "D01:next_meeting")} <= codes


@pytest.mark.parametrize(
    ("days", "status", "code"),
    [
        pytest.param(-1, 422, "snooze_in_past", id="the-past"),
        pytest.param(31, 422, "snooze_too_long", id="more-than-a-month"),
    ],
)
def test_a_snooze_has_bounds(pair: Pair, days: int, status: int, code: str) -> None:
    open_case(pair.shelter)
    pair.shelter.clock.wait(days=4)
    (item,) = alerts(pair.shelter)
    problem(snooze(pair.shelter, item["alert_id"], days), status, code)


def test_an_alert_of_somebody_else_is_not_there(pair: Pair) -> None:
    """Nor is one that never was, or one that is met."""
    uid = open_case(pair.shelter)
    pair.shelter.clock.wait(days=4)
    (item,) = alerts(pair.shelter)
    for office, alert in (
        (pair.department, item["alert_id"]),
        (pair.shelter, "bm90aGluZw"),
        (pair.shelter, write_cursor("", "D99", "")),
        (pair.shelter, write_cursor("", "D02", "\0")),
        (pair.shelter, write_cursor("x", "D02", "")),
        (pair.shelter, write_cursor("", "D02", "")),
    ):
        problem(snooze(office, alert, 2), 404, "not_found")
        problem(act(office, alert, "wake"), 404, "not_found")
        problem(act(office, alert, "barrier", barrier="legal"), 404, "not_found")
    send_basic(pair, uid)
    alerts(pair.shelter)
    problem(snooze(pair.shelter, item["alert_id"], 2), 404, "not_found")


def test_who_may_look_and_who_may_put_off(pair: Pair) -> None:
    """An auditor looks on; somebody without the case sees nothing of it; an administrator sees no alerts."""
    open_case(pair.shelter)
    pair.shelter.clock.wait(days=4)
    (item,) = alerts(pair.shelter, role="AU")
    problem(snooze(pair.shelter, item["alert_id"], 2, role="AU"), 403, "role_may_not_write")
    assert rules(pair.shelter, role="SW") == ["D02"]
    assert rules(pair.shelter, role="CM") == []
    problem(snooze(pair.shelter, item["alert_id"], 2, role="CM"), 404, "not_found")
    refused = pair.shelter.http.get("/v1/alerts", headers=pair.shelter.as_role("AD"))
    problem(refused, 403, "scope_missing")


def escaped(pair: Pair) -> tuple[str, str]:
    """Let somebody escape, and wait until the family should know of it; return the ids of the case and the notice."""
    uid, _ = send_basic(pair)
    content = {**example("escape_notice"), "recipient": pair.department.agency}
    sent = pair.shelter.http.post(f"/v1/cases/{uid}/forms/5", json=content, headers=pair.shelter.as_role("SW"))
    assert sent.status_code == 201, sent.text
    pair.shelter.clock.wait(days=6)
    return uid, sent.json()["document_id"]


@pytest.mark.parametrize(("role", "is_told"), [("SW", True), ("LE", True), ("HO", False)])
def test_nobody_is_told_of_a_deadline_about_what_is_kept_from_them(pair: Pair, role: str, *, is_told: bool) -> None:
    """Of an escape the police see the flag and a health officer nothing; nor that its notice waits for a receipt."""
    uid, document_id = escaped(pair)
    headers = assigned(pair.shelter, uid, role)
    answer = pair.shelter.http.get("/v1/alerts", headers=headers)
    assert {"D02", "D05b", "D06a"} & {item["rule"] for item in alerts(pair.shelter)} == {"D05b", "D06a"}
    assert ("D05b" in {item["rule"] for item in answer.json()["items"]}) == is_told
    assert (document_id in answer.text) == is_told
    assert "D06a" in {item["rule"] for item in answer.json()["items"]}  # of the file
    timeline = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=headers)
    assert (document_id in timeline.text, "D05b" in timeline.text) == (is_told, is_told)
    auditor = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=pair.shelter.as_role("AU"))
    assert document_id in auditor.text


@pytest.mark.parametrize(("role", "is_told"), [("CM", True), ("SW", False)])
def test_alerts_go_by_the_role_alone_for_reading_and_for_acting(pair: Pair, role: str, *, is_told: bool) -> None:
    """The case's timeline tells whoever may read this very annex; a list opens no document to find that out."""
    uid, annex = send_annex(pair)
    pair.shelter.clock.wait(days=5)
    headers = assigned(pair.shelter, uid, role)
    http, alert = pair.shelter.http, write_cursor(uid, "D06a", annex)
    assert annex in http.get(f"/v1/cases/{uid}/timeline", headers=headers).text
    assert (annex in http.get("/v1/alerts?rule=D06a", headers=headers).text) == is_told
    answer = http.put(f"/v1/alerts/{alert}/barrier", json={"barrier": "legal"}, headers=headers)
    assert answer.status_code == (200 if is_told else 404)


def test_who_is_not_told_of_a_deadline_does_not_put_it_off(pair: Pair) -> None:
    """Its id can be guessed; it is as if there were none."""
    uid, _ = send_basic(pair)
    node, agency = pair.shelter.node, pair.shelter.agency
    now = pair.shelter.clock()
    due = NewDeadline("D14", "M3", now, now + timedelta(days=9), "NG+WO", None, None)
    node.writer.write(lambda session: put_deadlines(session, agency, uid, [due]))
    alert = write_cursor(uid, "D14", "M3")
    problem(snooze(pair.shelter, alert, 2, role="SW"), 404, "not_found")
    assert snooze(pair.shelter, alert, 2, role="WO").status_code == 200


def test_the_list_is_read_page_by_page_and_filtered(pair: Pair) -> None:
    """Soonest due first, and no alert twice."""
    cases = [open_case(pair.shelter) for _ in range(3)]
    pair.shelter.clock.wait(days=1)
    later = open_case(pair.shelter)
    pair.shelter.clock.wait(days=7)
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        query = f"/v1/alerts?limit=1{cursor}"
        page = pair.shelter.http.get(query, headers=pair.shelter.as_role("FO")).json()
        seen += [item["case_uid"] for item in page["items"]]
        cursor = f"&cursor={page.get('next')}"
    assert (sorted(seen[:3]), seen[3], page.get("next")) == (sorted(cases), later, None)
    assert len(rules(pair.shelter, "?severity=breach")) == 3
    assert len(rules(pair.shelter, "?severity=warn")) == 1
    assert rules(pair.shelter, "?severity=info") == []
    assert rules(pair.shelter, f"?case_uid={later}&owner=SW&rule=D02") == ["D02"]
    assert rules(pair.shelter, "?owner=WO") == []
    bad = pair.shelter.http.get("/v1/alerts?cursor=bm90aGluZw", headers=pair.shelter.as_role("FO"))
    problem(bad, 422, "cursor_unknown")


def test_a_return_is_first_an_information_then_a_warning(pair: Pair) -> None:
    """At ninety days, and at a hundred and fifty."""
    send_basic(pair)
    carry(pair.shelter)
    for day, severity in (("2025-06-08T09:00:00+07:00", "info"), ("2025-08-08T09:00:00+07:00", "warn")):
        pair.shelter.clock.set(day)
        assert rules(pair.shelter, f"?severity={severity}&rule=D01") == ["D01"]
        assert [item["severity"] for item in alerts(pair.shelter, "?rule=D01")] == [severity]


def due_cases(office: Office, query: str) -> tuple[list[tuple[str, str]], str | None]:
    answer = office.http.get(f"/v1/cases?{query}", headers=office.as_role("FO"))
    assert answer.status_code == 200, answer.text
    return [(item["case_uid"], item["return_due"]) for item in answer.json()["items"]], answer.json()["next"]


def test_cases_are_listed_by_the_day_they_are_due(pair: Pair) -> None:
    """Soonest first, page by page; who has come back is not waited for."""
    found = []
    for day in ("2025-03-09", "2025-03-01", "2025-03-05"):
        uid = open_case(pair.shelter)
        header = {**example("case_file_basic")["header"], "admission_date": day, "first_admission_date": day}
        form = basic_form(pair.department, header=header)
        sent = pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=form, headers=pair.shelter.as_role("SW"))
        assert sent.status_code == 201, sent.text
        found.append((uid, f"2025-09-0{day[-1]}"))
    soonest = sorted(found, key=lambda pair: pair[1])
    assert due_cases(pair.shelter, "due=2025-09-05") == (soonest[:2], None)
    assert due_cases(pair.shelter, "due=overdue") == ([], None)
    first, following = due_cases(pair.shelter, "due=2025-12-31&limit=2")
    assert first == soonest[:2]
    assert due_cases(pair.shelter, f"due=2025-12-31&limit=2&cursor={following}") == (soonest[2:], None)
    pair.shelter.clock.set("2025-09-05T23:00:00+07:00")
    assert due_cases(pair.shelter, "due=overdue")[0] == soonest[:1]
    for bad in ("2025-02-30", "tomorrow"):
        answer = pair.shelter.http.get(f"/v1/cases?due={bad}", headers=pair.shelter.as_role("FO"))
        assert answer.status_code == 422


def test_the_figures_of_the_year_are_due_at_its_end(pair: Pair) -> None:
    """For the agency, not for a case; told after the month of grace."""
    open_case(pair.shelter)
    pair.shelter.clock.set("2026-01-02T09:00:00+07:00")
    found = alerts(pair.shelter, "?rule=D16")
    assert [(item["subject"], item["severity"], "case_uid" in item) for item in found] == [("2025", "warn", False)]
    pair.shelter.clock.set("2026-02-01T09:00:00+07:00")
    assert [item["severity"] for item in alerts(pair.shelter, "?rule=D19")] == ["breach"]
    assert ("D16", None) in told(pair.shelter)


def test_what_is_kept_of_a_deadline_names_nobody(pair: Pair) -> None:
    """Ids, codes and times."""
    uid, document_id = send_basic(pair)
    look_anew(pair.shelter.node, [pair.shelter.agency])
    with pair.shelter.node.database.reader() as session:
        rows = session.exec(select(DeadlineRow).where(DeadlineRow.case_uid == uid)).all()
    assert {row.subject for row in rows} <= {"", document_id}
    assert max(row.due_at for row in rows) > START
