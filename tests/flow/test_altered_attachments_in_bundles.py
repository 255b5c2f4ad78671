"""A file with attachments is mixed up, cut, altered or made up, and the node that takes it is short of something.

What is whole is there once, what is not is told and never read, and the letters beside it are taken.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.flow.bundle import pack
from api.sealing.bundle import Item, piece_line, read_manifest
from api.sealing.digest import sha256_hex
from api.store.blobs import PIECE, read_blob
from tests.attaching import RECORDING, attach, damage, file_of, is_held, read_file, send_message, send_recording
from tests.flow.carrying import answer_of, brought, carried_by, codes_of, packed, signed_bundle
from tests.flow.steps import settle
from tests.support import Office, World

DAMAGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "the other way round": lambda lines: [lines[0], *reversed(lines[1:])],
    "pieces first": lambda lines: [lines[0], *lines[3:], *lines[1:3]],
    "mixed": lambda lines: [lines[0], lines[5], lines[2], lines[3], lines[1], lines[4]],
    "every line twice": lambda lines: [lines[0], *lines[1:], *lines[1:]],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_order_of_the_lines_does_not_matter(
    world: World, stick: tuple[str, str, str, bytes], damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece that stands before its document waits for it, on the disk where it is large."""
    monkeypatch.setattr("api.flow.unpack.IN_MEMORY", 1000)
    uid, attachment_id, document_id, file = stick
    taken = brought(world.department, b"\n".join(DAMAGES[damage](file.splitlines())))
    assert (taken.taken, taken.is_whole) == (3, True)
    assert read_file(world.department, document_id, attachment_id, uid=uid).content == RECORDING


def test_one_letter_changed_in_a_piece_is_told_and_spoils_nothing(
    world: World, stick: tuple[str, str, str, bytes]
) -> None:
    """The letters are taken, no altered byte is kept, and the whole file mends it."""
    lines = stick[3].splitlines()
    lines[4] = lines[4][:-8] + b"AAAAAAAA"
    taken = brought(world.department, b"\n".join(lines))
    assert (taken.taken, codes_of(taken)) == (2, ["attachment_cut_off"])
    assert not is_held(world.department)
    assert world.department.node.blobs.count(file_of(world.department).blob) == 1
    assert brought(world.department, stick[3]).is_whole


