"""The tree over a vote's ballots: RFC 9162 hashing, leaves in the order of their commitments. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.projects.trail import merkle, verify_ballot


class Tree:
    """Of all commitments of a closed vote; leaf data are the 32 bytes of a commitment."""

    def __init__(self, commitments: Iterable[str]) -> None:
        self.leaves = sorted(commitments)
        self._levels = [[merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in self.leaves]]
        while len(below := self._levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([merkle.node_hash(left, right) for left, right in pairs])

    def _node(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    @property
    def root(self) -> str:
        return merkle.range_root(0, len(self.leaves), self._node).hex()

    def prove(self, round_id: str, commitment: str) -> dict[str, Any] | None:
        """What ``./run verify`` checks offline; ``None`` where it is no leaf."""
        if commitment not in self.leaves:
            return None
        index, size = self.leaves.index(commitment), len(self.leaves)
        proof = merkle.prove(merkle.inclusion_ranges(index, size), self._node)
        return {
            "kind": verify_ballot.KIND,
            "version": verify_ballot.VERSION,
            "round_id": round_id,
            "commitment": commitment,
            "index": index,
            "size": size,
            "proof": [step.hex() for step in proof],
            "root": self.root,
        }
