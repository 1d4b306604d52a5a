"""Rules of hub programmes."""

from __future__ import annotations

from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_guards import GuardCode
from contracts.registry.codes_training import TrainingCode
from services.registry.machine import step

STATUSES = ("draft", "active", "closed", "cancelled")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "start"): "active",
    ("active", "link"): "active",
    ("active", "close"): "closed",
    ("draft", "cancel"): "cancelled",
    ("active", "cancel"): "cancelled",
}


def next_status(status: str, action: str) -> str:
    """The programme's status after ``action``."""
    return step(TRANSITIONS, status, action, TrainingCode.PROGRAMME_STATE)


def check_entrusted(entrusted: bool, **about: str | None) -> None:
    """A hub starts a street's programme, and does something that counts towards it, only while entrusted with it."""
    if not entrusted:
        raise ConflictError(GuardCode.PROGRAMME_NOT_ENTRUSTED, **about)


def check_period(starts_on: date, ends_on: date) -> None:
    """It ends after it begins."""
    if ends_on < starts_on:
        raise InvalidError(TrainingCode.PROGRAMME_PERIOD_INVALID, ends_on=ends_on.isoformat())
