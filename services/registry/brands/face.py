"""Operations on brand pages, and the events of projects they show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import command, on_event, rpc
from contracts.projects.events_awards import ProjectClosed, ProjectStarted
from contracts.projects.events_delivery import (
    OrderConfirmed,
    OrderDelivered,
    OrderRated,
    OrderResolved,
    ProjectAccepted,
    ProjectTerminated,
    ReportSubmitted,
)
from services.registry.brands import actions, handlers, public, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class KnownWork:
    """Projects and orders of other services' making."""

    @on_event(ProjectStarted)
    def on_project_started(self, session: Session, event: ProjectStarted, envelope: Envelope) -> None:
        handlers.on_project_started(session, event, envelope)

    @on_event(ProjectAccepted)
    def on_project_accepted(self, session: Session, event: ProjectAccepted, envelope: Envelope) -> None:
        handlers.on_project_accepted(session, event, envelope)

    @on_event(ProjectClosed)
    def on_project_closed(self, session: Session, event: ProjectClosed, envelope: Envelope) -> None:
        handlers.on_project_closed(session, event, envelope)

    @on_event(ProjectTerminated)
    def on_project_terminated(self, session: Session, event: ProjectTerminated, envelope: Envelope) -> None:
        handlers.on_project_terminated(session, event, envelope)

    @on_event(ReportSubmitted)
    def on_report_submitted(self, session: Session, event: ReportSubmitted, envelope: Envelope) -> None:
        handlers.on_report_submitted(session, event, envelope)

    @on_event(OrderDelivered)
    def on_order_delivered(self, session: Session, event: OrderDelivered, envelope: Envelope) -> None:
        handlers.on_order_delivered(session, event, envelope)

    @on_event(OrderConfirmed)
    def on_order_confirmed(self, session: Session, event: OrderConfirmed, envelope: Envelope) -> None:
        handlers.on_order_confirmed(session, event, envelope)

    @on_event(OrderResolved)
    def on_order_resolved(self, session: Session, event: OrderResolved, envelope: Envelope) -> None:
        handlers.on_order_resolved(session, event, envelope)

    @on_event(OrderRated)
    def on_order_rated(self, session: Session, event: OrderRated, envelope: Envelope) -> None:
        handlers.on_order_rated(session, event, envelope)


class Brands(KnownWork):
    """Draft, change, publish, hide; honours and photos; the public page."""

    @command
    def draft_brand(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_brand(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_brand(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_brand(session, actor=actor, **asked)

    @command
    def publish_brand(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.publish_brand(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def hide_brand(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.hide_brand(session, actor=actor, **asked)

    @command
    def add_brand_honour(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.add_brand_honour(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def remove_brand_honour(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.remove_brand_honour(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def add_brand_photo(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.add_brand_photo(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def withdraw_brand_photo(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.withdraw_brand_photo(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_brand(self, session: Session, *, actor: Actor, brand_id: str) -> dict[str, Any]:
        return queries.get_brand(session, actor=actor, brand_id=brand_id)

    @rpc
    def list_brands(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_brands(session, actor=actor, **asked)

    @rpc
    def get_public_brand(self, session: Session, *, actor: Actor, slug: str) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return public.get_public_brand(session, actor=actor, today=today, slug=slug)

    @rpc
    def get_public_photo(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return public.get_public_photo(session, actor=actor, today=today, **asked)

    @rpc
    def list_public_brands(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return public.list_public_brands(session, actor=actor, **asked)
