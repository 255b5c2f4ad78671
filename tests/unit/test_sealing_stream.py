"""A sealed file opens with its own key, whole and in order, or not at all; parts of an upload open in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import SealError
from api.sealing.stream import (
    SEGMENT,
    Measured,
    generate_key,
    lock_part,
    open_part,
    open_segment,
    open_stream,
    seal_stream,
    sealed_range,
    sealed_size,
)

KEY = generate_key()
HEADER, SEALED = 8, SEGMENT + 16
SIZES = [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 5]


def seal(data: bytes) -> bytes:
    return b"".join(seal_stream([data], KEY))


def is_broken(sealed: bytes, key: str = KEY) -> bool:
    """Say whether a file does not open, and that what came out before is of it."""
    came = bytearray()
    try:
        for chunk in open_stream([sealed], key):
            came += chunk
    except SealError as error:
        assert error.code == "attachment_broken"  # noqa: PT017  # the other way is an answer too
        return True
    return False


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(size: int) -> None:
    """However it comes in and out in chunks; its size is told beforehand."""
    data = bytes(range(251)) * (size // 251 + 1)
    data = data[:size]
    sealed = b"".join(seal_stream((data[start : start + 1000] for start in range(0, size, 1000)), KEY))
    assert len(sealed) == sealed_size(size)
    chunks = (sealed[start : start + 777] for start in range(0, len(sealed), 777))
    assert b"".join(open_stream(chunks, KEY)) == data
    last = max(0, -(-size // SEGMENT) - 1)
    start, _ = sealed_range(last)
    assert open_segment(sealed[start:], KEY, sealed[:HEADER], last, is_last=True) == data[last * SEGMENT :]


@given(st.binary(max_size=400), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_bit_that_is_another_breaks_it(data: bytes, place: int, flip: int) -> None:
    sealed = bytearray(seal(data))
    sealed[place % len(sealed)] ^= flip
    assert is_broken(bytes(sealed))


def test_segments_do_not_move() -> None:
    """Cut off, at a border too, swapped, repeated, left out, lengthened: nothing of it opens to its end."""
    sealed = seal(bytes(3 * SEGMENT + 5))
    head, parts = sealed[:HEADER], [sealed[at : at + SEALED] for at in range(HEADER, len(sealed), SEALED)]
    one, two, three, last = parts
    for wrong in (
        (one, two, three),
        (two, one, three, last),
        (one, one, two, three, last),
        (one, three, last),
        (last,),
    ):
        assert is_broken(head + b"".join(wrong))
    for wrong_bytes in (sealed[:-1], sealed + b"x", sealed[:HEADER], sealed[:5], b"", b"\x02" + sealed[1:]):
        assert is_broken(wrong_bytes)


def test_another_key_opens_nothing() -> None:
    """Nor does something that is no key; and two files never share a nonce, even under one key."""
    sealed = seal(b"a letter")
    assert is_broken(sealed, generate_key())
    assert is_broken(sealed, KEY[:-4])
    assert seal(b"a letter") != sealed


def test_chunks_are_measured_on_their_way() -> None:
    measured = Measured([b"a", b"bc"])
    assert b"".join(measured) == b"abc"
    assert (measured.size, measured.sha256[:8]) == (3, "ba7816bf")


def test_a_part_opens_in_its_place_alone() -> None:
    """Not at another offset, not in another upload, not with another key."""
    locked = lock_part(b"part", KEY, "upload/0")
    assert open_part(locked, KEY, "upload/0") == b"part"
    for data, key, place in ((locked, KEY, "upload/1"), (locked, generate_key(), "upload/0"), (b"", KEY, "upload/0")):
        with pytest.raises(SealError, match="attachment_broken"):
            open_part(data, key, place)
