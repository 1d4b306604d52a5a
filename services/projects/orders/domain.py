"""Rules of service orders: the transition table, who may accept, the window, the radius (DOMAIN.md, P8)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects.codes_delivery import DeliveryCode

STATUSES = (
    "requested",
    "verified",
    "offered",
    "accepted",
    "declined",
    "expired",
    "scheduled",
    "checked_in",
    "delivered",
    "confirmed",
    "rated",
    "sealed",
    "no_show",
    "disputed",
    "resolved",
    "cancelled",
)
ACTIONS = (
    "verify",
    "offer",
    "open",
    "accept",
    "decline",
    "expire",
    "schedule",
    "check_in",
    "deliver",
    "confirm",
    "rate",
    "seal",
    "report_no_show",
    "dispute",
    "resolve",
    "cancel",
)
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("requested", "verify"): "verified",
    ("requested", "cancel"): "cancelled",
    ("verified", "offer"): "offered",
    ("verified", "open"): "offered",
    ("verified", "cancel"): "cancelled",
    ("offered", "accept"): "accepted",
    ("offered", "decline"): "declined",
    ("offered", "expire"): "expired",
    ("offered", "cancel"): "cancelled",
    ("declined", "offer"): "offered",
    ("declined", "open"): "offered",
    ("declined", "cancel"): "cancelled",
    ("expired", "offer"): "offered",
    ("expired", "open"): "offered",
    ("expired", "cancel"): "cancelled",
    ("accepted", "schedule"): "scheduled",
    ("accepted", "cancel"): "cancelled",
    ("scheduled", "schedule"): "scheduled",
    ("scheduled", "check_in"): "checked_in",
    ("scheduled", "report_no_show"): "no_show",
    ("scheduled", "cancel"): "cancelled",
    ("checked_in", "deliver"): "delivered",
    ("checked_in", "report_no_show"): "no_show",
    ("delivered", "confirm"): "confirmed",
    ("delivered", "dispute"): "disputed",
    ("confirmed", "rate"): "rated",
    ("confirmed", "dispute"): "disputed",
    ("rated", "seal"): "sealed",
    ("no_show", "offer"): "offered",
    ("no_show", "open"): "offered",
    ("no_show", "schedule"): "scheduled",
    ("no_show", "dispute"): "disputed",
    ("no_show", "cancel"): "cancelled",
    ("disputed", "resolve"): "resolved",
    ("resolved", "seal"): "sealed",
}
BUSY = ("accepted", "scheduled", "checked_in")
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class KindPolicy:
    """A kind of service and its clocks."""

    kind: str
    name_zh: str
    name_en: str
    offer_minutes: int
    confirm_days: int
    radius_m: int
    open_orders_max: int
    evidence_required: bool


DEFAULT_KINDS = (
    KindPolicy("elder_care", "助老服务", "Care for the old", 120, 3, 500, 50, True),
    KindPolicy("disability_support", "助残服务", "Support for the disabled", 120, 3, 500, 50, True),
    KindPolicy("child_care", "儿童青少年服务", "Children and young people", 240, 3, 500, 50, True),
    KindPolicy("household", "居家便民", "Household help", 240, 3, 500, 50, True),
    KindPolicy("mediation", "纠纷调解", "Mediation", 720, 7, 2000, 50, False),
    KindPolicy("culture", "文体活动", "Culture and sport", 1440, 7, 2000, 50, True),
    KindPolicy("community_service", "社区服务", "Community service", 480, 5, 1000, 50, True),
)


def next_status(status: str, action: str) -> str:
    """The state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(DeliveryCode.ORDER_STATE, status=status, action=action) from None


def check_candidates(organisation_ids: Sequence[str], talent_account_id: str | None) -> None:
    """Organisations in order, each once, or one talent: never both, never nobody."""
    named = bool(organisation_ids)
    if named == (talent_account_id is not None) or len(set(organisation_ids)) != len(organisation_ids):
        raise InvalidError(DeliveryCode.ORDER_CANDIDATES_INVALID)


def check_addressee(
    *,
    offered_organisation_id: str | None,
    offered_account_id: str | None,
    organisation_id: str | None,
    account_id: str | None,
) -> None:
    """Only whom the order is offered to may answer: there is no forced assignment."""
    by_organisation = offered_organisation_id is not None and offered_organisation_id == organisation_id
    by_person = offered_account_id is not None and offered_account_id == account_id
    if not (by_organisation or by_person):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_OFFERED_TO_YOU)


def check_waiting(*, now: datetime, expires_at: datetime | None) -> None:
    """An offer lapses at its time, not only when the clock's work is done."""
    if expires_at is not None and now >= expires_at:
        raise ConflictError(DeliveryCode.ORDER_STATE, status="expired", action="accept")


def check_acceptance(*, risky: bool, statements: Mapping[str, bool], open_orders: int, open_orders_max: int) -> None:
    """Capacity always; skill, training, age and insurance where the task is risky."""
    if open_orders >= open_orders_max:
        raise ConflictError(DeliveryCode.ORDER_CAPACITY_FULL, open_orders=open_orders, limit=open_orders_max)
    missing = sorted(name for name, stated in statements.items() if not stated)
    if risky and missing:
        raise ConflictError(DeliveryCode.ORDER_REQUIREMENT_UNMET, missing=missing)


def check_window(starts_at: datetime | None, ends_at: datetime | None, *, now: datetime | None = None) -> None:
    """An appointment ends after it starts, and does not end in the past."""
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise InvalidError(DeliveryCode.ORDER_WINDOW_INVALID)
    if now is not None and ends_at is not None and ends_at <= now:
        raise InvalidError(DeliveryCode.ORDER_WINDOW_INVALID)


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    """Great-circle distance (haversine) in metres."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other_phi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half))))


def check_presence(*, distance: int | None, radius_m: int, reason: str | None) -> bool | None:
    """Inside the radius, or a reason. ``None`` when nobody can tell (no place, no coordinates)."""
    within = None if distance is None else distance <= radius_m
    if within is not True and not reason:
        raise ConflictError(DeliveryCode.ORDER_OUTSIDE_RADIUS, distance_m=distance, radius_m=radius_m)
    return within


def check_evidence(*, required: bool, count: int) -> None:
    """Proof of service where the kind asks for it."""
    if required and count == 0:
        raise ConflictError(DeliveryCode.ORDER_WITHOUT_EVIDENCE)


def confirmed_by(*, requester: bool, proxy_reason: str | None) -> str:
    """``resident`` or ``proxy``; a proxy says why."""
    if requester:
        return "resident"
    if not proxy_reason:
        raise InvalidError(DeliveryCode.ORDER_PROXY_REASON_MISSING)
    return "proxy"
