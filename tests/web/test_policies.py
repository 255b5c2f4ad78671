"""A policy is changed by a document that both sides hold, and by nothing else."""

from dataclasses import replace
from typing import Any

import pytest
import structlog
from ulid import ULID

from api.cli.checks.database import check_relied_on
from api.cli.checks.finding import Weight
from api.flow.kept import Kept
from api.flow.policies import find_policies
from api.flow.watch import look_anew
from api.rules.agreements import Policies
from api.store import documents
from api.store.engine import Session
from tests.support import Office, example
from tests.web.town import Pair, basic_form, carry, case_file, codes, open_case, problem, push, seal_for

TERMS = {"lead_days": 21, "basic_file_days": 5}


def proposal(to: Office, **over: Any) -> dict[str, Any]:
    return {**example("corridor_policy"), "recipient": to.agency, "terms": TERMS, **over}


def post(office: Office, content: dict[str, Any], role: str = "FO") -> Any:
    return office.http.post("/v1/forms/29", json=content, headers=office.as_role(role))


def approve(office: Office, content: dict[str, Any], *roles: str) -> Any:
    terms = {name: content[name] for name in ("recipient", "corridor", "valid_from", "terms")}
    return office.http.post("/v1/policies/approvals", json=terms, headers=office.as_role(*(roles or ("FO", "WO"))))


def send(office: Office, content: dict[str, Any], role: str = "FO") -> Any:
    """Let one officer approve and another one send."""
    assert approve(office, content).status_code == 201
    return post(office, content, role)


def agree(pair: Pair, **over: Any) -> tuple[str, Any]:
    """Propose at the shelter, and return the proposal and what the department's answer was answered."""
    asked = send(pair.shelter, proposal(pair.department))
    assert asked.status_code == 201, asked.text
    document_id: str = asked.json()["document_id"]
    carry(pair.shelter)
    return document_id, send(
        pair.department, proposal(pair.shelter, stage="agreed", reply_to=document_id, **over), "WO"
    )


def policy(office: Office) -> dict[str, Any]:
    answer = office.http.get("/v1/policies", headers=office.as_role("FO"))
    assert answer.status_code == 200, answer.text
    (found,) = [item for item in answer.json()["items"] if (item["destination"], item["origin"]) == ("TH", "MM")]
    return {**found, "proposed": [item["document_id"] for item in answer.json()["proposed"]]}


def test_until_both_agree_the_built_in_numbers_hold(pair: Pair) -> None:
    """A proposal is shown to both, and binds nobody."""
    asked = send(pair.shelter, proposal(pair.department)).json()["document_id"]
    carry(pair.shelter)
    for office in (pair.shelter, pair.department):
        found = policy(office)
        assert (found["numbers"]["lead_days"], found["proposed"], "since" in found) == (14, [asked], False)


def test_what_both_hold_binds_both_from_its_first_day(pair: Pair) -> None:
    """The same numbers, since the same day, by the same two documents."""
    asked, answer = agree(pair)
    carry(pair.department)
    assert policy(pair.shelter)["numbers"]["basic_file_days"] == 7
    pair.shelter.clock.set("2025-04-01T09:00:00+07:00")
    here, there = policy(pair.shelter), policy(pair.department)
    assert here == there
    assert (here["since"], here["proposal_id"], here["answer_id"]) == (
        "2025-04-01",
        asked,
        answer.json()["document_id"],
    )
    assert (here["numbers"]["lead_days"], here["numbers"]["tracing_days"], here["proposed"]) == (21, 45, [])


def test_one_that_cannot_be_read_holds_nobody_up(pair: Pair) -> None:
    """An answer was damaged on the disk: what is built in holds, forms go out, and log and doctor name it."""
    _, answer = agree(pair)
    office, broken = pair.department, answer.json()["document_id"]
    pair.shelter.clock.set("2025-04-01T09:00:00+07:00")
    assert policy(office)["numbers"]["lead_days"] == 21
    assert not [one for one in check_relied_on(office.node) if office.agency in one.what]
    damage(office, broken)
    office.node.corridors.known.clear()
    with structlog.testing.capture_logs() as lines:
        assert policy(office)["numbers"]["lead_days"] == 14
    assert [(line["event"], line["document_id"]) for line in lines] == [("document_unreadable", broken)]
    (found,) = [one for one in check_relied_on(office.node) if office.agency in one.what]
    assert (found.weight, broken in found.what) == (Weight.WRONG, True)
    uid = open_case(pair.shelter)
    told = case_file(pair.shelter, office, case_uid=uid)
    assert push(office, pair.shelter, seal_for(pair.shelter, office, told)).status_code == 201
    assert approve(office, proposal(pair.shelter)).status_code == 201


