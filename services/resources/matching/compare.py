"""All offers of a kind against one need at once. Loaded by the job process only: numpy is large.

Which offer serves a need, and how well, is decided by ``domain`` alone. Its reasons and points fall into aspects that
look at a few members of either side (``times``: of the week, among what a need asks); each aspect is asked once for
every pair of values that occurs, with everything else neutral, and read from a table after that. A test holds the
outcome to ``domain.rank``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contracts.resources.codes import Exclusion
from contracts.resources.codes_stock import Condition
from services.resources.conditions import domain as conditions
from services.resources.matching import domain
from services.resources.matching.blocking import Blocks
from services.resources.matching.domain import NeedFacts, OfferFacts, Reason

Integers = NDArray[np.int64]
REASONS: tuple[Reason, ...] = (*Exclusion, *Condition)
BIT = {reason: 1 << at for at, reason in enumerate(REASONS)}
ASPECTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("unit",), ("unit",)),
    (("free",), ()),
    ((), ("urgency",)),
    (("tags",), ("tags", "substitutes")),
    (("fields",), ("fields",)),
    (("skills",), ("skills",)),
    (("street_code", "earmarked_streets"), ("street_code",)),
    (("community_code",), ("community_code",)),
    (("is_venue", "windows", "expires_on"), ("due_at", "times")),
    (("given",), ("asked",)),
)
NOBODY: frozenset[tuple[str, str]] = frozenset()
NONE: frozenset[str] = frozenset()
OFFER = OfferFacts(
    id="",
    provider_id="",
    unit="",
    free=1,
    tags=NONE,
    skills=NONE,
    fields=NONE,
    earmarked_streets=NONE,
    street_code=None,
    community_code=None,
    expires_on=None,
    is_venue=False,
)
NEED = NeedFacts(
    id="",
    organisation_id="",
    unit="",
    missing=1,
    tags=NONE,
    skills=NONE,
    fields=NONE,
    street_code=None,
    community_code=None,
    urgency=0,
    due_at=datetime(9999, 1, 1, tzinfo=UTC),
)
ASKED = conditions.Asked(organisation_id="", last_day=date.max)
MOST_CELLS = 30_000_000  # of all tables: what is thrown away is asked again


@dataclass(slots=True)
class _Row:
    """What one value of a need's aspect makes of every value of the offers'."""

    points: Integers
    reasons: Integers
    known: NDArray[np.bool_]


@dataclass
class _Aspect:
    """The values of the offers, numbered, and who of them has which."""

    of_offer: tuple[str, ...]
    of_need: tuple[str, ...]
    values: list[OfferFacts] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    of: list[int] = field(default_factory=list)
    at: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rows: dict[Hashable, _Row] = field(default_factory=dict)

    def enter(self, offer: OfferFacts) -> None:
        members = {name: getattr(offer, name) for name in self.of_offer}
        if "free" in members:
            members["free"] = min(max(offer.free, 0), 1)
        key = _key(members)
        if key not in self.numbers:
            self.numbers[key] = len(self.values)
            self.values.append(replace(OFFER, **members))
        self.of.append(self.numbers[key])


@dataclass(frozen=True)
class Fits:
    """Offers (positions by id) that fit a need, and what a unit of each is worth to it."""

    at: NDArray[np.int32]
    utility: NDArray[np.int32]


class Offers:
    """Those of one kind, by id."""

    def __init__(
        self,
        offers: Iterable[OfferFacts],
        moment: domain.Moment,
        *,
        weights: Mapping[str, int],
        interested: frozenset[tuple[str, str]],
    ) -> None:
        self.rows = sorted(offers, key=lambda offer: offer.id)
        self.moment, self.weights, self.interested = moment, weights, interested
        self._blocks = Blocks(self.rows)
        self._named = NONE.union(*(offer.given.organisations for offer in self.rows if offer.given))
        self._least = sum(domain.terms(OFFER, NEED, moment, weights).values())
        self._aspects = [_Aspect(*members) for members in ASPECTS]
        for aspect in self._aspects:
            for offer in self.rows:
                aspect.enter(offer)
            aspect.at = np.array(aspect.of, dtype=np.int64)
        self._of_provider: dict[str, list[int]] = defaultdict(list)
        for at, offer in enumerate(self.rows):
            self._of_provider[offer.provider_id].append(at)
        self._barred: dict[str, list[str]] = defaultdict(list)
        for provider, organisation in interested:
            self._barred[organisation].append(provider)
        self._cells = 0

    def of(self, need: NeedFacts) -> tuple[Fits, Counter[Reason]]:
        """Who fits it, and how many are out for which reason (those out at sight once, blocking.py)."""
        near, counted = self._blocks.of(need)
        at = np.array(near, dtype=np.int64)
        points, reasons = np.full(len(at), self._least), self._interests(need, at)
        for aspect in self._aspects if len(at) else ():
            row, values = self._row(aspect, need), aspect.at[at]
            self._ask(aspect, row, need, values)
            points += row.points[values]
            reasons |= row.reasons[values]
        out = reasons != 0
        counted += _count(reasons[out])
        return Fits(at[~out].astype(np.int32), points[~out].astype(np.int32)), counted

    def _interests(self, need: NeedFacts, at: Integers) -> Integers:
        barred = np.zeros(len(self.rows), dtype=np.int64)
        for provider in self._barred.get(need.organisation_id or "", ()):
            barred[self._of_provider.get(provider, [])] = BIT[Exclusion.INTERESTED_PARTY]
        return barred[at]

    def _project(self, aspect: _Aspect, need: NeedFacts) -> dict[str, Any]:
        members = {name: getattr(need, name) for name in aspect.of_need if name != "times"}
        if "times" in aspect.of_need and need.asked is not None and need.asked.times:
            members["asked"] = replace(ASKED, times=need.asked.times)
            return members
        if members.get("asked") is not None and need.organisation_id not in self._named:
            members["asked"] = replace(members["asked"], organisation_id="")  # no earmark names it: all are alike
        return members

    def _row(self, aspect: _Aspect, need: NeedFacts) -> _Row:
        key, size = _key(self._project(aspect, need)), len(aspect.values)
        if key not in aspect.rows:
            self._cells += size
            if self._cells > MOST_CELLS:
                self._cells = size
                for each in self._aspects:
                    each.rows.clear()
            zeros = (np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64))
            aspect.rows[key] = _Row(*zeros, np.zeros(size, dtype=np.bool_))
        return aspect.rows[key]

    def _ask(self, aspect: _Aspect, row: _Row, need: NeedFacts, values: Integers) -> None:
        unknown = values[~row.known[values]]
        if not len(unknown):
            return
        wanting = replace(NEED, **self._project(aspect, need))
        for value in np.unique(unknown).tolist():
            offer = aspect.values[value]
            found = domain.exclusions(offer, wanting, self.moment, NOBODY)
            row.reasons[value] = sum(BIT[reason] for reason in found)
            row.points[value] = sum(domain.terms(offer, wanting, self.moment, self.weights).values()) - self._least
            row.known[value] = True


def _count(reasons: Integers) -> Counter[Reason]:
    counts: Counter[Reason] = Counter()
    bits = int(np.bitwise_or.reduce(reasons)) if len(reasons) else 0
    for reason, bit in BIT.items():
        if bits & bit:
            counts[reason] = int(np.count_nonzero(reasons & bit))
    return counts


def _key(members: Mapping[str, Any]) -> Hashable:
    """Gates and skills hold lists, so they are told apart by their text."""
    return tuple(repr(value) if name in ("given", "asked") else value for name, value in members.items())
