"""Rules of deadlines: what becomes of one, and whom it reaches when it is missed."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import ConflictError
from contracts.registry.codes_base import BaseCode

STATUSES = ("open", "met", "dropped")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "escalate"): "open",
    ("open", "move"): "open",
    ("open", "meet"): "met",
    ("open", "drop"): "dropped",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BaseCode.DEADLINE_STATE, status=status, action=action) from None


def told(roles: Sequence[str], level: int) -> str | None:
    """The role told at an escalation level (1 is the first); ``None`` where nobody is left above."""
    return roles[level - 1] if 1 <= level <= len(roles) else None
