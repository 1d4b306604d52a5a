"""Which offer may serve which need, how well, and the states of a matching round. Pure.

The score is a sum of named whole-number terms, so that a match can be explained term by term and recomputed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chassis.errors import ConflictError
from contracts.resources.codes import Exclusion, ResourcesCode
from contracts.resources.codes_stock import Condition
from services.resources.conditions import domain as conditions

CREATED, SOLVING, SOLVED, CLOSED = "created", "solving", "solved", "closed"
STATUSES = (CREATED, SOLVING, SOLVED, CLOSED)
ACTIONS = ("solve", "finish", "close", "cancel", "keep")
TRANSITIONS: dict[tuple[str, str], str] = {
    (CREATED, "solve"): SOLVING,
    (SOLVING, "solve"): SOLVING,  # the job failed; try again
    (SOLVED, "solve"): SOLVING,
    (SOLVING, "finish"): SOLVED,
    (SOLVING, "cancel"): CREATED,
    (SOLVING, "keep"): SOLVED,  # cancelled, and an earlier answer stays
    (CREATED, "close"): CLOSED,
    (SOLVED, "close"): CLOSED,
}
SOLVED_AGAIN, ROUND_CLOSED, LAPSED = "solved_again", "round_closed", "lapsed"
OFFER_ENDED, NEED_ENDED = "offer_ended", "need_ended"
OWN_REASONS = (SOLVED_AGAIN, ROUND_CLOSED, LAPSED, OFFER_ENDED, NEED_ENDED)  # of an end that nobody decided
Reason = Exclusion | Condition
TERM_TEXTS = {
    "base": ("基础分", "Base"),
    "topic": ("标签相符", "Shared tags"),
    "field": ("领域相符", "Shared field"),
    "street": ("就近", "Same street or district-wide"),
    "community": ("同一社区", "Same community"),
    "urgency": ("紧急程度", "Urgency"),
    "perishing": ("临期先用", "Use before it expires"),
}


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ResourcesCode.MATCHING_ROUND_WRONG_STATUS, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class OfferFacts:
    """What matching reads of an offer. ``windows``: ``(index, starts_at, ends_at)`` of those nobody has taken;
    ``given``: what its earmarks and those who come are judged by."""

    id: str
    provider_id: str
    unit: str
    free: int
    tags: frozenset[str]
    skills: frozenset[str]
    fields: frozenset[str]
    earmarked_streets: frozenset[str]
    street_code: str | None
    community_code: str | None
    expires_on: date | None
    is_venue: bool
    minimum_lot: int = 1
    lot_size: int = 1
    windows: tuple[tuple[int, datetime, datetime], ...] = ()
    given: conditions.Given | None = None


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """What matching reads of a need. ``due_at``: the end of its last day; ``substitutes``: what it takes in place of
    its tags; ``begun``: something is on its way or came; ``asked``: its gates."""

    id: str
    organisation_id: str | None
    unit: str
    missing: int
    tags: frozenset[str]
    skills: frozenset[str]
    fields: frozenset[str]
    street_code: str | None
    community_code: str | None
    urgency: int
    due_at: datetime
    all_or_nothing: bool = False
    splittable: bool = True
    substitutes: frozenset[str] = frozenset()
    begun: bool = False
    asked: conditions.Asked | None = None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When the question is asked."""

    now: datetime
    today: date


def free_windows(offer: OfferFacts, need: NeedFacts, at: Moment) -> list[int]:
    """Indexes of the venue's windows that begin from now on, end before the need's deadline and hold a time of the
    week that it asks for."""
    times = need.asked.times if need.asked else ()
    return [index for index, start, end in _ahead(offer, need, at) if conditions.suits(times, start, end)]


def _ahead(offer: OfferFacts, need: NeedFacts, at: Moment) -> list[tuple[int, datetime, datetime]]:
    return [(index, start, end) for index, start, end in offer.windows if start > at.now and end <= need.due_at]


def _only_at_other_times(offer: OfferFacts, need: NeedFacts, at: Moment) -> bool:
    return bool(_ahead(offer, need, at)) and not free_windows(offer, need, at)


def most(offer: OfferFacts, need: NeedFacts, at: Moment) -> int:
    """How much of the offer this need could take."""
    supply = min(len(free_windows(offer, need, at)), offer.free) if offer.is_venue else offer.free
    return min(supply, need.missing)


def portion(offer: OfferFacts, need: NeedFacts, at: Moment) -> int:
    """The most of it that a reservation takes at once: whole lots, or all that is free; 0 where nothing may go."""
    count = most(offer, need, at)
    if count == offer.free or offer.is_venue:
        return max(count, 0)
    cut = count - count % offer.lot_size
    return cut if cut >= offer.minimum_lot else 0


