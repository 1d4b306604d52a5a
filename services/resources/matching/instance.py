"""A matching round as numbers: offers and needs become an instance of the solver.

Loaded by the job process only: a round of ten thousand needs has millions of pairs, and they are arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from contracts.resources.codes import Exclusion
from services.resources.matching import domain, edges
from services.resources.matching.compare import Fits, Offers
from services.resources.matching.edges import Edges
from services.resources.matching.packing import Rules

Watch = Callable[[int, int], None]
OFTEN = 50  # needs between two looks at whether the round is still meant


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An offer that fits a need."""

    offer_id: str
    terms: dict[str, int]

    @property
    def utility(self) -> int:
        return sum(self.terms.values())


@dataclass(kw_only=True)
class Instance:
    """``offers`` holds solver nodes: an offer's id, or one ``id#index`` per free window of a venue; ``nodes`` those of
    each offer; ``fits`` of each need the positions in ``named`` of its kind."""

    at: domain.Moment
    weights: Mapping[str, int]
    offers: dict[str, int] = field(default_factory=dict)
    needs: dict[str, int] = field(default_factory=dict)
    edges: Edges = field(default_factory=lambda: edges.ordered((), (), ()))
    streets: dict[str, str] = field(default_factory=dict)
    excluded: dict[str, Counter[domain.Reason]] = field(default_factory=dict)
    lot: dict[str, int] = field(default_factory=dict)
    step: dict[str, int] = field(default_factory=dict)
    nodes: dict[str, list[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    single: set[str] = field(default_factory=set)
    fits: dict[str, Fits] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)
    kind_of: dict[str, str] = field(default_factory=dict)
    offer_facts: dict[str, domain.OfferFacts] = field(default_factory=dict)
    need_facts: dict[str, domain.NeedFacts] = field(default_factory=dict)

    def rules(self) -> Rules:
        """Lots and needs that take all, or from one, or nothing."""
        return Rules(lot=self.lot, step=self.step, whole=frozenset(self.whole), single=frozenset(self.single))

    def pair(self, offer_id: str, need_id: str) -> Pair:
        """Why the two fit, term by term."""
        offer, need = self.offer_facts[offer_id], self.need_facts[need_id]
        return Pair(offer_id=offer_id, terms=domain.terms(offer, need, self.at, self.weights))

    def pairs(self, need_id: str) -> list[Pair]:
        """Whatever fits a need, the best first."""
        fits, names = self.fits[need_id], self.named[self.kind_of[need_id]]
        order = np.lexsort((fits.at, -fits.utility))
        return [self.pair(names[at], need_id) for at in fits.at[order].tolist()]


def build(
    offers: Mapping[str, Sequence[domain.OfferFacts]],
    needs: Mapping[str, Sequence[domain.NeedFacts]],
    at: domain.Moment,
    *,
    weights: Mapping[str, int],
    interested: frozenset[tuple[str, str]],
    declined: frozenset[tuple[str, str]] = frozenset(),
    watch: Watch = lambda done, total: None,
) -> Instance:
    """Every feasible pair of the same kind with its score as utility; both mappings are by kind.

    ``declined``: pairs (offer, need) that people turned down. ``watch`` is told how many needs are done, of how many.
    """
    made = Instance(at=at, weights=weights)
    refused: dict[str, set[str]] = {}
    for offer_id, need_id in declined:
        refused.setdefault(need_id, set()).add(offer_id)
    done, total = 0, sum(map(len, needs.values()))
    joined = _Joined(made)
    for kind, wanted in needs.items():
        known = Offers(offers.get(kind, ()), at, weights=weights, interested=interested)
        made.named[kind] = [offer.id for offer in known.rows]
        for need in wanted:
            if done % OFTEN == 0:
                watch(done, total)
            done += 1
            if need.missing > 0:
                _enter(made, need, kind)
                fits, made.excluded[need.id] = known.of(need)
                made.fits[need.id] = _without(made, fits, need, refused.get(need.id, set()))
                joined.join(known.rows, need)
    made.edges = joined.edges()
    return made


def _without(made: Instance, fits: Fits, need: domain.NeedFacts, refused: set[str]) -> Fits:
    if not refused:
        return fits
    names = made.named[made.kind_of[need.id]]
    kept = np.array([names[at] not in refused for at in fits.at.tolist()], dtype=np.bool_)
    if gone := len(kept) - int(kept.sum()):
        made.excluded[need.id][Exclusion.DECLINED] = gone
    return Fits(fits.at[kept], fits.utility[kept])


def _enter(made: Instance, need: domain.NeedFacts, kind: str) -> None:
    made.needs[need.id] = need.missing
    made.need_facts[need.id] = need
    made.kind_of[need.id] = kind
    if need.street_code is not None:
        made.streets[need.id] = need.street_code
    if need.all_or_nothing:
        made.whole.add(need.id)
    if not need.splittable:
        made.single.add(need.id)


class _Joined:
    """Edges as they come; nodes and needs get their numbers here, and their order at the end."""

    def __init__(self, made: Instance) -> None:
        self.made = made
        self._node: dict[str, int] = {}
        self._of_offer: dict[str, int] = {}
        self._tails: list[edges.Small] = []
        self._heads: list[edges.Small] = []
        self._utilities: list[edges.Small] = []

    def join(self, offers: Sequence[domain.OfferFacts], need: domain.NeedFacts) -> None:
        """The need with every offer that fits it: with each free window of a venue."""
        fits, tails, times = self.made.fits[need.id], list[int](), list[int]()
        for at in fits.at.tolist():
            offer = offers[at]
            if not offer.is_venue:
                known = self._of_offer.get(offer.id)
                tails.append(self._enter(offer, offer.id) if known is None else known)
                times.append(1)
                continue
            windows = domain.free_windows(offer, need, self.made.at)
            times.append(len(windows))
            tails += [self._enter(offer, f"{offer.id}#{index}") for index in windows]
        many = len(self.made.needs) - 1
        self._tails.append(np.array(tails, dtype=np.int32))
        self._heads.append(np.full(len(tails), many, dtype=np.int32))
        self._utilities.append(np.repeat(fits.utility, times))

    def _enter(self, offer: domain.OfferFacts, node: str) -> int:
        if (known := self._node.get(node)) is not None:
            return known
        made = self.made
        made.nodes.setdefault(offer.id, []).append(node)
        made.offer_facts[offer.id] = offer
        made.offers[node] = 1 if offer.is_venue else offer.free
        if (lot := domain.least(offer)) > 1:
            made.lot[node] = lot
        if offer.lot_size > 1 and not offer.is_venue:
            made.step[node] = offer.lot_size
        self._node[node] = len(self._node)
        if not offer.is_venue:
            self._of_offer[offer.id] = self._node[node]
        return self._node[node]

    def edges(self) -> Edges:
        """In order."""
        offers, needs = sorted(self.made.offers), sorted(self.made.needs)
        if not self._tails:
            return edges.ordered(offers, needs, ())
        tails, heads = np.concatenate(self._tails), np.concatenate(self._heads)
        utilities = np.concatenate(self._utilities)
        self._tails, self._heads, self._utilities = [], [], []
        at_offer = _places(offers, list(self.made.offers))
        at_need = _places(needs, list(self.made.needs))
        return edges.sort(offers, needs, at_offer[tails], at_need[heads], utilities)


def _places(ordered: Sequence[str], numbered: Sequence[str]) -> edges.Small:
    places = {name: at for at, name in enumerate(ordered)}
    return np.array([places[name] for name in numbered], dtype=np.int32)
