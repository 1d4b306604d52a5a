"""The market of a district in memory: facts of what is open, and the engine's market of the same. Pure.

The moment and the weights are those of its making, so that the same facts always make the same numbers; what time
alone changes enters when the book is made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.resources.matching import domain

if TYPE_CHECKING:
    from services.resources.matching.engine.market import Market


@dataclass(frozen=True, kw_only=True)
class OfferEntry:
    """``barred``: organisations that may not benefit (慈善法 art. 40)."""

    kind: str
    facts: domain.OfferFacts
    barred: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class NeedEntry:
    """A need and its kind."""

    kind: str
    facts: domain.NeedFacts


class Book:
    """Always at the optimum of the divisible problem: lots are a matter of rounds."""

    def __init__(self, at: domain.Moment, weights: Mapping[str, int]) -> None:
        # Loaded here: only the job process keeps a market, and the libraries are large.
        from services.resources.matching.engine.market import Market

        self.at, self.weights = at, dict(weights)
        self.market: Market = Market()
        self.offers: dict[str, OfferEntry] = {}
        self.needs: dict[str, NeedEntry] = {}
        # only what is counted alike is compared at all
        self._offers_of: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._needs_of: dict[tuple[str, str], set[str]] = defaultdict(set)

    def put_offer(self, name: str, entry: OfferEntry | None) -> bool:
        """New, changed or (``None``) gone; whether anything changed."""
        known = self.offers.get(name)
        if known == entry:
            return False
        if known and entry and _but_quantity(known, entry):
            self.market.change_offer(name, max(entry.facts.free, 0))
            self.offers[name] = entry
            return True
        if known:
            for node in nodes(known):
                self.market.remove_offer(node)
            self._offers_of[known.kind, known.facts.unit].discard(name)
            del self.offers[name]
        if entry:
            self.offers[name] = entry
            self._offers_of[entry.kind, entry.facts.unit].add(name)
            wanted = [self.needs[need] for need in sorted(self._needs_of[entry.kind, entry.facts.unit])]
            self._open_offer(entry, wanted)
        return True

    def put_need(self, name: str, entry: NeedEntry | None) -> bool:
        """The same of a need."""
        known = self.needs.get(name)
        if known == entry:
            return False
        if known and entry and replace(known.facts, missing=0) == replace(entry.facts, missing=0):
            self.market.change_need(name, max(entry.facts.missing, 0))
            self.needs[name] = entry
            return True
        if known:
            self.market.remove_need(name)
            self._needs_of[known.kind, known.facts.unit].discard(name)
            del self.needs[name]
        if entry:
            self.needs[name] = entry
            self._needs_of[entry.kind, entry.facts.unit].add(name)
            offered = (self.offers[offer] for offer in sorted(self._offers_of[entry.kind, entry.facts.unit]))
            worth = {node: score for offer in offered for node, score in self._scores(offer, entry)}
            self.market.add_need(name, max(entry.facts.missing, 0), worth)
        return True

    def begin(self, offers: Mapping[str, OfferEntry], needs: Mapping[str, NeedEntry], market: Market) -> None:
        """An empty book takes over a market of just these (first.py); the same as one by one."""
        self.market, self.offers, self.needs = market, dict(offers), dict(needs)
        for name, offer in offers.items():
            self._offers_of[offer.kind, offer.facts.unit].add(name)
        for name, need in needs.items():
            self._needs_of[need.kind, need.facts.unit].add(name)

    def of_providers(self, providers: Iterable[str]) -> list[str]:
        """Open offers of these organisations."""
        wanted = set(providers)
        return sorted(name for name, entry in self.offers.items() if entry.facts.provider_id in wanted)

    @property
    def matched(self) -> int:
        """Units that the optimum gives out."""
        return self.market.moved()

    @property
    def wanted(self) -> int:
        """Units that the open needs lack."""
        return sum(max(entry.facts.missing, 0) for entry in self.needs.values())

    def _open_offer(self, entry: OfferEntry, wanted: list[NeedEntry]) -> None:
        worth: dict[str, dict[str, int]] = {node: {} for node in nodes(entry)}
        for need in wanted:
            for node, score in self._scores(entry, need):
                worth[node][need.facts.id] = score
        for node, edges in worth.items():
            self.market.add_offer(node, supply(entry), edges)

    def _scores(self, offer: OfferEntry, need: NeedEntry) -> Iterator[tuple[str, int]]:
        """Nodes of the offer that fit the need, with what a unit is worth. Quantities are the market's matter."""
        giving, taking = replace(offer.facts, free=max(offer.facts.free, 1)), need.facts
        taker, interested = taking.organisation_id, frozenset[tuple[str, str]]()
        if taker is not None and taker in offer.barred:
            interested = frozenset({(giving.provider_id, taker)})
        if domain.exclusions(giving, taking, self.at, interested):
            return
        score = sum(domain.terms(giving, taking, self.at, self.weights).values())
        if not giving.is_venue:
            yield giving.id, score
            return
        for index in domain.free_windows(giving, taking, self.at):
            yield f"{giving.id}#{index}", score


def nodes(entry: OfferEntry) -> list[str]:
    """A venue's windows are given out one by one."""
    if not entry.facts.is_venue:
        return [entry.facts.id]
    return [f"{entry.facts.id}#{index}" for index, _, _ in entry.facts.windows]


def supply(entry: OfferEntry) -> int:
    """Of each of its nodes."""
    return 1 if entry.facts.is_venue else max(entry.facts.free, 0)


def _but_quantity(known: OfferEntry, entry: OfferEntry) -> bool:
    """A venue's quantity is its windows, so that it is never just another number."""
    if known.facts.is_venue:
        return False
    return replace(known, facts=replace(known.facts, free=entry.facts.free)) == entry
