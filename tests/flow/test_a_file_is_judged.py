"""A scanner and a limit judge a file at both ends: what they refuse is gone or never read, and the document stays."""

from collections.abc import Callable

import pytest

from api.flow.attachments.transfer import fetch_all
from tests.attaching import RECORDING, hand_in, held_by, post_message, read_file, send_part, send_recording
from tests.flow.steps import open_case, settle
from tests.support import Office, World


def test_what_a_scanner_refuses_is_gone(world: World, scanned: Callable[[Office, str], None]) -> None:
    """It is removed with its parts, and the log keeps the code."""
    shelter = world.shelter
    uid = open_case(shelter)
    scanned(shelter, "cat > /dev/null; exit 1")
    refused = hand_in(shelter, uid)
    assert (refused.status_code, refused.json()["code"]) == (422, "virus_found")
    assert list(shelter.node.blobs.names()) == []
    assert shelter.http.head(str(refused.url), headers=shelter.as_role("SW")).status_code == 404
    told = shelter.http.get(f"/v1/cases/{uid}/timeline", headers=shelter.as_role("SW")).json()["events"]
    assert [(one["action"], one.get("code")) for one in told][-1] == ("attachment_refused", "virus_found")


@pytest.mark.parametrize(
    "script", ["exit 0", "cat > /dev/null; exit 2", "kill -9 $$"], ids=["deaf", "failed", "killed"]
)
def test_a_scanner_that_does_not_judge_is_no_yes(
    world: World, scanned: Callable[[Office, str], None], script: str
) -> None:
    """The file waits, and an empty part at its end tries again."""
    shelter = world.shelter
    uid = open_case(shelter)
    scanned(shelter, script)
    waits = hand_in(shelter, uid)
    assert (waits.status_code, waits.json()["code"]) == (503, "scanner_unavailable")
    scanned(shelter, f"test $(wc -c) -eq {len(RECORDING)}")
    assert send_part(shelter, str(waits.url), len(RECORDING), b"").json()["complete"] is True


def test_the_recipient_does_not_rely_on_the_senders_scanner(
    world: World, scanned: Callable[[Office, str], None]
) -> None:
    """It judges what it fetched by itself; the document stays, and the file can't be read."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id = send_recording(shelter, department)
    settle(shelter, department)
    scanned(department, "cat > /dev/null; exit 1")
    fetch_all(department.node)
    assert [(row.held_at, row.due_at, row.reason) for row in held_by(department)] == [(None, None, "virus_found")]
    assert list(department.node.blobs.names()) == []
    answer = read_file(department, document_id, attachment_id, uid=uid)
    assert (answer.status_code, answer.json()["code"]) == (409, "attachment_refused")


def test_a_file_that_was_refused_is_tried_again_when_it_is_named_again(
    world: World, scanned: Callable[[Office, str], None]
) -> None:
    """A scanner may have been wrong, or mended since: a new document that names the same file is a new try."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, first = send_recording(shelter, department)
    settle(shelter, department)
    scanned(department, "cat > /dev/null; exit 1")
    assert (fetch_all(department.node), fetch_all(department.node)) == (0, 0)
    scanned(department, "cat > /dev/null")
    second = post_message(shelter, department, uid, attachment_id, supersedes=first, reply_expected="no")
    settle(shelter, department)
    assert fetch_all(department.node) == 1
    for document_id in (first, second.json()["document_id"]):
        assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING


def test_what_is_larger_than_the_recipient_takes_is_not_fetched(world: World) -> None:
    """The document is taken all the same, and readers are told."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id = send_recording(shelter, department)
    object.__setattr__(department.node.limits, "attachment_bytes", len(RECORDING) - 1)
    settle(shelter, department)
    assert fetch_all(department.node) == 0
    assert [row.reason for row in held_by(department)] == ["attachment_too_large"]
    assert read_file(department, document_id, attachment_id, uid=uid).json()["code"] == "attachment_refused"
