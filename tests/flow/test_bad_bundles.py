"""Bundles that were altered, cut off, mixed up or made up: what is good in them is taken, the rest is told."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from api.errors import HomewardError, InvalidInput, SealError, TooMuch, TrustError
from api.flow.unpack import take
from api.sealing.bundle import MAX_MANIFEST_BYTES, Answers, Item
from api.sealing.digest import sha256_hex
from api.sealing.keys import generate_keys
from api.sealing.signed import SignedType, payload_of, sign
from tests.flow.carrying import answer_of, brought, codes_of, packed, signed_bundle
from tests.flow.steps import outbox_of, read, rows_of, send_file, settle, waiting_for
from tests.support import Office, World


def test_a_broken_item_blocks_nobody(world: World) -> None:
    """One letter changed in the second of four: the others are taken, its number is told, and the file may be cut."""
    shelter, department = world.shelter, world.department
    for _ in range(4):
        send_file(shelter, department)
    lines = packed(shelter, department).splitlines()
    lines[2] = lines[2][:-8] + b"AAAAAAAA"
    taken = brought(department, b"\n".join(lines))
    assert (taken.taken, taken.missing, taken.is_whole) == (3, (2,), False)
    assert len(answer_of(taken).splitlines()) == 4
    brought(shelter, answer_of(taken))
    assert len(waiting_for(shelter)) == 1
    assert brought(department, packed(shelter, department)).is_whole


DAMAGES: dict[str, Callable[[list[bytes]], bytes]] = {
    "as it was": lambda lines: b"\n".join(lines) + b"\n",
    "without its last line's end": b"\n".join,
    "with the line ends of another system": lambda lines: b"\r\n".join(lines) + b"\r\n",
    "with blank lines": b"\n\n".join,
    "in another order": lambda lines: b"\n".join([lines[0], *reversed(lines[1:])]),
    "every line twice": lambda lines: b"\n".join([lines[0], *lines[1:], *lines[1:]]),
    "with a note that somebody added": lambda lines: b"\n".join([lines[0], b"read me first", *lines[1:]]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_programs_do_to_files_on_their_way_harms_nothing(world: World, damage: str) -> None:
    """A line is what its hash says, wherever it stands."""
    for _ in range(2):
        send_file(world.shelter, world.department)
    lines = packed(world.shelter, world.department).splitlines()
    taken = brought(world.department, DAMAGES[damage](lines))
    assert (taken.taken, taken.is_whole) == (2, True)


def test_a_file_that_was_cut_off_gives_what_it_has(world: World) -> None:
    """Pulled out too early: what is there is taken, the rest is told, and the whole file still does it."""
    for _ in range(3):
        send_file(world.shelter, world.department)
    file = packed(world.shelter, world.department)
    taken = brought(world.department, file[:-1000])
    assert (taken.taken, taken.missing) == (2, (3,))
    assert brought(world.department, file).is_whole


def test_lines_that_are_too_long_need_no_memory(world: World) -> None:
    """However many the first line lists: each is refused, and none of them is kept while others are opened."""
    size, numbers = MAX_MANIFEST_BYTES - 8, range(16)
    lines = (b"%08d" % number + bytes(size) for number in numbers)
    listed = [sha256_hex(b"%08d" % number + bytes(size)) for number in numbers]
    items = tuple(Item(type="envelope", sha256=one, bytes=size + 8) for one in listed)
    head = signed_bundle(world.shelter, world.department, items=items)
    tracemalloc.start()
    taken = take(world.department.node, chain([head], lines))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert codes_of(taken) == ["envelope_too_large"] * 16
    assert peak < 64 << 20, "16 of them are 134 MB"


def test_a_file_without_an_end_is_read_no_further_than_it_could_need(world: World) -> None:
    """What the first line lists bounds how much is read."""
    send_file(world.shelter, world.department)
    head = packed(world.shelter, world.department).splitlines()[0]
    read_lines = 0

    def endless() -> Iterator[bytes]:
        nonlocal read_lines
        yield head
        while True:
            read_lines += 1
            yield bytes(1_000_000)

    assert take(world.department.node, endless()).missing == (1,)
    assert read_lines < 20


def _other_agency(world: World) -> bytes:
    return signed_bundle(world.shelter, world.shelter)


def _stranger(world: World) -> bytes:
    return signed_bundle(world.open_office("TH-STRANGER", "Never heard of"), world.department)


def _old_keys(world: World) -> bytes:
    file = packed(world.shelter, world.department)
    payload = payload_of(file.splitlines()[0])
    keys = generate_keys(world.shelter.agency, world.clock())
    return sign(payload, SignedType.BUNDLE, keys.signing_key(world.clock()))


def _changed(world: World, **over: object) -> bytes:
    """Return a first line with other members, well signed."""
    said = json.loads(payload_of(packed(world.shelter, world.department).splitlines()[0]))
    key = world.shelter.node.keys_of(world.shelter.agency).signing_key(world.clock())
    return sign(json.dumps({**said, **over}).encode(), SignedType.BUNDLE, key)


REFUSED: dict[str, tuple[Callable[[World], bytes], type[HomewardError], str]] = {
    "an empty file": (lambda _: b"", InvalidInput, "bundle_empty"),
    "a letter": (lambda _: b"Dear colleague,\n", SealError, "jws_not_compact"),
    "a film": (lambda _: b"\0" * (MAX_MANIFEST_BYTES + 2), TooMuch, "bundle_line_too_long"),
    "for another agency": (_other_agency, InvalidInput, "bundle_not_for_us"),
    "of an agency that nobody trusts": (_stranger, TrustError, "agency_unknown"),
    "signed with keys that nobody pinned": (_old_keys, TrustError, "signer_unknown"),
    "in another agency's name": (
        lambda world: signed_bundle(world.department, world.department, sender=world.shelter.agency),
        TrustError,
        "signer_unknown",
    ),
    "dated later than now": (
        lambda world: _changed(world, made_at="2026-01-01T00:00:00Z"),
        SealError,
        "from_the_future",
    ),
    "of a newer format": (lambda world: _changed(world, format=2), InvalidInput, "bundle_format_unknown"),
    "without a list": (lambda world: _changed(world, items=7), InvalidInput, "bundle_malformed"),
    "a receipt in place of its first line": (
        lambda world: answer_of(brought(world.department, packed(world.shelter, world.department))).splitlines()[1],
        SealError,
        "jws_typ_wrong",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_bundle_for_us_is_told_before_anything_is_opened(world: World, case: str) -> None:
    """By type and code, and nothing is stored."""
    make, error, code = REFUSED[case]
    send_file(world.shelter, world.department)
    file = make(world)
    held = len(rows_of(world.department))
    with pytest.raises(error) as caught:
        brought(world.department, file)
    assert caught.value.code == code
    assert len(rows_of(world.department)) == held


def test_one_agency_of_a_node_does_not_take_what_is_for_another(world: World) -> None:
    """Who brings a file over HTTP takes it for its own agency only."""
    send_file(world.shelter, world.department)
    file = packed(world.shelter, world.department)
    with pytest.raises(InvalidInput) as caught:
        take(world.department.node, iter(file.splitlines()), agency=world.shelter.agency)
    assert caught.value.code == "bundle_not_for_us"


def _envelope_for(world: World, to: Office) -> bytes:
    send_file(world.shelter, to)
    return outbox_of(world.shelter)[-1].data


@pytest.fixture
def other(world: World) -> Iterator[Office]:
    """Give another office that the shelter trusts."""
    office = world.open_office("MM-OTHER", "Another office")
    world.shelter.trust(office)
    return office


ITEMS: dict[str, tuple[Callable[[World, Office], bytes], str, str]] = {
    "no envelope": (lambda _world, _other: b"Dear colleague", "envelope", "envelope_not_compact"),
    "an envelope for another agency": (_envelope_for, "envelope", "recipient_differs"),
    "an envelope that is called a receipt": (
        lambda world, _other: _envelope_for(world, world.department),
        "receipt",
        "jws_not_compact",
    ),
    "a thing of a newer version": (lambda _world, _other: b"photo", "film", "item_type_unknown"),
}


@pytest.mark.parametrize("case", ITEMS)
def test_an_item_that_is_not_what_it_should_be_is_left(world: World, other: Office, case: str) -> None:
    """Its number and code are told; the good one beside it is taken."""
    make, item_type, code = ITEMS[case]
    bad = make(world, other)
    good = _envelope_for(world, world.department)
    file = signed_bundle(world.shelter, world.department, bad, item_type=item_type)
    taken = brought(world.department, file)
    assert [(one.number, one.error and one.error.code) for one in taken.refused] == [(1, code)]
    assert taken.answer is None
    assert brought(world.department, signed_bundle(world.shelter, world.department, good)).is_whole


def test_an_answer_ends_nothing_but_receipts_that_wait_for_its_sender(world: World, other: Office) -> None:
    """Whoever claims to have kept something ends no envelope, and nothing that waits for somebody else."""
    shelter, department = world.shelter, world.department
    document_id = send_file(shelter, department)
    other.trust(shelter)
    theirs = send_file(other, shelter)
    settle(other)
    read(shelter, theirs, "FO")
    waiting = {row.sha256 for row in outbox_of(shelter) if row.state == "waiting"}
    assert len(waiting) == 2
    claims = Answers(bundle="0" * 64, kept=tuple(waiting))
    assert brought(shelter, signed_bundle(department, shelter, answers=claims)).is_whole
    assert len(waiting_for(shelter)) == 2
    brought(shelter, signed_bundle(other, shelter, answers=claims))
    assert [(row.document_id, row.what) for row in outbox_of(shelter) if row.state == "waiting"] == [
        (document_id, "envelope")
    ]
