"""Awards: tranche shares and guards, states of awards and tranches. Pure; all in fen."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode

AWARD_TRANSITIONS: dict[tuple[str, str], str] = {
    ("offered", "sign"): "agreed",
    ("offered", "decline"): "declined",
    ("agreed", "close"): "closed",
    ("agreed", "terminate"): "terminated",
}
TRANCHE_TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "release"): "released",
    ("released", "pay"): "paid",
    ("released", "batch"): "batched",
    ("batched", "pay"): "paid",
    ("batched", "unbatch"): "released",
    ("planned", "cancel"): "cancelled",
    ("released", "cancel"): "cancelled",
}


def next_award_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair."""
    try:
        return AWARD_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.AWARD_STATE, status=status, action=action) from None


def next_tranche_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair: so a paid tranche is never paid again."""
    try:
        return TRANCHE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.TRANCHE_STATE, status=status, action=action) from None


def shares(amount_fen: int, percents: Sequence[int]) -> list[int]:
    """The tranches of an award: rounded down, the last one takes what is left, so that they add up exactly."""
    parts = [amount_fen * percent // 100 for percent in percents]
    parts[-1] += amount_fen - sum(parts)
    return parts


def check_release(*, number: int, milestone_accepted: bool, previous_paid: bool, previous_reported: bool) -> None:
    """Tranche n: its milestone accepted and tranche n−1 reported (DOMAIN.md)."""
    if number > 1 and not (milestone_accepted and previous_paid and previous_reported):
        raise ConflictError(
            ProjectsCode.TRANCHE_GUARD,
            number=number,
            milestone_accepted=milestone_accepted,
            previous_paid=previous_paid,
            previous_reported=previous_reported,
        )


def check_by_hand(status: str) -> None:
    """What is in a batch for the bank is paid by the bank's answer, never besides."""
    if status == "batched":
        raise ConflictError(ProjectsCode.TRANCHE_STATE, status=status, action="pay")
