"""Random elections, and the rules in the plainest way: slow, short, sharing nothing with what they check."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from services.projects.allocation import model
from services.projects.allocation.knapsack import Item, Limits
from services.projects.allocation.model import Election

Case = tuple[dict[str, int], list[dict[str, int]], int]  # costs, ballots, budget


@st.composite
def cases(draw: st.DrawFn, *, points: int = 1, projects: int = 7, voters: int = 9) -> Case:
    """Small numbers, so that ties, empty ballots and projects beyond reach are frequent."""
    names = [str(number) for number in range(1, draw(st.integers(1, projects)) + 1)]
    costs = {name: draw(st.integers(1, 20)) for name in names}
    ballot = st.dictionaries(st.sampled_from(names), st.integers(1, points), max_size=len(names))
    return costs, draw(st.lists(ballot, min_size=1, max_size=voters)), draw(st.integers(0, 40))


def election(case: Case, *, approval: bool = True) -> Election:
    costs, ballots, budget = case
    return model.make([{"id": name, "cost": cost} for name, cost in costs.items()], ballots, budget, approval=approval)


def utilities(case: Case, utility: str) -> list[dict[str, int]]:
    """What each voter gains from each project."""
    costs, ballots, _ = case
    return [
        {name: {"cost": costs[name], "cardinality": 1, "points": points}[utility] for name, points in ballot.items()}
        for ballot in ballots
    ]


def naive_shares(case: Case, utility: str, purse: Fraction) -> tuple[list[str], list[Fraction]]:
    """Equal Shares by its definition: try every payer as the first rich one; what is bought, what is left to whom."""
    costs, gains, left = case[0], utilities(case, utility), [purse] * len(case[1])
    bought: list[str] = []
    while True:
        offers = []
        for name in costs:
            payers = [voter for voter, gain in enumerate(gains) if gain.get(name)]
            if name in bought or sum(left[voter] for voter in payers) < costs[name]:
                continue
            offers.append((_rate(costs[name], [(left[voter], gains[voter][name]) for voter in payers]), name))
        if not offers:
            return bought, left
        rate, name = min(offers)
        bought.append(name)
        left = [have - min(have, rate * gain.get(name, 0)) for have, gain in zip(left, gains, strict=True)]


def _rate(cost: int, payers: Sequence[tuple[Fraction, int]]) -> Fraction:
    for limit in sorted(have / gain for have, gain in payers):
        poor = sum(have for have, gain in payers if have / gain < limit)
        rich = sum(gain for have, gain in payers if have / gain >= limit)
        rate = (cost - poor) / Fraction(rich)
        if rate <= limit:
            return rate
    raise AssertionError("affordable, yet no rate")


def naive_add1(case: Case, utility: str, stop: str, increment: int = 1) -> list[str]:
    """Step by step, as the definition says, without skipping a step."""
    costs, ballots, budget = case
    wanted = {name for ballot in ballots for name in ballot}
    purse, best = Fraction(budget, len(ballots)), list[str]()
    while True:
        bought, _ = naive_shares(case, utility, purse)
        spent = sum(costs[name] for name in bought)
        if spent > budget:
            return best
        best = bought
        rest = wanted - set(bought)
        if not rest or (stop == "exhaustive" and all(costs[name] + spent > budget for name in rest)):
            return best
        purse += increment


def naive_pack(items: Sequence[Item], budget: int, limits: Limits) -> list[str]:
    """Every subset: least lacking first, then the best total, then the first preferred."""
    best: tuple[Any, list[str]] | None = None
    for mask in range(1 << len(items)):
        taken = [bool(mask >> place & 1) for place in range(len(items))]
        chosen = [item for item, take in zip(items, taken, strict=True) if take]
        if sum(item.cost for item in chosen) > budget:
            continue
        money = {
            group: sum(item.cost for item in chosen if group in item.groups)
            for group in (*limits.caps, *limits.minimums)
        }
        if any(money[group] > cap for group, cap in limits.caps.items()):
            continue
        lacking = tuple(max(0, least - money[group]) for group, least in limits.minimums.items())
        key = (lacking, -sum(item.score for item in chosen), [not take for take in taken])
        if best is None or key < best[0]:
            best = key, [item.id for item in chosen]
    assert best is not None
    return best[1]
