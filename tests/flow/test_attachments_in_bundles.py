"""Attachments travel by hand: in the bundle of the document that names them, or in a later one, until they are there.

However they are brought, and whatever the network does meanwhile: each file is there once, and is carried until the
other side says so.
"""

import random
import tracemalloc
from collections.abc import Callable

import pytest

from api.flow.attachments.bringing import bring_all
from api.flow.attachments.transfer import fetch_all
from api.flow.bundle import pack
from api.flow.pull import pull_all
from api.flow.unpack import take
from api.sealing.bundle import piece_line
from api.store.blobs import PIECE, read_blob
from tests.attaching import (
    RECORDING,
    attach,
    file_of,
    is_held,
    post_message,
    read_file,
    send_message,
    send_recording,
)
from tests.flow.carrying import answer_of, brought, carried_by, codes_of, packed, signed_bundle
from tests.flow.steps import open_case, rows_of, send_file, settle, waiting_for
from tests.support import Office, World


def test_a_recording_goes_by_stick(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """There with its document, read there; back with the answer; then nothing is carried any more."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id, file = stick
    world.network.apps.clear()
    taken = brought(department, file)
    assert (taken.taken, taken.is_whole) == (3, True)
    assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING
    assert carried_by(shelter, department) == ["envelope", "envelope", "attachment"], "it may be lost"
    assert taken.answer is not None
    assert taken.answer.manifest.answers is not None
    assert taken.answer.manifest.answers.settled == (file_of(shelter).sealed_sha256,)
    brought(shelter, answer_of(taken))
    assert carried_by(shelter, department) == []
    assert waiting_for(shelter) == []


def test_the_file_on_the_stick_tells_nothing(stick: tuple[str, str, str, bytes]) -> None:
    """Neither the bytes of the recording nor what it is."""
    file = stick[3]
    assert b"audio" not in file
    assert [at for at in range(0, len(RECORDING) - 32, 20_000) if piece_line(RECORDING[at : at + 30]) in file] == []


def test_what_is_left_at_home_goes_with_the_next(world: World) -> None:
    """A small stick takes the letters alone; their files follow, though nobody waits for a receipt any more."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id = send_recording(shelter, department)
    bundle = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD", attachments=False)
    brought(shelter, answer_of(brought(department, b"".join(bundle.lines()))))
    assert (waiting_for(shelter), is_held(department)) == ([], False)
    assert carried_by(shelter, department, attachments=False) == []
    taken = brought(department, packed(shelter, department))
    assert (taken.taken, [item.type for item in taken.manifest.items]) == (1, ["attachment"])
    assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING
    brought(shelter, answer_of(taken))
    assert carried_by(shelter, department) == []


def test_the_letter_by_network_and_the_file_by_stick(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """Half of it came over the line before that broke: the rest is taken from the stick, and nothing is left to do."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id, _ = stick
    settle(shelter, department)
    piece = b"".join(read_blob(shelter.node.blobs, file_of(shelter).blob, 0, PIECE))
    department.node.blobs.put(file_of(department).blob, 0, piece)
    head, *lines = packed(shelter, department).splitlines()
    assert len(lines) == 3
    assert brought(department, b"\n".join([head, *lines[1:]])).is_whole, "only what was not here yet"
    assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING
    assert fetch_all(department.node) == 0


def test_the_stick_comes_after_the_network(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """Imported twice though everything is here: taken, stored once, and nothing lies about."""
    shelter, department = world.shelter, world.department
    settle(shelter, department)
    assert fetch_all(department.node) == 1
    for _ in range(2):
        taken = brought(department, stick[3])
        assert (taken.taken, taken.is_whole) == (3, True)
    assert list(department.node.blobs.names()) == [file_of(department).blob]
    brought(shelter, answer_of(taken))
    assert carried_by(shelter, department) == []


def test_the_network_goes_on_where_the_stick_was_cut_off(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """The last piece is missing: the letters are taken, it is told, and only that piece is fetched."""
    shelter, department = world.shelter, world.department
    uid, attachment_id, document_id, file = stick
    taken = brought(department, file[:-1000])
    assert (taken.taken, codes_of(taken), taken.missing) == (2, ["attachment_cut_off"], ())
    assert (is_held(department), department.node.blobs.count(file_of(department).blob)) == (False, 2)
    answer = read_file(department, document_id, attachment_id, uid=uid)
    assert answer.json()["code"] == "attachment_on_its_way"
    brought(shelter, answer_of(taken))
    assert carried_by(shelter, department) == ["attachment"], "it was not said to be there"
    world.clock.wait(minutes=20)
    assert fetch_all(department.node) == 1
    assert read_file(department, document_id, attachment_id, uid=uid).content == RECORDING


def test_a_stick_without_a_file_tells_that_it_is_missing(world: World, stick: tuple[str, str, str, bytes]) -> None:
    lines = stick[3].splitlines()
    taken = brought(world.department, b"\n".join(lines[:3]))
    assert (taken.taken, taken.missing, codes_of(taken)) == (2, (3,), [])
    assert brought(world.department, stick[3]).is_whole


def test_what_does_not_fit_waits_for_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first; how many are left is said."""
    monkeypatch.setattr("api.flow.bundle.MOST_PIECES", 4)
    shelter, department = world.shelter, world.department
    uid, _, _ = send_recording(shelter, department)
    send_message(shelter, department, uid, attach(shelter, uid))
    for left in (1, 0):
        bundle = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD")
        assert ([item.type for item in bundle.manifest.items].count("attachment"), bundle.left) == (1, left)
        brought(shelter, answer_of(brought(department, b"".join(bundle.lines()))))
    assert carried_by(shelter, department) == []


def test_a_file_that_two_documents_name_goes_once(world: World) -> None:
    shelter, department = world.shelter, world.department
    uid, attachment_id, first = send_recording(shelter, department)
    assert post_message(shelter, department, uid, attachment_id, supersedes=first, reply_expected="no").is_success
    assert carried_by(shelter, department).count("attachment") == 1
    brought(shelter, answer_of(brought(department, packed(shelter, department))))
    assert carried_by(shelter, department) == []


def test_brought_in_parts(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """As over HTTP, where a request has a bound: each part with the first line."""
    head, *lines = stick[3].splitlines()
    told = [codes_of(brought(world.department, head + b"\n" + line)) for line in lines]
    assert told == [[], [], ["attachment_cut_off"], ["attachment_cut_off"], []]
    assert is_held(world.department)


def test_who_can_not_be_called_carries_too(world: World, village: Office) -> None:
    """What was said to be there by stick is not brought over the network any more, and the other way round."""
    shelter, uid = world.shelter, open_case(world.shelter)
    send_file(shelter, village, uid)
    pull_all(village.node)
    ids = []
    for carry_first in (True, False):
        attachment_id = attach(village, uid, role="WO")
        ids.append((send_message(village, shelter, uid, attachment_id, role="WO"), attachment_id))
        if carry_first:
            brought(village, answer_of(brought(shelter, packed(village, shelter))))
        settle(village)
        assert bring_all(village.node) == (0 if carry_first else 1)
        assert "attachment" not in carried_by(village, shelter)
    for document_id, attachment_id in ids:
        assert read_file(shelter, document_id, attachment_id, uid=uid, role="SW").content == RECORDING


def test_nobody_marks_what_waits_for_somebody_else(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """An answer ends the carrying of files to its sender only."""
    other = world.open_office("MM-OTHER", "Another office")
    other.trust(world.shelter)
    world.shelter.trust(other)
    settle(world.shelter, world.department)
    taken = brought(world.department, stick[3])
    assert taken.answer is not None
    claims = taken.answer.manifest.answers
    brought(world.shelter, signed_bundle(other, world.shelter, answers=claims))
    assert carried_by(world.shelter, world.department) == ["attachment"]


@pytest.mark.parametrize("seed", range(3))
def test_mixed_with_the_network_in_any_order(world: World, seed: int) -> None:
    """Sent, carried whole, cut, late and twice, fetched and not: in the end each file is there once, and alike."""
    chance = random.Random(seed)  # noqa: S311
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    send_file(shelter, department, uid)
    sent: list[tuple[str, str]] = []
    sticks: list[tuple[Office, bytes]] = []

    def send() -> None:
        attachment_id = attach(shelter, uid, RECORDING[: chance.choice([20_000, 300_000, 600_000])])
        sent.append((send_message(shelter, department, uid, attachment_id), attachment_id))

    def put_on_a_stick() -> None:
        bundle = pack(
            shelter.node, agency=shelter.agency, peer=department.agency, by="AD", attachments=chance.random() < 0.8
        )
        sticks.append((department, b"".join(bundle.lines())))

    def bring() -> None:
        if sticks:
            to, file = chance.choice(sticks)
            end = len(file) if chance.random() < 0.6 else chance.randrange(len(file) // 2, len(file))
            if b"\n" in file[:end]:
                taken = brought(to, file[:end])
                if taken.answer is not None:
                    sticks.append((shelter, answer_of(taken)))

    steps: list[Callable[[], object]] = [*[send] * 3, *[put_on_a_stick] * 4, *[bring] * 10]
    steps += [lambda: settle(shelter)] * 2 + [lambda: fetch_all(department.node)] * 2
    chance.shuffle(steps)
    for step in [send, *steps]:
        step()
        world.clock.wait(seconds=chance.randrange(90))
    world.clock.wait(hours=2)
    settle(shelter, department)
    fetch_all(department.node)
    for document_id, attachment_id in sent:
        theirs = read_file(department, document_id, attachment_id, uid=uid).content
        assert theirs == read_file(shelter, document_id, attachment_id, uid=uid, role="SW").content
        assert theirs
    assert len(list(department.node.blobs.names())) == len(sent)
    assert len(rows_of(department)) == len(sent) + 1
    for to, file in sticks:
        assert brought(to, file).is_whole, "whatever is found in a drawer years later does no harm"


def test_twelve_megabytes_need_a_few(world: World) -> None:
    """Packing and taking hold some pieces in memory, however large the file is."""
    shelter, department = world.shelter, world.department
    uid = open_case(shelter)
    send_file(shelter, department, uid)
    noise = b"OggS\x00" + random.Random(2).randbytes(12_000_000)  # noqa: S311
    document_id = send_message(shelter, department, uid, attachment_id := attach(shelter, uid, noise))
    tracemalloc.start()
    bundle = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD")
    taken = take(department.node, (line.rstrip(b"\n") for line in bundle.lines()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (taken.taken, taken.is_whole) == (3, True)
    assert peak < 8 << 20
    assert read_file(department, document_id, attachment_id, uid=uid).content == noise
