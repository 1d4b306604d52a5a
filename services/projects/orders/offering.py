"""Offering an order: to the next on its list, to a talent, or to whoever claims first; expiry and escalation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.events import Event
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.known import queries as known
from services.projects.orders import domain, queries
from services.projects.orders.models import OrderOffer, ServiceOrder


def offer_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    organisation_ids: list[str],
    talent_account_id: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """派单: the first is asked now, the others in turn as it lapses or is declined."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    domain.next_status(row.status, "offer")
    domain.check_candidates(organisation_ids, talent_account_id)
    for organisation_id in organisation_ids:
        known.organisation(session, organisation_id)
    row.escalated = False
    row.candidates = organisation_ids[1:]
    first = organisation_ids[0] if organisation_ids else None
    ask(session, row, now=now, organisation_id=first, account_id=talent_account_id)
    return queries.view(session, row)


def open_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Open to claims: the first organisation of the street that claims it has it."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    domain.next_status(row.status, "open")
    row.escalated = False
    row.candidates = []
    ask(session, row, now=now, organisation_id=None, account_id=None)
    return queries.view(session, row)


def record(session: Session, row: ServiceOrder, kind_of_event: type[Event], **facts: Any) -> None:
    """Record a step of the order."""
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, kind_of_event(order_id=row.id, street_codes=streets, **facts))  # type: ignore[call-arg]


def ask(
    session: Session, row: ServiceOrder, *, now: datetime, organisation_id: str | None, account_id: str | None
) -> None:
    """Make the next offer and set its clock; nobody named means open to claims."""
    row.open_claim = organisation_id is None and account_id is None
    row.status = domain.next_status(row.status, "open" if row.open_claim else "offer")
    policy = queries.kind_of(session, row.district_code, row.kind)
    row.offer_rank += 1
    row.organisation_id, row.talent_account_id = organisation_id, account_id
    row.offer_expires_at = now + timedelta(minutes=policy.offer_minutes)
    offer = OrderOffer(
        district_code=row.district_code,
        order_id=row.id,
        rank=row.offer_rank,
        organisation_id=organisation_id,
        account_id=account_id,
        status="open" if row.open_claim else "offered",
        offered_at=now,
        expires_at=row.offer_expires_at,
    )
    session.add(offer)
    row.timer_id = timers.schedule(
        session,
        "expire_order_offer",
        due_at=row.offer_expires_at,
        district_code=row.district_code,
        order_id=row.id,
        rank=row.offer_rank,
    )
    _record_ask(session, row, row.offer_expires_at)


def _record_ask(session: Session, row: ServiceOrder, expires_at: datetime) -> None:
    seen = {"rank": row.offer_rank, "expires_at": expires_at.isoformat()}
    if row.open_claim:
        record(session, row, events.OrderOpened, **seen)
        return
    whom = {"organisation_id": row.organisation_id, "account_id": row.talent_account_id}
    record(session, row, events.OrderOffered, **whom, **seen)


def take_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    claim: bool,
    expected_version: int | None = None,
    **stated: bool,
) -> dict[str, Any]:
    """接单 or 抢单: freely, by whom it is offered to, or by the first who claims."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    if claim and row.open_claim and row.status != "offered":
        raise ConflictError(DeliveryCode.ORDER_TAKEN)
    status = domain.next_status(row.status, "accept")
    domain.check_waiting(now=now, expires_at=row.offer_expires_at)
    organisation_id, account_id = taker(row, actor, claim=claim)
    policy = queries.kind_of(session, row.district_code, row.kind)
    busy = queries.count_busy(session, row, organisation_id, account_id)
    domain.check_acceptance(
        risky=row.risky, statements=stated, open_orders=busy, open_orders_max=policy.open_orders_max
    )
    row.status = status
    row.organisation_id, row.talent_account_id = organisation_id, account_id
    answer(session, row, status="accepted", now=now)
    whom = {"organisation_id": organisation_id, "account_id": account_id}
    record(session, row, events.OrderAccepted, **whom, claimed=claim)
    return queries.view(session, row)


def taker(row: ServiceOrder, actor: Actor, *, claim: bool) -> tuple[str | None, str | None]:
    """``(organisation_id, account_id)``: exactly one of them takes the order."""
    if claim:
        if not row.open_claim or actor.organisation_id is None:
            raise ForbiddenError(DeliveryCode.ORDER_NOT_OFFERED_TO_YOU)
        return actor.organisation_id, None
    domain.check_addressee(
        offered_organisation_id=row.organisation_id,
        offered_account_id=row.talent_account_id,
        organisation_id=actor.organisation_id,
        account_id=actor.account_id,
    )
    return row.organisation_id, row.talent_account_id


def decline_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Declining needs no permission; the next on the list is asked, or staff."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    status = domain.next_status(row.status, "decline")
    organisation_id, account_id = taker(row, actor, claim=False)
    row.status = status
    answer(session, row, status="declined", now=now, reason=reason)
    whom = {"organisation_id": organisation_id, "account_id": account_id}
    record(session, row, events.OrderDeclined, **whom, rank=row.offer_rank)
    ask_next(session, row, now=now)
    return queries.view(session, row)


def expire_order_offer(session: Session, *, actor: Actor, now: datetime, order_id: str, rank: int) -> None:
    """Timer: nobody answered this offer. An answered or replaced one is left alone."""
    try:
        row = queries.lock_order(session, actor=actor, order_id=order_id)
    except NotFoundError:
        return
    if row.status != "offered" or row.offer_rank != rank:
        return
    row.status = domain.next_status(row.status, "expire")
    organisation_id, account_id = row.organisation_id, row.talent_account_id
    answer(session, row, status="expired", now=now)
    whom = {"organisation_id": organisation_id, "account_id": account_id}
    record(session, row, events.OrderExpired, **whom, rank=row.offer_rank)
    ask_next(session, row, now=now)


def ask_next(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """The next on the ranked list, or up to staff."""
    row.organisation_id = row.talent_account_id = None
    row.open_claim = False
    if row.candidates:
        following, row.candidates = row.candidates[0], row.candidates[1:]
        ask(session, row, now=now, organisation_id=following, account_id=None)
        return
    row.escalated = True
    record(session, row, events.OrderEscalated)


def answer(session: Session, row: ServiceOrder, *, status: str, now: datetime, reason: str | None = None) -> None:
    """Close the current offer and stop its clock."""
    session.flush()
    offer = queries.current_offer(session, row)
    offer.status, offer.answered_at, offer.reason = status, now, reason
    row.offer_expires_at = None
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
        row.timer_id = None
