"""Proposals of what is over: nobody can take them up any more, so they are let go, and both sides are told."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chassis import clock, timers
from services.resources.allocations import domain, proposing
from services.resources.allocations.models import Allocation
from services.resources.matching.domain import NEED_ENDED, OFFER_ENDED


def clear_later(
    session: Session, district_code: str, *, offer_id: str | None = None, need_id: str | None = None
) -> None:
    """By a timer, at once: the caller holds the offer or the need, and every step locks the allocation first."""
    if session.scalar(select(Allocation.id).where(*_proposed(offer_id, need_id)).limit(1)) is not None:
        now = clock.now(session, district_code)
        named = {"offer_id": offer_id, "need_id": need_id}
        timers.schedule(session, "clear_proposals", due_at=now, district_code=district_code, **named)


def clear_proposals(session: Session, *, offer_id: str | None, need_id: str | None) -> None:
    """They held nothing (timer)."""
    rows = select(Allocation).where(*_proposed(offer_id, need_id)).order_by(Allocation.id)
    proposing.drop_many(session, list(session.scalars(rows.with_for_update())), OFFER_ENDED if offer_id else NEED_ENDED)


def _proposed(offer_id: str | None, need_id: str | None) -> list[ColumnElement[bool]]:
    side = Allocation.offer_id == offer_id if offer_id else Allocation.need_id == need_id
    return [side, Allocation.status == domain.PROPOSED]
