"""The Method of Equal Shares, in exact whole numbers (Peters, Pierczyński, Skowron 2021, arXiv 2008.13276).

Every voter holds the same purse. Of the projects whose supporters can pay for them, the one with the least price per
unit of utility is bought; supporters pay in proportion to their utility, and who cannot pays all that is left.

All purses are numerators over one denominator, so that a purse is a Python integer and comparing two is exact. A
project's rate never falls while purses only shrink, therefore the last rate seen is a lower bound, and a queue by that
bound evaluates few projects a round. Floats order the queue with room to spare; whole numbers decide.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from services.projects.allocation.model import Bucket, Election

UTILITIES = ("cost", "cardinality", "points")
SLACK = 1e-9


class Step(NamedTuple):
    """A purchase. ``price`` is paid per unit of weight, ``rate`` per unit of utility; ``purses``: those before it."""

    project_id: str
    price: Fraction
    rate: Fraction
    purses: Sequence[int]
    denominator: int


class Run(NamedTuple):
    """Purchases in order, and what is left in the purses."""

    steps: list[Step]
    purses: Sequence[int]
    denominator: int

    @property
    def bought(self) -> list[str]:
        return [step.project_id for step in self.steps]


class Offer(NamedTuple):
    """What a project would cost its supporters now: ``num / den`` per weight, over the purses' denominator."""

    bound: float
    project_id: str
    num: int
    den: int
    rate_den: int


@dataclass(frozen=True, kw_only=True)
class Market:
    """What stays the same from run to run: who supports what with which weight, costs, and who wins a tie.

    ``free`` is what somebody supports and costs nothing: bought before everything else, at the price of nothing.
    """

    costs: Mapping[str, int]
    buckets: Mapping[str, list[Bucket]]
    scales: Mapping[str, int]
    ranks: Mapping[str, int]
    groups: int
    voters: int
    utility: str
    point: int
    free: tuple[str, ...] = ()

    @property
    def available(self) -> list[str]:
        """Projects that somebody could want to pay for."""
        return list(self.buckets)


def market(election: Election, *, utility: str, ranks: Mapping[str, int]) -> Market:
    """With cost utility a supporter values a project at its cost, so that a free one is worth nothing to anybody."""
    buckets = election.buckets(points=utility == "points")
    costs = {project.id: project.cost for project in election.projects if not project.withdrawn}
    wanted = {name: buckets[name] for name, cost in costs.items() if cost > 0 and buckets[name]}
    free = sorted((name for name, cost in costs.items() if cost == 0 and buckets[name]), key=ranks.__getitem__)
    return Market(
        costs=costs,
        buckets=wanted,
        scales={name: costs[name] if utility == "cost" else 1 for name in wanted},
        ranks=ranks,
        groups=len(election.groups),
        voters=election.voters,
        utility=utility,
        point=election.point if utility == "points" else 1,
        free=() if utility == "cost" else tuple(free),
    )


def weight_of(buckets: Sequence[Bucket]) -> int:
    """The weights of all supporters together."""
    return sum(weight * count * len(groups) for weight, count, groups in buckets)


def run(given: Market, purse: Fraction, *, trace: bool = False) -> Run:
    """All purchases when each voter starts with ``purse``. ``trace`` keeps the purses before each of them."""
    purses, denominator = [purse.numerator] * given.groups, purse.denominator
    bounds = {
        name: (given.costs[name] * denominator, weight_of(given.buckets[name]), denominator) for name in given.buckets
    }
    queue = [(num / (denominator * den * given.scales[name]), name) for name, (num, den, _) in bounds.items()]
    heapq.heapify(queue)
    steps: list[Step] = []
    while offer := _cheapest(given, queue, bounds, purses, denominator):
        common = math.gcd(offer.num, offer.den)
        num, den = offer.num // common, offer.den // common
        price = Fraction(num, den * denominator)
        rate = price / given.scales[offer.project_id]
        steps.append(Step(offer.project_id, price, rate, tuple(purses) if trace else (), denominator))
        if den > 1:
            purses = [left * den for left in purses]
            denominator *= den
        _pay(purses, given.buckets[offer.project_id], num)
    return Run(steps, purses, denominator)


def _cheapest(
    given: Market,
    queue: list[tuple[float, str]],
    bounds: dict[str, tuple[int, int, int]],
    purses: Sequence[int],
    denominator: int,
) -> Offer | None:
    """The affordable project with the least rate, ties by rank; what its supporters cannot pay is dropped for good."""
    best: Offer | None = None
    seen: list[Offer] = []
    while queue and (best is None or queue[0][0] <= best.bound * (1 + SLACK)):
        name = heapq.heappop(queue)[1]
        num, den, then = bounds[name]
        found = quote(given.buckets[name], given.costs[name] * denominator, purses, num * (denominator // then) // den)
        if found is None:
            continue
        num, den = found
        bounds[name] = (num, den, denominator)
        rate_den = den * given.scales[name]
        offer = Offer(num / (denominator * rate_den), name, num, den, rate_den)
        seen.append(offer)
        if best is None or _before(given, offer, best):
            best = offer
    for offer in seen:
        if offer is not best:
            heapq.heappush(queue, (offer.bound * (1 - SLACK / 1000), offer.project_id))
    return best


def _before(given: Market, one: Offer, other: Offer) -> bool:
    mine, theirs = one.num * other.rate_den, other.num * one.rate_den
    return mine < theirs or (mine == theirs and given.ranks[one.project_id] < given.ranks[other.project_id])


def quote(buckets: Sequence[Bucket], cost: int, purses: Sequence[int], least: int) -> tuple[int, int] | None:
    """The price per weight at which the supporters raise ``cost``, as (numerator, denominator); None if they cannot.

    ``least`` is a price that is known to be no higher: whoever cannot pay it is poor for certain and gives everything.
    """
    get = purses.__getitem__
    missing, weights, rich = cost, 0, []
    for weight, count, groups in buckets:
        held = list(map(get, groups))
        share = least * weight
        if poor := [left for left in held if left < share]:
            missing -= count * sum(poor)
            held = [left for left in held if left >= share]
        if held:
            weights += weight * count * len(held)
            rich.append((weight, count, held))
    return _settle(rich, missing, weights)


def _settle(rich: list[tuple[int, int, list[int]]], missing: int, weights: int) -> tuple[int, int] | None:
    """Share what is missing among the rich; whoever cannot pay the share becomes poor; until nobody does."""
    while weights:
        num, den, still = missing, weights, []
        for weight, count, held in rich:
            share = -(
                -num * weight // den
            )  # a whole purse is below num·weight/den exactly when it is below the ceiling
            if poor := [left for left in held if left < share]:
                missing -= count * sum(poor)
                weights -= weight * count * len(poor)
                held = [left for left in held if left >= share]
            if held:
                still.append((weight, count, held))
        if weights == den:
            return num, den
        rich = still
    return None


def _pay(purses: list[int], buckets: Sequence[Bucket], price: int) -> None:
    for weight, _, groups in buckets:
        share = price * weight
        for group in groups:
            left = purses[group]
            purses[group] = left - share if left > share else 0


def payments(given: Market, step: Step) -> dict[int, Fraction]:
    """What one voter of each supporting group paid in a traced step."""
    return {
        group: min(Fraction(step.purses[group], step.denominator), step.price * weight)
        for weight, _, groups in given.buckets[step.project_id]
        for group in groups
    }
