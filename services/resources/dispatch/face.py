"""Operations and the clock of dispatch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.resources.dispatch import actions, hours, queries


class Dispatches:
    """Dispatches, offers, hours."""

    @rpc
    def get_dispatch(self, session: Session, *, actor: Actor, dispatch_id: str) -> dict[str, Any]:
        return queries.get_dispatch(session, actor=actor, dispatch_id=dispatch_id)

    @rpc
    def list_dispatches(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_dispatches(session, actor=actor, **filters)

    @rpc
    def rank_talents(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.rank_talents(session, actor=actor, **asked)

    @rpc
    def get_dispatch_offer(self, session: Session, *, actor: Actor, dispatch_offer_id: str) -> dict[str, Any]:
        return queries.get_dispatch_offer(session, actor=actor, dispatch_offer_id=dispatch_offer_id)

    @rpc
    def list_dispatch_offers(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_dispatch_offers(session, actor=actor, **filters)

    @rpc
    def get_service_hours(self, session: Session, *, actor: Actor, service_hours_id: str) -> dict[str, Any]:
        return queries.get_service_hours(session, actor=actor, service_hours_id=service_hours_id)

    @rpc
    def list_service_hours(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_service_hours(session, actor=actor, **filters)

    @rpc
    def get_service_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return hours.get_service_record(session, actor=actor, today=today, **asked)

    @command
    def open_dispatch(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.open_dispatch(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def offer_dispatch(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.offer_dispatch(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def cancel_dispatch(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.cancel_dispatch(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def finish_dispatch(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.finish_dispatch(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def accept_dispatch_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.answer_offer(session, actor=actor, now=_now(session, actor), action="accept", **asked)

    @command
    def decline_dispatch_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.answer_offer(session, actor=actor, now=_now(session, actor), action="decline", **asked)

    @command
    def withdraw_dispatch_offer(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.answer_offer(session, actor=actor, now=_now(session, actor), action="withdraw", **asked)

    @command
    def record_service_hours(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return hours.record_service_hours(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def strike_service_hours(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return hours.strike_service_hours(session, actor=actor, **asked)

    @timer
    def dispatch_offer_lapses(self, session: Session, *, actor: Actor, now: datetime, dispatch_offer_id: str) -> None:
        actions.lapse_offer(session, now=now, dispatch_offer_id=dispatch_offer_id)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
