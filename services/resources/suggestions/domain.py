"""What a suggestion's score is the sum of, the best that are enough, and what would make a near miss fit. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import heapify, heappushpop
from typing import Any

from chassis.codes import Code
from contracts.resources.codes import Exclusion
from contracts.resources.codes_stock import Condition
from services.resources.conditions import domain as conditions
from services.resources.matching import domain as matching
from services.resources.matching.domain import Moment, NeedFacts, OfferFacts

TERM_TEXTS = matching.TERM_TEXTS | {
    "distance": ("距离近", "Near"),
    "time": ("时间够用", "Available for long enough"),
    "verified": ("对方信息已核实", "The other side is an active organisation"),
}


def terms(
    offer: OfferFacts,
    need: NeedFacts,
    at: Moment,
    weights: Mapping[str, int],
    *,
    due_on: date,
    verified: bool,
    distance: int = 0,
) -> dict[str, int]:
    """The terms of a matching round, and besides ``distance`` in points, time and the standing of the other side; none
    is zero."""
    found = matching.terms(offer, need, at, weights)
    found["distance"] = distance
    found["time"] = _time(offer, need, at, int(weights["time"]), due_on)
    found["verified"] = int(weights["verified"]) if verified else 0
    return {name: points for name, points in found.items() if points > 0}


def _time(offer: OfferFacts, need: NeedFacts, at: Moment, most: int, due_on: date) -> int:
    """A venue: free windows of those missing. Else the days until it expires of those until the need is due."""
    if offer.is_venue:
        windows = len(matching.free_windows(offer, need, at))
        return most * min(windows, max(need.missing, 1)) // max(need.missing, 1)
    if offer.expires_on is None or offer.expires_on >= due_on:
        return most
    return most * max((offer.expires_on - at.today).days + 1, 0) // max((due_on - at.today).days + 1, 1)


def reasons(
    offer: OfferFacts, need: NeedFacts, at: Moment, interested: frozenset[tuple[str, str]]
) -> list[matching.Reason]:
    """Why a reservation of what would be suggested is refused; empty where it is not."""
    return matching.exclusions(offer, need, at, interested) or [*matching.misfits(offer, need, at)]


def is_hopeless(need: NeedFacts, at: Moment) -> bool:
    """Nothing could be reserved for it, whatever there is."""
    return need.missing <= 0 or need.due_at <= at.now or (need.begun and not need.splittable)


def explain(found: Mapping[str, int]) -> list[dict[str, Any]]:
    """Terms with their texts, the largest first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    texts = {name: TERM_TEXTS[name] for name in found}
    return [{"term": name, "points": count, "zh": texts[name][0], "en": texts[name][1]} for name, count in ordered]


@dataclass
class Best:
    """The best ``limit`` of a stream whose upper bounds are known: more points first, then the smaller id."""

    limit: int
    _heap: list[tuple[int, _Backwards, Any]] = field(default_factory=list)

    def add(self, score: int, row_id: str, row: Any) -> None:
        """Keep it if it is among the best so far."""
        entry = (score, _Backwards(row_id), row)
        if len(self._heap) < self.limit:
            self._heap.append(entry)
            heapify(self._heap)
        else:
            heappushpop(self._heap, entry)

    def beats(self, bound: int, row_id: str = "") -> bool:
        """Whether nothing of at most ``bound`` points, with this id or a later one, can come in any more."""
        if len(self._heap) < self.limit:
            return False
        score, last, _ = self._heap[0]
        return score > bound or (score == bound and last.text < row_id)

    def __iter__(self) -> Iterator[Any]:
        """The best first."""
        return (row for _, _, row in sorted(self._heap, key=lambda entry: (-entry[0], entry[1].text)))


@dataclass(frozen=True)
class _Backwards:
    """Of equal scores the later id is the worse."""

    text: str

    def __lt__(self, other: _Backwards) -> bool:
        return self.text > other.text


