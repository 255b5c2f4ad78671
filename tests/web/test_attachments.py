"""Who may hand a file in, fetch it and read it: whoever may not is answered as if there were none."""

from typing import Any

import httpx2
import pytest

from api.flow.attachments.transfer import fetch_all
from schemas.document import Role
from tests.attaching import PART, RECORDING, announce, post_message, send_message, send_part
from tests.support import Office
from tests.web.town import Pair, as_peer, basic_form, carry, open_branch, open_case, problem, send_basic

SMALL = RECORDING[:70_000]


def attach_small(office: Office, uid: str) -> str:
    place = announce(office, uid, len(SMALL))
    assert send_part(office, place, 0, SMALL).json()["complete"] is True
    return place.rpartition("/")[2]


@pytest.fixture
def sent(pair: Pair) -> tuple[str, str, str, str]:
    """Give a case, a document that names a file, the file, and the digest of its sealed bytes; both sides hold it."""
    uid, _ = send_basic(pair)
    attachment_id = attach_small(pair.shelter, uid)
    document_id = send_message(pair.shelter, pair.department, uid, attachment_id)
    carry(pair.shelter)
    assert fetch_all(pair.department.node) >= 1
    log = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=pair.shelter.as_role("SW")).json()["events"]
    sealed = next(one["sha256"] for one in log if one["action"] == "attached")
    return uid, document_id, attachment_id, sealed


def fetch(office: Office, peer: Office, sealed: str, **headers: str) -> httpx2.Response:
    return office.http.get(f"/exchange/v1/attachments/{sealed}", headers={**as_peer(office, peer), **headers})


def test_a_peer_fetches_what_it_was_sent_and_nothing_else(pair: Pair, sent: tuple[str, str, str, str]) -> None:
    """Not another agency, not the department's own sender, not with a digest that nobody knows."""
    *_, sealed = sent
    whole = fetch(pair.shelter, pair.department, sealed)
    assert (whole.status_code, len(whole.content), SMALL[:64] in whole.content) == (200, 70_040, False)
    stranger = open_branch(pair.department)
    pair.shelter.trust(stranger)
    problem(fetch(pair.shelter, stranger, sealed), 404, "not_found")
    problem(fetch(pair.department, pair.shelter, sealed), 404, "not_found")
    problem(fetch(pair.shelter, pair.department, "0" * 64), 404, "not_found")
    problem(pair.shelter.http.get(f"/exchange/v1/attachments/{sealed}"), 401, "token_missing")


@pytest.mark.parametrize(
    ("asked", "status", "told", "span"),
    [
        pytest.param("bytes=0-99", 206, "bytes 0-99/70040", (0, 100), id="the first hundred"),
        pytest.param("bytes=70000-", 206, "bytes 70000-70039/70040", (70_000, 70_040), id="to the end"),
        pytest.param("bytes=70000-999999", 206, "bytes 70000-70039/70040", (70_000, 70_040), id="past the end"),
        pytest.param("bytes=0-9,20-29", 200, None, (0, 70_040), id="several are answered with the whole"),
        pytest.param("lines=1-2", 200, None, (0, 70_040), id="an unknown unit is answered with the whole"),
    ],
)
def test_a_range_of_a_file(
    pair: Pair, sent: tuple[str, str, str, str], asked: str, status: int, told: str | None, span: tuple[int, int]
) -> None:
    """So that whoever was cut goes on where it was (RFC 9110 section 14)."""
    *_, sealed = sent
    whole, part = (fetch(pair.shelter, pair.department, sealed, **more) for more in ({}, {"range": asked}))
    assert (part.status_code, part.headers.get("content-range")) == (status, told)
    assert part.content == whole.content[slice(*span)]


def test_a_range_behind_the_end(pair: Pair, sent: tuple[str, str, str, str]) -> None:
    problem(fetch(pair.shelter, pair.department, sent[3], range="bytes=70040-"), 416, "range_not_satisfiable")


def test_nobody_brings_what_is_not_awaited(pair: Pair, sent: tuple[str, str, str, str]) -> None:
    """A peer can't fill the disk with pieces that no document names, or that are here."""
    for sealed in (sent[3], "0" * 64):
        headers = {**as_peer(pair.department, pair.shelter), "content-type": "application/octet-stream"}
        path = f"/exchange/v1/attachments/{sealed}/pieces/0"
        problem(pair.department.http.put(path, content=b"x" * 100, headers=headers), 404, "not_found")


def test_who_is_not_shown_the_name_does_not_read_the_file(pair: Pair, sent: tuple[str, str, str, str]) -> None:
    """The document decides: what is shown of it to each role, at home and over there, and to another agency nothing."""
    _, document_id, attachment_id, _ = sent
    path, seen = f"/v1/documents/{document_id}", dict[tuple[bool, str], bool]()
    for office in (pair.shelter, pair.department):
        for role in Role:
            headers = office.as_role(role)
            is_shown = attachment_id in office.http.get(path, headers=headers).text
            file = office.http.get(f"{path}/attachments/{attachment_id}", headers=headers)
            assert (file.status_code, file.content == SMALL) == ((200, True) if is_shown else (404, False)), role
            seen[office is pair.shelter, role] = is_shown
    assert set(seen.values()) == {True, False}
    stranger = open_branch(pair.department)
    for where in (f"{path}/attachments/{attachment_id}", f"{path}/attachments/{document_id}"):
        problem(stranger.http.get(where, headers=stranger.as_role("WO")), 404, "not_found")


