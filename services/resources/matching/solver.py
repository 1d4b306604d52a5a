"""The optimum of a matching round, with its proof. Pure: integers in, integers out.

A transportation problem, maximise Σ u·x under supplies and demands, solved by the engine (docs/matching.md). The prices
p, q ≥ 0 satisfy p + q ≥ u on every edge, and Σ p·supply + Σ q·demand = Σ u·x; whoever checks these two needs no trust
in us. With lots the sum of the prices is a bound that the answer may fall short of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from services.resources.matching.edges import Edge, Edges, Integers, ordered
from services.resources.matching.packing import Pair, Rules, flaws, giver, pack

if TYPE_CHECKING:
    from services.resources.matching.engine.answer import Answer
    from services.resources.matching.engine.problem import Problem

MILLION = 10**6
PLAIN = Rules()
SEARCHED = 0.4  # share of the time for the engine, where there are rules that it does not know; the rest has them all


@dataclass(frozen=True, kw_only=True)
class Solution:
    """``flows``: quantity by (offer, need), positive ones only. Prices per unit, by id; absent means 0.

    ``subsidies``: by street, of a fair round; prices, primal and dual are of utilities that carry them.
    ``target_millionths``: the share of its needs that every street was promised; ``promised``: the same in whole units
    of each street that anything fits.
    """

    flows: dict[tuple[str, str], int]
    offer_prices: dict[str, int]
    need_prices: dict[str, int]
    primal: int
    dual: int
    subsidies: dict[str, int] = field(default_factory=dict)
    target_millionths: int | None = None
    promised: dict[str, int] = field(default_factory=dict)

    @property
    def gap_millionths(self) -> int:
        """How far from the proved bound at most, relative to it, rounded up."""
        return -((self.primal - self.dual) * MILLION // self.dual) if self.dual else 0

    @cached_property
    def _given(self) -> Counter[str]:
        given: Counter[str] = Counter()
        for (offer, _), count in self.flows.items():
            given[offer] += count
        return given

    def given(self, offer: str) -> int:
        """How much of it is given out."""
        return self._given[offer]


class NotOptimalError(ArithmeticError):
    """The solver's answer is not a proved optimum."""


def solve(
    offers: Mapping[str, int],
    needs: Mapping[str, int],
    edges: Iterable[Edge] | Edges,
    *,
    streets: Mapping[str, str] | None = None,
    theta: Fraction = Fraction(0),
    rules: Rules = PLAIN,
    seconds: float = 40.0,
) -> Solution:
    """The best allocation; same input, same result. Raises :class:`NotOptimalError` when it cannot be proved.

    ``streets``: of needs. With two streets and more each gets at least ``theta`` of what all could have at once.
    ``rules``: of lots; with any the answer is within ``gap_millionths`` of the bound, after ``seconds`` at the longest.
    """
    # Loaded here: only the job process solves, and the libraries are large.
    from services.resources.matching.engine import answer, problem

    street_of = streets or {}
    every = ordered(offers, needs, edges)
    kept = every.where((every.of_offers(offers)[every.tail] > 0) & (every.of_needs(needs)[every.head] > 0))
    made = _problem(offers, needs, kept, street_of, rules)
    fair = theta if is_fair(theta, needs, street_of) else None
    try:
        share = 1.0 if rules.are_plain else SEARCHED
        found = _as_solution(answer.solve(made, theta=fair, seconds=seconds * share))
    except problem.NotOptimalError as error:
        raise NotOptimalError(str(error)) from error
    covered = subsidised(kept, found.subsidies, street_of)
    if not rules.are_plain:
        found = _packed(found, covered, offers, needs, rules)
        found = _improved(
            found, covered, _problem(offers, needs, covered, street_of, rules), rules, seconds * (1 - share)
        )
    check(offers, needs, covered, found, rules)
    return found


def subsidised(edges: Edges, subsidies: Mapping[str, int], streets: Mapping[str, str]) -> Edges:
    """With what the street of each need carries."""
    if not subsidies:
        return edges
    extra = edges.of_needs({name: subsidies.get(street, 0) for name, street in streets.items()})
    return replace(edges, utility=edges.utility + extra[edges.head])


def _problem(
    offers: Mapping[str, int],
    needs: Mapping[str, int],
    edges: Edges,
    streets: Mapping[str, str],
    rules: Rules,
) -> Problem:
    from services.resources.matching.engine import problem

    return problem.Problem(
        offer_ids=edges.offers,
        need_ids=edges.needs,
        supply=edges.of_offers(offers),
        demand=edges.of_needs(needs),
        tail=edges.tail.astype(np.int64),
        head=edges.head.astype(np.int64),
        utility=edges.utility.astype(np.int64),
        lot=np.array([rules.lot.get(name, 1) for name in edges.offers], dtype=np.int64),
        whole=np.array([name in rules.whole for name in edges.needs], dtype=np.bool_),
        streets=[streets.get(name) for name in edges.needs],
    )


def is_fair(theta: Fraction, needs: Iterable[str], streets: Mapping[str, str]) -> bool:
    """Whether there is anything to share out between streets."""
    return theta > 0 and len({streets[name] for name in needs if name in streets}) > 1


