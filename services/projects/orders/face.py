"""The face of service orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, every, rpc, timer
from services.projects.orders import actions, closing, offering, policies, queries, rating, running, scheduling, taking

View = dict[str, Any]


class Orders:
    """Mixed into the projects service. ``given``: the operation's loaded input (contracts/projects/orders.py)."""

    @rpc
    def get_order(self, session: Session, *, actor: Actor, order_id: str) -> View:
        return queries.view(session, queries.get_order(session, actor=actor, order_id=order_id))

    @rpc
    def list_orders(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_orders(session, actor=actor, **given)

    @rpc
    def count_orders(self, session: Session, *, actor: Actor) -> View:
        return queries.count_orders(session, actor=actor)

    @rpc
    def list_order_kinds(self, session: Session, *, actor: Actor) -> View:
        return policies.list_order_kinds(session, actor=actor)

    @command
    def set_order_kind(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return policies.set_order_kind(session, actor=actor, **given)

    @command
    def request_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.request_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def verify_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.verify_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def offer_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return offering.offer_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def open_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return offering.open_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def claim_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return taking.take_order(session, actor=actor, now=now_of(session, actor), claim=True, **given)

    @command
    def accept_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return taking.take_order(session, actor=actor, now=now_of(session, actor), claim=False, **given)

    @command
    def decline_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return offering.decline_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def schedule_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return scheduling.schedule_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def check_in_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.check_in_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def deliver_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.deliver_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def confirm_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.confirm_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def rate_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return rating.rate_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def seal_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.seal_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def report_order_no_show(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.report_order_no_show(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def dispute_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.dispute_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def resolve_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.resolve_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def give_back_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return taking.give_back_order(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def agree_order_move(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return scheduling.agree_order_move(session, actor=actor, **given)

    @command
    def cancel_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.cancel_order(session, actor=actor, now=now_of(session, actor), **given)

    @timer
    def run_order_clock(self, session: Session, *, actor: Actor, now: datetime, order_id: str, serial: int) -> None:
        running.run_order_clock(session, actor=actor, now=now, order_id=order_id, serial=serial)

    @timer
    def expire_order_offer(self, session: Session, *, actor: Actor, now: datetime, order_id: str, rank: int) -> None:
        running.expire_offer_of_before(session, actor=actor, now=now, order_id=order_id, rank=rank)

    @timer
    def confirm_order_by_clock(self, session: Session, *, actor: Actor, now: datetime, order_id: str) -> None:
        running.confirm_of_before(session, actor=actor, now=now, order_id=order_id)

    @every(seconds=60)
    def wind_order_clocks(self, session: Session) -> None:
        running.wind_clockless(session)


def now_of(session: Session, actor: Actor) -> datetime:
    """The district clock."""
    return clock.now(session, actor.district_code)
