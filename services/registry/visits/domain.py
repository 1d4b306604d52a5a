"""Rules of supervision visits: planned → held → findings → rectification → recheck → closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.registry.codes_base import BaseCode
from contracts.registry.codes_growth import GrowthCode

STATUSES = ("planned", "held", "findings", "rectification", "closed", "cancelled")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "hold"): "held",
    ("planned", "cancel"): "cancelled",
    ("held", "record_finding"): "findings",
    ("findings", "record_finding"): "findings",
    ("rectification", "record_finding"): "findings",
    ("findings", "rectify"): "findings",  # while other findings are still open
    ("findings", "rectify_all"): "rectification",
    ("findings", "recheck"): "findings",
    ("findings", "fail_recheck"): "findings",
    ("rectification", "recheck"): "rectification",
    ("rectification", "fail_recheck"): "findings",
    ("held", "close"): "closed",
    ("rectification", "close"): "closed",
}
FINDING_STATUSES = ("open", "rectified", "closed")
FINDING_TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "rectify"): "rectified",
    ("rectified", "pass"): "closed",
    ("rectified", "fail"): "open",
}


def next_status(status: str, action: str) -> str:
    """The visit's status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(GrowthCode.VISIT_STATE, status=status, action=action) from None


def next_finding_status(status: str, action: str) -> str:
    """The finding's status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return FINDING_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(GrowthCode.FINDING_STATE, status=status, action=action) from None


def check_dates(held_on: date, today: date) -> None:
    """A visit cannot have been held in the future."""
    if held_on > today:
        raise InvalidError(GrowthCode.VISIT_DATE_INVALID, held_on=held_on.isoformat())


def check_deadline(due_on: date, today: date) -> None:
    """Nothing is due before today."""
    if due_on < today:
        raise InvalidError(GrowthCode.VISIT_DATE_INVALID, due_on=due_on.isoformat())


def check_rechecker(
    *, account: str | None, organisation: str | None, rectified_by: str | None, organisation_id: str
) -> None:
    """Nobody rechecks what they put right themselves, nor anything of their own organisation."""
    if organisation == organisation_id or (account is not None and account == rectified_by):
        raise ForbiddenError(BaseCode.FINDING_RECHECK_OWN)


def check_settled(statuses: Iterable[str]) -> None:
    """Every finding is closed before the visit is."""
    open_ = sum(status != "closed" for status in statuses)
    if open_:
        raise ConflictError(GrowthCode.VISIT_FINDINGS_OPEN, open=open_)
