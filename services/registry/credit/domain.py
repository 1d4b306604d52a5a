"""Rules of credit facts."""

from __future__ import annotations

from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_organisations import OrganisationCode

STATUSES = ("in_force", "revoked", "expired")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("in_force", "revoke"): "revoked",
    ("in_force", "expire"): "expired",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(OrganisationCode.CREDIT_FACT_STATE, status=status, action=action) from None


def check_dates(*, as_of: date, starts_on: date, ends_on: date | None, today: date) -> None:
    """Nobody states tomorrow's facts; a fact begins before it is seen and ends after it begins, not in the past."""
    if as_of > today or starts_on > as_of:
        raise InvalidError(OrganisationCode.CREDIT_FACT_DATES_INVALID, as_of=as_of.isoformat())
    if ends_on is not None and (ends_on < starts_on or ends_on < today):
        raise InvalidError(OrganisationCode.CREDIT_FACT_DATES_INVALID, ends_on=ends_on.isoformat())


def check_revoked(revoked_on: date, *, starts_on: date, today: date) -> None:
    """Between its beginning and today."""
    if not starts_on <= revoked_on <= today:
        raise InvalidError(OrganisationCode.CREDIT_FACT_DATES_INVALID, revoked_on=revoked_on.isoformat())


def sets_breach(*, blocks: bool, in_breach: bool, others_set_it: bool) -> bool:
    """Whether the organisation is in breach because of this fact: a breach that others stated is theirs to lift."""
    return blocks and (not in_breach or others_set_it)
