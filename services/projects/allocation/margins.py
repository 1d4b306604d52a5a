"""What a loser of Equal Shares lacked: the greatest price at which it would have won, and the fewest more supporters.

Both are exact for the run that decided. Until a project is bought it changes nothing, so that it wins at the first
purchase whose rate it beats, or at the end if its supporters' remains reach its price.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from services.projects.allocation.model import Bucket
from services.projects.allocation.shares import Market, Run, Step, weight_of


class Margin(NamedTuple):
    """``cost``: the greatest whole price at which it would have won. ``voters``: the fewest more supporters with a
    whole purse each, who give one point and nothing else. ``missing``: what its supporters lacked at the end."""

    cost: int
    voters: int
    missing: Fraction


def margin(market: Market, run: Run, name: str, *, purse: Fraction) -> Margin:
    """Of a project that was not bought, though somebody supports it."""
    buckets, cost = market.buckets[name], market.costs[name]
    remains = _remains(buckets, run.purses, run.denominator)
    price, extra = math.floor(remains), math.ceil((cost - remains) / purse)
    weights, by_cost = weight_of(buckets), market.utility == "cost"
    for step in run.steps:
        wins_tie = market.ranks[name] < market.ranks[step.project_id]
        own = step.rate * market.scales[name]
        each, most = min(own * market.point, purse), weights * own  # nobody gives more than the price
        if (cost - most) / each < extra or (not by_cost and most > price):
            given, rich = raised(buckets, step, own)
            extra = min(extra, _extra(cost - given, each, wins_tie, rich=rich, full=purse >= own * market.point))
            if not by_cost:
                price = max(price, _below(given, wins_tie, rich=rich))
        if by_cost and weights * step.rate >= 1 and _remains(buckets, step.purses, step.denominator) > price:
            given, rich = raised(buckets, step, _crossing(buckets, step, wins_tie=wins_tie))
            price = max(price, _below(given, wins_tie, rich=rich))
    return Margin(cost=price, voters=max(1, extra), missing=max(Fraction(0), cost - remains))


def _below(given: Fraction, wins_tie: bool, *, rich: bool) -> int:
    """The greatest whole price that beats the purchase: what is raised itself only where that is no tie."""
    return math.floor(given) if wins_tie or not rich else math.ceil(given) - 1


def _extra(lacking: Fraction, each: Fraction, wins_tie: bool, *, rich: bool, full: bool) -> int:
    """How many more whole purses, ``each`` giving so much, raise what is lacking. Where the sum is just reached while
    somebody (``rich``, or a new one with a ``full`` price) could have paid more, the rates are equal, which is enough
    only for who wins ties."""
    count = math.ceil(lacking / each)
    equal = count * each == lacking and (rich or (count > 0 and full))
    return count + 1 if equal and not wins_tie else count


def _remains(buckets: Sequence[Bucket], purses: Sequence[int], denominator: int) -> Fraction:
    """What all supporters hold together."""
    get = purses.__getitem__
    return Fraction(sum(count * sum(map(get, groups)) for _, count, groups in buckets), denominator)


def raised(buckets: Sequence[Bucket], step: Step, price: Fraction) -> tuple[Fraction, bool]:
    """What the supporters give before a step at a price per weight, and whether somebody pays the price in full."""
    num, den = price.numerator * step.denominator, price.denominator
    get, total, rich = step.purses.__getitem__, 0, False
    for weight, count, groups in buckets:
        share, full = num * weight, -(-num * weight // den)
        held = list(map(get, groups))
        poor = [left for left in held if left < full]
        total += count * (den * sum(poor) + share * (len(held) - len(poor)))
        rich = rich or len(poor) < len(held)
    return Fraction(total, step.denominator * den), rich


def _crossing(buckets: Sequence[Bucket], step: Step, *, wins_tie: bool) -> Fraction:
    """The greatest price at which price / what is raised is within the rate of the step; supporters weigh 1 here.

    What is raised grows ever slower with the price, so that the ratio grows: the point lies on the piece between two
    purses where ``poor + price·rich = price / rate``.
    """
    held = sorted((step.purses[group], count) for _, count, groups in buckets for group in groups)
    rich, poor = sum(count for _, count in held), 0
    reach, per = step.rate.denominator, step.rate.numerator
    if rich * per < reach or (rich * per == reach and not wins_tie):
        return Fraction(0)  # as long as all pay in full, the ratio is 1 / rich whatever the price
    for purse, count in held:
        if (poor + purse * rich) * per < purse * reach:
            return Fraction(poor * per, step.denominator * (reach - rich * per))
        poor += purse * count
        rich -= count
    return Fraction(poor * per, step.denominator * reach)
