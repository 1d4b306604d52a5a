"""Drafts of offers: every check and every row of one, and how many are stored at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, ids, outbox
from chassis.errors import InvalidError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from contracts.resources.common import MOST, MOST_WINDOWS
from services.resources.drafting.lookups import Lookups
from services.resources.known import domain as parties
from services.resources.known.models import InterestedParty
from services.resources.offers import domain, holding
from services.resources.offers.models import Offer
from services.resources.stock import batches
from services.resources.stock import domain as stock
from services.resources.stock.models import StockBatch
from services.resources.venues import domain as venues
from services.resources.vocabulary import topics

_SPENT = ("amount_fen", "hours", "quantity", "unit", "lot_size", "minimum_lot")


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """An offer that passed every check and is not stored yet."""

    offer: Offer
    batches: Sequence[StockBatch]

    @property
    def id(self) -> str:
        return self.offer.id


def draft(known: Lookups, *, now: datetime, asked: dict[str, Any]) -> Drafted:
    """An offer of the actor's organisation, or, for staff, of one it knows. Writes nothing; ``asked`` is used up."""
    actor = known.actor
    provider = _provider(known, asked.pop("organisation_id"))
    is_venue, opening = asked["kind"] == "venue", asked.pop("opening")
    if is_venue:
        if opening is not None:
            asked["windows"] = [*asked["windows"], *_opened(opening, now)]
        domain.check_windows(asked["windows"], now)
    quantity, unit = domain.measure({**asked, "windows": asked["windows"] if is_venue else None})
    measured = _measured(known, asked, quantity, unit)
    if asked["expires_on"] is not None and clock.end_of(asked["expires_on"]) <= now:
        raise InvalidError(ResourcesCode.OFFER_EXPIRED)
    parts = _batches(asked.pop("batches"), quantity, measured["quantity"])
    street = asked.pop("street_code") or parties.home_street(actor)
    db.check_street(actor, street)
    for spent in _SPENT:
        asked.pop(spent)
    asked["qualifications"] = [_plain(one) for one in asked["qualifications"]]
    asked["windows"] = _stored(asked["windows"]) if is_venue else []
    place: dict[str, Any] = {"district_code": actor.district_code, "street_code": street}
    offer = Offer(
        id=ids.new_id("ofr"),
        provider_organisation_id=provider,
        status=domain.DRAFT,
        free=measured["quantity"],
        **dict.fromkeys(("reserved", "handed_over", "retired"), 0),
        **measured,
        created_at=now,
        **topics.of_offer(known.vocabulary, {**asked, "street_code": street}),
        **place,
        **asked,
    )
    return Drafted(offer=offer, batches=batches.made(offer_id=offer.id, rows=parts, **place))


def store(session: Session, drafts: Sequence[Drafted]) -> None:
    """With their ledgers, batches, interested parties and events; so many statements for one as for hundreds."""
    offers = [each.offer for each in drafts]
    session.add_all(offers)
    session.flush()
    session.add_all(holding.first_entry(offer) for offer in offers)
    session.add_all(batch for each in drafts for batch in each.batches)
    session.flush()
    _declare(session, offers)
    outbox.record_many(session, [holding.fact_of(offer, events.OfferDrafted) for offer in offers])


def _provider(known: Lookups, organisation_id: str | None) -> str:
    if parties.is_bound(known.actor):
        own = organisation_id or known.actor.organisation_id
        if own is None:
            raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, missing="organisation_id")
        known.check_own(own)
        return own
    if organisation_id is None:
        raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, missing="organisation_id")
    return known.get_organisation(organisation_id).id


def _measured(known: Lookups, asked: dict[str, Any], quantity: int, unit: str) -> dict[str, Any]:
    """The quantity in its base unit, with its lots, and how it was written down."""
    pack = domain.pack_of(asked["pack_size"], asked["pack_unit"])
    size, base = known.units.size(unit, pack)

    def counted(count: int) -> int:
        return known.units.count(count, unit, pack, most=MOST)[0]

    lots = {name: 1 if asked[name] is None else counted(asked[name]) for name in ("lot_size", "minimum_lot")}
    count = counted(quantity)
    domain.check_lots(count, **lots)
    return {"quantity": count, "unit": base, "entered": {"quantity": quantity, "unit": unit, "size": str(size)}, **lots}


def _opened(opening: dict[str, Any], now: datetime) -> list[dict[str, datetime]]:
    """The windows that opening hours make, but for those that have begun."""
    venues.check_hours(opening["hours"])
    bounds = {"first": opening["first_on"], "last": opening["last_on"], "blackouts": set(opening["blackout_on"])}
    made = venues.expand(opening["hours"], zone=clock.SHANGHAI, most=MOST_WINDOWS, **bounds)
    return [
        {name: value.astimezone(UTC) for name, value in window.items()} for window in made if window["starts_at"] > now
    ]


def _batches(parts: list[dict[str, Any]], quantity: int, count: int) -> list[dict[str, Any]]:
    """As stored, in base units; they add up to the offer, or there are none."""
    stock.check_batches(quantity, [part["quantity"] for part in parts], [part["label"] for part in parts])
    return [{**part, "quantity": part["quantity"] * count // quantity} for part in parts]


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    until = one["valid_until"]
    return {**one, "valid_until": until.isoformat() if until else None}


def _stored(windows: Iterable[dict[str, datetime]]) -> list[dict[str, Any]]:
    ordered = sorted(windows, key=lambda window: window["starts_at"])
    return [{name: window[name].isoformat() for name in ("starts_at", "ends_at")} for window in ordered]


def _declare(session: Session, offers: Iterable[Offer]) -> None:
    pairs = {
        (offer.district_code, offer.provider_organisation_id, party): ids.new_id("ipt")
        for offer in offers
        for party in offer.interested_organisation_ids
    }
    rows = [
        {"id": row_id, "district_code": district, "provider_organisation_id": provider, "organisation_id": party}
        for (district, provider, party), row_id in sorted(pairs.items())
    ]
    if rows:
        new = insert(InterestedParty).on_conflict_do_nothing()
        session.connection().execute(new.returning(InterestedParty.id), rows)  # RETURNING: in one statement
