"""Rules of designations."""

from __future__ import annotations

from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_assess import AssessCode, PartyCode
from services.registry.machine import step

STATUSES = ("proposed", "granted", "refused", "withdrawn", "revoked", "expired")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "grant"): "granted",
    ("proposed", "refuse"): "refused",
    ("proposed", "withdraw"): "withdrawn",
    ("granted", "revoke"): "revoked",
    ("granted", "expire"): "expired",
}
NEEDS_PARTY = ("party_model_site", "red_flag_party")


def next_status(status: str, action: str) -> str:
    """The designation's status after ``action``."""
    return step(TRANSITIONS, status, action, PartyCode.DESIGNATION_STATE)


def check_period(valid_from: date, valid_until: date | None, today: date) -> None:
    """It ends after it begins, and not before today."""
    if valid_until is not None and (valid_until < valid_from or valid_until < today):
        raise InvalidError(PartyCode.DESIGNATION_PERIOD_INVALID, valid_until=valid_until.isoformat())


def check_second(proposed_by: str | None, decided_by: str | None) -> None:
    """Nobody grants or refuses what he or she proposed."""
    if decided_by is None or proposed_by == decided_by:
        raise ConflictError(AssessCode.SECOND_PERSON_NEEDED)
