"""Rules of lots that the engine does not know: whole multiples, and needs that one provider alone may serve. Pure.

The engine's answer is cut down to what keeps them, then what is free again is given out, dearest first. The prices of
the engine still bound every allocation, so what this costs is part of the certified gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Pair = tuple[str, str]
Worth = Callable[[Mapping[str, int], Mapping[str, int]], Mapping[Pair, int]]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """By offer ``lot`` (never less at once) and ``step`` (whole multiples of it); ``whole`` needs take all or nothing,
    ``single`` ones from one offer. The rest of an offer may go as it is."""

    lot: Mapping[str, int] = field(default_factory=dict)
    step: Mapping[str, int] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()

    @property
    def are_plain(self) -> bool:
        """Nothing that the engine does not know."""
        return not self.single and all(step <= 1 for step in self.step.values())

    def fits(self, offer: str, count: int, supply: int) -> bool:
        """Whether so much of it may go at once."""
        return count == supply or (count % self.step.get(offer, 1) == 0 and count >= self.lot.get(offer, 1))

    def largest(self, offer: str, count: int, supply: int) -> int:
        """The most, up to ``count``, that may go at once; 0 where nothing may."""
        step = self.step.get(offer, 1)
        cut = count if count == supply else count - count % step
        return cut if cut > 0 and self.fits(offer, cut, supply) else 0


def giver(node: str) -> str:
    """The offer of a node: a venue has one per window, ``id#index``."""
    return node.partition("#")[0]


def pack(
    flows: Mapping[Pair, int],
    still_open: Worth,
    supply: Mapping[str, int],
    demand: Mapping[str, int],
    rules: Rules,
) -> dict[Pair, int]:
    """By (offer, need), positive ones only; every rule is kept.

    ``still_open(free, missing)``: what a unit is worth, at least of the pairs of which both have something left.
    """
    by_need: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(flows):
        by_need[pair[1]].append(pair)
    state = _State(supply, demand, rules)
    for need, pairs in by_need.items():
        if need in rules.single and len({giver(offer) for offer, _ in pairs}) > 1:
            continue  # decided among all offers, below
        cut = {pair: rules.largest(pair[0], flows[pair], supply[pair[0]]) for pair in pairs}
        if need not in rules.whole or sum(cut.values()) == demand[need]:
            state.put(cut)
    state.look(still_open)
    state.serve_singles()
    state.fill()
    return state.kept


class _State:
    """What is given out, and what is free and missing still."""

    def __init__(self, supply: Mapping[str, int], demand: Mapping[str, int], rules: Rules) -> None:
        self.supply, self.demand, self.rules = supply, demand, rules
        self.kept: dict[Pair, int] = {}
        self.free, self.missing = dict(supply), dict(demand)
        self.served: dict[str, str] = {}
        self.worth: Mapping[Pair, int] = {}
        self.order: list[Pair] = []

    def look(self, still_open: Worth) -> None:
        """What may be given out from now on; both sides only shrink, so nobody comes in later."""
        worth = self.worth = still_open(self.free, self.missing)
        self.order = sorted((pair for pair in worth if worth[pair] > 0), key=lambda pair: (-worth[pair], pair))

    def put(self, plan: Mapping[Pair, int]) -> None:
        """So much more of each pair."""
        for (offer, need), more in plan.items():
            if more:
                self.kept[offer, need] = self.kept.get((offer, need), 0) + more
                self.free[offer] -= more
                self.missing[need] -= more
                self.served[need] = giver(offer)

    def serve_singles(self) -> None:
        """Each need of one provider that has none, from whoever is worth most to it; the dearest need first."""
        waiting: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
        for pair in self.order:  # the dearest need comes first
            if pair[1] in self.rules.single and pair[1] not in self.served:
                waiting[pair[1]][giver(pair[0])].append(pair)
        for need, givers in waiting.items():
            plans = [self._plan(need, pairs) for _, pairs in sorted(givers.items())]
            self.put(max(plans, key=lambda plan: sum(self.worth[pair] * count for pair, count in plan.items())))

    def _plan(self, need: str, pairs: list[Pair]) -> dict[Pair, int]:
        plan: dict[Pair, int] = {}
        left = self.missing[need]
        for pair in pairs:
            plan[pair] = self.rules.largest(pair[0], min(self.free[pair[0]], left), self.supply[pair[0]])
            left -= plan[pair]
        return {} if need in self.rules.whole and left else plan

    def fill(self) -> None:
        """What is free still, dearest first."""
        for pair in self.order:
            offer, need = pair
            if need in self.rules.single and self.served.get(need, giver(offer)) != giver(offer):
                continue
            before = self.kept.get(pair, 0)
            room = before + min(self.free[offer], self.missing[need])
            more = self.rules.largest(offer, room, self.supply[offer]) - before
            if more > 0 and (need not in self.rules.whole or more == self.missing[need]):
                self.put({pair: more})


def flaws(
    flows: Mapping[Pair, int], supply: Mapping[str, int], demand: Mapping[str, int], rules: Rules
) -> Iterable[str]:
    """What breaks a rule; nothing when every one is kept."""
    given: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    givers: dict[str, set[str]] = defaultdict(set)
    for (offer, need), count in flows.items():
        given[offer] += count
        taken[need] += count
        givers[need].add(giver(offer))
        if count <= 0 or not rules.fits(offer, count, supply[offer]):
            yield f"{offer} → {need}: {count}"
    yield from (f"{offer}: {count}" for offer, count in given.items() if count > supply[offer])
    for need, count in taken.items():
        part = need in rules.whole and count != demand[need]
        if count > demand[need] or part or (need in rules.single and len(givers[need]) > 1):
            yield f"{need}: {count} of {len(givers[need])}"
