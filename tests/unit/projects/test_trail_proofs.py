"""Proofs against the published ones and an independent tree: every size to 300, random sizes to 100 000."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.trail import merkle

LARGEST = 100_000
# Of the certificate-transparency project's reference tests: its eight inputs, audit paths and consistency proofs.
CT_INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
_G = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
_H = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
_I = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
CT_PATHS = {(0, 1): (), (0, 8): (_A, _B, _C), (5, 8): (_D, _E, _F), (2, 3): (_G,), (1, 5): (_H, _B, _D)}
CT_CONSISTENCY = {(1, 1): (), (1, 8): (_A, _B, _C), (6, 8): (_I, _E, _F), (2, 5): (_B, _D)}


class Grown:
    """A tree as the database holds it: complete nodes only."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[merkle.Coordinate, bytes] = {}
        for index, data in enumerate(leaves):
            for level, place, digest in merkle.completed(index, merkle.leaf_hash(data), self.node):
                self.nodes[level, place] = digest

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return merkle.prove(merkle.inclusion_ranges(index, size), self.node)

    def consistency(self, first: int, second: int) -> list[bytes]:
        return merkle.prove(merkle.consistency_ranges(first, second), self.node)


def data(index: int) -> bytes:
    return f"leaf {index}".encode()


@cache
def tree() -> Grown:
    return Grown([data(index) for index in range(LARGEST)])


def cut(count: int) -> int:
    """RFC 9162: the largest power of two smaller than ``count``, found by counting."""
    k = 1
    while 2 * k < count:
        k *= 2
    return k


@cache
def naive(begin: int, end: int) -> bytes:
    """MTH of §2.1.1 over ``data(begin) … data(end - 1)``; remembers, knows nothing of stored nodes."""
    if end == begin:
        return hashlib.sha256().digest()
    if end - begin == 1:
        return hashlib.sha256(b"\x00" + data(begin)).digest()
    middle = begin + cut(end - begin)
    return hashlib.sha256(b"\x01" + naive(begin, middle) + naive(middle, end)).digest()


def naive_path(index: int, begin: int, end: int) -> list[bytes]:
    """PATH of §2.1.3.1."""
    if end - begin == 1:
        return []
    middle = begin + cut(end - begin)
    if index < middle:
        return [*naive_path(index, begin, middle), naive(middle, end)]
    return [*naive_path(index, middle, end), naive(begin, middle)]


def naive_subproof(first: int, begin: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF of §2.1.4.1; ``first`` counts from the first leaf of all."""
    if first == end:
        return [] if whole else [naive(begin, end)]
    middle = begin + cut(end - begin)
    if first <= middle:
        return [*naive_subproof(first, begin, middle, whole), naive(middle, end)]
    return [*naive_subproof(first, middle, end, False), naive(begin, middle)]


def check_inclusion(index: int, size: int) -> None:
    proof = tree().inclusion(index, size)
    assert proof == naive_path(index, 0, size)
    assert merkle.root_from_inclusion(index, size, merkle.leaf_hash(data(index)), proof) == naive(0, size)


def check_consistency(first: int, second: int) -> None:
    proof = tree().consistency(first, second)
    assert proof == naive_subproof(first, 0, second, True)
    old, new = naive(0, first), naive(0, second)
    assert merkle.roots_from_consistency(first, second, old, proof) == (old, new)


@pytest.mark.parametrize(("place", "steps"), CT_PATHS.items())
def test_the_published_audit_paths_come_out(place: tuple[int, int], steps: tuple[str, ...]) -> None:
    proof = Grown([bytes.fromhex(text) for text in CT_INPUTS]).inclusion(*place)
    assert [step.hex() for step in proof] == list(steps)


@pytest.mark.parametrize(("sizes", "steps"), CT_CONSISTENCY.items())
def test_the_published_consistency_proofs_come_out(sizes: tuple[int, int], steps: tuple[str, ...]) -> None:
    proof = Grown([bytes.fromhex(text) for text in CT_INPUTS]).consistency(*sizes)
    assert [step.hex() for step in proof] == list(steps)


def test_every_root_and_every_inclusion_proof_to_300_equals_the_naive_one() -> None:
    for size in range(1, 301):
        assert merkle.range_root(0, size, tree().node) == naive(0, size)
        for index in range(size):
            check_inclusion(index, size)


def test_every_consistency_proof_to_300_equals_the_naive_one() -> None:
    for second in range(1, 301):
        for first in range(1, second + 1):
            check_consistency(first, second)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_proofs_of_random_sizes_to_100_000_equal_the_naive_ones(draw: st.DataObject) -> None:
    size = draw.draw(st.integers(1, LARGEST))
    check_inclusion(draw.draw(st.integers(0, size - 1)), size)
    check_consistency(draw.draw(st.integers(1, size)), size)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_step_leads_elsewhere_whatever_the_size(draw: st.DataObject) -> None:
    size = draw.draw(st.integers(2, LARGEST))
    index, bit = draw.draw(st.integers(0, size - 1)), draw.draw(st.integers(0, 255))
    proof = tree().inclusion(index, size)
    step = draw.draw(st.integers(0, len(proof) - 1))
    turned = int.from_bytes(proof[step], "big") ^ 1 << bit
    proof[step] = turned.to_bytes(32, "big")
    assert merkle.root_from_inclusion(index, size, merkle.leaf_hash(data(index)), proof) != naive(0, size)
