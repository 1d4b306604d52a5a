"""Small instances for the properties of the matching engine, and answers found by trying everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from services.resources.matching.engine.problem import Need, Offer, Problem, build

Edge = tuple[str, str, int]


@dataclass(frozen=True)
class Instance:
    """As a caller has it."""

    offers: Sequence[Offer]
    needs: Sequence[Need]
    edges: Sequence[Edge]

    def problem(self) -> Problem:
        return build(self.offers, self.needs, self.edges)

    def document(self) -> dict[str, Any]:
        """As the command line reads it."""
        return {
            "offers": [{"id": o.id, "quantity": o.quantity, "minimum_lot": o.minimum_lot} for o in self.offers],
            "needs": [
                {"id": n.id, "quantity": n.quantity, "all_or_nothing": n.all_or_nothing, "street": n.street}
                for n in self.needs
            ],
            "edges": [{"offer": offer, "need": need, "utility": worth} for offer, need, worth in self.edges],
        }


@st.composite
def instances(draw: st.DrawFn, *, side: int = 4, most: int = 5, ruled: bool = False) -> Instance:
    """``ruled``: with least lots and needs that want all or nothing. Utilities may be negative, edges twice."""
    lots = st.integers(1, 3) if ruled else st.just(1)
    wholes = st.booleans() if ruled else st.just(value=False)
    streets = st.sampled_from([None, "s1", "s2", "s3"])
    quantity = st.integers(0, most)
    offers = [
        Offer(id=f"o{at}", quantity=draw(quantity), minimum_lot=draw(lots)) for at in range(draw(st.integers(0, side)))
    ]
    needs = [
        Need(id=f"n{at}", quantity=draw(quantity), all_or_nothing=draw(wholes), street=draw(streets))
        for at in range(draw(st.integers(0, side)))
    ]
    pairs = [(offer.id, need.id) for offer in offers for need in needs]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=2 * side)) if pairs else []
    return Instance(offers, needs, [(*pair, draw(st.integers(-5, 30))) for pair in chosen])


def best_edges(edges: Sequence[Edge]) -> dict[tuple[str, str], int]:
    """Of two edges between the same pair the better one."""
    found: dict[tuple[str, str], int] = {}
    for offer, need, worth in edges:
        found[offer, need] = max(worth, found.get((offer, need), worth))
    return found


def keeps_the_rules(instance: Instance, flows: Mapping[tuple[str, str], int]) -> bool:
    """On the caller's own offers and needs."""
    given, taken = Counter[str](), Counter[str]()
    for (offer, need), count in flows.items():
        given[offer] += count
        taken[need] += count
    lots = {offer.id: offer.minimum_lot for offer in instance.offers}
    return (
        all(count >= lots[offer] for (offer, _), count in flows.items() if count)
        and all(given[offer.id] <= offer.quantity for offer in instance.offers)
        and all(taken[need.id] <= need.quantity for need in instance.needs)
        and all(taken[need.id] in (0, need.quantity) for need in instance.needs if need.all_or_nothing)
    )


def best_by_trying(instance: Instance) -> int:
    """The value of the best allocation that keeps the rules, from every allocation there is."""
    worth = best_edges(instance.edges)
    return max(
        sum(worth[pair] * count for pair, count in flows.items())
        for flows in _allocations(instance, list(worth), {})
        if keeps_the_rules(instance, flows)
    )


def _allocations(
    instance: Instance, pairs: Sequence[tuple[str, str]], chosen: Mapping[tuple[str, str], int]
) -> Iterator[dict[tuple[str, str], int]]:
    if not pairs:
        yield dict(chosen)
        return
    offer, need = pairs[0]
    free = next(o.quantity for o in instance.offers if o.id == offer)
    free -= sum(count for (other, _), count in chosen.items() if other == offer)
    missing = next(n.quantity for n in instance.needs if n.id == need)
    missing -= sum(count for (_, other), count in chosen.items() if other == need)
    for count in range(min(free, missing) + 1):
        yield from _allocations(instance, pairs[1:], {**chosen, (offer, need): count} if count else chosen)
