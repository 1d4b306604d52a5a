"""Rules of seed groups."""

from __future__ import annotations

from chassis.errors import ConflictError
from contracts.registry.codes import RegistryCode

STATUSES = ("gathering", "ready", "filed", "dissolved")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("gathering", "join"): "gathering",
    ("gathering", "leave"): "gathering",
    ("gathering", "meet"): "gathering",
    ("gathering", "reach"): "ready",
    ("gathering", "dissolve"): "dissolved",
    ("ready", "join"): "ready",
    ("ready", "leave"): "ready",
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
    """How many backbone people, members and meetings are still missing; empty when the threshold is met."""
    return {key: need - counts[key] for key, need in threshold.items() if counts[key] < need}
