"""How far every purse of Equal Shares may grow before a run can differ in what is bought, in which order, or by whom.

Along one such stretch each balance is a line in the raise, so each price is one as well; the run stays as it is until
two lines cross that decided something: who can pay in full, which project is the cheapest, what is affordable. All in
fractions, so that what add1 passes over is proven equal and not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from services.projects.allocation.shares import Market, Run

ZERO = Fraction(0)


class Line(NamedTuple):
    """``at`` now, changing by ``slope`` per unit of the raise."""

    at: Fraction
    slope: Fraction

    def less(self, other: Line, times: int = 1) -> Line:
        return Line(self.at - times * other.at, self.slope - times * other.slope)


class Price(NamedTuple):
    """Per unit of weight, and who gives everything."""

    line: Line
    poor: frozenset[int]


def effort(given: Market, run: Run) -> int:
    """How many balances a proof looks at: supporters of all projects, at every purchase."""
    return (len(run.steps) + 1) * sum(len(groups) for buckets in given.buckets.values() for _, _, groups in buckets)


def reach(given: Market, run: Run, purse: Fraction) -> Fraction | None:
    """The least raise at which something may change, zero where that is at once; None where nothing ever does."""
    held = [Line(purse, Fraction(1))] * given.groups
    running = set(given.buckets)
    ends: list[Fraction] = []
    for step in run.steps:
        prices = {name: _price(given, name, held, ends) for name in running}
        running = {name for name, price in prices.items() if price is not None}
        chosen = prices[step.project_id]
        if chosen is None:
            return ZERO
        mine = _rate(given, step.project_id, chosen)
        for name in running - {step.project_id}:
            other = prices[name]
            if other is not None:
                ends += _until(_rate(given, name, other).less(mine))
        _pay(given, step.project_id, chosen, held)
        running.discard(step.project_id)
    for name in running:
        if _price(given, name, held, ends) is not None:
            return ZERO
    return min(ends, default=None)


def _until(difference: Line) -> Iterator[Fraction]:
    """Where a line that is not below zero now falls below it; nowhere unless it falls."""
    if difference.slope < 0:
        yield max(ZERO, difference.at / -difference.slope)


def _rate(given: Market, name: str, price: Price) -> Line:
    scale = given.scales[name]
    return Line(price.line.at / scale, price.line.slope / scale)


def _price(given: Market, name: str, held: list[Line], ends: list[Fraction]) -> Price | None:
    """The price now, or None where the supporters cannot pay; what would change either is added to ``ends``."""
    members = [(group, weight, count) for weight, count, groups in given.buckets[name] for group in groups]
    cost = Line(Fraction(given.costs[name]), ZERO)
    whole = _sum(held, members)
    if whole.at < cost.at:
        ends.extend(_until(cost.less(whole)))
        return None
    poor: frozenset[int] = frozenset()
    while True:
        missing = cost.less(_sum(held, [one for one in members if one[0] in poor]))
        weights = sum(weight * count for group, weight, count in members if group not in poor)
        if not weights:
            return None
        line = Line(missing.at / weights, missing.slope / weights)
        found = frozenset(group for group, weight, _ in members if held[group].at < weight * line.at)
        if found <= poor:
            break
        poor |= found
    for group, weight, _ in members:
        share = Line(weight * line.at, weight * line.slope)
        ends.extend(_until(share.less(held[group]) if group in poor else held[group].less(share)))
    return Price(line, poor)


def _sum(held: list[Line], members: list[tuple[int, int, int]]) -> Line:
    at = sum((count * held[group].at for group, _, count in members), ZERO)
    return Line(at, sum((count * held[group].slope for group, _, count in members), ZERO))


def _pay(given: Market, name: str, price: Price, held: list[Line]) -> None:
    for weight, _, groups in given.buckets[name]:
        for group in groups:
            held[group] = Line(ZERO, ZERO) if group in price.poor else held[group].less(price.line, weight)
