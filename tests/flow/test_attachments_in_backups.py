"""A backup holds the files that its rows name: taken while the node runs, put back whole, and proven by digest."""

import base64
import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from api.app import create_app
from api.errors import HomewardError, InvalidInput, NodeError
from api.flow.attachments.collect import collect
from api.flow.attachments.transfer import fetch_all
from api.flow.backup import Copied, pack, put_back, unpack
from api.flow.node import Node
from api.flow.proving import Look, prove
from api.store.attachment_tables import AttachmentRow, UploadPartRow, UploadRow
from api.store.blobs import Blobs
from api.store.blobs.directory import Directory
from api.store.engine import Database
from api.store.writer import Writer
from tests.attaching import RECORDING, announce, attach, damage, read_file, send_part, send_recording
from tests.flow.steps import open_case, settle
from tests.support import Office, World


@pytest.fixture
def target(new_database: Callable[[], Database]) -> Database:
    """Give an empty database to restore into."""
    return new_database()


@pytest.fixture
def place(tmp_path: Path) -> Directory:
    """Give an empty place for blobs."""
    return Directory(tmp_path / "restored")


def lines_of(office: Office, copied: Copied | None = None) -> Iterator[bytes]:
    return pack(office.node.database, {}, office.clock(), office.node.blobs, copied)


def restored(office: Office, lines: Iterator[bytes], database: Database, blobs: Blobs) -> Node:
    """Put a backup back and return the node that stands on it."""
    put_back(database, unpack(lines), blobs)
    return replace(office.node, database=database, blobs=blobs, writer=Writer(database))


def meanwhile(lines: Iterator[bytes], act: Callable[[], object]) -> Iterator[bytes]:
    """Do something when the rows were read and no blob yet."""
    for line in lines:
        yield line
        if line.startswith(b'{"rows"'):
            act()


def count_rows(database: Database, row: type[UploadRow | UploadPartRow | AttachmentRow]) -> int:
    with database.reader() as session:
        return len(session.exec(select(row)).all())


def contents_of(blobs: Blobs) -> dict[str, bytes]:
    return {name: b"".join(blobs.get(name, n) for n in range(blobs.count(name))) for name in blobs.names()}


def test_files_come_back_at_both_ends(world: World, target: Database, place: Directory) -> None:
    """The sender's and the recipient's, byte for byte, and the proof opens their digests."""
    send_recording(world.shelter, world.department)
    settle(world.shelter, world.department)
    assert fetch_all(world.department.node) == 1
    copied = Copied()
    node = restored(world.department, lines_of(world.department, copied), target, place)
    assert prove(node) == prove(world.department.node)
    assert prove(node).attachments == 1
    assert contents_of(place) == contents_of(world.department.node.blobs)
    assert (copied.blobs, copied.bytes, copied.lost) == (1, sum(map(len, contents_of(place).values())), 0)


def test_an_upload_that_is_not_finished_goes_on(world: World, target: Database, place: Directory) -> None:
    """Its parts are in the backup; the last one is handed in at the restored node."""
    shelter = world.shelter
    uid = open_case(shelter)
    upload = announce(shelter, uid, len(RECORDING))
    send_part(shelter, upload, 0, RECORDING[:400_000])
    node = restored(shelter, lines_of(shelter), target, place)
    node.writer.start()
    try:
        office = replace(shelter, http=TestClient(create_app(node), base_url=node.base_url))
        assert send_part(office, upload, 400_000, RECORDING[400_000:]).json()["complete"] is True
    finally:
        node.writer.stop()


def test_what_is_handed_in_meanwhile_is_in_the_next_backup(world: World, target: Database, place: Directory) -> None:
    uid = open_case(world.shelter)
    attach(world.shelter, uid, RECORDING[:20_000])
    lines = meanwhile(lines_of(world.shelter), lambda: attach(world.shelter, uid, RECORDING[:30_000]))
    node = restored(world.shelter, lines, target, place)
    assert (prove(node).attachments, len(contents_of(place))) == (1, 1)


def test_what_is_collected_meanwhile_is_forgotten_by_the_restore(
    world: World, target: Database, place: Directory
) -> None:
    """Its row was still there when the rows were read, and is no more: nothing is lost, and nothing names it."""
    uid = open_case(world.shelter)
    attach(world.shelter, uid)
    upload = announce(world.shelter, uid, len(RECORDING))
    send_part(world.shelter, upload, 0, RECORDING[:100_000])
    world.clock.wait(days=8)
    copied = Copied()
    lines = meanwhile(lines_of(world.shelter, copied), lambda: collect(world.shelter.node))
    node = restored(world.shelter, lines, target, place)
    assert (prove(node).attachments, copied.lost, contents_of(place)) == (0, 0, {})
    assert [count_rows(target, row) for row in (UploadRow, UploadPartRow, AttachmentRow)] == [0, 0, 0]


