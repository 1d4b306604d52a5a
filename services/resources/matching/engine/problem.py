"""What is to be matched: offers, needs and what a unit of one is worth to the other, as arrays in a canonical order.

Offers and needs are sorted by id and edges by (offer, need), so that the order of the input never decides.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
MOST_QUANTITY = 10**12
MOST_UTILITY = 10**9


@dataclass(frozen=True, kw_only=True)
class Offer:
    """``minimum_lot``: whoever takes of it takes at least so much at once."""

    id: str
    quantity: int
    minimum_lot: int = 1


@dataclass(frozen=True, kw_only=True)
class Need:
    """``all_or_nothing``: anything less than the whole quantity is of no use. ``street``: for fairness."""

    id: str
    quantity: int
    all_or_nothing: bool = False
    street: str | None = None


@dataclass(frozen=True)
class Problem:
    """``tail``, ``head``, ``utility``: edge e joins offer ``tail[e]`` to need ``head[e]`` (positions, not ids)."""

    offer_ids: Sequence[str]
    need_ids: Sequence[str]
    supply: Integers
    demand: Integers
    tail: Integers
    head: Integers
    utility: Integers
    lot: Integers
    whole: Flags
    streets: Sequence[str | None] = field(default=())

    @property
    def is_divisible(self) -> bool:
        return not (self.whole.any() or (self.lot > 1).any())

    def divisible(self) -> Problem:
        """The same without least lots and without needs that want all or nothing."""
        return Problem(**{**self.__dict__, "lot": np.ones_like(self.lot), "whole": np.zeros_like(self.whole)})

    def only(self, edges: Integers) -> Problem:
        """The same with these edges alone, which are in order."""
        kept = {name: getattr(self, name)[edges] for name in ("tail", "head", "utility")}
        return Problem(**{**self.__dict__, **kept})

    def with_utility(self, utility: Integers) -> Problem:
        return Problem(**{**self.__dict__, "utility": utility})


def build(offers: Iterable[Offer], needs: Iterable[Need], edges: Iterable[tuple[str, str, int]]) -> Problem:
    """Ids are distinct and edges name them. Of two edges between the same pair the better one counts."""
    left = sorted(offers, key=lambda offer: offer.id)
    right = sorted(needs, key=lambda need: need.id)
    at_offer = {offer.id: number for number, offer in enumerate(left)}
    at_need = {need.id: number for number, need in enumerate(right)}
    tail, head, utility = _ordered(*_columns(edges, at_offer, at_need))
    return Problem(
        offer_ids=[offer.id for offer in left],
        need_ids=[need.id for need in right],
        supply=np.array([offer.quantity for offer in left], dtype=np.int64),
        demand=np.array([need.quantity for need in right], dtype=np.int64),
        tail=tail,
        head=head,
        utility=utility,
        lot=np.array([offer.minimum_lot for offer in left], dtype=np.int64),
        whole=np.array([need.all_or_nothing for need in right], dtype=np.bool_),
        streets=[need.street for need in right],
    )


def _columns(
    edges: Iterable[tuple[str, str, int]], at_offer: Mapping[str, int], at_need: Mapping[str, int]
) -> tuple[Integers, Integers, Integers]:
    tails, heads, utilities = array("q"), array("q"), array("q")  # millions of edges: eight bytes a number
    for offer, need, utility in edges:
        tails.append(at_offer[offer])
        heads.append(at_need[need])
        utilities.append(utility)
    tail, head, utility_ = (np.array(column, dtype=np.int64) for column in (tails, heads, utilities))
    return tail, head, utility_


def _ordered(tail: Integers, head: Integers, utility: Integers) -> tuple[Integers, Integers, Integers]:
    order = np.lexsort((-utility, head, tail))
    tail, head, utility = tail[order], head[order], utility[order]
    first = np.ones(len(tail), dtype=np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[first], head[first], utility[first]


@dataclass(frozen=True)
class Solution:
    """``flow`` by edge; prices per unit by position. ``dual`` ≥ ``primal``; equal when the optimum is proved.

    ``bound_utility``: the utilities the prices cover (they carry the streets' subsidies where there are any).
    """

    flow: Integers
    offer_prices: Integers
    need_prices: Integers
    primal: int
    dual: int
    subsidies: Mapping[str, int] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far from the proved bound, relative to it."""
        return (self.dual - self.primal) / self.dual if self.dual else 0.0


class NotOptimalError(ArithmeticError):
    """The solver's answer is not a proved optimum."""
