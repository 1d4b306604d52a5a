"""Suggestions: exact best candidates without reading every row, and why near misses are out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.resources.known import queries as known
from services.resources.matching import domain as matching
from services.resources.matching import queries as facts
from services.resources.matching.domain import NeedFacts, OfferFacts
from services.resources.needs import queries as needs
from services.resources.needs.models import Need
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer
from services.resources.policy.queries import get_policy
from services.resources.suggestions import candidates, domain, nearness, seekers
from services.resources.suggestions.candidates import Asking
from services.resources.suggestions.seekers import fitting_needs

PAGE, SPARE = 60, 4
"""Rows at once after the first time; then those that are wanted, and some for those the rules will strike out."""
NEAR_MISSES, OTHERS = 20, 10
"""Rows that are looked at to say why they are out."""


@dataclass
class _Search:
    """What is asked, and what has been found so far."""

    asking: Asking
    need: NeedFacts
    row: Need
    best: domain.Best
    interested: frozenset[tuple[str, str]]
    out: list[tuple[list[matching.Reason], OfferFacts, Any]] = field(default_factory=list)

    def judge(self, session: Session, rows: list[Any]) -> None:
        """By the rules that a reservation asks."""
        need, at = self.need, self.asking.at
        for found, offer in zip(rows, facts.offer_facts(session, rows, by_text=True), strict=True):
            reasons = domain.reasons(offer, need, at, self.interested)
            if reasons:
                self.out.append((reasons, offer, found))
                continue
            due_on, verified = self.row.due_on, found.name is not None
            about: dict[str, Any] = {"due_on": due_on, "verified": verified}
            about["distance"] = self.asking.near.get(offer.community_code or "", 0)
            terms = domain.terms(offer, need, at, self.asking.weights, **about)
            self.best.add(sum(terms.values()), found.id, (found, terms, matching.portion(offer, need, at)))


def _asking(session: Session, actor: Actor, now: datetime, row: Offer | Need, organisation_id: str | None) -> Asking:
    """The policy's weights, and who may not meet this organisation (慈善法 art. 40), if one benefits."""
    meets = {organisation_id} if organisation_id is not None else set[str]()
    pairs = known.declared_interests(session, meets) if meets else frozenset[tuple[str, str]]()
    weights = get_policy(session, actor.district_code).weights
    return Asking(
        actor=actor,
        kind=row.kind,
        weights=weights,
        at=facts.moment(now),
        banned=frozenset(meets.union(*pairs)),
        near=nearness.near(session, actor.district_code, row.community_code, weights),
    )


def list_suggestions(session: Session, *, actor: Actor, now: datetime, need_id: str, limit: int) -> dict[str, Any]:
    """Ranked offers for one need, and why others of its kind are out; only offers in the caller's scope."""
    row = needs.find_need(session, need_id, actor)
    need = facts.need_facts(row, by_text=True)
    asking = _asking(session, actor, now, row, need.organisation_id)
    search = _Search(asking, need, row, domain.Best(limit), _pairs(asking, need.organisation_id))
    _find_offers(session, search)
    return {
        "need_id": row.id,
        "missing": need.missing,
        "unit": need.unit,
        "topics": sorted(need.tags),
        "candidates": [_offer_view(found) for found in search.best],
        "excluded": _excluded(search, limit),
    }


def _find_offers(session: Session, search: _Search) -> None:
    """The best, near misses, and where these are few what else is new of the kind.

    Of a need that nobody could read there is much: the street's own come first, and may leave the others no chance.
    """
    need, asking = search.need, search.asking
    streets: list[str | None] = [*dict.fromkeys((need.street_code, None))]
    for places in [streets] if need.tags else [[street] for street in streets]:
        values = candidates.parameters(asking, need, search.row.due_on, places)
        if not (domain.is_hopeless(need, asking.at) or search.best.beats(_most_of(asking, need, places))):
            _read_offers(session, search, values)
    if len(search.out) < OTHERS:
        seen = {found.id for _, _, found in search.out} | {found.id for found, _, _ in search.best}
        newest = candidates.newest_offers(bool(asking.actor.street_codes))
        rows = session.connection().execute(newest, {**values, "misses": OTHERS})
        others = _Search(asking, need, search.row, domain.Best(1), search.interested)
        others.judge(session, [row for row in rows if row.id not in seen])
        search.out += others.out


def _most_of(asking: Asking, need: NeedFacts, places: list[str | None]) -> int:
    """What no offer of these places can score more than."""
    weights = asking.weights
    near = weights["district_wide"] if places == [None] else max(weights["same_street"], weights["district_wide"])
    extra = ("topic", "field", "same_community", "perishing", "time", "verified", "distance")
    return near + weights["base"] + weights["urgency"] * need.urgency + sum(weights[name] for name in extra)


