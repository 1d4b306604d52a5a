"""Instances of ``./run bench match``: the generator of issue 7, fixed.

n offers and n needs, 40 Zipf categories, 16 streets of unequal size, lognormal quantities whose supply is 0.7 of the
demand, day windows, 3 priorities, integer utility 50–1530; edges: same category, at least a day in common, the 24
nearest offers that fit a need.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from services.resources.matching.engine.problem import Need, Offer

CATEGORIES, STREETS, NEAREST, DAYS, SUPPLY = 40, 16, 24, 60, 0.7
Edge = tuple[str, str, int]
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Case:
    """Records, as a caller has them; needs in the order in which they came."""

    offers: list[Offer]
    needs: list[Need]
    edges: list[Edge]


@dataclass(frozen=True)
class _Side:
    category: Array
    place: Array
    begins: Array
    ends: Array


def generate(size: int, seed: int) -> Case:
    """The same numbers for the same seed."""
    rng = np.random.default_rng(seed)
    centres = rng.random((STREETS, 2)) * 20
    streets = 1 / np.arange(1, STREETS + 1) ** 0.7
    offers, _ = _side(rng, size, centres, streets)
    needs, of_street = _side(rng, size, centres, streets)
    demand = np.maximum(1, rng.lognormal(2.5, 0.9, size).astype(np.int64))
    wished = rng.lognormal(2.5, 0.9, size)
    supply = np.maximum(1, (wished * (SUPPLY * demand.sum() / wished.sum())).astype(np.int64))
    priority = rng.integers(0, 3, size)
    edges: list[Edge] = []
    for category in range(CATEGORIES):
        mine = np.flatnonzero(offers.category == category)
        for need in np.flatnonzero(needs.category == category).tolist() if len(mine) else ():
            edges += _edges(offers, needs, mine, need, int(priority[need]))
    return Case(
        [Offer(id=f"o{at}", quantity=count) for at, count in enumerate(supply.tolist())],
        [Need(id=f"n{at}", quantity=count, street=f"s{of_street[at]}") for at, count in enumerate(demand.tolist())],
        edges,
    )


def _side(rng: np.random.Generator, size: int, centres: Array, streets: Array) -> tuple[_Side, Array]:
    zipf = 1 / np.arange(1, CATEGORIES + 1)
    category = rng.choice(CATEGORIES, size, p=zipf / zipf.sum())
    street = rng.choice(STREETS, size, p=streets / streets.sum())
    place = centres[street] + rng.normal(0, 1.2, (size, 2))
    begins = rng.integers(0, DAYS, size)
    return _Side(category, place, begins, begins + rng.integers(0, DAYS // 2, size)), street


def _edges(offers: _Side, needs: _Side, mine: Array, need: int, priority: int) -> list[Edge]:
    common = np.minimum(offers.ends[mine], needs.ends[need]) - np.maximum(offers.begins[mine], needs.begins[need])
    fits = common >= 1
    chosen, common = mine[fits], common[fits]
    distance = np.hypot(*(offers.place[chosen] - needs.place[need]).T)
    nearest = np.argsort(distance, kind="stable")[:NEAREST]
    near = np.maximum(0, 400 - distance[nearest] * 40).astype(np.int64)
    worth = 50 + 400 * priority + near + 10 * np.minimum(common[nearest], 28)
    return [
        (f"o{offer}", f"n{need}", utility)
        for offer, utility in zip(chosen[nearest].tolist(), worth.tolist(), strict=True)
    ]


def with_lots(case: Case, seed: int, *, share: float = 0.2, part: int = 5) -> Case:
    """``share`` of the needs want all or nothing; as many offers have a least lot, a ``part``-th of their quantity."""
    rng = random.Random(seed)
    offers = [
        replace(offer, minimum_lot=max(1, offer.quantity // part)) if rng.random() < share else offer
        for offer in case.offers
    ]
    return Case(offers, [replace(need, all_or_nothing=rng.random() < share) for need in case.needs], case.edges)


def greedy(case: Case) -> int:
    """Value of the dearest edge first, as much as there is."""
    return _taken(case, sorted(case.edges, key=lambda edge: (-edge[2], edge)))


def first_come(case: Case) -> int:
    """Value when each need in its turn takes from its best offers what is left."""
    turn = {need.id: at for at, need in enumerate(case.needs)}
    return _taken(case, sorted(case.edges, key=lambda edge: (turn[edge[1]], -edge[2], edge)))


def _taken(case: Case, edges: list[Edge]) -> int:
    free = {offer.id: offer.quantity for offer in case.offers}
    missing = {need.id: need.quantity for need in case.needs}
    value = 0
    for offer, need, worth in edges:
        count = min(free[offer], missing[need])
        free[offer] -= count
        missing[need] -= count
        value += worth * count
    return value
