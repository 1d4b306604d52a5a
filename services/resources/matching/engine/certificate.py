"""What anyone can check about an answer without trusting how it was found."""

from __future__ import annotations

import numpy as np

from services.resources.matching.engine.problem import Integers, NotOptimalError, Problem, Solution


def value(utility: Integers, flow: Integers) -> int:
    """Σ utility · flow, exactly."""
    used = np.flatnonzero(flow)
    return sum(int(worth) * int(count) for worth, count in zip(utility[used], flow[used], strict=True))


def bound(problem: Problem, offer_prices: Integers, need_prices: Integers) -> int:
    """Σ price · quantity over offers and needs, exactly: no allocation is worth more if the prices are feasible."""
    return value(problem.supply, offer_prices) + value(problem.demand, need_prices)


def flaws(problem: Problem, found: Solution) -> list[str]:
    """What is wrong with an answer to a problem; empty when everything it claims holds."""
    given = np.bincount(problem.tail, weights=None, minlength=len(problem.supply)) * 0
    taken = np.zeros(len(problem.demand), dtype=np.int64)
    given = given.astype(np.int64)
    np.add.at(given, problem.tail, found.flow)
    np.add.at(taken, problem.head, found.flow)
    covered = found.offer_prices[problem.tail] + found.need_prices[problem.head]
    used = found.flow > 0
    whole = problem.whole & (taken > 0)
    claims = {
        "a flow is negative": (found.flow < 0).any(),
        "an offer is given out twice": (given > problem.supply).any(),
        "a need gets more than it wants": (taken > problem.demand).any(),
        "a lot is smaller than the least": (found.flow[used] < problem.lot[problem.tail][used]).any(),
        "a need that wants all gets a part": (taken[whole] < problem.demand[whole]).any(),
        "a price is negative": (found.offer_prices < 0).any() or (found.need_prices < 0).any(),
        "an edge is worth more than its prices": (covered < problem.utility).any(),
        "the primal value is another": value(problem.utility, found.flow) != found.primal,
        "the dual value is another": bound(problem, found.offer_prices, found.need_prices) != found.dual,
    }
    return [claim for claim, holds in claims.items() if holds]


def check(problem: Problem, found: Solution) -> Solution:
    """The answer itself; raises :class:`NotOptimalError` where something it claims does not hold."""
    wrong = flaws(problem, found)
    if wrong:
        raise NotOptimalError("; ".join(wrong))
    return found
