"""Operations of stock cards."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime import rpc
from services.resources.stock_cards import queries


class StockCards:
    """An offer's ledger."""

    @rpc
    def list_stock_movements(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_stock_movements(session, actor=actor, **filters)

    @rpc
    def list_stock_batches(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_stock_batches(session, actor=actor, **filters)

    @rpc
    def get_stock_card(self, session: Session, *, actor: Actor, offer_id: str, **asked: Any) -> dict[str, str]:
        return queries.get_stock_card(session, actor=actor, offer_id=offer_id, form=asked["format"])