def test_an_upload_that_is_finished_meanwhile_is_handed_in_again(
    world: World, target: Database, place: Directory
) -> None:
    """Its parts became a file that came after the rows."""
    uid = open_case(world.shelter)
    kept = attach(world.shelter, uid, RECORDING[:20_000])
    upload = announce(world.shelter, uid, len(RECORDING))
    for start in (0, 200_000):
        send_part(world.shelter, upload, start, RECORDING[start : start + 200_000])
    rest = lambda: send_part(world.shelter, upload, 400_000, RECORDING[400_000:])  # noqa: E731
    node = restored(world.shelter, meanwhile(lines_of(world.shelter), rest), target, place)
    assert prove(node).attachments == 1
    with target.reader() as session:
        assert [row.attachment_id for row in session.exec(select(UploadRow))] == [kept]
        assert session.exec(select(UploadPartRow)).all() == []


def test_a_file_on_its_way_is_fetched_anew(world: World, target: Database, place: Directory) -> None:
    """Half of it is in no backup, and the proof does not miss it."""
    send_recording(world.shelter, world.department)
    settle(world.shelter, world.department)
    with world.department.node.database.reader() as session:
        row = session.exec(select(AttachmentRow)).one()
    world.department.node.blobs.put(row.blob, 0, b"the first piece")
    node = restored(world.department, lines_of(world.department), target, place)
    assert (prove(node).attachments, contents_of(place)) == (0, {})
    node.writer.start()
    assert fetch_all(node) == 1
    node.writer.stop()
    assert prove(node).attachments == 1


def test_a_file_that_was_lost_is_told_and_keeps_nothing_out(world: World, target: Database, place: Directory) -> None:
    """The rest is in the backup; whoever restores it is told too."""
    uid, *_ = send_recording(world.shelter, world.department)
    lost = next(iter(contents_of(world.shelter.node.blobs)))
    attach(world.shelter, uid, RECORDING[:20_000])
    world.shelter.node.blobs.remove(lost)
    copied = Copied()
    node = restored(world.shelter, lines_of(world.shelter, copied), target, place)
    assert (copied.blobs, copied.lost, len(contents_of(place))) == (1, 1, 1)
    with pytest.raises(NodeError) as told:
        prove(node)
    assert (told.value.code, told.value.hint.split(",")[0].split()[0]) == ("attachments_damaged", "1")


def _altered(blobs: Blobs, name: str) -> None:
    data = blobs.get(name, 0)
    damage(blobs, name, 0, bytes([data[0] ^ 1]) + data[1:])