def damage(office: Office, document_id: str) -> None:
    """Write over the bytes of a document, as a failing disk does."""

    def unit(session: Session) -> None:
        row = documents.find_document(session, office.agency, document_id)
        assert row is not None
        row.body = row.body[:-1] + bytes([row.body[-1] ^ 1])
        session.add(row)

    office.node.writer.write(unit)


@pytest.mark.parametrize("stage", ["proposed", "agreed"])
def test_no_officer_binds_a_country_alone(pair: Pair, stage: str) -> None:
    """Neither by a proposal nor by an answer, and not by approving one's own."""
    office, content = pair.shelter, proposal(pair.department)
    if stage == "agreed":
        asked = send(pair.shelter, content).json()["document_id"]
        carry(pair.shelter)
        office, content = pair.department, proposal(pair.shelter, stage="agreed", reply_to=asked)
    problem(post(office, content, "WO"), 403, "second_officer_needed")
    assert approve(office, content, "WO").status_code == 201
    problem(post(office, content, "WO"), 403, "second_officer_needed")
    assert post(office, content, "FO").status_code == 201


def test_an_approval_is_good_for_these_terms_once_and_for_three_days(pair: Pair) -> None:
    content = proposal(pair.department)
    approve(pair.shelter, content)
    problem(post(pair.shelter, {**content, "terms": {**TERMS, "lead_days": 22}}), 403, "second_officer_needed")
    problem(post(pair.shelter, {**content, "valid_from": "2025-05-01"}), 403, "second_officer_needed")
    assert post(pair.shelter, content).status_code == 201
    problem(post(pair.shelter, content), 403, "second_officer_needed")
    approve(pair.shelter, content)
    pair.shelter.clock.wait(days=3, hours=1)
    problem(post(pair.shelter, content), 403, "second_officer_needed")


def test_an_approval_is_listed_and_stands_in_the_log(pair: Pair) -> None:
    """Who approved what for whom, and which document used it, under names of their own: nothing of a person left."""
    content = proposal(pair.department)
    sent = send(pair.shelter, content).json()["document_id"]
    (grant,) = pair.shelter.http.get("/v1/grants", headers=pair.shelter.as_role("AU")).json()["items"]
    assert (grant["what"], grant["role"], grant["recipient"]) == ("terms", "FO+WO", pair.department.agency)
    assert grant["document_id"] == sent
    told = pair.shelter.http.get("/v1/audit?limit=200", headers=pair.shelter.as_role("AU")).json()["items"]
    told = [(line["action"], line["by"]) for line in told if line["action"].startswith(("release", "terms"))]
    assert sorted(told) == [("terms_approved", "FO+WO"), ("terms_used", "FO")]


BEYOND: dict[str, dict[str, object]] = {
    "home after years": {"return_months": 25},
    "told after weeks": {"alert_hours": 337},
    "a receipt after more than a year": {"receipt_working_days": 366},
    "crowds of visitors": {"max_visitors": 21},
    "an age of children": {"young_adult_ages": [9, 24]},
    "nothing at all": {"lead_days": 0},
}


@pytest.mark.parametrize("terms", BEYOND.values(), ids=BEYOND)
def test_numbers_have_bounds(pair: Pair, terms: dict[str, object]) -> None:
    """Two officers agree to much, and not to what protects nobody."""
    content = proposal(pair.department, terms=terms)
    assert approve(pair.shelter, content).status_code == 422
    problem(post(pair.shelter, content), 422, "invalid_input")


def test_other_terms_are_no_agreement(pair: Pair) -> None:
    _, answer = agree(pair, terms={"lead_days": 20, "basic_file_days": 5})
    problem(answer, 422, "invalid_input")
    assert codes(answer) == {("/terms", "terms_differ")}


def test_it_can_be_declined_with_a_reason(pair: Pair) -> None:
    asked = send(pair.shelter, proposal(pair.department)).json()["document_id"]
    carry(pair.shelter)
    declined = proposal(pair.shelter, stage="declined", reply_to=asked, declined_because="too_short")
    assert post(pair.department, declined).status_code == 201
    carry(pair.department)
    pair.shelter.clock.set("2025-04-01T09:00:00+07:00")
    assert policy(pair.shelter)["numbers"]["lead_days"] == policy(pair.department)["numbers"]["lead_days"] == 14


@pytest.mark.parametrize("role", ["SW", "CM", "PI"])
def test_only_officers_agree_for_their_country(pair: Pair, role: str) -> None:
    problem(approve(pair.shelter, proposal(pair.department), role), 403, "role_may_not_write")
    problem(send(pair.shelter, proposal(pair.department), role), 403, "role_may_not_write")


