"""Who might be asked first, and why: a published rule that suggests; staff decide. Pure.

Declining is free (志愿服务条例): it counts as an answer like any other and lowers nothing. Who declined this very order
is listed last and marked, because asking again what was just answered helps nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_WEIGHTS: Mapping[str, int] = {"street": 30, "field": 30, "load": 15, "rating": 15, "answers": 10}
NEUTRAL = 50  # of 100, where nothing is known: newcomers are neither favoured nor kept out


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an organisation. ``answered`` counts acceptances and declines alike; ``lapsed`` silence."""

    organisation_id: str
    name: str
    same_street: bool
    serves_field: bool
    open_orders: int
    open_orders_max: int
    stars_sum: int
    ratings: int
    answered: int
    lapsed: int
    declined_this: bool
    preferred: bool = False


def parts_of(facts: Facts) -> dict[str, int]:
    """Each part from 0 to 100."""
    free = max(facts.open_orders_max - facts.open_orders, 0)
    asked = facts.answered + facts.lapsed
    return {
        "street": 100 if facts.same_street else 0,
        "field": 100 if facts.serves_field else 0,
        "load": 100 * free // facts.open_orders_max,
        "rating": NEUTRAL if not facts.ratings else 25 * (facts.stars_sum - facts.ratings) // facts.ratings,
        "answers": NEUTRAL if not asked else 100 * facts.answered // asked,
    }


def score(parts: Mapping[str, int], weights: Mapping[str, int]) -> int:
    """Weighted, in hundredths of a point."""
    total = sum(weights.values()) or 1
    return sum(parts[name] * weight for name, weight in weights.items()) * 100 // total


def rank(candidates: Iterable[Facts], weights: Mapping[str, int]) -> list[dict[str, Any]]:
    """Best first: preferred, then by score, then by fewer open orders; ties by id. Full ones are left out."""
    rows = []
    for facts in candidates:
        if facts.open_orders >= facts.open_orders_max:
            continue
        parts = parts_of(facts)
        rows.append((facts, parts, score(parts, weights)))
    rows.sort(
        key=lambda row: (
            row[0].declined_this,
            not row[0].preferred,
            -row[2],
            row[0].open_orders,
            row[0].organisation_id,
        )
    )
    return [
        {
            "organisation_id": facts.organisation_id,
            "name": facts.name,
            "position": number,
            "score": points,
            "parts": parts,
            "declined_this": facts.declined_this,
            "preferred": facts.preferred,
            "open_orders": facts.open_orders,
            "ratings": facts.ratings,
        }
        for number, (facts, parts, points) in enumerate(rows, 1)
    ]
