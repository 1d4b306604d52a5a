"""What becomes of an offer's stock: every change of its counters, each with its entry in the ledger.

The caller holds the lock of the offer's row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.errors import ConflictError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from services.resources.offers import domain
from services.resources.offers.models import Offer
from services.resources.stock import batches, ledger
from services.resources.stock import domain as stock
from services.resources.stock.domain import About
from services.resources.stock.models import StockMovement

STATUS_EVENTS: dict[str, type[events.OfferFact]] = {
    domain.PARTLY: events.OfferPartlyReserved,
    domain.EXHAUSTED: events.OfferExhausted,
    domain.EXPIRED: events.OfferExpired,
}


def counters(offer: Offer) -> domain.Counters:
    """The row's counters."""
    return domain.Counters(
        free=offer.free, reserved=offer.reserved, handed_over=offer.handed_over, retired=offer.retired
    )


def first_entry(offer: Offer) -> StockMovement:
    """The first entry of a new offer's ledger, not stored yet: all that is offered is taken in."""
    return ledger.first(at=offer.created_at, after=_balance(offer), about=About(kind=stock.TAKEN_IN), **_place(offer))


def reserve(session: Session, offer: Offer, count: int, about: About) -> None:
    """Set aside."""
    if offer.status == domain.EXHAUSTED:
        raise ConflictError(ResourcesCode.OFFER_INSUFFICIENT, free=offer.free, asked=count)
    new = counters(offer).reserve(count)
    _move(session, offer, new, "reserve_part" if new.free else "reserve_all", about)


def hand_over(session: Session, offer: Offer, count: int, about: About) -> list[dict[str, Any]]:
    """What was set aside has been given; answers of which batches. Nothing for zero."""
    if not count:
        return []
    new = counters(offer).hand_over(count)
    taken = []
    if about.allocation_id is not None:
        today = clock.day_of(clock.now(session, offer.district_code))
        place = {"offer_id": offer.id, "allocation_id": about.allocation_id}
        taken = batches.take(session, count=count, today=today, **place)
    _apply(session, offer, new, about)
    return taken


def release(session: Session, offer: Offer, count: int, about: About) -> None:
    """What was set aside is free again; of an offer that ended, or past its day, it leaves the offer instead."""
    if not count:
        return
    ended = offer.status in domain.ENDED
    new = counters(offer).give_back(reserved=count, handed_over=0, ended=ended)
    _move(session, offer, new, "free_part", about)
    if ended:
        batches.retire_all(session, offer_id=offer.id, count=count)
    else:
        retire_expired(session, offer)


def take_back(session: Session, offer: Offer, count: int, about: About, *, restock: bool) -> None:
    """What was handed over came back: given again where it is good, else written off."""
    if not count:
        return
    kept = restock
    restock = restock and offer.status not in domain.ENDED
    good = count
    if about.allocation_id is not None:
        today = clock.day_of(clock.now(session, offer.district_code))
        place: dict[str, Any] = {"allocation_id": about.allocation_id, "count": count}
        good = batches.bring_back(session, today=today, restock=restock, **place)
    if good and restock:
        new = counters(offer).give_back(reserved=0, handed_over=good, ended=False)
        _move(session, offer, new, "free_part", about)
    rest = count - good if restock else count
    if rest:
        kind = stock.RETIRED if kept else stock.WRITTEN_OFF  # of an offer that ended, or past its day, though good
        _apply(session, offer, counters(offer).write_off(rest), replace(about, kind=kind))


def retire_free(session: Session, offer: Offer, note: str) -> None:
    """The free part leaves the offer; promises stay."""
    count = offer.free
    if count:
        batches.retire_all(session, offer_id=offer.id, count=count)
        _apply(session, offer, counters(offer).retire(), About(kind=stock.RETIRED, note=note))


def retire_expired(session: Session, offer: Offer) -> int:
    """What is free in batches past their day leaves the offer; answers how much."""
    if not offer.free:
        return 0
    today = clock.day_of(clock.now(session, offer.district_code))
    count = batches.retire_expired(session, offer_id=offer.id, free=offer.free, today=today)
    if count:
        new = counters(offer).retire_part(count)
        action = "retire_part" if new.free else "retire_all"
        _move(session, offer, new, action, About(kind=stock.RETIRED, note="expired"))
    return count


def grow(session: Session, offer: Offer, count: int, about: About) -> None:
    """A window became several: there is more to count, not more to have."""
    _apply(session, offer, counters(offer).grow(count), about)


def _move(session: Session, offer: Offer, new: domain.Counters, action: str, about: About) -> None:
    before, offer.status = offer.status, domain.next_status(offer.status, action)
    _apply(session, offer, new, about)
    if offer.status != before:
        tell(session, offer, STATUS_EVENTS[offer.status])


def _apply(session: Session, offer: Offer, new: domain.Counters, about: About) -> None:
    before = _balance(offer)
    offer.free, offer.reserved, offer.handed_over = new.free, new.reserved, new.handed_over
    offer.retired, offer.quantity = new.retired, new.quantity
    _enter(session, offer, before, about, clock.now(session, offer.district_code))


def _enter(session: Session, offer: Offer, before: stock.Balance, about: About, at: datetime) -> None:
    ledger.record(session, at=at, before=before, after=_balance(offer), about=about, **_place(offer))


def _place(offer: Offer) -> dict[str, Any]:
    return {"offer_id": offer.id, "district_code": offer.district_code, "street_code": offer.street_code}


def _balance(offer: Offer) -> stock.Balance:
    return stock.Balance(free=offer.free, reserved=offer.reserved, handed_over=offer.handed_over, retired=offer.retired)


def tell(session: Session, offer: Offer, kind: type[events.OfferFact], **extra: Any) -> None:
    """Record an event of the offer."""
    outbox.record(session, fact_of(offer, kind, **extra))


def fact_of(offer: Offer, kind: type[events.OfferFact], **extra: Any) -> events.OfferFact:
    """An event of the offer as it is."""
    return kind(
        street_codes=[offer.street_code] if offer.street_code else [],
        offer_id=offer.id,
        provider_organisation_id=offer.provider_organisation_id,
        kind=offer.kind,
        quantity=offer.quantity,
        free=offer.free,
        unit=offer.unit,
        **extra,
    )
