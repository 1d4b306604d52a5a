"""Rules of the key-cultivation list: its states, what its terms are worth, and who is on it."""

from __future__ import annotations

import hashlib
import heapq
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chassis.errors import ConflictError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.codes_guards import GuardCode
from services.registry.machine import step

STATUSES = ("draft", "published", "archived", "abandoned")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "compute"): "draft",
    ("draft", "decide"): "draft",
    ("draft", "publish"): "published",
    ("draft", "abandon"): "abandoned",
    ("published", "archive"): "archived",
}
Facts = Mapping[str, Mapping[str, int]]  # {term: {organisation: value}}; who is not named has 0


def next_status(status: str, action: str) -> str:
    """The list's status after ``action``."""
    return step(TRANSITIONS, status, action, AssessCode.CULTIVATION_LIST_STATE)


def check_at_rest(job_id: str | None) -> None:
    """``job_id``: the job that is computing it, if one is."""
    if job_id is not None:
        raise ConflictError(GuardCode.CULTIVATION_COMPUTING, job_id=job_id)


@dataclass(frozen=True)
class Standing:
    """What the rule says of an organisation that is on the list; rank 1 is the best."""

    organisation_id: str
    score_hundredths: int
    terms: list[dict[str, Any]]
    rank: int


def score(rule: Mapping[str, Any], facts: Facts, organisation_id: str) -> tuple[Fraction, list[dict[str, Any]]]:
    """Points of 100 and what each term gave: min(value, full_at) ÷ full_at × weight."""
    total, terms = Fraction(), []
    for row in rule["terms"]:
        value = max(facts.get(row["term"], {}).get(organisation_id, 0), 0)
        points = Fraction(min(value, row["full_at"]), row["full_at"]) * row["weight"]
        total += points
        terms.append(
            {
                "term": row["term"],
                "value": value,
                "full_at": row["full_at"],
                "weight": row["weight"],
                "score_hundredths": _hundredths(points),
            }
        )
    return total, terms


def standings(rule: Mapping[str, Any], facts: Facts, candidates: Iterable[str]) -> list[Standing]:
    """The ``most`` best of those that reach the threshold; equal scores rank by id, the one registered first.

    Counted in whole parts of a point (over the least common multiple of the terms' ``full_at``): exact like
    fractions, and a district of a hundred thousand takes a moment.
    """
    whole = math.lcm(*(row["full_at"] for row in rule["terms"]))
    weighed = [
        (facts.get(row["term"], {}), row["full_at"], row["weight"] * (whole // row["full_at"])) for row in rule["terms"]
    ]
    needed = rule["at_least"] * whole
    reached = []
    for one in set(candidates):
        parts = sum(min(max(values.get(one, 0), 0), full_at) * each for values, full_at, each in weighed)
        if parts >= needed:
            reached.append((-parts, one))
    listed = []
    for rank, (_, organisation_id) in enumerate(heapq.nsmallest(rule["most"], reached), start=1):
        points, terms = score(rule, facts, organisation_id)
        listed.append(Standing(organisation_id, _hundredths(points), terms, rank))
    return listed


def content_hash(entries: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of the canonical JSON of the entries, by organisation."""
    ordered = sorted(entries, key=lambda entry: str(entry["organisation_id"]))
    text = json.dumps(ordered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _hundredths(points: Fraction) -> int:
    return int((points * 100 + Fraction(1, 2)) // 1)