def _read_offers(session: Session, search: _Search, values: dict[str, Any]) -> None:
    """Rows by their bound, until no further one can come in; near misses with the first of them."""
    connection, best = session.connection(), search.best
    statement = candidates.found_offers(candidates.shape_of(search.asking, search.need))
    size, misses, last = best.limit + SPARE, NEAR_MISSES, candidates.FIRST
    while True:
        rows = list(connection.execute(statement, {**values, **last, "size": size, "misses": misses}))
        rows.sort(key=lambda row: (-row.bound, row.id))
        fitting = [row for row in rows if row.fits is not False]
        hopeful = [row for row in fitting if not best.beats(row.bound, row.id)]
        search.judge(session, [*hopeful, *(row for row in rows if row.fits is False)])
        if len(fitting) < size or len(hopeful) < len(fitting) or best.beats(fitting[-1].bound, fitting[-1].id):
            return
        last = {"last_bound": fitting[-1].bound, "last_id": fitting[-1].id}
        size, misses = max(PAGE, size), 0


def _offer_view(found: tuple[Any, dict[str, int], int]) -> dict[str, Any]:
    row, terms, most = found
    return {
        "offer_id": row.id,
        "title": row.title,
        "provider_organisation_id": row.provider_organisation_id,
        "provider_name": row.name,
        "quantity": most,
        "unit": row.unit,
        "score": sum(terms.values()),
        "terms": domain.explain(terms),
    }


def _pairs(asking: Asking, organisation_id: str | None, *, gives: bool = False) -> frozenset[tuple[str, str]]:
    """Who must not meet, as pairs (provider, receiver)."""
    if organisation_id is None:
        return frozenset()
    return frozenset((organisation_id, one) if gives else (one, organisation_id) for one in asking.banned)


def _excluded(search: _Search, limit: int) -> list[dict[str, Any]]:
    """The fewest reasons first; of a bounded number of rows."""
    shown = sorted(search.out, key=lambda found: (len(found[0]), found[1].id))[:limit]
    return [_excluded_view(row, offer, search.need, search.asking, reasons) for reasons, offer, row in shown]


def _excluded_view(row: Any, offer: OfferFacts, need: NeedFacts, asking: Asking, reasons: list[Any]) -> dict[str, Any]:
    return {
        "offer_id": row.id,
        "title": row.title,
        "reasons": [facts.text_of(code) for code in reasons],
        "fits_if": domain.fits_if(offer, need, asking.at, reasons),
    }


def list_need_suggestions(
    session: Session, *, actor: Actor, now: datetime, offer_id: str, limit: int
) -> dict[str, Any]:
    """Ranked needs for one offer, of those the caller may see."""
    row = offers.find_offer(session, offer_id, actor)
    asking = _asking(session, actor, now, row, row.provider_organisation_id)
    [offer] = facts.offer_facts(session, [row], by_text=True)
    best = domain.Best(limit)
    spent = offer.free <= 0 or (offer.expires_on is not None and offer.expires_on < asking.at.today)
    interested = _pairs(asking, offer.provider_id, gives=True)
    for found in () if spent else _by_bound(session, asking, offer, best):
        need = facts.need_facts(found, by_text=True)
        if not domain.reasons(offer, need, asking.at, interested):
            told: dict[str, Any] = {"due_on": found.due_on, "verified": _is_verified(found)}
            told["distance"] = asking.near.get(found.community_code or "", 0)
            terms = domain.terms(offer, need, asking.at, asking.weights, **told)
            view = _need_view(found, terms, matching.portion(offer, need, asking.at))
            best.add(view["score"], found.id, view)
    return {
        "offer_id": row.id,
        "free": row.free,
        "unit": row.unit,
        "topics": sorted(offer.tags),
        "candidates": list(best),
    }


def _is_verified(row: Any) -> bool:
    """The organisation is active; a resident has been met by whoever verified the need."""
    return row.name is not None or row.organisation_id is None


def _by_bound(session: Session, asking: Asking, offer: OfferFacts, best: domain.Best) -> Iterator[Any]:
    """Needs by their bound, one by one."""
    statement, values = _fitting(asking, offer), seekers.parameters(asking, offer)
    connection, last, size = session.connection(), candidates.FIRST, best.limit + SPARE
    while True:
        rows = list(connection.execute(statement, {**values, **last, "size": size}))
        for row in rows:
            if best.beats(row.bound, row.id):
                return
            yield row
        if len(rows) < size:
            return
        last, size = {"last_bound": rows[-1].bound, "last_id": rows[-1].id}, max(PAGE, size)


def _fitting(asking: Asking, offer: OfferFacts) -> Any:
    return fitting_needs(needs.visible(asking.actor), len(offer.tags), near=bool(asking.near))


def _need_view(row: Any, terms: dict[str, int], most: int) -> dict[str, Any]:
    return {
        "need_id": row.id,
        "title": row.title,
        "organisation_id": row.organisation_id,
        "organisation_name": row.name,
        "street_code": row.street_code,
        "due_on": row.due_on.isoformat(),
        "quantity": most,
        "unit": row.unit,
        "score": sum(terms.values()),
        "terms": domain.explain(terms),
    }
