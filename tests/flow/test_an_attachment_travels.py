"""The way of a file: handed in part by part, sealed once, named by a document, fetched by the other node, read there.

Whatever is cut goes on where it was, on both ways; what is not what the document names is never read.
"""

import hashlib
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from api.flow.attachments.bringing import bring_all
from api.flow.attachments.transfer import fetch, fetch_all
from api.flow.carrier import Carrier
from api.flow.pull import pull_all
from api.sealing.stream import Measured, generate_key, open_stream, seal_stream
from api.store.attachment_tables import UploadPartRow
from api.store.blobs import pieces_of
from api.store.dump import dump
from tests.attaching import (
    RECORDING,
    announce,
    attach,
    damage,
    file_of,
    hand_in,
    held_by,
    is_held,
    post_message,
    read_file,
    send_message,
    send_part,
    send_recording,
)
from tests.flow.steps import open_case, send_file, settle, signed_content
from tests.support import Network, Office, World, until


class Cut:
    """A line that breaks off after so many pieces; it tells which ranges were asked for."""

    def __init__(self, network: Network, office: Office, after: int, method: str = "GET") -> None:
        self.asked: list[str] = []
        self._after, self._method = after, method
        self._app = network.apps[office.node.base_url]
        network.apps[office.node.base_url] = self  # type: ignore[assignment]  # it is asked for calls, no more

    def request(self, method: str, url: str, **more: Any) -> httpx2.Response:
        if "/exchange/v1/attachments/" in url and method == self._method:
            self.asked.append(more["headers"].get("range", url.rpartition("/")[2]))
            self._after -= 1
            if self._after < 0:
                raise httpx2.ReadError("cut")
        return self._app.request(method, url, **more)


def test_a_recording_travels(world: World) -> None:
    """From the first part to the reader on the other side, the same bytes; the key is shown to nobody."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    send_file(shelter, department, uid)
    answer = hand_in(shelter, uid, sha256=hashlib.sha256(RECORDING).hexdigest())
    told = answer.json()
    assert (answer.status_code, told["complete"], told["bytes"]) == (200, True, len(RECORDING))
    assert told["sha256"] == hashlib.sha256(RECORDING).hexdigest()
    document_id = send_message(shelter, department, uid, told["attachment_id"])
    settle(shelter, department)
    assert read_file(department, document_id, told["attachment_id"], uid=uid).json()["code"] == "attachment_on_its_way"
    assert fetch_all(department.node) == 1
    file = read_file(department, document_id, told["attachment_id"], uid=uid)
    assert (file.status_code, file.headers["content-type"], file.content) == (200, "audio/ogg", RECORDING)
    assert file.headers["content-disposition"] == f'attachment; filename="{told["attachment_id"]}.ogg"'
    for office, role in ((shelter, "SW"), (department, "WO")):
        shown = office.http.get(f"/v1/documents/{document_id}", headers=office.as_role(role)).text
        assert told["attachment_id"] in shown
        assert signed_content(shelter, document_id)["content"]["sealed"]["key"] not in shown
        assert "sealed_sha256" not in shown
    assert read_file(shelter, document_id, told["attachment_id"], uid=uid, role="SW").content == RECORDING
    assert fetch_all(department.node) == 0, "once is enough"


def test_an_upload_goes_on_after_a_cut(world: World) -> None:
    """HEAD tells where; a part at another place is refused, and one that came twice is one."""
    shelter = world.shelter
    uid = open_case(shelter)
    place = announce(shelter, uid, len(RECORDING))
    assert send_part(shelter, place, 0, RECORDING[:100_000]).json()["offset"] == 100_000
    again = send_part(shelter, place, 0, RECORDING[:100_000])
    assert (again.status_code, again.json()["code"]) == (409, "upload_offset_differs")
    assert again.headers["upload-offset"] == "100000"
    head = shelter.http.head(place, headers=shelter.as_role("SW"))
    told = [head.headers[f"upload-{name}"] for name in ("offset", "length", "complete")]
    assert (head.status_code, told) == (200, ["100000", str(len(RECORDING)), "?0"])
    assert send_part(shelter, place, 100_000, RECORDING[100_000:110_000]).json()["code"] == "part_too_small"
    assert send_part(shelter, place, 100_000, RECORDING[100_000:] + b"x").json()["code"] == "attachment_too_large"
    done = send_part(shelter, place, 100_000, RECORDING[100_000:])
    assert (done.status_code, done.json()["complete"]) == (200, True)
    with shelter.node.database.reader() as session:
        assert list(session.exec(select(UploadPartRow))) == []
    (row,) = held_by(shelter)
    assert list(shelter.node.blobs.names()) == [row.blob], "the parts are gone"
    assert send_part(shelter, place, len(RECORDING), b"").json()["complete"] is True


def test_a_transfer_goes_on_after_a_cut(world: World) -> None:
    """Pieces that are here are not fetched again, however often the line breaks."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id = send_recording(shelter, department)
    settle(shelter, department)
    real, asked = world.network.apps[shelter.node.base_url], list[str]()
    for _ in range(3):
        line = Cut(world.network, shelter, after=1)
        fetch_all(department.node)
        asked += line.asked[:1]
        world.network.apps[shelter.node.base_url] = real
        world.clock.wait(minutes=20)
    assert asked == ["bytes=0-262143", "bytes=262144-524287", f"bytes=524288-{held_by(shelter)[0].size - 1}"]
    assert [row.held_at is not None for row in held_by(department)] == [True]
    assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING


