"""Rules of service teams: validity intervals without a gap and without an overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_base import BaseCode
from contracts.registry.codes_growth import GrowthCode


@dataclass(frozen=True)
class Service:
    """One holder of one role, from ``valid_from`` up to but not including ``valid_until``."""

    account_id: str
    valid_from: datetime
    valid_until: datetime | None = None


def assign(services: Sequence[Service], account_id: str, at: datetime) -> list[Service]:
    """The first holder, or one after a vacancy; a role that is held must be handed over."""
    if any(service.valid_until is None for service in services):
        raise ConflictError(GrowthCode.TEAM_ROLE_TAKEN)
    return [*services, Service(account_id, at)]


def hand_over(services: Sequence[Service], account_id: str, at: datetime) -> list[Service]:
    """One ends at the very instant at which the next one starts."""
    serving = [service for service in services if service.valid_until is None]
    if not serving:
        raise ConflictError(GrowthCode.TEAM_ROLE_VACANT)
    if serving[0].account_id == account_id:
        raise ConflictError(GrowthCode.TEAM_ROLE_TAKEN)
    at = max(at, serving[0].valid_from)
    ended = [replace(service, valid_until=at) if service is serving[0] else service for service in services]
    return [*ended, Service(account_id, at)]


def check_holder(role: str, account_role: str, *, account_streets: Sequence[str], street_code: str | None) -> None:
    """A specialist or steward of the district or of the case's street."""
    if account_role != role or (account_streets and street_code not in account_streets):
        raise InvalidError(GrowthCode.TEAM_ACCOUNT_INVALID, role=role)


def check_caseload(cases: int, *, most: int) -> None:
    """Nobody serves more cases than the policy allows."""
    if cases >= most:
        raise ConflictError(GrowthCode.TEAM_CASELOAD_FULL, cases=cases, most=most)


HAND_OVER_STATUSES = ("planned", "done", "undone", "failed", "void")
HAND_OVER_TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "take_effect"): "done",
    ("planned", "undo"): "undone",
    ("planned", "fail"): "failed",
    ("planned", "close"): "void",  # the case ended before
}


def next_hand_over_status(status: str, action: str) -> str:
    """The plan's status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return HAND_OVER_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BaseCode.HAND_OVER_STATE, status=status, action=action) from None


def check_ahead(effective_at: datetime, now: datetime) -> None:
    """A hand-over of this very moment is not planned but done."""
    if effective_at <= now:
        raise InvalidError(BaseCode.HAND_OVER_PAST, effective_at=effective_at.isoformat())


def check_successor(serving: str | None, successor: str) -> None:
    """Somebody serves whom somebody else can follow."""
    if serving is None:
        raise ConflictError(GrowthCode.TEAM_ROLE_VACANT)
    if serving == successor:
        raise ConflictError(BaseCode.TEAM_ROLE_SAME)
