"""Writes of offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, ids, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.known.models import InterestedParty
from services.resources.offers import domain, queries
from services.resources.offers.models import Offer

STATUS_EVENTS: dict[str, type[events.OfferFact]] = {
    domain.PARTLY: events.OfferPartlyReserved,
    domain.EXHAUSTED: events.OfferExhausted,
    domain.EXPIRED: events.OfferExpired,
}


def draft_offer(session: Session, *, actor: Actor, now: datetime, asked: dict[str, Any]) -> dict[str, Any]:
    """Write down an offer of the actor's organisation, or, for staff, of one it knows."""
    provider = _provider(session, actor, asked.pop("organisation_id"))
    is_venue = asked["kind"] == "venue"
    if is_venue:
        domain.check_windows(asked["windows"], now)
    quantity, unit = domain.measure({**asked, "windows": asked["windows"] if is_venue else None})
    if asked["expires_on"] is not None and clock.end_of(asked["expires_on"]) <= now:
        raise InvalidError(ResourcesCode.OFFER_EXPIRED)
    street = asked.pop("street_code") or parties.home_street(actor)
    db.check_street(actor, street)
    for spent in ("amount_fen", "hours", "quantity", "unit"):
        asked.pop(spent)
    asked["windows"] = _stored(asked["windows"]) if is_venue else []
    offer = Offer(
        id=ids.new_id("ofr"),
        district_code=actor.district_code,
        street_code=street,
        provider_organisation_id=provider,
        status=domain.DRAFT,
        quantity=quantity,
        free=quantity,
        reserved=0,
        handed_over=0,
        retired=0,
        unit=unit,
        created_at=now,
        **asked,
    )
    session.add(offer)
    _declare(session, offer)
    tell(session, offer, events.OfferDrafted)
    return queries.render(session, offer)


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
    apply(offer, counters(offer).retire())
    tell(session, offer, events.OfferWithdrawn, reason=reason)
    return queries.render(session, offer)


def expire_offer(session: Session, *, offer_id: str) -> None:
    """Its last day is over (timer). An offer that was withdrawn meanwhile stays withdrawn."""
    offer = session.get(Offer, offer_id, with_for_update=True)
    if offer is None or offer.status in domain.ENDED:
        return
    offer.status = domain.next_status(offer.status, "expire")
    apply(offer, counters(offer).retire())
    tell(session, offer, events.OfferExpired)


def counters(offer: Offer) -> domain.Counters:
    """The row's counters."""
    return domain.Counters(
        free=offer.free, reserved=offer.reserved, handed_over=offer.handed_over, retired=offer.retired
    )


def apply(offer: Offer, new: domain.Counters) -> None:
    """Write counters to the row."""
    offer.free, offer.reserved, offer.handed_over = new.free, new.reserved, new.handed_over
    offer.retired, offer.quantity = new.retired, new.quantity


def reserve(session: Session, offer: Offer, count: int) -> None:
    """Set aside; the caller holds the row's lock."""
    if offer.status == domain.EXHAUSTED:
        raise ConflictError(ResourcesCode.OFFER_INSUFFICIENT, free=offer.free, asked=count)
    new = counters(offer).reserve(count)
    _move(session, offer, new, "reserve_part" if new.free else "reserve_all")


def give_back(session: Session, offer: Offer, *, reserved: int, handed_over: int = 0) -> None:
    """Free what was set aside or handed over; the caller holds the row's lock."""
    if reserved or handed_over:
        ended = offer.status in domain.ENDED
        new = counters(offer).give_back(reserved=reserved, handed_over=handed_over, ended=ended)
        _move(session, offer, new, "free_part")


def _move(session: Session, offer: Offer, new: domain.Counters, action: str) -> None:
    before, offer.status = offer.status, domain.next_status(offer.status, action)
    apply(offer, new)
    if offer.status != before:
        tell(session, offer, STATUS_EVENTS[offer.status])


def tell(session: Session, offer: Offer, kind: type[events.OfferFact], **extra: Any) -> None:
    """Record an event of the offer."""
    fact = kind(
        street_codes=[offer.street_code] if offer.street_code else [],
        offer_id=offer.id,
        provider_organisation_id=offer.provider_organisation_id,
        kind=offer.kind,
        quantity=offer.quantity,
        free=offer.free,
        unit=offer.unit,
        **extra,
    )
    outbox.record(session, fact)


def _provider(session: Session, actor: Actor, organisation_id: str | None) -> str:
    if parties.is_bound(actor):
        own = organisation_id or actor.organisation_id
        if own is None:
            raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, missing="organisation_id")
        known.check_own(session, actor, own)
        return own
    if organisation_id is None:
        raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, missing="organisation_id")
    return known.get_organisation(session, organisation_id, actor).id


def _hold(session: Session, actor: Actor, offer_id: str, expected_version: int | None) -> Offer:
    offer = queries.find_offer(session, offer_id, actor, lock=True)
    db.check_street(actor, offer.street_code)
    known.check_own(session, actor, offer.provider_organisation_id)
    db.check_version(offer, expected_version)
    return offer


def _set_expiry(session: Session, offer: Offer, now: datetime) -> None:
    last = max((window["ends_at"] for window in offer.windows), default=None)
    day = offer.expires_on or (clock.day_of(datetime.fromisoformat(last)) if last else None)
    if day is None:
        return
    due = clock.end_of(day)
    if due <= now:
        raise ConflictError(ResourcesCode.OFFER_EXPIRED)
    offer.expires_on = day
    timers.schedule(session, "expire_offer", due_at=due, district_code=offer.district_code, offer_id=offer.id)


def _stored(windows: Iterable[dict[str, datetime]]) -> list[dict[str, Any]]:
    ordered = sorted(windows, key=lambda window: window["starts_at"])
    return [{name: window[name].isoformat() for name in ("starts_at", "ends_at")} for window in ordered]


def _declare(session: Session, offer: Offer) -> None:
    for party in offer.interested_organisation_ids:
        row = {
            "id": ids.new_id("ipt"),
            "district_code": offer.district_code,
            "provider_organisation_id": offer.provider_organisation_id,
            "organisation_id": party,
        }
        session.execute(insert(InterestedParty).values(**row).on_conflict_do_nothing())
