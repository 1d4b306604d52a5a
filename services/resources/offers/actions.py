"""Writes of offers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from contracts.resources.events_stock import StockExpired
from services.resources.allocations import leftovers
from services.resources.drafting.lookups import Lookups
from services.resources.known import queries as known
from services.resources.offers import domain, drafting, holding, queries
from services.resources.offers.holding import tell
from services.resources.offers.models import Offer
from services.resources.stock import batches


def draft_offer(session: Session, *, actor: Actor, now: datetime, asked: dict[str, Any]) -> dict[str, Any]:
    """Write down an offer of the actor's organisation, or, for staff, of one it knows."""
    known = Lookups(session, actor)
    made = drafting.draft(known, now=now, asked=asked)
    drafting.store(session, [made])
    return queries.render(session, made.offer)


def step_offer(
    session: Session, *, actor: Actor, now: datetime, offer_id: str, expected_version: int | None, action: str
) -> dict[str, Any]:
    """``verify`` (staff) or ``open``; opening sets the clock of the last day."""
    offer = _hold(session, actor, offer_id, expected_version)
    offer.status = domain.next_status(offer.status, action)
    if action == "open":
        _set_expiry(session, offer, now)
    tell(session, offer, events.OfferVerified if action == "verify" else events.OfferOpened)
    return queries.render(session, offer)


def withdraw_offer(
    session: Session, *, actor: Actor, offer_id: str, expected_version: int | None, reason: str
) -> dict[str, Any]:
    """Take back the free part; what is promised stays promised."""
    offer = _hold(session, actor, offer_id, expected_version)
    offer.status = domain.next_status(offer.status, "withdraw")
    holding.retire_free(session, offer, "withdrawn")
    leftovers.clear_later(session, offer.district_code, offer_id=offer.id)
    tell(session, offer, events.OfferWithdrawn, reason=reason)
    return queries.render(session, offer)


def expire_offer(session: Session, *, offer_id: str) -> None:
    """Its last day is over (timer). An offer that was withdrawn meanwhile stays withdrawn."""
    offer = session.get(Offer, offer_id, with_for_update=True)
    if offer is None or offer.status in domain.ENDED:
        return
    offer.status = domain.next_status(offer.status, "expire")
    holding.retire_free(session, offer, "expired")
    leftovers.clear_later(session, offer.district_code, offer_id=offer.id)
    tell(session, offer, events.OfferExpired)


def expire_batch(session: Session, *, offer_id: str) -> None:
    """The last day of one of its batches is over (timer): what of it is free leaves the offer."""
    offer = session.get(Offer, offer_id, with_for_update=True)
    if offer is None or offer.status in domain.ENDED:
        return
    count = holding.retire_expired(session, offer)
    if count:
        tell(session, offer, StockExpired, count=count)


def _hold(session: Session, actor: Actor, offer_id: str, expected_version: int | None) -> Offer:
    offer = queries.find_offer(session, offer_id, actor, lock=True)
    db.check_street(actor, offer.street_code)
    known.check_own(session, actor, offer.provider_organisation_id)
    db.check_version(offer, expected_version)
    return offer


def _set_expiry(session: Session, offer: Offer, now: datetime) -> None:
    last = max((window["ends_at"] for window in offer.windows), default=None)
    day = offer.expires_on or (clock.day_of(datetime.fromisoformat(last)) if last else None)
    for until in sorted({row.expires_on for row in batches.of_offer(session, offer.id) if row.expires_on}):
        due = max(clock.end_of(until), now)
        timers.schedule(session, "expire_batch", due_at=due, district_code=offer.district_code, offer_id=offer.id)
    if day is None:
        return
    due = clock.end_of(day)
    if due <= now:
        raise ConflictError(ResourcesCode.OFFER_EXPIRED)
    offer.expires_on = day
    timers.schedule(session, "expire_offer", due_at=due, district_code=offer.district_code, offer_id=offer.id)
