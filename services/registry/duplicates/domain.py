"""Rules of duplicates: a score is a sum of named terms, each with its reason; a person decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.errors import ConflictError
from contracts.registry.codes_organisations import OrganisationCode

STATUSES = ("open", "dismissed")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "dismiss"): "dismissed",
    ("dismissed", "reopen"): "open",
}
WEIGHTS = ("name", "sound", "code", "phone", "place")
_TEXTS = {
    "name": "名称相似",
    "sound": "名称读音相同",
    "code": "有相同的编号",
    "phone": "有相同的电话",
    "place": "同一社区",
}


@dataclass(frozen=True)
class Likeness:
    """How one organisation is like another. ``name``: Dice of character pairs, 0 to 1."""

    name: float
    sound: bool
    code: bool
    phone: bool
    place: bool


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(OrganisationCode.DUPLICATE_STATE, status=status, action=action) from None


def reasons(likeness: Likeness, weights: Mapping[str, int], *, least_likeness: int) -> list[dict[str, Any]]:
    """The terms that count, ``{term, points, zh}``. The same place alone means nothing: it adds to another term."""
    found = []
    if likeness.name * 100 >= least_likeness:
        found.append(_reason("name", round(weights["name"] * likeness.name), f"（{round(likeness.name * 100)}%）"))
    found.extend(_reason(term, weights[term]) for term in ("sound", "code", "phone") if getattr(likeness, term))
    if found and likeness.place:
        found.append(_reason("place", weights["place"]))
    return [reason for reason in found if reason["points"]]


def telling(pairs: Sequence[str], frequencies: Mapping[str, float], *, least_likeness: int) -> list[str]:
    """Those pairs of which every name that is at least so like has one: the rarest, so that few others have one too.

    With likeness 2·|A∩B| ÷ (|A|+|B|) of ``least_likeness`` %, L, and |B| ≥ |A∩B|, two names share at least
    k = ⌈L·|A| ÷ (200 − L)⌉ pairs of A; whoever has k of them misses at most |A| − k, so one of any |A| − k + 1 is
    among them (the prefix filter of set similarity joins). Frequencies only decide how much is saved.
    """
    shared = -(-least_likeness * len(pairs) // (200 - least_likeness))
    rarest_first = sorted(pairs, key=lambda pair: frequencies.get(pair, 0.0))
    return rarest_first[: len(pairs) - max(shared, 1) + 1]


def score(found: list[dict[str, Any]]) -> int:
    """The sum, 100 at most."""
    points: int = sum(reason["points"] for reason in found)
    return min(points, 100)


def _reason(term: str, points: int, more: str = "") -> dict[str, Any]:
    return {"term": term, "points": points, "zh": _TEXTS[term] + more}


def in_order(one: str, other: str) -> tuple[str, str]:
    """A pair has one spelling."""
    return (one, other) if one < other else (other, one)
