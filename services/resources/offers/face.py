"""Offers' operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc, timer
from services.resources.offers import actions, queries


class Offers:
    """What is to be had."""

    @command
    def draft_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_offer(session, actor=actor, now=clock.now(session, actor.district_code), asked=asked)

    @command
    def verify_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.step_offer(session, actor=actor, now=now, action="verify", **asked)

    @command
    def open_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.step_offer(session, actor=actor, now=now, action="open", **asked)

    @command
    def withdraw_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.withdraw_offer(session, actor=actor, **asked)

    @rpc
    def get_offer(self, session: Session, *, actor: Actor, offer_id: str) -> dict[str, Any]:
        return queries.get_offer(session, actor=actor, offer_id=offer_id)

    @rpc
    def list_offers(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_offers(session, actor=actor, **filters)

    @timer
    def expire_offer(self, session: Session, *, actor: Actor, now: datetime, offer_id: str) -> None:
        actions.expire_offer(session, offer_id=offer_id)

    @timer
    def expire_batch(self, session: Session, *, actor: Actor, now: datetime, offer_id: str) -> None:
        actions.expire_batch(session, offer_id=offer_id)
