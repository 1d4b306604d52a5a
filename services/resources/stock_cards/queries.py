"""The ledger and the batches of an offer, to those who give it and to staff."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_stock import StockCode
from contracts.resources.stock_cards import StockBatchView, StockMovementView
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.offers import queries as offers
from services.resources.offers.models import Offer
from services.resources.stock.models import StockBatch, StockMovement
from services.resources.stock_cards import paper

MOST_ON_PAPER = 5000
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def list_stock_movements(
    session: Session, *, actor: Actor, offer_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """A page of movements, newest first."""
    statement = select(StockMovement).where(StockMovement.offer_id == _find(session, actor, offer_id).id)
    return db.page(session, statement, by=StockMovement.id, render=_movement, cursor=cursor, limit=limit)


def list_stock_batches(
    session: Session, *, actor: Actor, offer_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """A page of batches."""
    statement = select(StockBatch).where(StockBatch.offer_id == _find(session, actor, offer_id).id)
    return db.page(session, statement, by=StockBatch.id, render=_batch, cursor=cursor, limit=limit)


def get_stock_card(session: Session, *, actor: Actor, offer_id: str, form: str) -> dict[str, str]:
    """The whole card as a file, oldest movement first."""
    offer = _find(session, actor, offer_id)
    statement = select(StockMovement).where(StockMovement.offer_id == offer.id).order_by(StockMovement.number)
    rows = list(session.scalars(statement.limit(MOST_ON_PAPER + 1)))
    if len(rows) > MOST_ON_PAPER:
        raise ConflictError(StockCode.CARD_TOO_LONG, most=MOST_ON_PAPER)
    head = [
        ("资源 Offer", offer.title),
        ("提供方 Provider", known.name_of(session, offer.provider_organisation_id) or offer.provider_organisation_id),
        ("单位 Unit", offer.unit),
        ("编号 Number", offer.id),
        ("截至 As of", clock.today(session, offer.district_code).isoformat()),
    ]
    batches = session.scalars(select(StockBatch).where(StockBatch.offer_id == offer.id).order_by(StockBatch.id))
    card = paper.Card(head=head, movements=[_movement(row) for row in rows], batches=[_batch(row) for row in batches])
    content = paper.xlsx(card) if form == "xlsx" else paper.pdf(card)
    return {
        "file_name": f"stock-card-{offer.id}.{form}",
        "media_type": MEDIA_TYPES[form],
        "content": base64.b64encode(content).decode(),
    }


def _find(session: Session, actor: Actor, offer_id: str) -> Offer:
    """Who may take from an offer sees it, but not what its other takers do: the card is its provider's and staff's."""
    offer = offers.find_offer(session, offer_id, actor)
    if parties.is_bound(actor) and not known.acts_for(session, actor, offer.provider_organisation_id):
        raise ForbiddenError(ResourcesCode.ALLOCATION_NOT_PROVIDER)
    return offer


def _movement(row: StockMovement) -> dict[str, Any]:
    shown = {column.key: getattr(row, column.key) for column in StockMovement.__table__.columns}
    view: dict[str, Any] = StockMovementView().dump({**shown, "movement_id": row.id})
    return view


def _batch(row: StockBatch) -> dict[str, Any]:
    shown = {column.key: getattr(row, column.key) for column in StockBatch.__table__.columns}
    left = row.quantity - row.handed_over - row.retired
    view: dict[str, Any] = StockBatchView().dump({**shown, "batch_id": row.id, "left": left})
    return view