def test_every_look_at_a_file_is_noted(pair: Pair, sent: tuple[str, str, str, str]) -> None:
    uid, document_id, attachment_id, _ = sent
    headers = pair.shelter.as_role("SW")
    timeline = f"/v1/cases/{uid}/timeline"
    before = len(pair.shelter.http.get(timeline, headers=headers).json()["events"])
    path = f"/v1/documents/{document_id}/attachments/{attachment_id}"
    assert pair.shelter.http.get(path, headers=headers).content == SMALL
    after = pair.shelter.http.get(timeline, headers=headers).json()["events"]
    assert [one["action"] for one in after[before:]] == ["looked_at"]


def test_an_upload_belongs_to_its_case_and_agency(pair: Pair) -> None:
    """Nobody else continues it, asks about it or names it; roles that write no such form begin none."""
    uid, other = open_case(pair.shelter), open_case(pair.shelter)
    place = announce(pair.shelter, uid, len(SMALL))
    stranger = open_branch(pair.shelter)
    for office, where in ((stranger, place), (pair.shelter, place.replace(uid, other))):
        headers = office.as_role("SW")
        assert office.http.head(where, headers=headers).status_code == 404
        problem(office.http.get(where, headers=headers), 404, "not_found")
        answer = office.http.patch(where, content=SMALL, headers={**headers, **PART, "upload-offset": "0"})
        problem(answer, 404, "not_found")
    announced = {"media_type": "audio/ogg", "bytes": 5}
    for role in ("ST", "AU", "AD"):
        answer = pair.shelter.http.post(
            f"/v1/cases/{uid}/attachments", json=announced, headers=pair.shelter.as_role(role)
        )
        problem(answer, 403, "role_may_not_write")


@pytest.mark.parametrize(
    ("announced", "status", "code"),
    [
        pytest.param({"media_type": "text/html", "bytes": 5}, 422, "invalid_request", id="a type that can run"),
        pytest.param({"media_type": "audio/ogg", "bytes": 0}, 422, "invalid_request", id="nothing"),
        pytest.param({"media_type": "audio/ogg", "bytes": 1 << 40}, 422, "invalid_request", id="too much"),
        pytest.param({"media_type": "audio/ogg", "bytes": 5, "name": "x"}, 422, "invalid_request", id="a file name"),
    ],
)
def test_what_may_not_be_announced(pair: Pair, announced: dict[str, Any], status: int, code: str) -> None:
    path = f"/v1/cases/{open_case(pair.shelter)}/attachments"
    problem(pair.shelter.http.post(path, json=announced, headers=pair.shelter.as_role("SW")), status, code)


def test_a_limit_of_the_node_holds(pair: Pair) -> None:
    limits = pair.shelter.node.limits
    object.__setattr__(limits, "attachment_bytes", 100)
    try:
        path, headers = f"/v1/cases/{open_case(pair.shelter)}/attachments", pair.shelter.as_role("SW")
        answer = pair.shelter.http.post(path, json={"media_type": "audio/ogg", "bytes": 101}, headers=headers)
    finally:
        object.__setattr__(limits, "attachment_bytes", 50 << 20)
    problem(answer, 413, "attachment_too_large")


def test_what_comes_is_what_was_announced(pair: Pair) -> None:
    """Another digest or another type: refused and gone."""
    uid = open_case(pair.shelter)
    for media_type, digest, code in (
        ("audio/ogg", "0" * 64, "attachment_hash_differs"),
        ("image/png", None, "media_type_differs"),
    ):
        place = announce(pair.shelter, uid, len(SMALL), media_type, sha256=digest)
        problem(send_part(pair.shelter, place, 0, SMALL), 422, code)
        assert pair.shelter.http.head(place, headers=pair.shelter.as_role("SW")).status_code == 404


def test_a_part_has_its_own_media_type(pair: Pair) -> None:
    """So that no other system sends a form there by mistake."""
    place = announce(pair.shelter, open_case(pair.shelter), len(SMALL))
    headers = {**pair.shelter.as_role("SW"), "upload-offset": "0"}
    problem(pair.shelter.http.patch(place, json={}, headers=headers), 415, "unsupported_media_type")


def test_the_same_announcement_is_one_upload(pair: Pair) -> None:
    """Repeated under its key after a lost answer."""
    path = f"/v1/cases/{open_case(pair.shelter)}/attachments"
    headers = {**pair.shelter.as_role("SW"), "idempotency-key": "one-and-the-same"}
    first, again = (
        pair.shelter.http.post(path, json={"media_type": "audio/ogg", "bytes": 5}, headers=headers) for _ in range(2)
    )
    assert first.json() == again.json()


def test_one_file_in_two_documents_is_sealed_once(pair: Pair) -> None:
    """A correction, or a document to somebody else, names the same sealed bytes."""
    uid, _ = send_basic(pair)
    attachment_id = attach_small(pair.shelter, uid)
    before = set(pair.shelter.node.blobs.names())
    first = send_message(pair.shelter, pair.department, uid, attachment_id)
    corrected = post_message(pair.shelter, pair.department, uid, attachment_id, supersedes=first, reply_expected="no")
    assert corrected.status_code == 201, corrected.text
    assert set(pair.shelter.node.blobs.names()) == before


def test_a_review_knows_the_files_of_a_draft(pair: Pair) -> None:
    """Digest, type and size are the node's to fill in, so they are not called missing."""
    uid = open_case(pair.shelter)
    path, headers = f"/v1/cases/{uid}/forms/1/draft", pair.shelter.as_role("SW")
    attached = {"attachment_id": attach_small(pair.shelter, uid), "type": "letter"}
    content = {**basic_form(pair.department), "completion": {"attachments": [attached]}}
    content.pop("recipient")
    saved = pair.shelter.http.put(path, json=content, headers={**headers, "if-none-match": "*"})
    assert saved.status_code == 200, saved.text
    assert "/completion/attachments/0" not in saved.text
    assert "sealed" not in pair.shelter.http.get(path, headers=headers).text
