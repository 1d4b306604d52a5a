"""The decision: its states, objections and overrides, and who moves up. The rules are in ``projects.allocation``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_decisions import DecisionCode

OBJECTION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "reject"): "rejected",
    ("open", "uphold"): "upheld",
}
DECISION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("determined", "override"): "determined",
    ("determined", "publish"): "on_notice",
    ("on_notice", "revise"): "on_notice",
    ("on_notice", "lose"): "on_notice",
    ("on_notice", "finish"): "final",
    ("final", "revise"): "on_notice",
    ("final", "lose"): "final",
}
OVERRIDE_TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "sign"): "signed",
    ("proposed", "reject"): "rejected",
    ("proposed", "withdraw"): "withdrawn",
}


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


def next_override_status(status: str, action: str) -> str:
    """An override is settled once."""
    try:
        return OVERRIDE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(DecisionCode.OVERRIDE_STATE, status=status, action=action) from None


def check_signer(action: str, *, first: str | None, actor: str | None) -> None:
    """Signed by somebody else than who proposed it; withdrawn by nobody else."""
    same = first == actor
    if action == "sign" and same:
        raise ConflictError(DecisionCode.OVERRIDE_SAME_SIGNER)
    if action == "withdraw" and not same:
        raise ConflictError(DecisionCode.OVERRIDE_STATE, status="proposed", action=action)


def spent(outcomes: Sequence[Mapping[str, Any]]) -> int:
    """What the winners cost."""
    return sum(item["amount_fen"] for item in outcomes if item["outcome"] == "recommended")


def check_changes(
    outcomes: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]], *, budget_fen: int, after: int
) -> None:
    """Each change is of a proposal of the round, once, and really one; never above what was asked or over the budget.

    ``after`` is what the winners would cost.
    """
    known, problems = {item["proposal_id"]: item for item in outcomes}, []
    ids = [change["proposal_id"] for change in changes]
    if len(set(ids)) != len(ids):
        problems.append("changes: each proposal once")
    for change in changes:
        item = known.get(change["proposal_id"])
        if item is None:
            problems.append(f"{change['proposal_id']}: not in this decision")
            continue
        amount = change.get("amount_fen")
        if amount is not None and (
            change["outcome"] != "recommended" or not 0 < amount <= item.get("asked_fen", amount)
        ):
            problems.append(f"{change['proposal_id']}: an amount up to what was asked, for a winner only")
        if change["outcome"] == item["outcome"] and amount in {None, item["amount_fen"]}:
            problems.append(f"{change['proposal_id']}: changes nothing")
    if after > budget_fen:
        problems.append("changes: over the budget")
    if problems:
        raise InvalidError(DecisionCode.OVERRIDE_INVALID, problems=problems)


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
