"""The Merkle tree of the evidence log (RFC 9162 section 2.1): hashes, the frontier that grows it, and proofs.

A ``Frontier`` is all that is needed to append and to know the root: one hash for each complete subtree, largest
first. Proofs are made from the leaves' hashes and verified with nothing but the signed root, so an auditor needs no
trust in the log's keeper.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from api.sealing.codes import seal_error

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a log entry: SHA-256 of 0x00 and the entry, so that no entry can pass for an inner node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """The right edge of the tree: ``size`` leaves, and the hash of each complete subtree, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """Return the frontier with one more leaf (its hash, not its entry)."""
        peaks, size = [*self.peaks, leaf], self.size
        while size & 1:
            right = peaks.pop()
            peaks.append(_node(peaks.pop(), right))
            size >>= 1
        return Frontier(self.size + 1, tuple(peaks))

    def root(self) -> bytes:
        """Return the root hash of the whole tree; the empty tree's is the hash of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = _node(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the peaks as they are stored, beside the size."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> Self:
        """Return the stored frontier; raises ``SealError`` when the number of peaks does not fit the size."""
        if size < 0 or len(peaks) != size.bit_count() * HASH_BYTES:
            raise seal_error("tree_malformed")
        return cls(size, tuple(peaks[i : i + HASH_BYTES] for i in range(0, len(peaks), HASH_BYTES)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the path that proves that leaf ``index`` is in the tree (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise seal_error("proof_wrong")
    path: list[bytes] = []
    while len(leaves) > 1:
        split = _split(len(leaves))
        if index < split:
            path.append(root_of(leaves[split:]))
            leaves = leaves[:split]
        else:
            path.append(root_of(leaves[:split]))
            leaves, index = leaves[split:], index - split
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ``SealError`` unless the proof leads from this leaf to this root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise seal_error("proof_wrong")
    position, last, computed = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise seal_error("proof_wrong")
        if position & 1 or position == last:
            computed = _node(step, computed)
            position, last = _skip_even(position, last)
        else:
            computed = _node(computed, step)
        position, last = position >> 1, last >> 1
    if last != 0 or computed != root:
        raise seal_error("proof_wrong")


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of ``old_size`` leaves is the beginning of this one (RFC 9162 section 2.1.4.1)."""
    if not 0 < old_size <= len(leaves):
        raise seal_error("proof_wrong")
    path: list[bytes] = []
    is_whole = True
    while old_size != len(leaves):
        split = _split(len(leaves))
        if old_size <= split:
            path.append(root_of(leaves[split:]))
            leaves = leaves[:split]
        else:
            path.append(root_of(leaves[:split]))
            leaves, old_size, is_whole = leaves[split:], old_size - split, False
    if not is_whole:
        path.append(root_of(leaves))
    return tuple(reversed(path))


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ``SealError`` unless the new tree only added to the old one (RFC 9162 section 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        raise seal_error("proof_wrong")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise seal_error("proof_wrong")
        return
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path or _replay(old_size, new_size, path) != (old_root, new_root):
        raise seal_error("proof_wrong")


def _replay(old_size: int, new_size: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency path leads to."""
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            raise seal_error("proof_wrong")
        if position & 1 or position == last:
            old, new = _node(step, old), _node(step, new)
            position, last = _skip_even(position, last)
        else:
            new = _node(new, step)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise seal_error("proof_wrong")
    return old, new


def _skip_even(position: int, last: int) -> tuple[int, int]:
    """Climb the levels where the right edge has no sibling."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1
