"""Rules of service orders: the transition table, who may accept, the window, the radius (DOMAIN.md, P8)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_orders import OrderCode

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
    "give_back",
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
    ("accepted", "give_back"): "declined",
    ("scheduled", "schedule"): "scheduled",
    ("scheduled", "check_in"): "checked_in",
    ("scheduled", "report_no_show"): "no_show",
    ("scheduled", "cancel"): "cancelled",
    ("scheduled", "give_back"): "declined",
    ("checked_in", "deliver"): "delivered",
    ("checked_in", "report_no_show"): "no_show",
    ("delivered", "confirm"): "confirmed",
    ("delivered", "dispute"): "disputed",
    ("confirmed", "rate"): "rated",
    ("confirmed", "dispute"): "disputed",
    ("confirmed", "seal"): "sealed",
    ("rated", "rate"): "rated",
    ("rated", "seal"): "sealed",
    ("no_show", "offer"): "offered",
    ("no_show", "open"): "offered",
    ("no_show", "schedule"): "scheduled",
    ("no_show", "dispute"): "disputed",
    ("no_show", "cancel"): "cancelled",
    ("disputed", "resolve"): "resolved",
    ("resolved", "seal"): "sealed",
    ("resolved", "offer"): "offered",
    ("resolved", "open"): "offered",
}
# A service that was done, as its minutes and stars count: not before it is confirmed, nor while it is disputed.
SERVICE_STATUSES = ("delivered", "counted", "disputed", "void")
SERVICE_ACTIONS = ("confirm", "dispute", "keep", "void")
SERVICE_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("delivered", "confirm"): "counted",
    ("delivered", "dispute"): "disputed",
    ("counted", "dispute"): "disputed",
    ("delivered", "keep"): "counted",
    ("delivered", "void"): "void",
    ("disputed", "keep"): "counted",
    ("disputed", "void"): "void",
}
BUSY = ("accepted", "scheduled", "checked_in")
EARTH_RADIUS_M = 6_371_008.8


def next_status(status: str, action: str) -> str:
    """The state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(DeliveryCode.ORDER_STATE, status=status, action=action) from None


def next_service_status(status: str, action: str) -> str:
    """Whether a service counts after ``action``."""
    try:
        return SERVICE_TRANSITIONS[status, action]
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


REQUIREMENTS = ("skilled", "trained", "of_age", "insured")


def check_acceptance(
    *,
    risky: bool,
    statements: Mapping[str, bool],
    facts: Mapping[str, str],
    facts_required: Sequence[str],
    open_orders: int,
    open_orders_max: int,
) -> dict[str, str]:
    """Capacity always; where the task is risky each requirement is met by a fact on record or, where it may, stated.

    ``facts``: requirement → credential that holds. Returns requirement → credential, or ``stated``.
    """
    if open_orders >= open_orders_max:
        raise ConflictError(DeliveryCode.ORDER_CAPACITY_FULL, open_orders=open_orders, limit=open_orders_max)
    stated = {name: "stated" for name, given in statements.items() if given}
    if not risky:
        return stated
    met = {**{name: word for name, word in stated.items() if name not in facts_required}, **facts}
    missing = sorted(set(REQUIREMENTS) - set(met))
    if missing:
        on_record = sorted(set(missing) & set(facts_required))
        raise ConflictError(DeliveryCode.ORDER_REQUIREMENT_UNMET, missing=missing, on_record=on_record)
    return met


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


def check_rating_open(
    *, rated_at: datetime | None, edit_hours: int, now: datetime, rated_by: str | None, by: str
) -> None:
    """Once; after that only by the same person and for a while."""
    if rated_at is None:
        return
    if rated_by != by:
        raise ForbiddenError(OrderCode.RATING_NOT_YOURS)
    if now >= rated_at + timedelta(hours=edit_hours):
        raise ConflictError(OrderCode.RATING_FIXED)


def check_moves(*, moves: int, moves_max: int, staff: bool) -> None:
    """Parties move an appointment a few times; then staff do."""
    if moves >= moves_max and not staff:
        raise ConflictError(OrderCode.MOVED_TOO_OFTEN, moves=moves, limit=moves_max)


def check_hours(*, inside: bool, reason: str | None, consented: bool) -> None:
    """Outside the hours only as the resident agreed, and with a reason."""
    if not inside and not (reason and consented):
        raise ConflictError(OrderCode.OUTSIDE_HOURS)


def check_redo(status: str, *, redo: bool) -> None:
    """A settled dispute is offered again only where that was its outcome."""
    if status == "resolved" and not redo:
        raise ConflictError(OrderCode.REDO_NOT_ASKED)


def check_caller(*, caller: Mapping[str, object] | None, requester_account_id: str | None, resident: bool) -> None:
    """A caller by phone is taken down by staff, with consent, and is not an account at the same time."""
    if caller is None:
        return
    if resident or requester_account_id is not None or not caller.get("consent"):
        raise InvalidError(OrderCode.CALLER_INVALID)
