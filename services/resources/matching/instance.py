"""A matching round as numbers: offers and needs become an instance of the solver, its answer becomes explanations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.resources.codes import Exclusion
from services.resources.matching import domain
from services.resources.matching.solver import Edge, Solution

MOST_ALTERNATIVES = 5


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An offer that fits a need."""

    offer_id: str
    terms: dict[str, int]

    @property
    def utility(self) -> int:
        return sum(self.terms.values())


@dataclass(frozen=True, kw_only=True)
class Instance:
    """``offers`` holds solver nodes: an offer's id, or one ``id#index`` per free window of a venue."""

    offers: dict[str, int] = field(default_factory=dict)
    needs: dict[str, int] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    excluded: dict[str, Counter[Exclusion]] = field(default_factory=dict)


def build(
    offers: Mapping[str, Sequence[domain.OfferFacts]],
    needs: Mapping[str, Sequence[domain.NeedFacts]],
    at: domain.Moment,
    *,
    weights: Mapping[str, int],
    interested: frozenset[tuple[str, str]],
) -> Instance:
    """Every feasible pair of the same kind with its score as utility; both mappings are by kind."""
    made = Instance()
    for kind, wanted in needs.items():
        for need in wanted:
            if need.missing <= 0:
                continue
            made.needs[need.id] = need.missing
            fitting, out = domain.rank(offers.get(kind, ()), need, at, weights=weights, interested=interested)
            made.pairs[need.id] = [Pair(offer_id=offer.id, terms=found) for offer, found in fitting]
            made.excluded[need.id] = Counter(code for _, codes in out for code in codes)
            for offer, found in fitting:
                _connect(made, offer, need, at, sum(found.values()))
    return made


def _connect(made: Instance, offer: domain.OfferFacts, need: domain.NeedFacts, at: domain.Moment, score: int) -> None:
    nodes = [offer.id]
    if offer.is_venue:
        nodes = [f"{offer.id}#{index}" for index in domain.free_windows(offer, need, at)]
    for node in nodes:
        made.offers[node] = 1 if offer.is_venue else offer.free
        made.edges.append(Edge(offer=node, need=need.id, utility=score))


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a need gets of one offer; ``windows`` are indexes of a venue's windows."""

    need_id: str
    pair: Pair
    quantity: int
    price: int
    windows: tuple[int, ...]


def matches(made: Instance, found: Solution) -> dict[str, list[Match]]:
    """By need, the solver's nodes put together again as offers, best pair first."""
    nodes: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for (node, need_id), count in found.flows.items():
        nodes[need_id, node.partition("#")[0]].append((node, count))
    made_matches: dict[str, list[Match]] = {}
    for need_id, pairs in made.pairs.items():
        got = [(pair, nodes[need_id, pair.offer_id]) for pair in pairs if (need_id, pair.offer_id) in nodes]
        made_matches[need_id] = [_match(need_id, pair, parts, found) for pair, parts in got]
    return made_matches


def _match(need_id: str, pair: Pair, parts: Sequence[tuple[str, int]], found: Solution) -> Match:
    return Match(
        need_id=need_id,
        pair=pair,
        quantity=sum(count for _, count in parts),
        price=max(found.offer_prices.get(node, 0) for node, _ in parts),
        windows=tuple(sorted(int(node.partition("#")[2]) for node, _ in parts if "#" in node)),
    )


def outcome(wanted: int, matched: int, *, has_candidates: bool) -> str:
    """In one word why the need got what it got."""
    if matched >= wanted:
        return "matched"
    if matched:
        return "partly_matched"
    return "outbid" if has_candidates else "no_candidates"


def alternatives(made: Instance, found: Solution, need_id: str, used: set[str]) -> list[dict[str, int | str]]:
    """Offers that fit but were not taken, nearest first: ``behind`` = price(offer) + price(need) − utility ≥ 0."""
    need_price = found.need_prices.get(need_id, 0)
    cheapest: dict[str, int] = {}
    for node in made.offers:
        offer_id, price = node.partition("#")[0], found.offer_prices.get(node, 0)
        cheapest[offer_id] = min(price, cheapest.get(offer_id, price))
    rows: list[dict[str, int | str]] = [
        {
            "offer_id": pair.offer_id,
            "utility": pair.utility,
            "offer_price": cheapest[pair.offer_id],
            "behind": cheapest[pair.offer_id] + need_price - pair.utility,
        }
        for pair in made.pairs[need_id]
        if pair.offer_id not in used
    ]
    return sorted(rows, key=lambda row: (int(row["behind"]), str(row["offer_id"])))[:MOST_ALTERNATIVES]
