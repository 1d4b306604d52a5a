"""Growing the tree anew from its leaves and comparing it with stored nodes and known roots, in constant memory.

What is wrong is named where it is and not again at every node above: where a node does not follow from its children,
both what was stored and what was computed are carried on, and whichever the next node confirms is believed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.projects.trail import merkle

Finding = dict[str, Any]
MOST_ROOTS = 64


@dataclass
class Peak:
    """A complete node at the right edge: its place, and the hashes it may have (none: a leaf in it is missing).

    ``doubt``: it did not follow from its children; the last hash is the stored one.
    """

    level: int
    index: int
    hashes: tuple[bytes, ...]
    doubt: Finding | None = None


@dataclass(frozen=True)
class Root:
    """A root somebody knows of the log at a size."""

    root: str
    source: str


class Walk:
    """Give it every leaf in order, and before each stretch of them its stored nodes and known roots."""

    def __init__(self, tell: Callable[[Finding], None]) -> None:
        self.roots: Mapping[int, Sequence[Root]] = {}
        self._tell = tell
        self._edge: list[Peak] = []
        self.nodes: dict[merkle.Coordinate, bytes] = {}
        self.size = 0
        self.sound_until = 0
        self.leaf_believed: Callable[[int, bytes], None] = lambda _index, _digest: None

    def leaf(self, *hashes: bytes) -> None:
        """The next leaf: its stored hash and, where that differs, the one its row has; nothing where it is missing."""
        self._edge.append(Peak(0, self.size, hashes))
        while len(self._edge) > 1 and self._edge[-1].level == self._edge[-2].level:
            right, left = self._edge.pop(), self._edge.pop()
            self._edge.append(self._joined(left, right))
        self.size += 1
        for known in self.roots.get(self.size, ()):
            self._compare(known)

    def _joined(self, left: Peak, right: Peak) -> Peak:
        level, index = left.level + 1, left.index >> 1
        pairs = {merkle.node_hash(a, b): (a, b) for a, b in itertools.product(left.hashes, right.hashes)}
        stored = self.nodes.get((level, index))
        covers = [index << level, (index + 1) << level]
        if stored is None:
            self._tell({"kind": "node_missing", "level": level, "index": index, "entries": covers})
            return Peak(level, index, tuple(pairs))
        if stored in pairs:
            self._believe((left, right), pairs[stored])
            return Peak(level, index, (stored,))
        doubt = None
        if pairs and not (level == 1 and max(len(left.hashes), len(right.hashes)) > 1):  # else the row is named
            doubt = {"kind": "node_changed", "level": level, "index": index, "entries": covers}
            self._tell(doubt)
        return Peak(level, index, (*list(pairs)[:2], stored) if doubt else (stored,), doubt)

    def _believe(self, children: tuple[Peak, Peak], digests: tuple[bytes, bytes]) -> None:
        """A node confirms one of the hashes of each child."""
        for child, digest in zip(children, digests, strict=True):
            if child.level == 0:
                self.leaf_believed(child.index, digest)
            elif child.doubt is not None and digest == child.hashes[-1]:
                child.doubt["kind"] = "entries_rewritten"  # the node is as it was: what is below it is not

    def possible_roots(self) -> set[str]:
        """Of the log as far as it has been read."""
        found = set()
        for hashes in itertools.islice(itertools.product(*(peak.hashes for peak in self._edge)), MOST_ROOTS):
            digest = hashes[-1]
            for left in reversed(hashes[:-1]):
                digest = merkle.node_hash(left, digest)
            found.add(digest.hex())
        return found

    def _compare(self, known: Root) -> None:
        """A root that nothing here leads to: what lies between it and the last one that agreed was rewritten."""
        if known.root in self.possible_roots():
            self.sound_until = max(self.sound_until, self.size)
        else:
            between = [self.sound_until, self.size]
            self._tell({"kind": "head_contradicts", "size": self.size, "source": known.source, "between": between})