def test_deadlines_follow_what_was_agreed(pair: Pair) -> None:
    """Of a case that begins after the first day; one that runs already keeps its time."""
    agree(pair)
    carry(pair.department)
    running = open_case(pair.shelter)
    pair.shelter.clock.set("2025-04-01T09:00:00+07:00")
    fresh = open_case(pair.shelter)
    pair.shelter.clock.wait(days=5)
    answer = pair.shelter.http.get("/v1/alerts?rule=D02", headers=pair.shelter.as_role("FO"))
    assert {item["case_uid"]: item["due_at"] for item in answer.json()["items"]} == {
        running: "2025-03-21T16:59:59Z",
        fresh: "2025-04-06T16:59:59Z",
    }


def test_an_agreement_that_the_post_brings_late_is_applied_to_cases_that_began_meanwhile(pair: Pair) -> None:
    """It was signed on the second and came on the fourth; the case of the third has five days on both sides."""
    asked = send(pair.shelter, proposal(pair.department)).json()["document_id"]
    carry(pair.shelter)
    pair.shelter.clock.set("2025-04-02T09:00:00+07:00")
    send(pair.department, proposal(pair.shelter, stage="agreed", reply_to=asked), "WO")
    pair.shelter.clock.set("2025-04-03T09:00:00+07:00")
    open_case(pair.shelter)
    pair.shelter.clock.set("2025-04-07T09:00:00+07:00")
    assert _basic_due(pair.shelter) == ["2025-04-10T16:59:59Z"]
    carry(pair.department)
    assert _basic_due(pair.shelter) == ["2025-04-08T16:59:59Z"]


def test_a_file_sets_the_agreed_day_of_return_at_once(pair: Pair) -> None:
    """Before and after what follows from it is worked out, and the same when a later file comes."""
    terms = {"return_months": 4}
    asked = send(pair.shelter, proposal(pair.department, terms=terms)).json()["document_id"]
    carry(pair.shelter)
    agreed = send(pair.department, proposal(pair.shelter, terms=terms, stage="agreed", reply_to=asked), "WO")
    assert agreed.status_code == 201, agreed.text
    carry(pair.department)
    pair.shelter.clock.set("2025-04-05T09:00:00+07:00")
    uid, day = open_case(pair.shelter), "2025-04-02"
    header = {**example("case_file_basic")["header"], "admission_date": day, "first_admission_date": day}
    for _ in range(2):
        form, officer = basic_form(pair.department, header=header), pair.shelter.as_role("SW")
        assert pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json=form, headers=officer).status_code == 201
        for path in (f"/v1/cases/{uid}", "/v1/alerts", f"/v1/cases/{uid}"):
            told = pair.shelter.http.get(path, headers=pair.shelter.as_role("FO")).json()
            assert told.get("return_due", "2025-08-02") == "2025-08-02"


def _basic_due(office: Office) -> list[str]:
    answer = office.http.get("/v1/alerts?rule=D02", headers=office.as_role("FO"))
    return [item["due_at"] for item in answer.json()["items"]]


def test_agreements_are_read_once_and_again_when_another_worker_stored_one(pair: Pair) -> None:
    """Whether one did is asked of the database: the clock stands still here, and no worker tells the other."""
    node, agency = pair.shelter.node, pair.shelter.agency
    other = replace(node, corridors=Kept())
    with node.database.reader() as session:
        before = find_policies(other, session, agency)
        assert find_policies(other, session, agency) is before
    agree(pair)
    carry(pair.department)
    with node.database.reader() as session:
        found = find_policies(other, session, agency)
        assert (len(before.agreements), len(found.agreements)) == (0, 1)
        assert find_policies(other, session, agency) is found
        assert find_policies(other, session, pair.department.agency) == Policies()


def test_only_what_makes_an_agreement_makes_the_cases_of_a_corridor_due_anew(pair: Pair) -> None:
    """A peer that agrees to its own proposal, or once more to ours, keeps nobody from looking at other cases."""
    office, peer = pair.shelter, pair.department
    open_case(office)
    asked, _ = agree(pair)
    own = send(peer, proposal(office), "WO").json()["document_id"]
    assert _is_due_anew(office)
    carry(peer)
    assert _is_due_anew(office)
    for reply_to in (asked, own):
        header = {"kind": "corridor_policy", "schema_version": "1.0", "id": str(ULID()), "reply_to": reply_to}
        ends = {"sender": peer.agency, "created_at": peer.clock().isoformat(), "stage": "agreed"}
        assert push(office, peer, seal_for(peer, office, {**proposal(office), **header, **ends})).status_code == 201
        assert not _is_due_anew(office)


def _is_due_anew(office: Office) -> bool:
    """Say whether cases of an office waited to be worked out anew, and work them out."""
    return look_anew(office.node, [office.agency]) > 0


def test_who_reads_no_cases_reads_no_policies(pair: Pair) -> None:
    problem(pair.shelter.http.get("/v1/policies", headers=pair.shelter.as_role("AD")), 403, "scope_missing")