def test_who_fetches_its_mailbox_fetches_the_files_too(world: World, village: Office) -> None:
    uid = open_case(world.shelter)
    send_file(world.shelter, village, uid)
    attachment_id = attach(world.shelter, uid)
    document_id = send_message(world.shelter, village, uid, attachment_id)
    assert pull_all(village.node) == 2
    assert fetch_all(village.node) == 1
    assert read_file(village, document_id, attachment_id, uid=uid).content == RECORDING


def test_who_can_not_be_called_brings_its_files(world: World, village: Office) -> None:
    """Piece by piece and on after a cut; what is there is not brought again."""
    shelter = world.shelter
    uid = open_case(shelter)
    send_file(shelter, village, uid)
    pull_all(village.node)
    attachment_id = attach(village, uid, role="WO")
    document_id = send_message(village, shelter, uid, attachment_id, role="WO")
    assert bring_all(village.node) == 0, "nobody waits for it before its document is there"
    settle(village)
    assert fetch_all(shelter.node) == 0, "nobody can be asked"
    line = Cut(world.network, shelter, after=1, method="PUT")
    assert bring_all(village.node) == 0
    line._after = 100
    assert bring_all(village.node) == 1
    assert line.asked == ["0", "1", "1", "2"]
    assert bring_all(village.node) == 0
    assert read_file(shelter, document_id, attachment_id, uid=uid, role="SW").content == RECORDING


def _awaited(shelter: Office, village: Office) -> tuple[str, str, str]:
    """Let a shelter wait for a file of who can't be called; return the case, the file and its document."""
    uid = open_case(shelter)
    send_file(shelter, village, uid)
    pull_all(village.node)
    attachment_id = attach(village, uid, role="WO")
    document_id = send_message(village, shelter, uid, attachment_id, role="WO")
    settle(village)
    return uid, attachment_id, document_id


def test_who_was_killed_before_the_check_is_brought_the_last_piece_again(world: World, village: Office) -> None:
    """All pieces are there and nobody has judged them: the last one asks for that, and what is there stays."""
    shelter, (uid, attachment_id, document_id) = world.shelter, _awaited(world.shelter, village)
    (waits,), (sent,) = held_by(shelter), held_by(village)
    for piece in pieces_of(sent.size):
        shelter.node.blobs.put(waits.blob, piece, village.node.blobs.get(sent.blob, piece))
    line = Cut(world.network, shelter, after=100, method="PUT")
    assert bring_all(village.node) == 1
    assert line.asked == ["2"]
    assert read_file(shelter, document_id, attachment_id, uid=uid, role="SW").content == RECORDING


@contextmanager
def altered(office: Office) -> Iterator[None]:
    """Let a bit of the only file of an office be another one for a while."""
    (row,) = held_by(office)
    good = office.node.blobs.get(row.blob, 1)
    damage(office.node.blobs, row.blob, 1, bytes([good[0] ^ 1]) + good[1:])
    yield
    damage(office.node.blobs, row.blob, 1, good)


def test_other_bytes_than_the_document_names_are_brought_anew(world: World, village: Office) -> None:
    """As where they are fetched: nothing of it is read, and it begins anew."""
    shelter, (uid, attachment_id, document_id) = world.shelter, _awaited(world.shelter, village)
    with altered(village):
        assert bring_all(village.node) == 0
        (waits,) = held_by(shelter)
        assert (waits.held_at, waits.reason) == (None, "attachment_differs")
    assert bring_all(village.node) == 1
    assert read_file(shelter, document_id, attachment_id, uid=uid, role="SW").content == RECORDING


def test_the_carrier_fetches_and_brings_by_itself(world: World, village: Office) -> None:
    """Nobody asks for it: in a thread of each node, both ways, beside the documents."""
    shelter, uid = world.shelter, open_case(world.shelter)
    carriers = [Carrier(office.node, pause=0.05, pull_every=0.05) for office in (shelter, village)]
    for carrier in carriers:
        carrier.start()
    try:
        send_file(shelter, village, uid)
        send_message(shelter, village, uid, attach(shelter, uid))
        until(lambda: [row.held_at is not None for row in held_by(village)] == [True])
        send_message(village, shelter, uid, attach(village, uid, role="WO"), role="WO")
        until(lambda: [row.held_at is not None for row in held_by(shelter)] == [True, True])
    finally:
        for carrier in carriers:
            carrier.stop()


