"""Mixed events of a market: what comes, goes, expires and changes, with the likeness of the generator."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

from bench.match_case import Case
from services.resources.matching.engine.market import Market

KINDS = (
    "offer comes",
    "need comes",
    "offer withdrawn",
    "need withdrawn",
    "offer expires",
    "offer changes",
    "need changes",
)


class Happenings:
    """Offers expire in the order in which they came. What comes is like one of before, its utilities shaken by 30."""

    def __init__(self, case: Case, rng: random.Random) -> None:
        self.rng = rng
        self.quantities = {offer.id: offer.quantity for offer in case.offers}
        self.quantities |= {need.id: need.quantity for need in case.needs}
        self.offers = {offer.id: dict[str, int]() for offer in case.offers}
        self.needs = {need.id: dict[str, int]() for need in case.needs}
        for offer, need, worth in case.edges:
            self.offers[offer][need] = self.needs[need][offer] = worth
        self.counts: dict[str, int] = defaultdict(int)

    def prepare(self) -> Callable[[Market], None]:
        """The next event, decided without the market."""
        kind = self.rng.choice(KINDS)
        self.counts[kind] += 1
        side, what = kind.split(" ")
        mine, others = (self.offers, self.needs) if side == "offer" else (self.needs, self.offers)
        name = next(iter(mine)) if what == "expires" else self.rng.choice(list(mine))
        if what == "comes":
            return self._comes(side, name, mine, others)
        if what == "changes":
            quantity = max(0, self.quantities[name] + self.rng.randint(-10, 10))
            self.quantities[name] = quantity
            return lambda market: getattr(market, f"change_{side}")(name, quantity)
        for other in mine.pop(name):
            del others[other][name]
        return lambda market: getattr(market, f"remove_{side}")(name)

    def _comes(
        self, side: str, like: str, mine: dict[str, dict[str, int]], others: dict[str, dict[str, int]]
    ) -> Callable[[Market], None]:
        name, quantity = f"{side}{sum(self.counts.values())}", self.quantities[like]
        edges = {other: max(1, worth + self.rng.randint(-30, 30)) for other, worth in mine[like].items()}
        mine[name], self.quantities[name] = edges, quantity
        for other, worth in edges.items():
            others[other][name] = worth
        return lambda market: getattr(market, f"add_{side}")(name, quantity, edges)