DAMAGES: dict[str, tuple[Callable[[Blobs, str], None], set[Look]]] = {
    "one bit": (_altered, {Look.DIGESTS}),
    "a byte less": (lambda blobs, name: damage(blobs, name, 2, blobs.get(name, 2)[:-1]), {Look.DIGESTS}),
    "gone": (lambda blobs, name: blobs.remove(name), {Look.DIGESTS, Look.THERE}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_proof_finds_a_file_that_is_not_what_was_sealed(world: World, damage: str) -> None:
    """By its digest, or, where it is far, at least by its being there."""
    harm, found_by = DAMAGES[damage]
    send_recording(world.shelter, world.department)
    node = world.shelter.node
    harm(node.blobs, next(iter(node.blobs.names())))
    for look in Look:
        if look in found_by:
            with pytest.raises(NodeError, match="attachments_damaged"):
                prove(node, look=look)
        else:
            prove(node, look=look)


def test_a_part_that_is_gone_is_found_too(world: World) -> None:
    shelter = world.shelter
    upload = announce(shelter, open_case(shelter), len(RECORDING))
    send_part(shelter, upload, 0, RECORDING[:100_000])
    shelter.node.blobs.remove(next(iter(shelter.node.blobs.names())))
    with pytest.raises(NodeError, match="attachments_damaged"):
        prove(shelter.node)


def _but(line: bytes, **over: object) -> bytes:
    return json.dumps({**json.loads(line), **over}).encode() + b"\n"


def _renamed(row: bytes, blob: str) -> bytes:
    return row.replace(blob.encode(), b"../../ab")


BROKEN: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "without its end": (lambda lines: lines[:-1], "backup_incomplete"),
    "without a word of what was gone": (
        lambda lines: [*lines[:-1], json.dumps({"pieces": 3}).encode() + b"\n"],
        "backup_malformed",
    ),
    "without a piece": (lambda lines: [*lines[:-2], lines[-1]], "backup_incomplete"),
    "cut off within a piece": (lambda lines: [*lines[:-2], lines[-2][:1000]], "backup_malformed"),
    "with a path in place of a name": (
        lambda lines: [*lines[:-2], _but(lines[-2], blob="../../../../../../../../ab"), lines[-1]],
        "backup_malformed",
    ),
    "with a row whose blob is a path": (
        lambda lines: [
            *(_renamed(line, json.loads(lines[-2])["blob"]) for line in lines[:-4]),
            *lines[-4:],
        ],
        "backup_malformed",
    ),
    "with a number that is none": (
        lambda lines: [*lines[:-2], _but(lines[-2], number="../1"), lines[-1]],
        "backup_malformed",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_backup_that_lacks_pieces_leaves_nothing(world: World, target: Database, place: Directory, case: str) -> None:
    """Neither rows nor blobs; the whole one is then put back in the same place."""
    send_recording(world.shelter, world.department)
    lines = list(lines_of(world.shelter))
    change, code = BROKEN[case]
    with pytest.raises(InvalidInput) as refused:
        put_back(target, unpack(iter(change(lines))), place)
    assert (refused.value.code, contents_of(place)) == (code, {})
    assert prove(restored(world.shelter, iter(lines), target, place)).attachments == 1


def test_a_place_that_can_not_be_written_leaves_no_rows(world: World, target: Database, tmp_path: Path) -> None:
    send_recording(world.shelter, world.department)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(HomewardError, match="blobs_unavailable"):
        put_back(target, unpack(lines_of(world.shelter)), Directory(tmp_path / "file"))
    restored(world.shelter, lines_of(world.shelter), target, Directory(tmp_path / "folder"))


def test_a_backup_of_an_earlier_version_is_put_back(world: World, target: Database, place: Directory) -> None:
    """It holds no blobs: they were copied beside it, and the proof looks for them when they are there."""
    send_recording(world.shelter, world.department)
    head, *lines = pack(world.shelter.node.database, {}, world.clock(), None)
    said = {name: value for name, value in json.loads(head).items() if name != "has_blobs"}
    old = json.dumps({**said, "homeward_backup": 1}).encode() + b"\n"
    node = restored(world.shelter, iter([old, *lines]), target, place)
    assert prove(node, look=Look.NOT_AT_ALL).attachments == 0
    assert prove(replace(node, blobs=world.shelter.node.blobs)).attachments == 1


def test_a_backup_of_a_later_version_is_not(
    world: World, place: Directory, new_database: Callable[[], Database]
) -> None:
    head, *lines = lines_of(world.shelter)
    with pytest.raises(InvalidInput, match="backup_too_new"):
        put_back(new_database(), unpack(iter([_but(head, homeward_backup=3), *lines])), place)


def test_no_file_lies_open_in_it(world: World) -> None:
    """What is copied is sealed already: neither bytes nor key of a recording stand in the lines."""
    send_recording(world.shelter, world.department)
    data = b"".join(
        base64.b64decode(json.loads(line)["data"]) for line in lines_of(world.shelter) if line.startswith(b'{"blob"')
    )
    assert len(data) > len(RECORDING)
    assert [at for at in range(0, len(RECORDING) - 32, 20_000) if RECORDING[at : at + 32] in data] == []


def test_large_files_need_some_pieces_of_memory(world: World, target: Database, place: Directory) -> None:
    """Copying and putting back, however large they are."""
    uid = open_case(world.shelter)
    attach(world.shelter, uid, b"OggS\x00" + Random(3).randbytes(12_000_000))  # noqa: S311
    tracemalloc.start()
    node = restored(world.shelter, lines_of(world.shelter), target, place)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
    assert prove(node).attachments == 1


def test_whoever_reads_in_the_restored_node_reads_the_same(world: World, target: Database, place: Directory) -> None:
    """From the backup to the reader: one file of one document."""
    uid, attachment_id, document_id = send_recording(world.shelter, world.department)
    node = restored(world.shelter, lines_of(world.shelter), target, place)
    node.writer.start()
    try:
        office = replace(world.shelter, http=TestClient(create_app(node), base_url=node.base_url))
        assert read_file(office, document_id, attachment_id, uid=uid, role="SW").content == RECORDING
    finally:
        node.writer.stop()
