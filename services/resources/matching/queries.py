"""Reads of matching: facts for the rules, suggestions, rounds and their results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
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
from services.resources.conditions import queries as conditions
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.matching import domain
from services.resources.matching.models import MatchingRound
from services.resources.needs.models import Need
from services.resources.needs.rendering import beneficiary_of
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer


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


def offer_facts(session: Session, rows: Sequence[Any], *, by_text: bool = False) -> list[domain.OfferFacts]:
    """What matching reads of offers, rows of the ORM or of their columns. Tags are read as the vocabulary reads them;
    ``by_text``: so is the text of those that have none."""
    taken = taken_windows(session, [row.id for row in rows if row.kind == "venue"])
    return [_offer_facts(row, taken.get(row.id, set()), by_text=by_text) for row in rows]


def _offer_facts(row: Any, taken: set[str], *, by_text: bool) -> domain.OfferFacts:
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
        tags=_tags(row, by_text=by_text),
        skills=frozenset(row.skills),
        fields=frozenset(row.earmark["fields_of_work"]),
        earmarked_streets=frozenset(row.earmark["street_codes"]),
        street_code=row.street_code,
        community_code=row.community_code,
        expires_on=row.expires_on,
        is_venue=row.kind == "venue",
        minimum_lot=row.minimum_lot,
        lot_size=row.lot_size,
        windows=free,
        given=conditions.given(row),
    )


def _tags(row: Any, *, by_text: bool) -> frozenset[str]:
    """What nobody tagged binds no matching round, however its text is read."""
    return frozenset((row.topics or row.tags) if row.tags or by_text else ())


def need_facts(row: Any, *, by_text: bool = False, any_time: bool = False) -> domain.NeedFacts:
    """The same of a need; ``any_time``: somebody named the windows, whatever times of the week it asks for."""
    asked = conditions.asked(row)
    return domain.NeedFacts(
        id=row.id,
        organisation_id=beneficiary_of(row),
        unit=row.unit,
        missing=row.quantity - row.allotted - row.received,
        tags=_tags(row, by_text=by_text),
        skills=frozenset(row.skills),
        fields=frozenset(row.fields_of_work),
        street_code=row.street_code,
        community_code=row.community_code,
        urgency=row.urgency,
        due_at=clock.end_of(row.due_on),
        all_or_nothing=row.all_or_nothing,
        splittable=row.splittable,
        substitutes=frozenset(row.substitute_topics),
        begun=bool(row.allotted or row.received),
        asked=replace(asked, times=()) if any_time else asked,
    )


def takes_more(row: Need) -> bool:
    """A need of one provider that has one takes nothing of another."""
    return row.splittable or not (row.allotted or row.received)


def interested_pairs(
    session: Session, givers: Iterable[str], takers: Iterable[str | None]
) -> frozenset[tuple[str, str]]:
    """The pairs (provider, organisation that benefits) that must not meet."""
    donors, beneficiaries = set(givers), set(takers)
    declared = known.declared_interests(session, donors)
    candidates = {pair for provider, party in declared for pair in ((provider, party), (party, provider))}
    candidates |= {(donor, donor) for donor in donors}
    return frozenset(
        (donor, taker)
        for donor, taker in candidates
        if donor in donors and taker in beneficiaries and parties.is_interested(donor, taker, declared)
    )


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
        render=lambda row: render(session, row, actor, priced=False),
        cursor=cursor,
        limit=limit,
    )


def render(session: Session, row: MatchingRound, actor: Actor, *, priced: bool = True) -> dict[str, Any]:
    """The view; a street sees only the prices of rows it may see, and a list shows none."""
    session.flush()
    shown = {column.key: getattr(row, column.key) for column in MatchingRound.__table__.columns}
    if row.certificate is not None and not priced:
        shown["certificate"] = {
            name: value for name, value in row.certificate.items() if name not in ("offers", "needs")
        }
    elif row.certificate is not None and actor.street_codes:
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
