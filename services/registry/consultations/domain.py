"""Rules of consultations."""

from __future__ import annotations

from chassis.errors import ConflictError
from contracts.registry.codes_growth import GrowthCode

STATUSES = ("asked", "answered", "closed")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("asked", "answer"): "answered",
    ("answered", "reopen"): "asked",
    ("answered", "close"): "closed",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(GrowthCode.CONSULTATION_STATE, status=status, action=action) from None
