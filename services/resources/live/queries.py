"""Facts for the kept market, and where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor, system_actor
from chassis.errors import NotFoundError
from contracts.resources.codes_live import LiveCode
from contracts.resources.live import LiveMarketView
from services.resources.known import queries as known
from services.resources.live.book import NeedEntry, OfferEntry
from services.resources.live.models import LiveMarket
from services.resources.matching import queries as matching
from services.resources.needs import domain as need_rules
from services.resources.needs import queries as needs
from services.resources.needs.models import Need
from services.resources.offers import domain as offer_rules
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer

PUMP = "keep_live_market"


def get_live_market(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Totals of the whole district, which name nobody."""
    row = market_of(session, actor.district_code)
    if row is None or row.built_at is None:
        raise NotFoundError(LiveCode.NOT_BUILT, building=row.building if row else None)
    view: dict[str, Any] = LiveMarketView().dump(row)
    return view


def market_of(session: Session, district_code: str, *, lock: bool = False) -> LiveMarket | None:
    """The district's row."""
    statement = select(LiveMarket).where(LiveMarket.district_code == district_code)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def open_offers(session: Session, district_code: str) -> dict[str, OfferEntry]:
    """Everything that is open."""
    actor = system_actor(PUMP, district_code)
    return offer_entries(session, list(session.scalars(offers.matchable(actor, kind=None, street_code=None))))


def open_needs(session: Session, district_code: str) -> dict[str, NeedEntry]:
    """Everything that is asked for."""
    actor = system_actor(PUMP, district_code)
    return need_entries(session.scalars(needs.matchable(actor, kind=None, street_code=None)))


def offers_now(session: Session, district_code: str, ids: Iterable[str]) -> list[Offer]:
    """Rows as they are."""
    statement = select(Offer).where(Offer.district_code == district_code, Offer.id.in_(list(ids)))
    return list(session.scalars(statement.order_by(Offer.id)))


def needs_now(session: Session, district_code: str, ids: Iterable[str]) -> dict[str, NeedEntry]:
    """Of these, what is asked for still."""
    return need_entries(
        session.scalars(select(Need).where(Need.district_code == district_code, Need.id.in_(list(ids))))
    )


def offer_entries(session: Session, rows: Iterable[Offer]) -> dict[str, OfferEntry]:
    """Of these rows, those that are open."""
    kept = [row for row in rows if row.status in offer_rules.MATCHABLE]
    barred = barred_of(session, {row.provider_organisation_id for row in kept})
    facts = matching.offer_facts(session, kept)
    return {
        row.id: OfferEntry(kind=row.kind, facts=fact, barred=barred[row.provider_organisation_id])
        for row, fact in zip(kept, facts, strict=True)
    }


def need_entries(rows: Iterable[Need]) -> dict[str, NeedEntry]:
    """Of these rows, those that take more."""
    return {
        row.id: NeedEntry(kind=row.kind, facts=matching.need_facts(row))
        for row in rows
        if row.status in need_rules.MATCHABLE and matching.takes_more(row)
    }


def barred_of(session: Session, providers: set[str]) -> dict[str, frozenset[str]]:
    """By provider, who may not benefit of it: itself, and whoever of the two declared an interest."""
    found: dict[str, set[str]] = defaultdict(set, {provider: {provider} for provider in providers})
    for donor, party in known.declared_interests(session, providers):
        found[donor].add(party)
        found[party].add(donor)
    return {provider: frozenset(found[provider]) for provider in providers}
