"""Reads of matching: facts for the rules, suggestions, rounds and their results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes import ResourcesCode
from contracts.resources.matching import MatchingRoundView
from services.resources.allocations.domain import USING
from services.resources.allocations.models import Allocation
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.matching import domain
from services.resources.matching.models import MatchingRound
from services.resources.needs import queries as needs
from services.resources.needs.models import Need
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer
from services.resources.policy.queries import get_policy


def moment(now: datetime) -> domain.Moment:
    """The instant and its Shanghai day."""
    return domain.Moment(now=now, today=clock.day_of(now))


def taken_windows(session: Session, offer_ids: Iterable[str]) -> dict[str, set[str]]:
    """Per venue, the beginnings of the windows that live allocations hold."""
    statement = select(Allocation.offer_id, Allocation.windows).where(
        Allocation.offer_id.in_(list(offer_ids)), Allocation.kind == "venue", Allocation.status.in_(USING)
    )
    taken: dict[str, set[str]] = defaultdict(set)
    for offer_id, windows in session.execute(statement):
        taken[offer_id].update(window["starts_at"] for window in windows)
    return taken


def offer_facts(session: Session, rows: Sequence[Offer]) -> list[domain.OfferFacts]:
    """What matching reads of offers."""
    taken = taken_windows(session, [row.id for row in rows if row.kind == "venue"])
    return [_offer_facts(row, taken.get(row.id, set())) for row in rows]


def _offer_facts(row: Offer, taken: set[str]) -> domain.OfferFacts:
    windows = offers.windows_of(row.windows)
    free = tuple(
        (index, window["starts_at"], window["ends_at"])
        for index, window in enumerate(windows)
        if row.windows[index]["starts_at"] not in taken
    )
    return domain.OfferFacts(
        id=row.id,
        provider_id=row.provider_organisation_id,
        unit=row.unit,
        free=row.free,
        tags=frozenset(row.tags),
        skills=frozenset(row.skills),
        fields=frozenset(row.earmark["fields_of_work"]),
        earmarked_streets=frozenset(row.earmark["street_codes"]),
        street_code=row.street_code,
        community_code=row.community_code,
        expires_on=row.expires_on,
        is_venue=row.kind == "venue",
        windows=free,
    )


def need_facts(row: Need) -> domain.NeedFacts:
    """What matching reads of a need."""
    return domain.NeedFacts(
        id=row.id,
        organisation_id=row.organisation_id,
        unit=row.unit,
        missing=row.quantity - row.allotted - row.received,
        tags=frozenset(row.tags),
        skills=frozenset(row.skills),
        fields=frozenset(row.fields_of_work),
        street_code=row.street_code,
        community_code=row.community_code,
        urgency=row.urgency,
        due_at=clock.end_of(row.due_on),
    )


def interested_pairs(session: Session, givers: Iterable[str], takers: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The pairs (provider, organisation) that must not meet."""
    donors, beneficiaries = set(givers), set(takers)
    declared = known.declared_interests(session, donors)
    candidates = {pair for provider, party in declared for pair in ((provider, party), (party, provider))}
    candidates |= {(donor, donor) for donor in donors}
    return frozenset(
        (donor, taker)
        for donor, taker in candidates
        if donor in donors and taker in beneficiaries and parties.is_interested(donor, taker, declared)
    )


def list_suggestions(session: Session, *, actor: Actor, now: datetime, need_id: str, limit: int) -> dict[str, Any]:
    """Ranked offers for one need, and why the others of its kind are out; only offers in the caller's scope."""
    need = needs.find_need(session, need_id, actor)
    rows = list(session.scalars(offers.matchable(actor, kind=need.kind, street_code=need.street_code)))
    by_id = {row.id: row for row in rows}
    at, facts = moment(now), need_facts(need)
    interested = interested_pairs(session, (row.provider_organisation_id for row in rows), [need.organisation_id])
    weights = get_policy(session, actor.district_code).weights
    fitting, out = domain.rank(offer_facts(session, rows), facts, at, weights=weights, interested=interested)
    return {
        "need_id": need.id,
        "missing": facts.missing,
        "unit": need.unit,
        "candidates": [
            _candidate(session, by_id[offer.id], found, domain.most(offer, facts, at))
            for offer, found in fitting[:limit]
        ],
        "excluded": [
            {"offer_id": offer.id, "title": by_id[offer.id].title, "reasons": [text_of(code) for code in codes]}
            for offer, codes in out[:limit]
        ],
    }


def _candidate(session: Session, offer: Offer, found: dict[str, int], most: int) -> dict[str, Any]:
    return {
        "offer_id": offer.id,
        "title": offer.title,
        "provider_organisation_id": offer.provider_organisation_id,
        "provider_name": known.name_of(session, offer.provider_organisation_id),
        "quantity": most,
        "unit": offer.unit,
        "score": sum(found.values()),
        "terms": domain.explain_terms(found),
    }


def text_of(code: Any) -> dict[str, str]:
    """A code with its texts."""
    return {"code": str(code), "zh": code.zh, "en": code.en}


def find_round(session: Session, matching_round_id: str, actor: Actor, *, lock: bool = False) -> MatchingRound:
    """One matching round in scope; raises NotFoundError."""
    found = db.get_scoped(session, MatchingRound, matching_round_id, actor, lock=lock)
    if found is None:
        raise NotFoundError(ResourcesCode.MATCHING_ROUND_NOT_FOUND, matching_round_id=matching_round_id)
    return found


def get_matching_round(session: Session, *, actor: Actor, matching_round_id: str) -> dict[str, Any]:
    """The view of one round."""
    return render(session, find_round(session, matching_round_id, actor), actor)


def list_matching_rounds(
    session: Session,
    *,
    actor: Actor,
    status: str | None = None,
    street_code: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of rounds."""
    statement = db.scoped(select(MatchingRound), MatchingRound, actor)
    if status is not None:
        statement = statement.where(MatchingRound.status == status)
    if street_code is not None:
        statement = statement.where(MatchingRound.street_code == street_code)
    return db.page(
        session,
        statement,
        by=MatchingRound.id,
        render=lambda row: render(session, row, actor),
        cursor=cursor,
        limit=limit,
    )


def render(session: Session, row: MatchingRound, actor: Actor) -> dict[str, Any]:
    """The view; a street sees only the prices of rows it may see."""
    session.flush()
    shown = {column.key: getattr(row, column.key) for column in MatchingRound.__table__.columns}
    if row.certificate is not None and actor.street_codes:
        shown["certificate"] = _narrowed(session, row.certificate, actor)
    view: dict[str, Any] = MatchingRoundView().dump(shown)
    return view


def _narrowed(session: Session, certificate: dict[str, Any], actor: Actor) -> dict[str, Any]:
    offer_ids = {node.partition("#")[0] for node in certificate["offers"]}
    seen = set(session.scalars(db.scoped(select(Offer.id).where(Offer.id.in_(offer_ids)), Offer, actor)))
    seen |= set(session.scalars(db.scoped(select(Need.id).where(Need.id.in_(certificate["needs"])), Need, actor)))
    prices = {
        side: {node: price for node, price in certificate[side].items() if node.partition("#")[0] in seen}
        for side in ("offers", "needs")
    }
    return {**certificate, **prices}
