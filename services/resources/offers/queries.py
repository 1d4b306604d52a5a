"""Reads of offers, each inside the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes import ResourcesCode
from contracts.resources.offers import OfferView
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.offers import domain
from services.resources.offers.models import Offer

_VIEW = OfferView()


def visible(actor: Actor) -> Select[Any]:
    """Staff: their streets and district-wide. A provider: its own. A CSO: its own, and what is open; so a hub, which
    stands in for those in its care."""
    statement = db.scoped(select(Offer), Offer, actor)
    if not parties.is_bound(actor):
        return statement
    own = known.theirs(Offer.provider_organisation_id, actor)
    if actor.role == "provider":
        return statement.where(own)
    return statement.where(or_(own, Offer.status.in_(domain.MATCHABLE)))


def find_offer(session: Session, offer_id: str, actor: Actor, *, lock: bool = False) -> Offer:
    """One offer the actor may see; raises NotFoundError."""
    statement = visible(actor).where(Offer.id == offer_id)
    if lock:
        statement = statement.with_for_update(of=Offer).execution_options(populate_existing=True)
    found: Offer | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError(ResourcesCode.OFFER_NOT_FOUND, offer_id=offer_id)
    return found


def get_offer(session: Session, *, actor: Actor, offer_id: str) -> dict[str, Any]:
    """The view of one offer."""
    return render(session, find_offer(session, offer_id, actor))


def list_offers(
    session: Session,
    *,
    actor: Actor,
    kind: str | None = None,
    status: str | None = None,
    organisation_id: str | None = None,
    street_code: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of offers."""
    statement = visible(actor)
    filters: Iterable[tuple[Any, Any]] = (
        (Offer.kind, kind),
        (Offer.status, status),
        (Offer.provider_organisation_id, organisation_id),
        (Offer.street_code, street_code),
    )
    for column, value in filters:
        if value is not None:
            statement = statement.where(column == value)
    return db.page(session, statement, by=Offer.id, render=lambda row: render(session, row), cursor=cursor, limit=limit)


def matchable(actor: Actor, *, kind: str | None, street_code: str | None) -> Select[Any]:
    """Open offers that may serve this street: its own and district-wide ones."""
    statement = db.scoped(select(Offer), Offer, actor).where(Offer.status.in_(domain.MATCHABLE))
    if kind is not None:
        statement = statement.where(Offer.kind == kind)
    if street_code is not None:
        statement = statement.where(or_(Offer.street_code == street_code, Offer.street_code.is_(None)))
    return statement.order_by(Offer.id)


def windows_of(rows: list[dict[str, Any]]) -> list[dict[str, datetime]]:
    """Stored windows (ISO strings, UTC) as instants."""
    return [{name: datetime.fromisoformat(value) for name, value in row.items()} for row in rows]


def render(session: Session, offer: Offer) -> dict[str, Any]:
    """The view; for street-bound readers interested parties and names stay, both are facts about organisations."""
    session.flush()
    row = {column.key: getattr(offer, column.key) for column in Offer.__table__.columns}
    row["windows"] = windows_of(offer.windows)
    row["provider_name"] = known.name_of(session, offer.provider_organisation_id)
    row["amount_fen"] = offer.quantity if offer.kind == "funds" else None
    view: dict[str, Any] = _VIEW.dump(row)
    return view
