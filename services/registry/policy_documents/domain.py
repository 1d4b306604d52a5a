"""Rules of policy documents."""

from __future__ import annotations

from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_base import BaseCode

STATUSES = ("published", "withdrawn")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("published", "revise"): "published",
    ("published", "withdraw"): "withdrawn",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BaseCode.DOCUMENT_STATE, status=status, action=action) from None


def check_period(valid_from: date, valid_until: date | None) -> None:
    """A version is in force for one day at least."""
    if valid_until is not None and valid_until < valid_from:
        raise InvalidError(BaseCode.PERIOD_INVALID, from_on=valid_from.isoformat(), until_on=valid_until.isoformat())


def check_later(valid_from: date, before: date) -> None:
    """A new version takes effect after the one before did."""
    if valid_from <= before:
        raise InvalidError(BaseCode.DOCUMENT_VERSION_DATE, after=before.isoformat())
