"""The log's tree grows as RFC 9162 defines it, and no history can be rewritten without the proofs failing."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import SealError
from api.sealing.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

entries = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def naive_root(leaves: list[bytes]) -> bytes:
    """Return the root by the definition of RFC 9162 section 2.1.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def hashed(data: list[bytes]) -> list[bytes]:
    return [leaf_hash(entry) for entry in data]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == root_of([]) == EMPTY_ROOT


def test_a_known_tree_has_the_root_that_certificate_transparency_publishes() -> None:
    """The eight inputs of the reference implementation's tests."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    root = root_of(hashed([bytes.fromhex(one) for one in data]))
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(entries)
def test_appending_gives_the_root_of_the_definition(data: list[bytes]) -> None:
    frontier = Frontier()
    for size, leaf in enumerate(hashed(data), start=1):
        frontier = frontier.append(leaf)
        assert frontier.size == size
        assert Frontier.from_bytes(frontier.size, frontier.to_bytes()) == frontier
    assert frontier.root() == naive_root(hashed(data))


@given(entries, st.data())
def test_each_entry_is_proven_and_no_other_is(data: list[bytes], draw: st.DataObject) -> None:
    leaves = hashed(data)
    index = draw.draw(st.integers(0, len(leaves) - 1))
    proof, root = inclusion_proof(leaves, index), root_of(leaves)
    verify_inclusion(leaves[index], index, len(leaves), proof, root)
    for leaf, at, size, steps in (
        (leaf_hash(b"never written"), index, len(leaves), proof),
        (leaves[index], index, len(leaves), (*proof, leaf_hash(b"more"))),
        (leaves[index], len(leaves), len(leaves), proof),
        (leaves[index], -1, len(leaves), proof),
        *(((leaves[index], index, len(leaves), proof[:-1]),) if proof else ()),
    ):
        with pytest.raises(SealError, match="proof_wrong"):
            verify_inclusion(leaf, at, size, steps, root)


@given(entries, st.data())
def test_a_log_that_only_grew_is_proven_and_a_rewritten_one_is_not(data: list[bytes], draw: st.DataObject) -> None:
    leaves = hashed(data)
    old = draw.draw(st.integers(1, len(leaves)))
    proof, old_root, root = consistency_proof(leaves, old), root_of(leaves[:old]), root_of(leaves)
    verify_consistency(old, len(leaves), old_root, root, proof)

    changed = draw.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:changed], leaf_hash(b"rewritten"), *leaves[changed + 1 :]]
    for steps, new_root in (
        (consistency_proof(rewritten, old), root_of(rewritten)),
        ((*proof, leaf_hash(b"more")), root),
        *(((proof[:-1], root),) if proof else ()),
    ):
        with pytest.raises(SealError, match="proof_wrong"):
            verify_consistency(old, len(leaves), old_root, new_root, steps)


@pytest.mark.parametrize(("old", "new"), [(0, 4), (5, 4), (-1, 4)])
def test_a_tree_of_no_size_or_of_the_future_proves_nothing(old: int, new: int) -> None:
    with pytest.raises(SealError, match="proof_wrong"):
        verify_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, ())
    with pytest.raises(SealError, match="proof_wrong"):
        consistency_proof(hashed([b"a"] * new), old)


def test_no_proof_for_an_entry_that_is_not_there() -> None:
    with pytest.raises(SealError, match="proof_wrong"):
        inclusion_proof(hashed([b"a"]), 1)


@pytest.mark.parametrize(("size", "peaks"), [(1, b""), (2, bytes(64)), (-1, b""), (3, bytes(63))])
def test_a_damaged_frontier_is_noticed(size: int, peaks: bytes) -> None:
    with pytest.raises(SealError, match="tree_malformed"):
        Frontier.from_bytes(size, peaks)
