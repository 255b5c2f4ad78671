"""A file that is not where it belongs is told of: to staff, to whoever runs the node, in figures; never what it is."""

import re
from datetime import timedelta
from typing import Any

import pytest

from api.cli.checks.files import check_waiting_files
from api.cli.checks.finding import Weight
from api.flow.attachments.bringing import bring_all
from api.flow.attachments.transfer import fetch_all
from api.flow.pull import pull_all
from api.store.attachments_waiting import count_files_by_reason, list_waiting_files, make_files_due
from tests.attaching import RECORDING, attach, send_message, send_recording
from tests.flow.steps import open_case, send_file, settle
from tests.support import Office, World


def page_of(office: Office, *roles: str, query: str = "") -> dict[str, Any]:
    """Return a page of the files that wait."""
    answer = office.http.get(f"/v1/attachments/waiting{query}", headers=office.as_role(*roles))
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def shown_to(office: Office, *roles: str) -> list[dict[str, Any]]:
    """Return the files that wait, as far as a role is told of them."""
    page = page_of(office, *roles)
    assert page["next"] is None
    files: list[dict[str, Any]] = page["items"]
    return files


def told_by_doctor(office: Office) -> list[tuple[Weight, str]]:
    return [(one.weight, one.what) for one in check_waiting_files(office.node, office.clock())]


def test_a_file_that_has_to_be_fetched(world: World) -> None:
    """New, then put off with its reason beside it, then gone from all lists when it is here."""
    shelter, department = world.shelter, world.department
    _, attachment_id, document_id = send_recording(shelter, department)
    settle(shelter, department)
    since = department.clock()
    (new,) = shown_to(department, "WO")
    assert (new["document_id"], new["direction"], new["peer"]) == (document_id, "inbound", shelter.agency)
    assert (new["reason"], new["attempts"]) == ("new", 0)
    assert shown_to(shelter, "SW") == []
    assert told_by_doctor(department) == [(Weight.OK, f"1 file waits on the way from {shelter.agency} since 0 s: new")]
    app = world.network.apps.pop(shelter.node.base_url)
    fetch_all(department.node)
    (waits,) = shown_to(department, "WO")
    assert (waits["reason"], waits["attempts"], waits["since"]) == ("peer_unreachable", 1, new["since"])
    assert "does not answer" in waits["explanation"]
    assert attachment_id not in str(waits)
    world.clock.wait(hours=3)
    ((weight, what),) = told_by_doctor(department)
    assert (weight, what.rpartition("since ")[2]) == (Weight.WARN, "3 h: peer_unreachable")
    page = department.http.get("/metrics").text
    assert 'homeward_attachments_waiting_by_reason{reason="peer_unreachable"} 1.0' in page
    seconds = re.search(r"^homeward_attachments_oldest_seconds (\S+)", page, re.MULTILINE)
    assert seconds is not None
    assert timedelta(seconds=float(seconds[1])) >= department.clock() - since
    world.network.apps[shelter.node.base_url] = app
    assert fetch_all(department.node) == 1
    assert shown_to(department, "WO") == []
    assert told_by_doctor(department) == [(Weight.OK, "no file waits")]
    assert "homeward_attachments_waiting 0.0" in department.http.get("/metrics").text


def test_files_that_are_brought(world: World, village: Office) -> None:
    """Who can't be called sees what it still has to bring, from the moment it is sent; the other side that it comes."""
    shelter, uid = world.shelter, open_case(world.shelter)
    send_file(shelter, village, uid)
    pull_all(village.node)
    document_id = send_message(village, shelter, uid, attach(village, uid, role="WO"), role="WO")
    (mine,) = shown_to(village, "WO")
    assert [mine[name] for name in ("document_id", "direction", "reason")] == [document_id, "outbound", "to_be_brought"]
    settle(village)
    (theirs,) = shown_to(shelter, "SW")
    assert [theirs[name] for name in ("direction", "reason", "due_at")] == ["inbound", "peer_brings", None]
    assert "brings the file" in theirs["explanation"]
    assert bring_all(village.node) == 1
    assert shown_to(village, "WO") == shown_to(shelter, "SW") == []


def test_a_file_that_two_documents_name_waits_once(world: World) -> None:
    """Since the first of them came."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id = send_recording(shelter, department)
    world.clock.wait(minutes=5)
    send_message(shelter, department, uid, attachment_id)
    settle(shelter, department)
    assert [file["document_id"] for file in shown_to(department, "WO")] == [document_id]


def test_who_may_not_know_of_a_document_sees_no_file_of_it(world: World) -> None:
    send_recording(world.shelter, world.department)
    settle(world.shelter, world.department)
    assert len(shown_to(world.department, "WO")) == 1
    assert shown_to(world.department, "AD") == []


@pytest.fixture
def waiting(world: World) -> tuple[str, list[str]]:
    """Let the department wait for files of three letters that came at one moment, and then for two of a case file.

    Gives the case file, and the document of each file in order.
    """
    shelter, department, uid = world.shelter, world.department, open_case(world.shelter)
    files = [attach(shelter, uid, RECORDING[:size]) for size in range(20_000, 20_005)]
    first = send_file(shelter, department, uid)
    letters = sorted(send_message(shelter, department, uid, one) for one in files[:3])
    settle(shelter, department)
    world.clock.wait(minutes=1)
    scans = [{"attachment_id": one, "type": "letter"} for one in files[3:]]
    case_file = send_file(shelter, department, uid, scan_attachments=scans, supersedes=first)
    settle(shelter, department)
    return case_file, [*letters, case_file, case_file]


def test_files_that_wait_are_read_page_by_page(world: World, waiting: tuple[str, list[str]]) -> None:
    """Each is on one page, although some came at one moment and two stand in one document."""
    found, query = list[str](), "?limit=2"
    for count in (2, 2, 1):
        page = page_of(world.department, "WO", query=query)
        assert len(page["items"]) == count
        found += [one["document_id"] for one in page["items"]]
        query = f"?limit=2&cursor={page['next']}"
    assert (found, page["next"]) == (waiting[1], None)


def test_what_is_kept_from_a_reader_takes_no_place_in_a_list(
    world: World, waiting: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A front office is told of case files and of no letters: its pages are full, and end with what it may know."""
    monkeypatch.setattr("api.flow.attachments.waiting.AT_A_TIME", 1)
    first = page_of(world.department, "FO", query="?limit=1")
    second = page_of(world.department, "FO", query=f"?limit=1&cursor={first['next']}")
    assert [one["document_id"] for page in (first, second) for one in page["items"]] == [waiting[0]] * 2
    assert second["next"] is None


def test_what_was_put_off_can_be_fetched_at_once(world: World) -> None:
    """As `homeward outbox --now` does it."""
    shelter, department = world.shelter, world.department
    send_recording(shelter, department)
    settle(shelter, department)
    app = world.network.apps.pop(shelter.node.base_url)
    fetch_all(department.node)
    world.network.apps[shelter.node.base_url] = app
    assert fetch_all(department.node) == 0, "it is put off"
    department.node.writer.write(lambda session: make_files_due(session, department.clock()))
    assert fetch_all(department.node) == 1
    with department.node.database.reader() as session:
        assert (count_files_by_reason(session), list_waiting_files(session, limit=1)) == ([], [])
