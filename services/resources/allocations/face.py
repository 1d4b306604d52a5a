"""Allocations' operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc, timer
from services.resources.allocations import actions, delivery, disputes, leftovers, queries


class Allocations:
    """A gift on its way."""

    @command
    def propose_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.propose_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def reserve_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.reserve_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def confirm_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.confirm_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def release_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.release_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def hand_over_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return delivery.hand_over_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def receive_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return delivery.receive_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def report_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return delivery.report_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def close_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return delivery.close_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def return_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return disputes.return_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def dispute_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return disputes.dispute_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def resolve_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return disputes.resolve_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def lose_allocation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return disputes.lose_allocation(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_allocation(self, session: Session, *, actor: Actor, allocation_id: str) -> dict[str, Any]:
        return queries.get_allocation(session, actor=actor, allocation_id=allocation_id)

    @rpc
    def list_allocations(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_allocations(session, actor=actor, **filters)

    @rpc
    def list_offer_uses(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_offer_uses(session, actor=actor, **filters)

    @timer
    def lapse_allocation(self, session: Session, *, actor: Actor, now: datetime, allocation_id: str) -> None:
        actions.lapse_allocation(session, now=now, allocation_id=allocation_id)

    @timer
    def clear_proposals(
        self, session: Session, *, actor: Actor, now: datetime, offer_id: str | None, need_id: str | None
    ) -> None:
        leftovers.clear_proposals(session, offer_id=offer_id, need_id=need_id)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
