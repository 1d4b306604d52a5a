"""Taking an order, and giving it back: always freely, and only one has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.events_orders import OrderGivenBack
from services.projects.credentials import queries as credentials
from services.projects.known import queries as known
from services.projects.orders import clocks, domain, policies, queries
from services.projects.orders.models import OrderOffer, ServiceOrder
from services.projects.orders.offering import ask_next, record, withdraw_offers


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
    if row.status != "offered" and (row.open_claim if claim else row.at_once):
        raise ConflictError(DeliveryCode.ORDER_TAKEN)
    status = domain.next_status(row.status, "accept")
    domain.check_waiting(now=now, expires_at=row.offer_expires_at)
    offer, (organisation_id, account_id) = _taker(session, row, actor, claim=claim)
    if known.is_closed(session, organisation_id):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_OFFERED_TO_YOU)
    row.accepted_facts = _check(session, row, organisation_id, account_id, stated, now)
    row.status, row.accepted_by = status, actor.account_id
    row.organisation_id, row.talent_account_id = organisation_id, account_id
    offer.status, offer.answered_at = "accepted", now
    withdraw_offers(session, row, now=now)
    clocks.wind(session, row, now=now)
    whom = {**queries.doer(row), "asker_account_ids": queries.askers(session, row)}
    record(session, row, events.OrderAccepted, **whom, claimed=claim)
    return queries.view(session, row)


def _check(
    session: Session,
    row: ServiceOrder,
    organisation_id: str | None,
    account_id: str | None,
    stated: dict[str, bool],
    now: datetime,
) -> dict[str, str]:
    policy = policies.kind_of(session, row.district_code, row.kind)
    busy = queries.count_busy(session, row, organisation_id, account_id)
    day = clocks.day_needed(row, now)
    facts = credentials.facts_of(session, row.district_code, organisation_id, account_id, kind=row.kind, on=day)
    return domain.check_acceptance(
        risky=row.risky,
        statements=stated,
        facts=facts,
        facts_required=policy.facts_required,
        open_orders=busy,
        open_orders_max=policy.open_orders_max,
    )


def _taker(
    session: Session, row: ServiceOrder, actor: Actor, *, claim: bool
) -> tuple[OrderOffer, tuple[str | None, str | None]]:
    """The offer taken and ``(organisation_id, account_id)``: exactly one of them takes the order."""
    if claim:
        if not row.open_claim or actor.organisation_id is None:
            raise ForbiddenError(DeliveryCode.ORDER_NOT_OFFERED_TO_YOU)
        return queries.waiting_offers(session, row)[0], (actor.organisation_id, None)
    offer = queries.offer_to(session, row, actor)
    return offer, (offer.organisation_id, offer.account_id)


def give_back_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Who accepted cannot do it after all; nobody is compelled. The next on the list is asked, or staff."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    queries.check_doer(row, actor)
    row.status = domain.next_status(row.status, "give_back")
    offer = queries.accepted_offer(session, row)
    if offer is not None:
        offer.status, offer.reason = "given_back", reason
    whom = {**queries.doer(row), "asker_account_ids": queries.askers(session, row)}
    record(session, row, OrderGivenBack, **whom)
    ask_next(session, row, now=now)
    return queries.view(session, row)