def test_a_node_that_stops_waits_for_one_piece_only(world: World) -> None:
    """And goes on with the next one when it is up again."""
    shelter, department = world.shelter, world.department
    send_recording(shelter, department)
    settle(shelter, department)
    answers = iter([False, True])
    fetch(department.node, agency=department.agency, peer=shelter.agency, is_over=lambda: next(answers))
    (row,) = held_by(department)
    assert (row.reason, department.node.blobs.count(row.blob)) == ("node_stops", 1)
    world.clock.wait(minutes=1)
    assert fetch_all(department.node) == 1


def test_a_file_whose_fetcher_was_killed_goes_on_at_the_next_start(world: World) -> None:
    """From the next piece, and nobody waits until the time that the killed one had for it is over."""
    shelter, department = world.shelter, world.department
    send_recording(shelter, department)
    settle(shelter, department)

    def kill_after_a_piece() -> bool:
        if department.node.blobs.count(file_of(department).blob):
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        fetch(department.node, agency=department.agency, peer=shelter.agency, is_over=kill_after_a_piece)
    assert fetch_all(department.node) == 0, "it is somebody's for a while"
    line = Cut(world.network, shelter, after=100)
    carrier = Carrier(department.node, pause=0.05, pull_every=0.05)
    carrier.start()
    try:
        until(lambda: is_held(department))
    finally:
        carrier.stop()
    assert len(line.asked) == 2


def test_other_bytes_than_the_document_names_are_fetched_anew(world: World) -> None:
    """A sender whose disk lies, or who lies, is asked again; nothing of it is read."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id = send_recording(shelter, department)
    settle(shelter, department)
    with altered(shelter):
        assert fetch_all(department.node) == 0
        (waits,) = held_by(department)
        assert (waits.held_at, waits.reason) == (None, "attachment_differs")
    world.clock.wait(minutes=20)
    assert fetch_all(department.node) == 1
    assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING


def test_a_form_names_only_files_that_are_whole_and_of_its_case(world: World) -> None:
    """Whatever else it names is told by place and code, and a caller never sets how a file is opened."""
    shelter, department = world.shelter, world.department
    uid, other = open_case(shelter), open_case(shelter)
    for case in (uid, other):
        send_file(shelter, department, case)
    attachment_id = attach(shelter, uid)
    unfinished = announce(shelter, uid, 100_000).rpartition("/")[2]
    whole = signed_content(shelter, send_message(shelter, department, uid, attachment_id))["content"]
    for case, content, place, code in (
        (other, {"attachment_id": attachment_id}, "attachment_id", "attachment_not_found"),
        (uid, {"attachment_id": "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"}, "attachment_id", "attachment_not_found"),
        (uid, {"attachment_id": unfinished}, "attachment_id", "attachment_incomplete"),
        (uid, {"attachment_id": attachment_id, "bytes": 5}, "bytes", "attachment_differs"),
        (uid, whole, "sealed", "set_by_node"),
    ):
        answer = post_message(shelter, department, case, "", content={**content, "type": "letter"})
        found = [(one["path"], one["code"]) for one in answer.json()["errors"]]
        assert (answer.status_code, found) == (422, [(f"/content/{place}", code)])


def test_a_file_of_50_megabytes_needs_a_few(world: World) -> None:
    """Sealing and opening hold some segments in memory, however large the file is."""
    chunk, key = bytes(1 << 20), generate_key()
    tracemalloc.start()
    sealed = Measured(seal_stream((chunk for _ in range(50)), key))
    opened = Measured(open_stream(sealed, key))
    for _ in opened:
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert opened.size == 50 << 20
    assert peak < 8 << 20


def test_a_stolen_disk_tells_nothing_of_a_file(world: World) -> None:
    """Neither the parts nor the sealed file nor a row of either node hold its bytes, its digest, its type or a key."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    send_file(shelter, department, uid)
    place = announce(shelter, uid, len(RECORDING))
    send_part(shelter, place, 0, RECORDING[:300_000])
    seen = _bytes_of(shelter)
    send_part(shelter, place, 300_000, RECORDING[300_000:])
    document_id = send_message(shelter, department, uid, place.rpartition("/")[2])
    settle(shelter, department)
    assert fetch_all(department.node) == 1
    sealed = signed_content(shelter, document_id)["content"]["sealed"]
    for office in (shelter, department):
        seen += _bytes_of(office)
        rows = b"".join(dump(office.node.database))
        assert sealed["sha256"].encode() in rows, "the scan works"
        for told in (sealed["key"], hashlib.sha256(RECORDING).hexdigest(), "audio/ogg"):
            assert told.encode() not in rows
    assert len(seen) > 3 * 300_000
    assert [at for at in range(0, len(RECORDING) - 32, 20_000) if RECORDING[at : at + 32] in seen] == []


def _bytes_of(office: Office) -> bytes:
    """Return everything that lies in a node's directory of blobs."""
    folder = office.node.blobs._root  # type: ignore[attr-defined]  # it is a directory
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
