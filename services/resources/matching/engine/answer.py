"""An instance solved as it asks to be: divisible or by lots, fair to its streets or not; with the proof checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from services.resources.matching.engine import certificate, fair, flow, lots
from services.resources.matching.engine.problem import NotOptimalError, Problem, Solution


@dataclass(frozen=True, kw_only=True)
class Fairness:
    """``max_min``: what all streets could have at once; ``target``: θ of it; ``coverage``: what each gets.
    ``promised``: the target of each in whole units; ``short``: by how many of them the lots leave it below that.

    ``unreachable``: streets that want something and that nothing fits; they count neither for nor against a target.
    """

    max_min: Fraction
    target: Fraction
    coverage: Mapping[str, Fraction]
    unreachable: Sequence[str]
    promised: Mapping[str, int] = field(default_factory=dict)
    short: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``problem`` as given; ``covered``: with the streets' subsidies, which the prices of ``found`` are about."""

    problem: Problem
    covered: Problem
    found: Solution
    fairness: Fairness | None = None


def solve(problem: Problem, *, theta: Fraction | None = None, seconds: float = lots.BUDGET_SECONDS) -> Answer:
    """Raises :class:`NotOptimalError` rather than answer without a proof. ``seconds`` bound the search with lots.

    With lots and θ the subsidies are those of the divisible problem: the lots may leave a street short of its target,
    and ``fairness`` tells what it gets.
    """
    if theta is None:
        found = _best(problem, seconds)
        return Answer(problem=problem, covered=problem, found=found)
    found, about = fair.solve(problem, theta)
    covered = fair.subsidised(problem, found.subsidies)
    if not problem.is_divisible:
        best = lots.solve(covered, seconds=seconds)
        found = Solution(best.flow, best.offer_prices, best.need_prices, best.primal, best.dual, found.subsidies)
    streets = fair.Streets.of(problem)
    wanting = {name for name, count in zip(problem.streets, problem.demand, strict=True) if name and count > 0}
    fairness = Fairness(
        max_min=about["max_min"],
        target=about["target"],
        coverage=streets.coverage(problem, found.flow),
        unreachable=sorted(wanting - set(streets.names)),
        promised=about["promised"],
        short={
            name: about["promised"][name] - got
            for name, got in zip(streets.names, streets.served(problem, found.flow).tolist(), strict=True)
            if got < about["promised"][name]
        },
    )
    return Answer(problem=problem, covered=covered, found=found, fairness=fairness)


def _best(problem: Problem, seconds: float) -> Solution:
    if not problem.is_divisible:
        return lots.solve(problem, seconds=seconds)
    found = certificate.check(problem, flow.solve(problem))
    if found.primal != found.dual:
        raise NotOptimalError(f"primal {found.primal}, dual {found.dual}")
    return found


def received(answer: Answer) -> Sequence[int]:
    """By need."""
    got = np.zeros(len(answer.problem.demand), dtype=np.int64)
    np.add.at(got, answer.problem.head, answer.found.flow)
    return [int(count) for count in got]


def idle(answer: Answer) -> Sequence[int]:
    """By offer, what nobody gets."""
    left = answer.problem.supply.copy()
    np.subtract.at(left, answer.problem.tail, answer.found.flow)
    return [int(count) for count in left]