def misfits(offer: OfferFacts, need: NeedFacts, at: Moment) -> list[Condition]:
    """Why, between two that fit, no quantity could be reserved now. Rounds leave this to the rules of lots."""
    wanted, count = most(offer, need, at), portion(offer, need, at)
    asked = {
        Condition.ONE_PROVIDER: not need.splittable and need.begun,
        Condition.LOTS: wanted > 0 and count == 0,
        Condition.WHOLE: need.all_or_nothing and not need.splittable and 0 < count < need.missing,
    }
    return [reason for reason, holds in asked.items() if holds]


def least(offer: OfferFacts) -> int:
    """Never less of it at once; the last rest may go as it is."""
    return 1 if offer.is_venue else max(1, min(max(offer.minimum_lot, offer.lot_size), offer.free))


def exclusions(offer: OfferFacts, need: NeedFacts, at: Moment, interested: frozenset[tuple[str, str]]) -> list[Reason]:
    """Every reason why the offer cannot serve the need; empty when it can. ``interested`` holds the pairs
    (provider, organisation) that 慈善法 art. 40 keeps apart. A reservation refuses by the same."""
    accepted = need.tags | need.substitutes if need.tags else need.tags
    reasons: dict[Reason, bool] = {
        Exclusion.UNIT: offer.unit != need.unit,
        Exclusion.NOTHING_FREE: offer.free <= 0,
        Exclusion.INTERESTED_PARTY: (offer.provider_id, need.organisation_id) in interested,
        Exclusion.OTHER_STREET: offer.street_code not in (None, need.street_code),
        Exclusion.EARMARKED_STREET: _misses({need.street_code}, offer.earmarked_streets),
        Exclusion.EARMARKED_FIELD: _misses(need.fields, offer.fields),
        Exclusion.SKILLS_MISSING: not need.skills <= offer.skills,
        Exclusion.NO_SHARED_TAG: bool(accepted) and _misses(accepted, offer.tags),
        Exclusion.NO_FREE_WINDOW: offer.is_venue and not _ahead(offer, need, at),
        Condition.NO_SHARED_TIME: offer.is_venue
        and bool(_ahead(offer, need, at))
        and not free_windows(offer, need, at),
        Exclusion.PAST_EXPIRY: offer.expires_on is not None and offer.expires_on < at.today,
        Condition.OVERDUE: need.due_at <= at.now,
    }
    found = [reason for reason, holds in reasons.items() if holds]
    return found + (conditions.reasons(offer.given, need.asked) if offer.given and need.asked else [])


def _misses(wanted: frozenset[str] | set[str | None], allowed: frozenset[str]) -> bool:
    """An empty list binds nothing."""
    return bool(allowed) and not (wanted & allowed)


def terms(offer: OfferFacts, need: NeedFacts, at: Moment, weights: Mapping[str, int]) -> dict[str, int]:
    """The named terms of the score, whole numbers, none negative; those that are zero are left out."""
    shared = len(offer.tags & need.tags)
    near = "same_street" if offer.street_code is not None else "district_wide"
    soon = at.today + timedelta(days=int(weights["perishing_days"]))
    perishing = offer.expires_on is not None and offer.expires_on <= soon
    same_place = offer.community_code is not None and offer.community_code == need.community_code
    found = {
        "base": weights["base"],
        "topic": weights["topic"] * shared // len(need.tags) if need.tags else 0,
        "field": weights["field"] if offer.fields & need.fields else 0,
        "street": weights[near],
        "community": weights["same_community"] if same_place else 0,
        "urgency": weights["urgency"] * need.urgency,
        "perishing": weights["perishing"] if perishing else 0,
    }
    return {name: int(points) for name, points in found.items() if points > 0}


def explain_terms(found: Mapping[str, int]) -> list[dict[str, Any]]:
    """Terms with their texts, largest first."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"term": name, "points": points, "zh": TERM_TEXTS[name][0], "en": TERM_TEXTS[name][1]}
        for name, points in ordered
    ]


def rank(
    offers: Sequence[OfferFacts],
    need: NeedFacts,
    at: Moment,
    *,
    weights: Mapping[str, int],
    interested: frozenset[tuple[str, str]],
) -> tuple[list[tuple[OfferFacts, dict[str, int]]], list[tuple[OfferFacts, list[Reason]]]]:
    """Candidates, best first (ties by id, so the order is always the same), and the excluded with their reasons."""
    fitting: list[tuple[OfferFacts, dict[str, int]]] = []
    out: list[tuple[OfferFacts, list[Reason]]] = []
    for offer in offers:
        reasons = exclusions(offer, need, at, interested)
        if reasons:
            out.append((offer, reasons))
        else:
            fitting.append((offer, terms(offer, need, at, weights)))
    fitting.sort(key=lambda pair: (-sum(pair[1].values()), pair[0].id))
    return fitting, out
