"""The solver's answer as what each need gets, and why. Loaded by the job process only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from services.resources.matching.compare import Integers
from services.resources.matching.instance import Instance, Pair
from services.resources.matching.packing import giver
from services.resources.matching.solver import Solution

MOST_ALTERNATIVES = 5


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a need gets of one offer; ``windows`` are indexes of a venue's windows."""

    need_id: str
    pair: Pair
    quantity: int
    price: int
    windows: tuple[int, ...]
    subsidy: int = 0


@dataclass(frozen=True)
class Outcomes:
    """A round and its answer."""

    made: Instance
    found: Solution
    _of_kind: dict[str, tuple[Integers, Integers, Integers]] = field(default_factory=dict)

    @cached_property
    def matches(self) -> dict[str, list[Match]]:
        """By need, the solver's nodes put together again as offers, best pair first."""
        nodes: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for (node, need_id), count in self.found.flows.items():
            nodes[need_id, giver(node)].append((node, count))
        got: dict[str, list[Match]] = {need_id: [] for need_id in self.made.needs}
        for (need_id, offer_id), parts in nodes.items():
            got[need_id].append(self._match(need_id, offer_id, parts))
        for rows in got.values():
            rows.sort(key=lambda match: (-match.pair.utility, match.pair.offer_id))
        return got

    def _match(self, need_id: str, offer_id: str, parts: Sequence[tuple[str, int]]) -> Match:
        return Match(
            need_id=need_id,
            pair=self.made.pair(offer_id, need_id),
            quantity=sum(count for _, count in parts),
            price=max(self.found.offer_prices.get(node, 0) for node, _ in parts),
            windows=tuple(sorted(int(node.partition("#")[2]) for node, _ in parts if "#" in node)),
            subsidy=self.subsidy(need_id),
        )

    def utility(self, node: str, need_id: str) -> int:
        """What a unit of it is worth to the need."""
        return self.made.pair(giver(node), need_id).utility

    def matched(self, need_id: str) -> int:
        """How much it gets."""
        return sum(match.quantity for match in self.matches[need_id])

    def subsidy(self, need_id: str) -> int:
        """Of the need's street."""
        return self.found.subsidies.get(self.made.streets.get(need_id, ""), 0)

    def outcome(self, need_id: str) -> str:
        """In one word why the need got what it got."""
        matched = self.matched(need_id)
        if matched >= self.made.needs[need_id]:
            return "matched"
        if not len(self.made.fits[need_id].at):
            return "no_candidates"
        if self._is_held_by_lots(need_id):
            return "lots"
        return "partly_matched" if matched else "outbid"

    def _is_held_by_lots(self, need_id: str) -> bool:
        """Something that fits it lies idle, or its price says that a part is worth having: only lots forbid it."""
        _, idle, lots = self._offers(self.made.kind_of[need_id])
        at = self.made.fits[need_id].at
        ruled = need_id in self.made.whole | self.made.single or bool(lots[at].any())
        return ruled and (bool(idle[at].any()) or self.found.need_prices.get(need_id, 0) > 0)

    def alternatives(self, need_id: str) -> list[dict[str, int | str]]:
        """Offers that fit but were not taken, nearest first: ``behind`` = price(offer) + price(need) − utility ≥ 0,
        where utility is meant with the subsidy of the need's street."""
        need_price = self.found.need_prices.get(need_id, 0) - self.subsidy(need_id)
        fits, kind = self.made.fits[need_id], self.made.kind_of[need_id]
        names, used = self.made.named[kind], {match.pair.offer_id for match in self.matches[need_id]}
        prices, _, _ = self._offers(kind)
        behind = prices[fits.at] + need_price - fits.utility
        nearest = np.lexsort((fits.at, behind))[: MOST_ALTERNATIVES + len(used)]
        rows: list[dict[str, int | str]] = [
            {
                "offer_id": names[int(fits.at[edge])],
                "utility": int(fits.utility[edge]),
                "offer_price": int(prices[fits.at[edge]]),
                "behind": int(behind[edge]),
            }
            for edge in nearest.tolist()
        ]
        return [row for row in rows if row["offer_id"] not in used][:MOST_ALTERNATIVES]

    def _offers(self, kind: str) -> tuple[Integers, Integers, Integers]:
        """Of a kind's offers by position: the least price of a unit, what lies idle, whether it goes in lots."""
        if kind not in self._of_kind:
            names = self.made.named[kind]
            columns = tuple(np.zeros(len(names), dtype=np.int64) for _ in range(3))
            for at, name in enumerate(names):
                nodes = self.made.nodes.get(name, ())
                if nodes:
                    columns[0][at] = min(self.found.offer_prices.get(node, 0) for node in nodes)
                    columns[1][at] = sum(self.made.offers[node] - self.found.given(node) for node in nodes)
                    columns[2][at] = any(node in self.made.lot for node in nodes)
            self._of_kind[kind] = (columns[0], columns[1], columns[2])
        return self._of_kind[kind]
