"""The edges of a round as arrays: millions of them, in the order of (offer, need). Loaded by the job process only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Small = NDArray[np.int32]


@dataclass(frozen=True)
class Edge:
    """One unit of ``offer`` is worth ``utility`` (≥ 0) to ``need``."""

    offer: str
    need: str
    utility: int


@dataclass(frozen=True, eq=False)
class Edges:
    """``tail`` and ``head`` are positions in ``offers`` and ``needs``, which are in order and without doubles."""

    offers: Sequence[str]
    needs: Sequence[str]
    tail: Small
    head: Small
    utility: Small

    def __len__(self) -> int:
        return len(self.tail)

    def __iter__(self) -> Iterator[Edge]:
        for tail, head, utility in zip(self.tail.tolist(), self.head.tolist(), self.utility.tolist(), strict=True):
            yield Edge(self.offers[tail], self.needs[head], utility)

    def where(self, chosen: NDArray[np.bool_]) -> Edges:
        return Edges(self.offers, self.needs, self.tail[chosen], self.head[chosen], self.utility[chosen])

    def worth(self) -> dict[tuple[str, str], int]:
        """Utility by (offer, need); of few edges."""
        return {(edge.offer, edge.need): edge.utility for edge in self}

    def of_offers(self, by_name: Mapping[str, int]) -> Integers:
        """By offer; absent means 0."""
        return np.array([by_name.get(name, 0) for name in self.offers], dtype=np.int64)

    def of_needs(self, by_name: Mapping[str, int]) -> Integers:
        """The same by need."""
        return np.array([by_name.get(name, 0) for name in self.needs], dtype=np.int64)


def ordered(offers: Iterable[str], needs: Iterable[str], edges: Iterable[Edge] | Edges) -> Edges:
    """Of two edges between the same pair the better one counts."""
    if isinstance(edges, Edges):
        return edges
    givers, takers, rows = sorted(offers), sorted(needs), list(edges)
    at_offer = {name: at for at, name in enumerate(givers)}
    at_need = {name: at for at, name in enumerate(takers)}
    rows = [edge for edge in rows if edge.offer in at_offer and edge.need in at_need]
    tail = np.array([at_offer[edge.offer] for edge in rows], dtype=np.int32)
    head = np.array([at_need[edge.need] for edge in rows], dtype=np.int32)
    return sort(givers, takers, tail, head, np.array([edge.utility for edge in rows], dtype=np.int32))


def sort(offers: Sequence[str], needs: Sequence[str], tail: Small, head: Small, utility: Small) -> Edges:
    """By (offer, need), the better one of two first, and that alone."""
    order = np.lexsort((-utility, head, tail))
    tail, head, utility = tail[order], head[order], utility[order]
    first = np.ones(len(tail), dtype=np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return Edges(offers, needs, tail[first], head[first], utility[first])
