"""What to do with the money Equal Shares leaves: nothing, larger purses (add1), or the most wanted that fit (greedy).

add1 is defined step by step: purses grow by one unit of currency until a run would overspend. ``exhaustive`` stops as
well when nothing more fits (pabutools); ``over_budget`` goes on, as Pabulib's official results do. Steps that cannot
differ from the one before are passed over, by a proof and not by a guess: see ``_quiet``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from services.projects.allocation import shares, standstill
from services.projects.allocation.model import Election

COMPLETIONS = ("none", "add1", "greedy")
PATIENCE = 64
EFFORT = 50_000
STOPS = ("over_budget", "exhaustive")


class Completed(NamedTuple):
    """The final selection, the traced run it rests on, the purse of that run, and what completion added after it;
    ``turns`` is the money left when greedy completion came to a project."""

    selected: list[str]
    run: shares.Run
    purse: Fraction
    added: list[str]
    turns: dict[str, int]


def complete(market: shares.Market, *, budget: int, completion: str, stop: str, increment: int) -> Completed:
    """Equal Shares with its completion. ``increment`` is in units of the election."""
    if not market.voters:  # then nobody supports anything, not even what is free
        return Completed([], shares.Run([], [], 1), Fraction(0), [], {})
    purse = Fraction(budget, market.voters)
    if completion == "add1":
        purse = add1(market, budget=budget, stop=stop, increment=increment)
    final = shares.run(market, purse, trace=True)
    bought = [*market.free, *final.bought]
    turns = fill(market, bought, budget=budget) if completion == "greedy" else {}
    added = [name for name, left in turns.items() if market.costs[name] <= left]
    return Completed([*bought, *added], final, purse, added, turns)


def add1(market: shares.Market, *, budget: int, stop: str, increment: int) -> Fraction:
    """The largest purse of the sequence at which the definition stops."""
    purse = Fraction(budget, market.voters)
    pace = Pace()
    while True:
        made = shares.run(market, purse)
        bought = set(made.bought)
        spent = sum(market.costs[name] for name in bought)
        if spent > budget:
            return purse - increment  # which had the outcome of the run before, whether it was run or passed over
        left = [name for name in market.available if name not in bought]
        if not left or (stop == "exhaustive" and all(market.costs[name] + spent > budget for name in left)):
            return purse
        steps = max(1, _quiet(market, made, left, purse, increment))
        purse += increment * (steps if steps > 1 else pace.steps(market, made, purse, increment))


class Pace:
    """Passes over what a standstill proves equal. Proving costs many runs, so it is tried the more seldom the less it
    brought."""

    def __init__(self) -> None:
        self.waited, self.patience = 0, PATIENCE

    def steps(self, market: shares.Market, made: shares.Run, purse: Fraction, increment: int) -> int:
        """How many increments on something can first differ; 1 where that was not asked."""
        self.waited += 1
        if self.waited < self.patience or standstill.effort(market, made) > EFFORT:
            return 1
        reached = standstill.reach(market, made, purse)
        steps = max(1, math.ceil(reached / increment)) if reached else 1
        self.waited, self.patience = 0, 1 if steps > PATIENCE else 2 * self.patience
        return steps


def _quiet(market: shares.Market, made: shares.Run, left: Sequence[str], purse: Fraction, increment: int) -> int:
    """How many increments on the outcome can first differ; 0 where nothing is known.

    If every purchase was paid by all its supporters in full shares, then each went at the least rate it can ever have,
    which no purse changes; and a project whose supporters' whole purses do not reach its cost is in nobody's way. So
    the run repeats until some such project's supporters hold enough from the start.
    """
    for step in made.steps:
        whole = Fraction(market.costs[step.project_id], shares.weight_of(market.buckets[step.project_id]))
        if step.price != whole:
            return 0
    supporters = {name: sum(count * len(groups) for _, count, groups in market.buckets[name]) for name in left}
    needed = min(Fraction(market.costs[name], supporters[name]) for name in left)
    return math.ceil((needed - purse) / increment) if needed > purse else 0


def density(market: shares.Market, name: str) -> Fraction:
    """Utility per unit of cost."""
    if name not in market.buckets:
        return Fraction(0)
    return Fraction(shares.weight_of(market.buckets[name]) * market.scales[name], market.costs[name])


def fill(market: shares.Market, chosen: Sequence[str], *, budget: int) -> dict[str, int]:
    """The rest by total utility per cost, ties by rank, each that still fits; with what was left at its turn."""
    left, taken = budget - sum(market.costs[name] for name in chosen), set(chosen)
    turns = {}
    rest = (name for name in market.costs if name not in taken)
    for name in sorted(rest, key=lambda name: (-density(market, name), market.ranks[name])):
        turns[name] = left
        if market.costs[name] <= left:
            left -= market.costs[name]
    return turns


def prefers_greedy(election: Election, ours: Sequence[str], greedy: Sequence[str]) -> bool:
    """Pabulib's comparison step: do more voters find more of their projects in the greedy outcome?"""
    mine, theirs, balance = set(ours), set(greedy), 0
    for ballot, count in election.groups.items():
        names = [name for name, points in ballot if points > 0]
        here, there = sum(name in mine for name in names), sum(name in theirs for name in names)
        balance += count * ((there > here) - (here > there))
    return balance > 0
