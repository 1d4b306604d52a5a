"""RPCs, commands and the clock of recurring orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.order_series import actions, changing, making, queries

View = dict[str, Any]


class RecurringOrders:
    """Mixed into the projects service."""

    @rpc
    def get_order_series(self, session: Session, *, actor: Actor, series_id: str) -> View:
        return queries.render(queries.find_series(session, series_id, actor))

    @rpc
    def list_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_order_series(session, actor=actor, **given)

    @rpc
    def list_order_occurrences(self, session: Session, *, actor: Actor, series_id: str) -> View:
        return queries.list_order_occurrences(session, actor=actor, series_id=series_id)

    @command
    def request_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.request_order_series(session, actor=actor, now=_now(session, actor), **given)

    @command
    def begin_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.begin_order_series(session, actor=actor, now=_now(session, actor), **given)

    @command
    def pause_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.pause_order_series(session, actor=actor, **given)

    @command
    def resume_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.resume_order_series(session, actor=actor, now=_now(session, actor), **given)

    @command
    def end_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.end_order_series(session, actor=actor, now=_now(session, actor), **given)

    @command
    def change_order_series(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return changing.change_order_series(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def make_order_occurrences(self, session: Session, *, actor: Actor, now: datetime, series_id: str) -> None:
        making.make_order_occurrences(session, actor=actor, now=now, series_id=series_id)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
