"""The face of service orders: callers, candidates, proxies, hours, rules, ratings and follow-ups."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.orders import callers, candidates, closing, policies, rating
from services.projects.orders.face import View, now_of


class OrderPeople:
    """Mixed into the projects service beside :class:`Orders`."""

    @rpc
    def get_order_caller(self, session: Session, *, actor: Actor, caller_id: str) -> View:
        return callers.render(callers.find_caller(session, caller_id, actor))

    @rpc
    def list_order_callers(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return callers.list_order_callers(session, actor=actor, **given)

    @command
    def find_order_caller(self, session: Session, *, actor: Actor, phone: str) -> View:
        page = callers.list_order_callers(session, actor=actor, phone_index=callers.index_of(phone))
        return {"items": page["items"]}

    @command
    def link_order_caller(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return callers.link_caller(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def disclose_order_caller(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return callers.disclose_caller(session, actor=actor, **given)

    @rpc
    def list_order_duplicates(self, session: Session, *, actor: Actor, order_id: str) -> View:
        return callers.list_order_duplicates(session, actor=actor, order_id=order_id)

    @rpc
    def list_order_candidates(self, session: Session, *, actor: Actor, order_id: str) -> View:
        return candidates.list_order_candidates(session, actor=actor, order_id=order_id)

    @command
    def name_order_proxy(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return closing.name_order_proxy(session, actor=actor, **given)

    @rpc
    def get_order_ratings(self, session: Session, *, actor: Actor, organisation_id: str) -> View:
        return rating.get_order_ratings(session, actor=actor, organisation_id=organisation_id)

    @rpc
    def get_order_follow_up(self, session: Session, *, actor: Actor, follow_up_id: str) -> View:
        return rating.render(rating.find_follow_up(session, follow_up_id, actor))

    @rpc
    def list_order_follow_ups(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return rating.list_order_follow_ups(session, actor=actor, **given)

    @command
    def settle_order_follow_up(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return rating.settle_order_follow_up(session, actor=actor, now=now_of(session, actor), **given)

    @rpc
    def list_order_hours(self, session: Session, *, actor: Actor) -> View:
        return policies.list_order_hours(session, actor=actor)

    @command
    def set_order_hours(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return policies.set_order_hours(session, actor=actor, **given)

    @rpc
    def get_order_policy(self, session: Session, *, actor: Actor) -> View:
        return policies.get_order_policy(session, actor=actor)

    @command
    def set_order_policy(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return policies.set_order_policy(session, actor=actor, **given)
