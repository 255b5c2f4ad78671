"""Several agencies live on one node, and none sees anything of another: an id that one may not see does not exist."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from ulid import ULID

from api.app import build_staff
from tests.attaching import send_recording
from tests.support import Office, scenario_content
from tests.web.town import Pair, basic_form, carry, look, notice, open_branch, problem, send_basic, send_notice

ALL_ROLES = ("SW", "CM", "FO", "WO", "HO", "PI")


@pytest.fixture
def neighbour(pair: Pair) -> Office:
    """Give another agency on the shelter's node, trusted by the same department."""
    office = open_branch(pair.shelter)
    pair.department.trust(office)
    return office


def _routes() -> Iterator[tuple[str, str]]:
    """Yield every staff route that names something in its path that may be another's; a year is nobody's."""
    for path, item in build_staff(None).openapi()["paths"].items():
        if "{" in path.replace("{year}", ""):
            yield from ((method, path) for method in item)


BODIES: dict[str, dict[str, Any]] = {"put": {}, "post": {"recipient": "MM-DSW"}}
EXACT: dict[str, dict[str, Any]] = {
    "assignments/{client_id}": {"role": "SW"},
    "{alert_id}/snooze": {"until": "2025-03-20T09:00:00+07:00", "reason_code": "other"},
    "{alert_id}/barrier": {"barrier": "legal"},
    "barrier": {"barrier": "tracing"},
    "break-glass": {"reason_code": "danger_to_life", "reason": "She is missing."},
    "attachments": {"media_type": "image/jpeg", "bytes": 20},
    "merge": {"into": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8", "reason_code": "person_confirms"},
    "recalls": {"pass_on": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"},
    "snooze": {"until": "2025-03-20T09:00:00+07:00", "reason_code": "being_done"},
    "releases": {
        "purpose": "care",
        "reason_code": "continuing_care",
        "reason": "Treatment must go on.",
        "recipient": "MM-DSW",
    },
}
"""Bodies of the routes that take nothing but their own, by how their path ends."""

HEADERS = {
    "put": {"if-none-match": "*"},
    "patch": {"upload-offset": "0", "content-type": "application/offset+octet-stream"},
}


@pytest.mark.parametrize(("method", "path"), list(_routes()), ids=lambda part: part)
def test_what_belongs_to_another_agency_does_not_exist(pair: Pair, neighbour: Office, method: str, path: str) -> None:
    """Every route answers for the neighbour's ids exactly as for ids that nobody has."""
    uid, document_id = send_basic(pair)
    draft = f"/v1/cases/{uid}/forms/1/draft"
    own = pair.shelter.as_role("SW")
    assert pair.shelter.http.put(draft, json={}, headers={**own, "if-none-match": "*"}).status_code == 200
    headers = {**neighbour.as_role(*ALL_ROLES), **HEADERS.get(method, {})}
    body = basic_form(pair.department) if path.endswith("forms/1") else BODIES.get(method)
    body = next((exact for end, exact in EXACT.items() if path.endswith(end)), body)
    client = neighbour.add_client("SW")

    def ask(case_uid: str, document: str) -> Any:
        named = {"case_uid": case_uid, "form": "1", "client_id": client}
        url = re.sub(r"\{(\w+)\}", lambda part: named.get(part[1], document), path)
        return neighbour.http.request(method, url, json=body, headers=headers)

    foreign, nobodys = ask(uid, document_id), ask(str(ULID()), str(ULID()))
    assert look(foreign) == look(nobodys)
    is_checked_first = re.search(r"/forms/\d+$", path) and not path.endswith("/forms/1")
    assert foreign.status_code in ({422, 404} if is_checked_first else {404})


@pytest.mark.parametrize("name", ["nonsense", "01JP0ZK8W3T5N7Q9R1S2V4X6Y", "%00", "a%2Fb", "ก"])
@pytest.mark.parametrize("path", ["/v1/cases/{}", "/v1/documents/{}", "/v1/cases/{}/timeline"])
def test_what_cannot_be_an_id_does_not_exist(pair: Pair, path: str, name: str) -> None:
    """And a form number that is none."""
    headers = pair.shelter.as_role("SW")
    get = pair.shelter.http.get
    assert look(get(path.format(name), headers=headers)) == look(get(path.format(ULID()), headers=headers))
    problem(get(f"/v1/cases/{ULID()}/forms/x/draft", headers=headers), 404, "not_found")


def test_lists_show_an_agencys_own(pair: Pair, neighbour: Office) -> None:
    """Cases, inbox, outbox, notices and files that wait of a neighbour are none, however much there is next door."""
    uid, _, _ = send_recording(pair.shelter, pair.department)
    send_notice(pair, uid, planned_date="2025-04-19")
    carry(pair.shelter)
    other = open_branch(pair.department)
    for path, mine in {"/v1/cases": 1, "/v1/outbox": 3}.items():
        for office, expected in ((pair.shelter, mine), (neighbour, 0)):
            answer = office.http.get(path, headers=office.as_role(*ALL_ROLES))
            assert len(answer.json()["items"]) == expected
    for path, mine in {"/v1/cases": 1, "/v1/inbox": 3, "/v1/notices": 1, "/v1/attachments/waiting": 1}.items():
        for office, expected in ((pair.department, mine), (other, 0)):
            answer = office.http.get(path, headers=office.as_role(*ALL_ROLES))
            assert len(answer.json()["items"]) == expected


def test_a_document_may_not_name_what_belongs_to_another_agency(pair: Pair, neighbour: Office) -> None:
    """As a case, as what it corrects or as what it answers: like an id that nobody has."""
    uid, document_id = send_basic(pair)
    announced = send_notice(pair, uid, planned_date="2025-04-19")
    http, headers, unknown = neighbour.http, neighbour.as_role(*ALL_ROLES), str(ULID())
    mine = http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=headers).json()["case_uid"]
    theirs = Pair(neighbour, pair.department)
    pairs = {
        "/v1/forms/9": [notice(theirs, one, planned_date="2025-04-19") for one in (uid, unknown)],
        f"/v1/cases/{mine}/forms/1": [basic_form(pair.department, supersedes=one) for one in (document_id, unknown)],
        "/v1/forms/10": [
            {**scenario_content("acknowledgement", case=uid, notice=one), "recipient": pair.shelter.agency}
            | {"received_at": "2025-03-14T09:00:00+07:00"}
            for one in (announced, unknown)
        ],
    }
    for path, (foreign, nobodys) in pairs.items():
        answers = [http.post(path, json=content, headers=headers) for content in (foreign, nobodys)]
        assert look(answers[0]) == look(answers[1])
        assert answers[0].status_code == 403


def test_the_same_case_on_one_node_is_two_files(pair: Pair, neighbour: Office) -> None:
    """A department may be told of a case by two agencies; each of these sees its own part and its own log only."""
    uid, _ = send_basic(pair)
    timeline = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=pair.shelter.as_role("SW")).json()
    assert {event["action"] for event in timeline["events"]} == {"case_opened", "assigned", "recorded", "sealed"}
    problem(neighbour.http.get(f"/v1/cases/{uid}/timeline", headers=neighbour.as_role("SW")), 404, "not_found")


def test_idempotency_keys_of_two_agencies_never_meet(pair: Pair, neighbour: Office) -> None:
    """The same key at two agencies stands for two things."""
    key, body = {"idempotency-key": "the-same-key"}, {"destination": "TH", "origin": "MM"}
    uids = {
        office.http.post("/v1/cases", json=body, headers={**office.as_role("SW"), **key}).json()["case_uid"]
        for office in (pair.shelter, neighbour)
    }
    assert len(uids) == 2


def test_who_may_not_read_a_kind_is_told_it_does_not_exist(pair: Pair) -> None:
    """A statistician asks for a case file by its id: like an id that nobody has."""
    _, document_id = send_basic(pair)
    pair.shelter.clock.now += timedelta(minutes=1)
    get, headers = pair.shelter.http.get, pair.shelter.as_role("ST")
    hidden, nobodys = (get(f"/v1/documents/{one}", headers=headers) for one in (document_id, ULID()))
    assert look(hidden) == look(nobodys)
    problem(hidden, 404, "not_found")
