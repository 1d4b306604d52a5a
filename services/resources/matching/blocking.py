"""Offers sorted by what rules them out at sight, so that a need is compared with those alone that remain. Pure.

Exact: whoever is in no block of a need is excluded by unit, street or topic, whatever else may be said of it. Such an
offer is counted once, under the first of these; the others under every reason they have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from contracts.resources.codes import Exclusion
from services.resources.matching.domain import NeedFacts, OfferFacts, Reason

Place = tuple[str, str | None]


class Blocks:
    """Offers of one kind by unit, street and topic; they are named by their positions."""

    def __init__(self, offers: Iterable[OfferFacts]) -> None:
        self._in_unit: Counter[str] = Counter()
        self._at: dict[Place, list[int]] = defaultdict(list)
        self._of: dict[tuple[Place, str | None], list[int]] = defaultdict(list)
        for at, offer in enumerate(offers):
            place = offer.unit, offer.street_code
            self._in_unit[offer.unit] += 1
            self._at[place].append(at)
            for topic in offer.tags or (None,):
                self._of[place, topic].append(at)

    def of(self, need: NeedFacts) -> tuple[list[int], Counter[Reason]]:
        """Those that may fit it in their order, and how many are out at sight."""
        places: list[Place] = [(need.unit, street) for street in dict.fromkeys((need.street_code, None))]
        near = self._about(places, need) if need.tags else [at for place in places for at in self._at.get(place, ())]
        in_unit, reachable = self._in_unit[need.unit], sum(len(self._at.get(place, ())) for place in places)
        counts: dict[Reason, int] = {
            Exclusion.UNIT: self._in_unit.total() - in_unit,
            Exclusion.OTHER_STREET: in_unit - reachable,
            Exclusion.NO_SHARED_TAG: reachable - len(near),
        }
        return sorted(near), Counter({reason: count for reason, count in counts.items() if count})

    def _about(self, places: list[Place], need: NeedFacts) -> list[int]:
        topics = (*(need.tags | need.substitutes), None)
        return list({at for place in places for topic in topics for at in self._of.get((place, topic), ())})
