"""The optimum kept up to date: one offer or need more, less or other, without solving everything anew.

Prices are kept from one event to the next. An event leaves at most one place where prices and flow contradict each
other: supply that lies idle though it has a price, or demand that is unmet though it has one. It is put right by
successive shortest paths from that place, on reduced costs, no further than where the contradiction ends (Ahuja,
Magnanti, Orlin, "Network Flows", §9.7). What such an event sets free elsewhere is held back and given in turn.

Between events: p, q ≥ 0; p + q ≥ u on every edge, equal where something flows; idle supply and unmet demand have price
0. These are the conditions of the optimum, so Σ u·x = Σ p·supply + Σ q·demand at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from services.resources.matching.engine import flow as cold
from services.resources.matching.engine import search, sides
from services.resources.matching.engine.problem import Need, Offer, Problem, Solution, build
from services.resources.matching.engine.sides import Numbers


class Register:
    """Names of one side of a market and their places; a place that nobody holds any more is given again."""

    def __init__(self) -> None:
        self.side = sides.empty()
        self.at: dict[str, int] = {}
        self.names: list[str] = []
        self._free: list[int] = []

    def enter(self, name: str) -> int:
        """The place of a new one. Raises ``KeyError`` where the name is taken."""
        if name in self.at:
            raise KeyError(name)
        if self._free:
            place = self._free.pop()
            self.names[place] = name
        else:
            place = len(self.names)
            self.names.append(name)
        self.at[name] = place
        return place

    def leave(self, name: str) -> int:
        """The place it had. Raises ``KeyError``."""
        place = self.at.pop(name)
        self._free.append(place)
        return place

    def prices(self) -> dict[str, int]:
        return self._each(self.side.price)

    def quantities(self) -> dict[str, int]:
        return self._each(self.side.quantity)

    def _each(self, numbers: Numbers) -> dict[str, int]:
        found = numbers.tolist()
        return {name: found[place] for name, place in self.at.items()}


class Market:
    """Offers and needs by id, with their edges, always at the optimum. Lots and all-or-nothing are not looked at."""

    def __init__(self) -> None:
        self._offers = Register()
        self._needs = Register()

    @classmethod
    def of(cls, problem: Problem, found: Solution | None = None) -> Market:
        """A market that starts from a cold solve: ``found``, or one of its own."""
        found = found or cold.solve(problem)
        made = cls()
        both = (
            (made._offers, problem.offer_ids, problem.supply, found.offer_prices),
            (made._needs, problem.need_ids, problem.demand, found.need_prices),
        )
        sizes = len(problem.offer_ids), len(problem.need_ids)
        linked = sides.linked(problem.tail, problem.head, problem.utility, found.flow, sizes)
        for (register, names, quantities, prices), side in zip(both, linked, strict=True):
            register.side = side
            side.quantity[: len(names)], side.price[: len(names)] = quantities, prices
            for name in names:
                register.enter(name)
        return made

    # what there is ----------------------------------------------------------------------------------------------

    def value(self) -> int:
        """Σ u·x."""
        side = self._offers.side
        _, slots = sides.edges(side)
        slots = slots[side.flow[slots] > 0]  # few of millions; the sum itself may exceed 64 bits
        return sum(u * x for u, x in zip(side.worth[slots].tolist(), side.flow[slots].tolist(), strict=True))

    def moved(self) -> int:
        """Σ x: units that are given out."""
        return sum(self._offers.side.used.tolist())

    def bound(self) -> int:
        """Σ p·supply + Σ q·demand."""
        both = (self._offers.side, self._needs.side)
        return sum(p * q for side in both for p, q in zip(side.price.tolist(), side.quantity.tolist(), strict=True))

    def flows(self) -> dict[tuple[str, str], int]:
        """Positive quantities by (offer, need)."""
        flow = self._offers.side.flow
        return {(offer, need): count for offer, need, count in self._each(flow) if count}

    def prices(self) -> tuple[dict[str, int], dict[str, int]]:
        """Of the offers and of the needs."""
        return self._offers.prices(), self._needs.prices()

    def utilities(self) -> Iterator[tuple[str, str, int]]:
        """Every edge: offer, need, what a unit is worth."""
        return self._each(self._offers.side.worth)

    def _each(self, numbers: Numbers) -> Iterator[tuple[str, str, int]]:
        """Offer, need and its number, for every edge."""
        offers, needs = self._offers.names, self._needs.names
        places, slots = sides.edges(self._offers.side)
        columns = places.tolist(), self._offers.side.other[slots].tolist(), numbers[slots].tolist()
        for place, other, number in zip(*columns, strict=True):
            yield offers[place], needs[other], number

    def problem(self) -> Problem:
        """The same as arrays, for a cold solve."""
        return build(
            (Offer(id=name, quantity=quantity) for name, quantity in self._offers.quantities().items()),
            (Need(id=name, quantity=quantity) for name, quantity in self._needs.quantities().items()),
            self.utilities(),
        )

    # events -----------------------------------------------------------------------------------------------------

    def add_offer(self, name: str, quantity: int, utilities: Mapping[str, int]) -> None:
        """``utilities``: what a unit is worth to each need it fits. Raises ``KeyError`` for an unknown or known id."""
        _add(self._offers, self._needs, name, quantity, utilities)

    def add_need(self, name: str, quantity: int, utilities: Mapping[str, int]) -> None:
        """``utilities``: what a unit of each fitting offer is worth to it."""
        _add(self._needs, self._offers, name, quantity, utilities)

    def remove_offer(self, name: str) -> None:
        """Withdrawn, expired or used up."""
        _remove(self._offers, self._needs, name)

    def remove_need(self, name: str) -> None:
        """Cancelled, met elsewhere or past its day."""
        _remove(self._needs, self._offers, name)

    def change_offer(self, name: str, quantity: int) -> None:
        """Another quantity, the same edges."""
        _change(self._offers, self._needs, name, quantity)

    def change_need(self, name: str, quantity: int) -> None:
        """Another quantity, the same edges."""
        _change(self._needs, self._offers, name, quantity)


def _add(mine: Register, others: Register, name: str, quantity: int, utilities: Mapping[str, int]) -> None:
    them = np.array([others.at[other] for other in utilities], np.int64)
    worths = np.array(list(utilities.values()), np.int64)
    place = mine.enter(name)
    mine.side = sides.grown(mine.side, place + 1, sides.own_room(len(them)))
    others.side = sides.grown(others.side, 0, sides.slots_for_one_more(others.side, them))
    search.add(mine.side, others.side, place, quantity, them, worths)


def _remove(mine: Register, others: Register, name: str) -> None:
    search.remove(mine.side, others.side, mine.leave(name))


def _change(mine: Register, others: Register, name: str, quantity: int) -> None:
    search.change(mine.side, others.side, mine.at[name], quantity)