def test_a_file_whose_document_is_not_here_waits_outside(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """Nothing is taken that no document names, and nothing of it stays; with its document it is taken."""
    head, first, second, *pieces = stick[3].splitlines()
    taken = brought(world.department, b"\n".join([head, *pieces]))
    assert (taken.taken, taken.missing, codes_of(taken)) == (0, (1, 2), ["attachment_not_awaited"])
    assert (taken.answer, list(world.department.node.blobs.names())) == (None, [])
    assert brought(world.department, b"\n".join([head, first, second])).taken == 2
    assert brought(world.department, b"\n".join([head, *pieces])).taken == 1
    assert is_held(world.department)


def _made_up(world: World, change: Callable[[bytes], bytes], **over: int) -> bytes:
    """Return a bundle, well signed, with other pieces than were sealed."""
    shelter, row = world.shelter, file_of(world.shelter)
    sealed = change(b"".join(read_blob(shelter.node.blobs, row.blob, 0, row.size)))
    lines = [piece_line(sealed[at : at + PIECE]) for at in range(0, len(sealed), PIECE)]
    item = Item(
        type="attachment",
        sha256=row.sealed_sha256,
        bytes=over.get("size", row.size),
        pieces=tuple(map(sha256_hex, lines)),
    )
    return b"\n".join([signed_bundle(shelter, world.department, items=(item,)), *lines])


LIES: dict[str, tuple[Callable[[bytes], bytes], dict[str, int], str]] = {
    "one bit": (lambda sealed: bytes([sealed[0] ^ 1]) + sealed[1:], {}, "attachment_differs"),
    "a byte more": (lambda sealed: sealed + b"x", {}, "attachment_differs"),
    "a piece more": (lambda sealed: sealed + bytes(PIECE), {}, "attachment_differs"),
    "another size": (lambda sealed: sealed, {"size": 5}, "attachment_differs"),
    "a piece less": (lambda sealed: sealed[: 2 * PIECE], {}, "attachment_cut_off"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_sender_that_packs_something_else_is_told(world: World, stick: tuple[str, str, str, bytes], lie: str) -> None:
    """Well signed, and not what its document names: never read; an honest bundle still brings it."""
    change, over, code = LIES[lie]
    settle(world.shelter, world.department)
    taken = brought(world.department, _made_up(world, change, **over))
    assert codes_of(taken) == [code]
    assert not is_held(world.department)
    assert brought(world.department, stick[3]).is_whole
    assert list(world.department.node.blobs.names()) == [file_of(world.department).blob]


def test_a_line_that_is_no_piece_is_told(world: World, stick: tuple[str, str, str, bytes]) -> None:
    settle(world.shelter, world.department)
    row, line = file_of(world.shelter), b"Dear colleague"
    item = Item(type="attachment", sha256=row.sealed_sha256, bytes=row.size, pieces=(sha256_hex(line),))
    file = signed_bundle(world.shelter, world.department, items=(item,)) + b"\n" + line
    assert codes_of(brought(world.department, file)) == ["attachment_broken"]


def test_what_the_scanner_refuses_stays_refused(
    world: World, stick: tuple[str, str, str, bytes], scanned: Callable[[Office, str], None]
) -> None:
    """It judges what came by hand as what came by wire; the letters are taken, and it is not carried again."""
    scanned(world.department, "cat > /dev/null; exit 1")
    for _ in range(2):
        taken = brought(world.department, stick[3])
        assert (taken.taken, codes_of(taken)) == (2, ["virus_found"])
        assert list(world.department.node.blobs.names()) == []
    brought(world.shelter, answer_of(taken))
    assert carried_by(world.shelter, world.department) == []


def test_a_scanner_that_is_away_is_asked_again(
    world: World, stick: tuple[str, str, str, bytes], scanned: Callable[[Office, str], None]
) -> None:
    scanned(world.department, "exit 2")
    assert codes_of(brought(world.department, stick[3])) == ["scanner_unavailable"]
    scanned(world.department, "cat > /dev/null")
    assert brought(world.department, stick[3]).is_whole


def test_a_file_that_is_listed_often_is_judged_once(
    world: World, stick: tuple[str, str, str, bytes], scanned: Callable[[Office, str], None], tmp_path: Path
) -> None:
    """A manifest may name one thousands of times; the scanner is asked no more often than for one."""
    settle(world.shelter, world.department)
    scanned(world.department, f"cat > /dev/null; echo asked >> {tmp_path}/times; exit 2")
    head, *lines = packed(world.shelter, world.department).splitlines()
    (item,) = read_manifest(head).items
    often = signed_bundle(world.shelter, world.department, items=(item,) * 30)
    taken = brought(world.department, b"\n".join([often, *lines]))
    assert set(codes_of(taken)) == {"scanner_unavailable"}
    assert (tmp_path / "times").read_text() == "asked\n"


def test_a_piece_that_can_not_be_one_does_not_wait(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """Before its document is here nobody knows the file, but how long its lines are is said by the manifest."""
    head, *letters = [line for line in stick[3].splitlines() if line.count(b".")]
    row, line = file_of(world.shelter), bytes(800_000)
    item = Item(type="attachment", sha256=row.sealed_sha256, bytes=row.size, pieces=(sha256_hex(line),))
    items = (item, *read_manifest(head).items[:2])
    file = b"\n".join([signed_bundle(world.shelter, world.department, items=items), line, *letters])
    assert codes_of(brought(world.department, file)) == ["attachment_differs"]


def test_a_store_of_blobs_that_is_full_keeps_no_letter_out(world: World, stick: tuple[str, str, str, bytes]) -> None:
    """What can't be put down is told; when there is room it is imported again."""
    root = world.department.node.blobs._root  # type: ignore[attr-defined]  # it is a directory
    root.write_text("something that is no folder")
    taken = brought(world.department, stick[3])
    assert (taken.taken, codes_of(taken)) == (2, ["blobs_unavailable"])
    root.unlink()
    assert brought(world.department, stick[3]).is_whole


def test_a_file_that_was_lost_here_keeps_no_letter_back(world: World) -> None:
    """A disk that lies or lost something: the rest is packed, and how many stay is said."""
    shelter, department = world.shelter, world.department
    uid, _, _ = send_recording(shelter, department)
    row = file_of(shelter)
    good = shelter.node.blobs.get(row.blob, 1)
    damage(shelter.node.blobs, row.blob, 1, bytes(len(good)))
    altered = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD")
    shelter.node.blobs.remove(row.blob)
    send_message(shelter, department, uid, attach(shelter, uid, RECORDING[:20_000]))
    gone = pack(shelter.node, agency=shelter.agency, peer=department.agency, by="AD")
    assert [(len(one.manifest.items), one.unreadable) for one in (altered, gone)] == [(2, 1), (4, 1)]
    assert brought(department, b"".join(gone.lines())).is_whole
