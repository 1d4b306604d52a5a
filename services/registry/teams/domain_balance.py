"""Who should take the next case, and which hand-overs would even out the load: plain rules, each with its reasons.

Both are suggestions; a person decides (PIPL art. 24: automated suggestions are explained and may be overruled).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# Published terms of the ranking: what each is worth. Free places weigh most, so that nobody is overrun.
TERMS: Mapping[str, int] = {"free_places": 50, "same_street": 20, "served_before": 20, "same_hub": 10}


@dataclass(frozen=True)
class Candidate:
    """Somebody who may hold the role. ``cases`` counts planned take-overs too; ``most`` is the caseload limit."""

    account_id: str
    cases: int
    most: int
    same_street: bool = False
    served_before: bool = False
    same_hub: bool = False

    @property
    def free(self) -> int:
        return max(self.most - self.cases, 0)


@dataclass(frozen=True)
class Ranked:
    """A candidate with score 0–100 and what it is made of, term by term."""

    candidate: Candidate
    score: int
    reasons: dict[str, int]


def rank(candidates: Iterable[Candidate]) -> list[Ranked]:
    """Best first; who has no place left is not suggested. Ties go to the smaller load, then to the older account."""
    found = [_weigh(one) for one in candidates if one.free]
    return sorted(found, key=lambda one: (-one.score, one.candidate.cases, one.candidate.account_id))


def _weigh(one: Candidate) -> Ranked:
    reasons = {"free_places": TERMS["free_places"] * one.free // one.most}
    for name in ("same_street", "served_before", "same_hub"):
        if getattr(one, name):
            reasons[name] = TERMS[name]
    return Ranked(one, sum(reasons.values()), reasons)


@dataclass(frozen=True)
class Served:
    """A case somebody serves, who else might serve it, and for how many days they have served it."""

    case_id: str
    account_id: str
    eligible: frozenset[str]
    days: int


@dataclass
class Move:
    """A hand-over that would even out the load; loads are those of the two people before and after it."""

    case_id: str
    from_account_id: str
    to_account_id: str
    reasons: dict[str, int] = field(default_factory=dict)


def balance(
    loads: Mapping[str, int], most: Mapping[str, int], served: Sequence[Served], *, tolerance: int
) -> list[Move]:
    """Hand-overs from the fullest to the emptiest until no pair differs by more than ``tolerance``.

    A case moves once at most, only to somebody eligible with a place left, and only where giver and taker differ by
    more than the tolerance, and by two at least: so each move lowers the sum of squares and the search ends. Of a
    giver's cases the one served for the shortest time goes, because that breaks the least.
    """
    now, moved = dict(loads), set[str]()
    moves: list[Move] = []
    while True:
        best = _best(now, most, [one for one in served if one.case_id not in moved], max(tolerance, 1))
        if best is None:
            return moves
        case, taker = best
        given, taken = now[case.account_id], now[taker]
        now[case.account_id] -= 1
        now[taker] += 1
        moved.add(case.case_id)
        reasons = {"from_cases": given, "to_cases": taken, "from_after": given - 1, "to_after": taken + 1}
        moves.append(Move(case.case_id, case.account_id, taker, {**reasons, "days_served": case.days}))


def _best(
    now: Mapping[str, int], most: Mapping[str, int], served: Sequence[Served], tolerance: int
) -> tuple[Served, str] | None:
    pairs = [
        (now[case.account_id] - now[taker], case.days, case.case_id, taker, case)
        for case in served
        for taker in case.eligible
        if taker != case.account_id and now[taker] < most[taker] and now[case.account_id] - now[taker] > tolerance
    ]
    if not pairs:
        return None
    *_, taker, case = min(pairs, key=lambda pair: (-pair[0], *pair[1:4]))
    return case, taker