def _packed(
    found: Solution, edges: Edges, offers: Mapping[str, int], needs: Mapping[str, int], rules: Rules
) -> Solution:
    def still_open(free: Mapping[str, int], missing: Mapping[str, int]) -> dict[Pair, int]:
        """Of millions of edges those that could carry anything more."""
        left = (edges.of_offers(free)[edges.tail] > 0) & (edges.of_needs(missing)[edges.head] > 0)
        return edges.where(left & (edges.utility > 0)).worth()

    flows = pack(found.flows, still_open, offers, needs, rules)
    return replace(found, flows=flows, primal=_value(edges, flows))


def _improved(found: Solution, edges: Edges, made: Problem, rules: Rules, seconds: float) -> Solution:
    """What packing by hand left to gain, looked for by HiGHS under every rule; never worth less."""
    from services.resources.matching.engine import lots, packed, problem

    givers: dict[str, int] = {}
    packing = packed.Packing(
        step=np.array([rules.step.get(name, 1) for name in edges.offers], dtype=np.int64),
        giver=np.array([givers.setdefault(giver(name), len(givers)) for name in edges.offers], dtype=np.int64),
        single=np.array([name in rules.single for name in edges.needs], dtype=np.bool_),
    )
    flow = np.zeros(len(edges), dtype=np.int64)
    flow[_places(edges, found.flows)] = list(found.flows.values())
    prices = edges.of_offers(found.offer_prices), edges.of_needs(found.need_prices)
    start = problem.Solution(flow, *prices, found.primal, found.dual)
    best = lots.improve_packed(made, packing, start, seconds=seconds)
    flows = _flows(made, best)
    return replace(found, flows=flows, primal=_value(edges, flows))


def _value(edges: Edges, flows: Mapping[Pair, int]) -> int:
    """Σ utility · flow, exactly; a flow where no edge is, raises :class:`NotOptimalError`."""
    worth = edges.utility[_places(edges, flows)].tolist()
    return sum(each * count for each, count in zip(worth, flows.values(), strict=True))


def _places(edges: Edges, flows: Mapping[Pair, int]) -> Integers:
    """Which edge each flow is on."""
    at_offer = {name: at for at, name in enumerate(edges.offers)}
    at_need = {name: at for at, name in enumerate(edges.needs)}
    if any(offer not in at_offer or need not in at_need for offer, need in flows):
        raise NotOptimalError("a flow to nobody")
    many = max(len(edges.needs), 1)
    names = np.array([at_offer[offer] * many + at_need[need] for offer, need in flows], dtype=np.int64)
    every = edges.tail.astype(np.int64) * many + edges.head
    at = np.searchsorted(every, names)
    if (at >= len(every)).any() or (every[at] != names).any():
        raise NotOptimalError("a flow where no edge is")
    return at


def _flows(made: Problem, flow: Integers) -> dict[Pair, int]:
    used = np.flatnonzero(flow)
    pairs = zip(made.tail[used].tolist(), made.head[used].tolist(), flow[used].tolist(), strict=True)
    return {(made.offer_ids[offer], made.need_ids[need]): count for offer, need, count in pairs}


def _as_solution(answer: Answer) -> Solution:
    made, best = answer.problem, answer.found
    return Solution(
        flows=_flows(made, best.flow),
        offer_prices=_positive(made.offer_ids, best.offer_prices.tolist()),
        need_prices=_positive(made.need_ids, best.need_prices.tolist()),
        primal=best.primal,
        dual=best.dual,
        subsidies=dict(best.subsidies),
        target_millionths=int(answer.fairness.target * MILLION) if answer.fairness else None,
        promised=dict(answer.fairness.promised) if answer.fairness else {},
    )


def check(
    offers: Mapping[str, int],
    needs: Mapping[str, int],
    edges: Iterable[Edge] | Edges,
    found: Solution,
    rules: Rules = PLAIN,
) -> None:
    """From the round's own numbers, without the engine; raises :class:`NotOptimalError`."""
    rows = ordered(offers, needs, edges)
    wrong = list(flaws(found.flows, offers, needs, rules))
    primal = _value(rows, found.flows)
    dual = sum(offers[name] * price for name, price in found.offer_prices.items())
    dual += sum(needs[name] * price for name, price in found.need_prices.items())
    ruled = bool(rules.lot or rules.step or rules.whole or rules.single)
    if wrong or primal > dual or (primal < dual and not ruled) or (primal, dual) != (found.primal, found.dual):
        raise NotOptimalError(f"primal {primal}, dual {dual}, {wrong[:3]}")
    if not is_feasible_dual(rows, found.offer_prices, found.need_prices):
        raise NotOptimalError("an edge is worth more than its prices")


def _positive(names: Iterable[str], prices: Iterable[int]) -> dict[str, int]:
    return {name: price for name, price in zip(names, prices, strict=True) if price > 0}


def is_feasible_dual(edges: Iterable[Edge] | Edges, offers: Mapping[str, int], needs: Mapping[str, int]) -> bool:
    """No edge is worth more than its two prices together, and no price is negative."""
    rows = list(edges) if not isinstance(edges, Edges) else edges
    if isinstance(rows, list):
        rows = ordered({edge.offer for edge in rows}, {edge.need for edge in rows}, rows)
    prices: tuple[Integers, Integers] = rows.of_offers(offers), rows.of_needs(needs)
    covered = bool((prices[0][rows.tail] + prices[1][rows.head] >= rows.utility).all())
    return covered and all(price >= 0 for price in (*offers.values(), *needs.values()))
