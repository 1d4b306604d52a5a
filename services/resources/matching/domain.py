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

CREATED, SOLVING, SOLVED, CLOSED = "created", "solving", "solved", "closed"
STATUSES = (CREATED, SOLVING, SOLVED, CLOSED)
ACTIONS = ("solve", "finish", "close")
TRANSITIONS: dict[tuple[str, str], str] = {
    (CREATED, "solve"): SOLVING,
    (SOLVING, "solve"): SOLVING,  # the job failed; try again
    (SOLVED, "solve"): SOLVING,
    (SOLVING, "finish"): SOLVED,
    (CREATED, "close"): CLOSED,
    (SOLVED, "close"): CLOSED,
}
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
    """What matching reads of an offer. ``windows``: ``(index, starts_at, ends_at)`` of those nobody has taken."""

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
    windows: tuple[tuple[int, datetime, datetime], ...] = ()


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """What matching reads of a need. ``due_at``: the end of its last day."""

    id: str
    organisation_id: str
    unit: str
    missing: int
    tags: frozenset[str]
    skills: frozenset[str]
    fields: frozenset[str]
    street_code: str | None
    community_code: str | None
    urgency: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When the question is asked."""

    now: datetime
    today: date


def free_windows(offer: OfferFacts, need: NeedFacts, at: Moment) -> list[int]:
    """Indexes of the venue's windows that begin from now on and end before the need's deadline."""
    return [index for index, start, end in offer.windows if start > at.now and end <= need.due_at]


def most(offer: OfferFacts, need: NeedFacts, at: Moment) -> int:
    """How much of the offer this need could take."""
    supply = len(free_windows(offer, need, at)) if offer.is_venue else offer.free
    return min(supply, need.missing)


def exclusions(
    offer: OfferFacts, need: NeedFacts, at: Moment, interested: frozenset[tuple[str, str]]
) -> list[Exclusion]:
    """Every reason why the offer cannot serve the need; empty when it can. ``interested`` holds the pairs
    (provider, organisation) that 慈善法 art. 40 keeps apart."""
    reasons = {
        Exclusion.UNIT: offer.unit != need.unit,
        Exclusion.NOTHING_FREE: offer.free <= 0,
        Exclusion.INTERESTED_PARTY: (offer.provider_id, need.organisation_id) in interested,
        Exclusion.OTHER_STREET: offer.street_code not in (None, need.street_code),
        Exclusion.EARMARKED_STREET: _misses({need.street_code}, offer.earmarked_streets),
        Exclusion.EARMARKED_FIELD: _misses(need.fields, offer.fields),
        Exclusion.SKILLS_MISSING: not need.skills <= offer.skills,
        Exclusion.NO_SHARED_TAG: bool(need.tags) and _misses(need.tags, offer.tags),
        Exclusion.NO_FREE_WINDOW: offer.is_venue and not free_windows(offer, need, at),
        Exclusion.PAST_EXPIRY: offer.expires_on is not None and offer.expires_on < at.today,
    }
    return [reason for reason, holds in reasons.items() if holds]


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
) -> tuple[list[tuple[OfferFacts, dict[str, int]]], list[tuple[OfferFacts, list[Exclusion]]]]:
    """Candidates, best first (ties by id, so the order is always the same), and the excluded with their reasons."""
    fitting: list[tuple[OfferFacts, dict[str, int]]] = []
    out: list[tuple[OfferFacts, list[Exclusion]]] = []
    for offer in offers:
        reasons = exclusions(offer, need, at, interested)
        if reasons:
            out.append((offer, reasons))
        else:
            fitting.append((offer, terms(offer, need, at, weights)))
    fitting.sort(key=lambda pair: (-sum(pair[1].values()), pair[0].id))
    return fitting, out
