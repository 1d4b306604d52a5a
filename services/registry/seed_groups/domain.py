"""Rules of seed groups."""

from __future__ import annotations

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_base import BaseCode

STATUSES = ("gathering", "ready", "filed", "dissolved")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("gathering", "join"): "gathering",
    ("gathering", "leave"): "gathering",
    ("gathering", "change"): "gathering",
    ("gathering", "meet"): "gathering",
    ("gathering", "reach"): "ready",
    ("gathering", "dissolve"): "dissolved",
    ("ready", "join"): "ready",
    ("ready", "leave"): "ready",
    ("ready", "change"): "ready",
    ("ready", "meet"): "ready",
    ("ready", "shrink"): "gathering",
    ("ready", "file"): "filed",
    ("ready", "dissolve"): "dissolved",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(RegistryCode.SEED_GROUP_STATE, status=status, action=action) from None


def missing(counts: dict[str, int], threshold: dict[str, int]) -> dict[str, int]:
    """How many of each (backbone, capable, members, meetings) are still missing; empty when the threshold is met."""
    return {key: need - counts[key] for key, need in threshold.items() if counts[key] < need}


def quorum(members: int, percent: int) -> int:
    """How many of the members must be there: more than half where ``percent`` is 50, all where it is 100."""
    return min(members * percent // 100 + 1, members) if members else 1


def check_present(named: list[str] | None, members: set[str], attendance: int) -> int:
    """How many members came: those named, or as many of the attendance as there are members."""
    if named is None:
        return min(attendance, len(members))
    if not set(named) <= members or len(set(named)) > attendance:
        raise InvalidError(BaseCode.SEED_MEETING_MEMBERS_INVALID)
    return len(set(named))
