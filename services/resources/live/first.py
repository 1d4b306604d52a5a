"""The open market all at once: compared by tables and solved like a round. Loaded by the job process only.

What fits, and how well, is what ``Book`` finds one by one; a test holds both to the same edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from services.resources.live.book import Book, NeedEntry, OfferEntry, nodes, supply
from services.resources.matching import apart, domain, instance, settings
from services.resources.matching.edges import Edges
from services.resources.matching.engine import flow
from services.resources.matching.engine.market import Market
from services.resources.matching.engine.problem import NotOptimalError, Problem, Solution
from services.resources.matching.solver import NotOptimalError as UnprovedError

COMPARED, SOLVED = 50, 90  # of a hundred
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Facts:
    """What is open. ``barred`` is the same in all offers of a provider."""

    offers: Mapping[str, OfferEntry]
    needs: Mapping[str, NeedEntry]


@dataclass(frozen=True)
class Cold:
    """The divisible problem: lots are a matter of rounds."""

    problem: Problem

    def solve(self) -> Solution:
        """With its proof; raises the error that ``apart`` brings home."""
        try:
            return flow.solve(self.problem)
        except NotOptimalError as error:
            raise UnprovedError(str(error)) from error


def build(facts: Facts, at: domain.Moment, weights: Mapping[str, int], *, tell: Tell = lambda _: None) -> Book:
    """A book of these, at its optimum; ``tell`` is told how much of a hundred is done, and may raise."""
    asked = problem(facts, at, weights, tell=tell)
    found = solve(asked, tell=tell)
    tell(SOLVED)
    made = Book(at, weights)
    made.begin(facts.offers, facts.needs, Market.of(asked, found))
    return made


def solve(asked: Problem, *, tell: Tell = lambda _: None) -> Solution:
    """Cold; where it takes long, in a process whose memory goes with it."""
    question = Cold(asked)
    if len(asked.tail) <= apart.HERE_AT_MOST:
        return question.solve()
    return apart.ask(question, most=settings.ROUND_LIMIT.get(), look=lambda: tell(COMPARED))


def problem(facts: Facts, at: domain.Moment, weights: Mapping[str, int], *, tell: Tell = lambda _: None) -> Problem:
    """Every pair that fits, with what a unit is worth. Quantities bind no edge: they change, and the edges stay."""
    compared = instance.build(
        _by_kind((entry.kind, replace(entry.facts, free=max(entry.facts.free, 1))) for entry in facts.offers.values()),
        _by_kind((entry.kind, replace(entry.facts, missing=1)) for entry in facts.needs.values()),
        at,
        weights=weights,
        interested=frozenset((entry.facts.provider_id, who) for entry in facts.offers.values() for who in entry.barred),
        watch=lambda done, total: tell(COMPARED * done // max(total, 1)),
    )
    return _problem(facts, compared.edges)


def _problem(facts: Facts, edges: Edges) -> Problem:
    """Also with whatever fits nobody."""
    supplies = {node: supply(entry) for entry in facts.offers.values() for node in nodes(entry)}
    offers, needs = sorted(supplies), sorted(facts.needs)
    places = {name: at for at, name in enumerate(offers)}
    at_offer = np.array([places[name] for name in edges.offers], dtype=np.int64)  # in order still
    return Problem(
        offer_ids=offers,
        need_ids=needs,
        supply=np.array([supplies[name] for name in offers], dtype=np.int64),
        demand=np.array([max(facts.needs[name].facts.missing, 0) for name in needs], dtype=np.int64),
        tail=at_offer[edges.tail],
        head=edges.head.astype(np.int64),
        utility=edges.utility.astype(np.int64),
        lot=np.ones(len(offers), dtype=np.int64),
        whole=np.zeros(len(needs), dtype=np.bool_),
        streets=[None] * len(needs),
    )


def _by_kind(facts: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, one in facts:
        found[kind].append(one)
    return found
