"""The Merkle tree of RFC 9162 §2: hashing, inclusion and consistency proofs, from stored complete subtrees.

A node is named ``(level, index)``: it covers the leaves ``[index << level, (index + 1) << level)``; level 0 are the
leaf hashes. A log of n entries stores every complete node, so any proof needs O(log² n) lookups at most.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

Coordinate = tuple[int, int]
Range = tuple[int, int]
Node = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than ``size`` (``size`` ≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def peaks(begin: int, end: int) -> list[Coordinate]:
    """The complete nodes that tile ``[begin, end)``, left to right; ``begin`` must be aligned as RFC ranges are."""
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def range_root(begin: int, end: int, node: Node) -> bytes:
    """The tree hash of the leaves ``[begin, end)``."""
    tiles = peaks(begin, end)
    if not tiles:
        return EMPTY_ROOT
    root = node(*tiles[-1])
    for level, index in reversed(tiles[:-1]):
        root = node_hash(node(level, index), root)
    return root


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The sibling ranges of leaf ``index`` in a tree of ``size``, leaf to root (RFC 9162 §2.1.3.1)."""
    begin, end, ranges = 0, size, []
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges of the proof that the first tree is a prefix of the second (RFC 9162 §2.1.4.1)."""
    begin, end, ranges, whole = 0, second, [], True
    while first != end:
        middle = begin + split(end - begin)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin, whole = middle, False
    if not whole:
        ranges.append((begin, end))
    return ranges[::-1]


def needed(ranges: Iterable[Range]) -> set[Coordinate]:
    """Every node that hashing these ranges reads, so that storage can be asked once."""
    return {tile for begin, end in ranges for tile in peaks(begin, end)}


def prove(ranges: Iterable[Range], node: Node) -> list[bytes]:
    """The proof: the hash of each range."""
    return [range_root(begin, end, node) for begin, end in ranges]


def left_siblings(index: int) -> list[Coordinate]:
    """The stored nodes that appending leaf ``index`` merges with, bottom up."""
    found, level = [], 0
    while index >> level & 1:
        found.append((level, (index >> level) - 1))
        level += 1
    return found


def completed(index: int, leaf: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """The nodes ``(level, index, hash)`` that appending ``leaf`` completes, itself at level 0 first."""
    made = [(0, index, leaf)]
    digest = leaf
    for level, position in left_siblings(index):
        digest = node_hash(node(level, position), digest)
        made.append((level + 1, position >> 1, digest))
    return made


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root an inclusion proof leads to (RFC 9162 §2.1.3.2); ``ValueError`` when its length is wrong."""
    if not 0 <= index < size:
        raise ValueError(f"index {index} is not in a log of {size}")
    ranges = inclusion_ranges(index, size)
    if len(proof) != len(ranges):
        raise ValueError(f"{len(ranges)} steps are needed, {len(proof)} are given")
    digest = leaf
    for (begin, _), sibling in zip(ranges, proof, strict=True):
        digest = node_hash(sibling, digest) if begin < index else node_hash(digest, sibling)
    return digest


def roots_from_consistency(first: int, second: int, first_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots a consistency proof leads to (RFC 9162 §2.1.4.2); ``ValueError`` when its length is wrong."""
    if not 1 <= first <= second:
        raise ValueError(f"{first} and {second} are not two sizes of one log")
    ranges = consistency_ranges(first, second)
    if len(proof) != len(ranges):
        raise ValueError(f"{len(ranges)} steps are needed, {len(proof)} are given")
    steps = list(zip(ranges, proof, strict=True))
    if not steps:
        return first_root, first_root
    # a power-of-two first tree is itself the seed; otherwise the proof starts with the first tree's last subtree
    seed = steps.pop(0)[1] if steps[0][0][1] == first else first_root
    old = new = seed
    for (begin, _), sibling in steps:
        if begin < first:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    return old, new
