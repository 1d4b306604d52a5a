"""Reading deliveries, and what is due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.notify import kinds
from contracts.notify.codes import NotifyCode
from contracts.notify.deliveries import DeliveryView
from services.notify.deliveries.models import Delivery, Suppression
from services.notify.webhooks.models import WebhookEndpoint

FILTERS = ("status", "channel", "event_id", "event_name", "endpoint_id", "account_id", "trace_id")


def find_delivery(session: Session, actor: Actor, delivery_id: str, *, lock: bool = False) -> Delivery:
    """One delivery in the actor's scope."""
    row = db.get_scoped(session, Delivery, delivery_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(NotifyCode.DELIVERY_NOT_FOUND, delivery_id=delivery_id)
    return row


def get_delivery(session: Session, *, actor: Actor, delivery_id: str) -> dict[str, Any]:
    """One delivery."""
    return render(find_delivery(session, actor, delivery_id))


def list_deliveries(session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
    """Deliveries in scope, newest first."""
    statement = db.scoped(select(Delivery), Delivery, actor)
    for name in FILTERS:
        if name in filters:
            statement = statement.where(getattr(Delivery, name) == filters.pop(name))
    return db.page(session, statement, by=Delivery.id, render=render, **filters)


def lock_due(session: Session, channel: str, *, now: datetime, most: int) -> list[Delivery]:
    """Due deliveries of a channel that nobody else is looking at; urgent ones first.

    A ``sending`` one whose lease has passed is due too: its process died. Paused endpoints wait.
    """
    ready = and_(Delivery.status.in_(("queued", "failed")), Delivery.due_at <= now)
    lost = and_(Delivery.status == "sending", Delivery.lease_until < now)
    statement = select(Delivery).where(Delivery.channel == channel, or_(ready, lost))
    if channel == kinds.WEBHOOK:
        paused = select(WebhookEndpoint.id).where(WebhookEndpoint.resume_at > now)
        statement = statement.where(Delivery.endpoint_id.not_in(paused))
    statement = statement.order_by(Delivery.urgency.desc(), Delivery.due_at, Delivery.id).limit(most)
    return list(session.scalars(statement.with_for_update(skip_locked=True)))


def suppressed_targets(session: Session, channel: str, targets: Collection[str]) -> set[str]:
    """Targets nothing is sent to."""
    return set(
        session.scalars(
            select(Suppression.target).where(Suppression.channel == channel, Suppression.target.in_(targets))
        )
    )


def render(row: Delivery) -> dict[str, Any]:
    """A delivery without any address."""
    shown: dict[str, Any] = DeliveryView().dump(row)
    return shown
