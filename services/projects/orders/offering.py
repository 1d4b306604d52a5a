"""Offering an order: in turn, at once, to a talent, or to whoever claims first; and what follows if nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from chassis.events import Event
from contracts import roles
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderOfferWithdrawn
from services.projects.known import queries as known
from services.projects.orders import clocks, domain, policies, queries, services
from services.projects.orders.models import OrderOffer, ServiceOrder

Whom = tuple[str | None, str | None]  # (organisation_id, account_id); neither: open to claims


def offer_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    organisation_ids: list[str],
    talent_account_id: str | None = None,
    at_once: bool = False,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """派单: the first is asked now and the others in turn as it lapses or is declined; or all at once."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    domain.next_status(row.status, "offer")
    domain.check_redo(row.status, redo=row.redo)
    organisation_ids = [_offerable(session, actor, one) for one in organisation_ids]
    domain.check_candidates(organisation_ids, talent_account_id)
    if talent_account_id is not None:
        _check_talent(session, actor, talent_account_id)
    if at_once and organisation_ids:
        row.candidates = []
        ask(session, row, now=now, whom=[(one, None) for one in organisation_ids])
    else:
        row.candidates = organisation_ids[1:]
        first = organisation_ids[0] if organisation_ids else None
        ask(session, row, now=now, whom=[(first, talent_account_id)])
    return queries.view(session, row)


def _offerable(session: Session, actor: Actor, organisation_id: str) -> str:
    found = known.organisation(session, organisation_id)
    if actor.role == roles.HUB and found.hub_id != actor.organisation_id and found.id != actor.organisation_id:
        raise ForbiddenError(OrderCode.HUB_NOT_CARING)
    if found.district_code != actor.district_code or found.status != "active":
        raise InvalidError(DeliveryCode.ORDER_CANDIDATES_INVALID)
    return found.id


def _check_talent(session: Session, actor: Actor, account_id: str) -> None:
    """Staff ask a person who could accept: nobody is asked in vain until the offer lapses."""
    if actor.role == roles.HUB:
        raise ForbiddenError(OrderCode.HUB_NOT_CARING)
    account = known.account(session, account_id)
    if account is None or account.district_code != actor.district_code or account.role != roles.TALENT:
        raise ConflictError(OrderCode.ACCOUNT_UNKNOWN)


def open_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Open to claims: the first organisation of the street that claims it has it."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    domain.next_status(row.status, "open")
    domain.check_redo(row.status, redo=row.redo)
    row.candidates = []
    ask(session, row, now=now, whom=[(None, None)])
    return queries.view(session, row)


def record(session: Session, row: ServiceOrder, kind_of_event: type[Event], **facts: Any) -> None:
    """Record a step of the order."""
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, kind_of_event(order_id=row.id, street_codes=streets, **facts))  # type: ignore[call-arg]


def ask(session: Session, row: ServiceOrder, *, now: datetime, whom: Sequence[Whom]) -> None:
    """Make the next offers and set their clock; nobody named means open to claims."""
    row.open_claim = whom[0] == (None, None)
    row.at_once = len(whom) > 1
    row.status = domain.next_status(row.status, "open" if row.open_claim else "offer")
    row.redo = False
    _forget_appointment(row)
    services.forget(row)
    taken = queries.accepted_offer(session, row)
    if taken is not None:  # after a no-show, or to be done again: it is somebody else's now
        taken.status = "ended"
    policy = policies.kind_of(session, row.district_code, row.kind)
    row.organisation_id, row.talent_account_id = (None, None) if row.at_once else whom[0]
    expires_at = row.offer_expires_at = now + timedelta(minutes=policy.offer_minutes)
    for organisation_id, account_id in whom:
        row.offer_rank += 1
        offer = OrderOffer(
            district_code=row.district_code,
            order_id=row.id,
            rank=row.offer_rank,
            organisation_id=organisation_id,
            account_id=account_id,
            status="open" if row.open_claim else "offered",
            offered_at=now,
            expires_at=expires_at,
        )
        session.add(offer)
        _record_ask(session, row, offer)
    clocks.wind(session, row, now=now)


def _forget_appointment(row: ServiceOrder) -> None:
    """Another provider makes an appointment of their own."""
    row.starts_at = row.ends_at = row.no_show_by = row.team = row.move_agreed = row.outside_hours_reason = None
    row.moves = 0
    row.accepted_by = row.accepted_facts = None


def _record_ask(session: Session, row: ServiceOrder, offer: OrderOffer) -> None:
    seen = {"rank": offer.rank, "expires_at": offer.expires_at.isoformat()}
    if row.open_claim:
        record(session, row, events.OrderOpened, **seen)
        return
    whom = {"organisation_id": offer.organisation_id, "account_id": offer.account_id}
    record(session, row, events.OrderOffered, **whom, **seen)


def decline_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Declining needs no permission and has no consequence; the next on the list is asked, or staff."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    status = domain.next_status(row.status, "decline")
    offer = queries.offer_to(session, row, actor)
    offer.status, offer.answered_at, offer.reason = "declined", now, reason
    whom = {"organisation_id": offer.organisation_id, "account_id": offer.account_id}
    record(session, row, events.OrderDeclined, **whom, rank=offer.rank)
    if not queries.waiting_offers(session, row):
        row.status = status
        ask_next(session, row, now=now)
    return queries.view(session, row)


def expire_offers(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """Nobody answered in time."""
    row.status = domain.next_status(row.status, "expire")
    for offer in queries.waiting_offers(session, row):
        offer.status, offer.answered_at = "expired", now
        whom = {"organisation_id": offer.organisation_id, "account_id": offer.account_id}
        record(session, row, events.OrderExpired, **whom, rank=offer.rank)
    ask_next(session, row, now=now)


def ask_next(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """The next on the ranked list, or up to staff."""
    row.organisation_id = row.talent_account_id = row.offer_expires_at = None
    row.open_claim = row.at_once = False
    while row.candidates:
        following, row.candidates = row.candidates[0], row.candidates[1:]
        if known.is_closed(session, following):  # since the list was made
            continue
        ask(session, row, now=now, whom=[(following, None)])
        return
    clocks.wind(session, row, now=now)
    row.escalated = True
    record(session, row, events.OrderEscalated)


def withdraw_offers(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """Nothing is asked any more of whoever has not answered; organisations are told."""
    told = []
    for offer in queries.waiting_offers(session, row):
        offer.status, offer.answered_at = "withdrawn", now
        if offer.organisation_id is not None:
            told.append(offer.organisation_id)
    row.offer_expires_at = None
    if told:
        record(session, row, OrderOfferWithdrawn, organisation_ids=told)