FITS_IF: dict[Code, tuple[str, str]] = {
    Exclusion.UNIT: ("改用同一计量单位", "If both were counted in one unit"),
    Exclusion.NOTHING_FREE: ("待有余量", "If some of it became free"),
    Exclusion.EARMARKED_STREET: ("请提供方把定向街道放宽到本街道", "If the provider's earmark allowed this street"),
    Exclusion.EARMARKED_FIELD: ("请提供方把定向领域放宽，或补填领域", "If the earmark allowed the need's field"),
    Exclusion.SKILLS_MISSING: ("补上所缺技能", "If the missing skills were there"),
    Exclusion.NO_FREE_WINDOW: ("把截止日推迟，或增加时段", "If the deadline were later, or a window earlier"),
    Exclusion.PAST_EXPIRY: ("有效期延长", "If it kept for longer"),
    Exclusion.NO_SHARED_TAG: (
        "核对内容是否一致，或列为可接受的替代品",
        "If it were the same thing, or accepted instead",
    ),
    Condition.EARMARKED_ORGANISATION: ("请提供方把本组织列入定向范围", "If the earmark allowed this organisation"),
    Condition.EARMARKED_GROUP: ("请提供方放宽定向人群，或补填受益人群", "If the earmark allowed the beneficiaries"),
    Condition.CAPACITY: ("减少人数，或分场举办", "If fewer persons came at once"),
    Condition.LANGUAGE: ("补上所缺语言", "If the missing languages were spoken"),
    Condition.MODE: ("改为同一方式（线上或线下）", "If both were on site, or both online"),
    Condition.HOURS_PER_WEEK: ("减少每周时间，或增加人手", "If fewer hours a week were asked for, or more offered"),
    Condition.NO_SHARED_TIME: ("协商一个双方都合适的时间", "If a time of the week suited both"),
    Condition.TRAINING: ("补上或续期所缺培训", "If the training were there, to the need's last day"),
    Condition.CERTIFICATE: ("补上或续期所缺证件", "If the certificate were there, to the need's last day"),
    Condition.INSURANCE: ("投保至需求截止日", "If they were insured to the need's last day"),
    Condition.AGE: ("改派达到年龄要求的人员", "If those who come were old enough"),
    Condition.LOTS: ("按整批调整数量，或请提供方拆批", "If the quantity were whole lots, or the lots smaller"),
    Condition.WHOLE: ("允许分批，或待余量足够", "If parts were enough, or so much became free"),
}
SHOWN_WINDOWS = 5
NEVER: frozenset[Code] = frozenset(
    {Exclusion.INTERESTED_PARTY, Exclusion.OTHER_STREET, Condition.OVERDUE, Condition.ONE_PROVIDER}
)


def fits_if(offer: OfferFacts, need: NeedFacts, at: Moment, reasons: list[matching.Reason]) -> list[dict[str, Any]]:
    """What would have to be otherwise, one entry per reason; empty where nothing may make it fit."""
    if NEVER & set(reasons):
        return []
    return [_fit(reason, _gap(offer, need, at, reason)) for reason in reasons]


def _fit(reason: Code, detail: dict[str, Any]) -> dict[str, Any]:
    zh, en = FITS_IF[reason]
    return {"code": str(reason), "zh": zh, "en": en, "detail": detail}


def _gap(offer: OfferFacts, need: NeedFacts, at: Moment, reason: Code) -> dict[str, Any]:
    """How far apart the two are: units, streets, fields, skills, quantities, days or what the conditions compare."""
    if isinstance(reason, Condition):
        return _gap_of_condition(offer, need, at, reason)
    if reason is Exclusion.UNIT:
        return {"offer": offer.unit, "need": need.unit}
    if reason is Exclusion.EARMARKED_STREET:
        return {"allowed": sorted(offer.earmarked_streets), "need": need.street_code}
    if reason is Exclusion.EARMARKED_FIELD:
        return {"allowed": sorted(offer.fields), "need": sorted(need.fields)}
    if reason is Exclusion.SKILLS_MISSING:
        return {"missing": sorted(need.skills - offer.skills)}
    if reason is Exclusion.NO_SHARED_TAG:
        return {"offer": sorted(offer.tags), "need": sorted(need.tags)}
    if reason is Exclusion.PAST_EXPIRY and offer.expires_on is not None:
        return {"days": (at.today - offer.expires_on).days}
    return _gap_of_windows(offer, need, at) if reason is Exclusion.NO_FREE_WINDOW else {}


def _gap_of_windows(offer: OfferFacts, need: NeedFacts, at: Moment) -> dict[str, Any]:
    coming = [end for _, start, end in offer.windows if start > at.now]
    return {"days": -(-(min(coming) - need.due_at).total_seconds() // 86_400)} if coming else {}


def _gap_of_condition(offer: OfferFacts, need: NeedFacts, at: Moment, reason: Condition) -> dict[str, Any]:
    if reason is Condition.LOTS:
        return {"lot_size": offer.lot_size, "minimum_lot": offer.minimum_lot, "missing": need.missing}
    if reason is Condition.WHOLE:
        return {"free": offer.free, "missing": need.missing}
    if reason is Condition.NO_SHARED_TIME and offer.is_venue and need.asked:
        coming = sorted((start, end) for _, start, end in offer.windows if start > at.now)[:SHOWN_WINDOWS]
        shown = [{"starts_at": start.isoformat(), "ends_at": end.isoformat()} for start, end in coming]
        return {"offer": shown, "need": [*need.asked.times]}
    return conditions.gap(offer.given, need.asked, reason) if offer.given and need.asked else {}
