"""RFC 9162 hashing and proofs, against the published vectors and an independent naive tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.trail import canonical, merkle

# the eight inputs and roots of the certificate-transparency project's reference test (RFC 6962 hashing)
CT_INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 9162 §2.1.1 writes it, by recursion over the data."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_consistency(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of §2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_consistency(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_consistency(m - k, leaves[k:], False), naive_root(leaves[:k])]


class Stored:
    """A tree grown by appending, as the database holds it."""

    def __init__(self) -> None:
        self.nodes: dict[merkle.Coordinate, bytes] = {}
        self.size = 0

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def append(self, data: bytes) -> None:
        for level, index, digest in merkle.completed(self.size, merkle.leaf_hash(data), self.node):
            self.nodes[level, index] = digest
        self.size += 1


def grown(leaves: Sequence[bytes]) -> Stored:
    tree = Stored()
    for data in leaves:
        tree.append(data)
    return tree


LEAVES = [f"leaf {number}".encode() for number in range(200)]
TREE = grown(LEAVES)


def test_the_published_roots_come_out() -> None:
    tree = grown(CT_INPUTS)
    assert merkle.range_root(0, 0, tree.node).hex() == hashlib.sha256(b"").hexdigest()
    for size, root in enumerate(CT_ROOTS, start=1):
        assert merkle.range_root(0, size, tree.node).hex() == root


def test_every_root_to_200_equals_the_naive_one() -> None:
    for size in range(201):
        assert merkle.range_root(0, size, TREE.node) == naive_root(LEAVES[:size])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_inclusion_proofs_equal_the_naive_ones_and_lead_to_the_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 200))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.prove(merkle.inclusion_ranges(index, size), TREE.node)
    assert proof == naive_path(index, LEAVES[:size])
    root = naive_root(LEAVES[:size])
    leaf = merkle.leaf_hash(LEAVES[index])
    assert merkle.root_from_inclusion(index, size, leaf, proof) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda value: value != index)) if size > 1 else None
    if other is not None and len(merkle.inclusion_ranges(other, size)) == len(proof):
        assert merkle.root_from_inclusion(other, size, leaf, proof) != root


def test_inclusion_proofs_of_every_leaf_of_small_trees_hold() -> None:
    for size in range(1, 34):
        root = naive_root(LEAVES[:size])
        for index in range(size):
            proof = merkle.prove(merkle.inclusion_ranges(index, size), TREE.node)
            assert proof == naive_path(index, LEAVES[:size])
            assert merkle.root_from_inclusion(index, size, merkle.leaf_hash(LEAVES[index]), proof) == root


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_consistency_proofs_equal_the_naive_ones_and_lead_to_both_roots(data: st.DataObject) -> None:
    second = data.draw(st.integers(1, 200))
    first = data.draw(st.integers(1, second))
    proof = merkle.prove(merkle.consistency_ranges(first, second), TREE.node)
    assert proof == naive_consistency(first, LEAVES[:second])
    old, new = naive_root(LEAVES[:first]), naive_root(LEAVES[:second])
    assert merkle.roots_from_consistency(first, second, old, proof) == (old, new)


def test_a_forked_log_is_not_consistent() -> None:
    forked = grown([b"another history", *LEAVES[1:50]])
    proof = merkle.prove(merkle.consistency_ranges(20, 50), forked.node)
    old = naive_root(LEAVES[:20])
    assert merkle.roots_from_consistency(20, 50, old, proof)[0] != old


def test_a_proof_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="steps"):
        merkle.root_from_inclusion(0, 8, merkle.leaf_hash(b""), [b"\x00" * 32])
    with pytest.raises(ValueError, match="not in a log"):
        merkle.root_from_inclusion(8, 8, merkle.leaf_hash(b""), [])
    with pytest.raises(ValueError, match="steps"):
        merkle.roots_from_consistency(3, 8, b"", [])
    with pytest.raises(ValueError, match="two sizes"):
        merkle.roots_from_consistency(9, 8, b"", [])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (4.5, "4.5"),
        (0.002, "0.002"),
        (1e-6, "0.000001"),
        (1e-27, "1e-27"),
        (333333333.33333329, "333333333.3333333"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e30, "1e+30"),
        (-1.5e-9, "-1.5e-9"),
        (9007199254740991, "9007199254740991"),
        ("\u20ac$\u000f\nA'\"\\", '"€$\\u000f\\nA\'\\"\\\\"'),
        ({"\ufb33": 1, "\U0001f600": 2, "a": [None, True, False]}, '{"a":[null,true,false],"\U0001f600":2,"\ufb33":1}'),
    ],
)
def test_canonical_json_follows_rfc_8785(value: object, text: str) -> None:
    assert canonical.encode(value) == text


@pytest.mark.parametrize("value", [2**53 + 1, 10**400, float("nan"), float("inf"), {1: 2}, object()])
def test_what_json_cannot_carry_exactly_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.encode(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        "NaN",
        "[Infinity]",
        "{",
        "[1,]",
        "1.0",
        "-0",
        "1e2",
        "0.50",
        "1.0e-7",
        '"\\ud800"',
        '{"\\udc00":1}',
        "10e-8",
        "1E-7",
        "0.0000010",
        "9" * 400,
    ],
)
def test_strict_parsing_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.decode(text)


@pytest.mark.parametrize("value", [4.5, 1e-6, 1.5e-5, 3.2e-9, 1e21, 1.5e22, 0.1 + 0.2, -7.25, 10**15])
def test_what_common_encoders_write_is_read(value: float) -> None:
    for text in (json.dumps(value), msgspec.json.encode(value).decode(), canonical.encode(value)):
        assert canonical.decode(text) == value


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_canonical_text_is_a_fixed_point(value: object) -> None:
    text = canonical.encode(value)
    assert canonical.encode(canonical.decode(text)) == text
