"""Rules of growth plans."""

from __future__ import annotations

from chassis.errors import ConflictError, NotFoundError
from contracts.registry.codes_base import BaseCode
from contracts.registry.codes_growth import GrowthCode

STATUSES = ("drafting", "submitted", "returned", "approved")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("drafting", "revise"): "drafting",
    ("drafting", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("returned", "revise"): "drafting",
    ("approved", "revise"): "drafting",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(GrowthCode.PLAN_STATE, status=status, action=action) from None


def reviewable(approved_number: int | None) -> int:
    """Goals are reviewed against the version that was approved last, also while a newer one is being written."""
    if approved_number is None:
        raise ConflictError(GrowthCode.PLAN_STATE, status="drafting", action="review_goal")
    return approved_number


def check_goal(goal: int, goals: int) -> None:
    """Goals are counted from 1."""
    if not 1 <= goal <= goals:
        raise NotFoundError(BaseCode.PLAN_GOAL_NOT_FOUND, goal=goal, goals=goals)
