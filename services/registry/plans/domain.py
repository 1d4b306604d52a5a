"""Rules of growth plans."""

from __future__ import annotations

from chassis.errors import ConflictError
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
