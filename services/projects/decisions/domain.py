"""The decision: from judges' scores and residents' support to who gets money. Pure, exact, and the same every time.

Rules: ``rank_until_exhausted`` goes down the ranking and stops at the first proposal that does not fit;
``rank_with_skip`` passes over what does not fit and goes on. Both are monotone: a better score never loses a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode

OBJECTION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "reject"): "rejected",
    ("open", "uphold"): "upheld",
}
DECISION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("determined", "publish"): "on_notice",
    ("on_notice", "revise"): "on_notice",
    ("on_notice", "finish"): "final",
}
RULES = ("rank_until_exhausted", "rank_with_skip")


def next_objection_status(status: str, action: str) -> str:
    """An objection is settled once."""
    try:
        return OBJECTION_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.OBJECTION_STATE, status=status, action=action) from None


def next_decision_status(status: str, action: str) -> str:
    """The decision's next state; conflict where the table has no such pair."""
    try:
        return DECISION_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A proposal as the rule sees it. ``order``: when it was submitted; ``support``: approvals."""

    proposal_id: str
    amount_fen: int
    judge_score: Fraction
    support: int
    order: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``recommended``, ``reserve`` or ``not_recommended``; ``left_fen`` is what the rule had left at its turn."""

    proposal_id: str
    outcome: str
    rank: int
    combined: Fraction
    left_fen: int


def combined(candidate: Candidate, allocation: Mapping[str, Any], voters: int) -> Fraction:
    """Judges and residents by their weights; support is the share of those who voted, out of 100."""
    share = Fraction(100 * candidate.support, voters) if voters else Fraction()
    weighted: Fraction = candidate.judge_score * allocation["judge_weight"] + share * allocation["resident_weight"]
    return weighted / 100


def ranking(candidates: Sequence[Candidate], allocation: Mapping[str, Any], voters: int) -> list[Candidate]:
    """Best first; ties by the frozen tie-break, and at last by id, so that the order is always total."""

    def key(item: Candidate) -> tuple[Any, ...]:
        values = {
            "judge_score": -item.judge_score,
            "support": -item.support,
            "lower_amount": item.amount_fen,
            "earlier_submission": item.order,
        }
        ties = [values[name] for name in allocation["tie_break"]]
        return (-combined(item, allocation, voters), *ties, item.proposal_id)

    return sorted(candidates, key=key)


def allocate(
    candidates: Sequence[Candidate], *, budget_fen: int, cap_fen: int, allocation: Mapping[str, Any], voters: int
) -> list[Outcome]:
    """Outcomes in the order of the ranking. Never over the budget; nothing above the cap or below the minimum."""
    outcomes, left, stopped, reserves = [], budget_fen, False, 0
    for rank, item in enumerate(ranking(candidates, allocation, voters), start=1):
        score = combined(item, allocation, voters)
        worthy = score >= allocation["minimum_score"] and item.amount_fen <= cap_fen
        before = left
        if worthy and not stopped and item.amount_fen <= left:
            outcome, left = "recommended", left - item.amount_fen
        elif worthy and reserves < allocation["reserve_limit"]:
            outcome, reserves = "reserve", reserves + 1
        else:
            outcome = "not_recommended"
        if worthy and outcome != "recommended" and allocation["rule"] == "rank_until_exhausted":
            stopped = True
        outcomes.append(
            Outcome(proposal_id=item.proposal_id, outcome=outcome, rank=rank, combined=score, left_fen=before)
        )
    return outcomes


def next_reserve(outcomes: Sequence[Mapping[str, Any]], *, free_fen: int, rule: str) -> str | None:
    """Who moves up when a winner is declined: the first reserve; with skip, the first that fits."""
    for row in sorted(outcomes, key=lambda item: item["rank"]):
        if row["outcome"] != "reserve":
            continue
        if row["amount_fen"] <= free_fen:
            return str(row["proposal_id"])
        if rule == "rank_until_exhausted":
            return None
    return None


def explain(outcome: Outcome, *, amount_fen: int, allocation: Mapping[str, Any], score: str) -> dict[str, str]:
    """Why, in two languages; it names no other proposal, because a street may not read of another's."""
    place = f"综合得分 {score}，排名第 {outcome.rank}。", f"Combined score {score}, rank {outcome.rank}. "
    amount, left = _yuan(amount_fen), _yuan(outcome.left_fen)
    if outcome.outcome == "recommended":
        why = (
            f"轮到时预算尚余 {left} 元，足以支持所申请的 {amount} 元。",
            (f"At its turn {left} yuan were left, enough for the {amount} yuan asked for."),
        )
    elif outcome.combined < allocation["minimum_score"]:
        least = allocation["minimum_score"]
        why = f"低于最低分 {least}。", f"Below the minimum score of {least}."
    elif amount_fen > outcome.left_fen:
        why = (
            f"轮到时预算仅余 {left} 元，不足所申请的 {amount} 元。",
            (f"At its turn only {left} yuan were left of the {amount} yuan asked for."),
        )
    else:
        why = "按规则，排名在前的方案未能容纳时即停止分配。", "The rule stops at the first proposal that does not fit."
    return {"zh": place[0] + why[0], "en": place[1] + why[1]}


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def result_of(outcomes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the result's hash covers."""
    names = ("proposal_id", "outcome", "rank", "amount_fen")
    return [{name: row[name] for name in names} for row in sorted(outcomes, key=lambda item: item["rank"])]
