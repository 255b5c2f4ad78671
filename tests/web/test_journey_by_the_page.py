"""The first journey, by somebody who has nothing but the OpenAPI page: its examples, with the ids that came back.

Whatever is refused on the way says how to mend it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.support import Office, example, scenario_content
from tests.web.town import Pair, carry, open_case

PLACEHOLDER = "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"


@dataclass
class CaseWorker:
    """Two desks, one page, one case."""

    pair: Pair
    page: dict[str, Any]
    case_uid: str
    sent: dict[str, str] = field(default_factory=dict)

    def post(self, at: Office, to: Office, role: str, form: int, /, **filled: Any) -> httpx2.Response:
        """Post the example of a form, with what is filled in over it; ``None`` leaves an answer out."""
        path, operation = next(
            (path, item["post"])
            for path, item in self.page["paths"].items()
            if item.get("post", {}).get("operationId") == f"record_form_{form}"
        )
        shown = operation["requestBody"]["content"]["application/json"]["example"]
        whole = {**shown, "recipient": to.agency, **filled}
        content = {name: value for name, value in whole.items() if value is not None}
        return at.http.post(path.replace("{case_uid}", self.case_uid), json=content, headers=at.as_role(role))

    def send(self, day: str, by: str, role: str, form: int, name: str, /, **filled: Any) -> None:
        """Post a form on a day and have it carried to the other side."""
        self.pair.shelter.clock.set(day)
        at, to = (self.pair.shelter, self.pair.department)[:: 1 if by == "shelter" else -1]
        answer = self.post(at, to, role, form, **filled)
        assert answer.status_code == 201, (form, answer.text)
        self.sent[name] = answer.json()["document_id"]
        carry(at)
        carry(to)

    def of_case(self, persons: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the first row of a list of persons, for this case."""
        return [{**persons[0], "case_uid": self.case_uid}]


@contextmanager
def _refusals(*offices: Office) -> Iterator[list[dict[str, Any]]]:
    """Collect every problem that is answered meanwhile."""
    found: list[dict[str, Any]] = []

    def keep(answer: httpx2.Response) -> None:
        if answer.is_error:
            answer.read()
            found.append(answer.json())

    hooks = [office.http.event_hooks["response"] for office in offices]
    for hook in hooks:
        hook.append(keep)
    yield found
    for hook in hooks:
        hook.remove(keep)


def _begin(pair: Pair) -> CaseWorker:
    return CaseWorker(pair, pair.shelter.http.get("/openapi.json").json(), open_case(pair.shelter))


def test_the_whole_journey_is_made_by_the_page(pair: Pair) -> None:
    """From the case file to the closure: every form is its example, with ids of this case in it."""
    worker = _begin(pair)
    send, sent, case = worker.send, worker.sent, worker.case_uid
    notice, answer = (scenario_content(name, case=case) for name in ("notice", "acknowledgement"))
    handover, countersigned = (example(f"handover_record{which}") for which in ("", "_countersigned"))
    shown = {"assessment_id": "", "date": "2025-06-10"}
    send("2025-04-20T15:05:00+07:00", "shelter", "SW", 1, "file")
    send("2025-04-21T10:00:00+07:00", "shelter", "FO", 8, "request")
    pair.department.http.get(f"/v1/documents/{sent['file']}", headers=pair.department.as_role("WO"))
    send("2025-05-12T15:40:00+06:30", "department", "WO", 11, "found", reply_to=sent["request"])
    send("2025-06-03T17:00:00+06:30", "department", "WO", 12, "assessment", tracing_ref=sent["found"])
    shown["assessment_id"] = sent["assessment"]
    send("2025-06-20T14:00:00+07:00", "shelter", "SW", 13, "decision", assessment_shown=shown)
    send("2025-07-25T09:00:00+07:00", "shelter", "FO", 9, "notice", **notice)
    send("2025-07-29T11:00:00+06:30", "department", "WO", 10, "answer", **{**answer, "reply_to": sent["notice"]})
    rows, back = worker.of_case(handover["persons"]), {"recipient": pair.shelter.agency}
    send("2025-08-19T12:10:00+07:00", "shelter", "FO", 15, "handed", notice_ref=sent["notice"], persons=rows)
    signed = {**countersigned, "persons": worker.of_case(countersigned["persons"]), "notice_ref": sent["notice"]}
    send(
        "2025-08-19T13:05:00+06:30", "department", "WO", 15, "signed", **{**signed, **back, "reply_to": sent["handed"]}
    )
    send("2025-08-19T18:00:00+06:30", "department", "WO", 16, "received", handover_ref=sent["signed"])
    send("2025-08-22T16:00:00+06:30", "department", "WO", 19, "assigned", meeting_ref=None)
    send("2025-08-28T14:00:00+06:30", "department", "WO", 18, "review", assessment_ref=sent["assessment"])
    send("2025-08-30T17:00:00+06:30", "department", "WO", 23, "departure", review_ref=sent["review"])
    send("2026-02-27T12:00:00+06:30", "department", "WO", 20, "visit", assignment_ref=sent["assigned"])
    send("2026-09-10T12:00:00+06:30", "department", "WO", 21, "closure", last_follow_up_ref=sent["visit"])
    headers = pair.department.as_role("WO")
    assert pair.department.http.get(f"/v1/cases/{case}", headers=headers).json()["state"] == "CLOSED"


def test_whatever_is_refused_says_how_to_mend_it(pair: Pair) -> None:
    """Missteps of somebody new: each problem has words, and so has each finding in it."""
    worker = _begin(pair)
    shelter, department = pair.shelter, pair.department
    with _refusals(shelter, department) as refused:
        shelter.http.post("/v1/cases", json={})
        shelter.http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=shelter.as_role("AU"))
        shelter.http.post("/v1/cases", json={"destination": "TH"}, headers=shelter.as_role("SW"))
        shelter.http.get("/v1/cases?state=here", headers=shelter.as_role("SW"))
        shelter.http.get(f"/v1/documents/{PLACEHOLDER}", headers=shelter.as_role("SW"))
        worker.post(shelter, department, "SW", 1)  # dates of the example lie ahead
        shelter.clock.set("2025-04-21T12:00:00+07:00")
        worker.post(shelter, department, "SW", 1, supersedes=PLACEHOLDER)
        worker.post(shelter, department, "SW", 1, recipient="MM-NOBODY")
        worker.post(shelter, department, "FO", 8)
        worker.post(shelter, department, "SW", 8)
        shelter.clock.set("2025-09-10T12:00:00+07:00")
        worker.post(department, shelter, "WO", 11)
        worker.post(shelter, department, "SW", 13)
    codes = [one["code"] for one in refused]
    assert codes == [
        "token_missing",
        "scope_missing",
        "invalid_request",
        "invalid_request",
        "not_found",
        "invalid_input",
        "supersedes_unknown",
        "agency_unknown",
        "consent_missing",
        "role_may_not_write",
        "case_not_found",
        "invalid_input",
    ]
    assert [one["code"] for one in refused if len(one["detail"].split()) < 4] == []
    findings = [finding for one in refused for finding in one.get("errors", [])]
    assert findings
    assert [finding for finding in findings if not finding["hint"]] == []
