"""Counting messages and deliveries in scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.notify import kinds
from contracts.notify.deliveries import NotifyDashboardView
from services.notify.deliveries.domain import OPEN
from services.notify.deliveries.models import Delivery
from services.notify.known.models import HeldNotice
from services.notify.messages.models import Message
from services.notify.webhooks.models import WebhookEndpoint


def get_notify_dashboard(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Messages by kind, deliveries by channel and status, what still waits."""
    by_kind = _messages(session, actor)
    deliveries = _deliveries(session, actor)
    endpoints = _endpoints(session, actor)
    oldest = db.scoped(select(func.min(Delivery.created_at)), Delivery, actor).where(Delivery.status.in_(OPEN))
    shown: dict[str, Any] = NotifyDashboardView().dump(
        {
            "messages": sum(row["count"] for row in by_kind),
            "unread": sum(row["unread"] for row in by_kind),
            "by_kind": by_kind,
            "deliveries": deliveries,
            "waiting": sum(row["count"] for row in deliveries if row["status"] in OPEN),
            "oldest_waiting_at": session.scalar(oldest),
            "endpoints_active": endpoints.get("active", 0),
            "endpoints_disabled": endpoints.get("disabled", 0),
            "held": session.scalar(db.scoped(select(func.count(HeldNotice.id)), HeldNotice, actor)) or 0,
        }
    )
    return shown


def _messages(session: Session, actor: Actor) -> list[dict[str, Any]]:
    unread = func.count(Message.id).filter(Message.status == "unread")
    statement: Any = select(Message.kind, func.count(Message.id), unread).group_by(Message.kind).order_by(Message.kind)
    return [
        {"kind": kind, "kind_zh": kinds.KINDS.get(kind, kind), "count": count, "unread": waiting}
        for kind, count, waiting in session.execute(db.scoped(statement, Message, actor))
    ]


def _deliveries(session: Session, actor: Actor) -> list[dict[str, Any]]:
    statement: Any = (
        select(Delivery.channel, Delivery.status, func.count(Delivery.id))
        .group_by(Delivery.channel, Delivery.status)
        .order_by(Delivery.channel, Delivery.status)
    )
    return [
        {"channel": channel, "status": status, "count": count}
        for channel, status, count in session.execute(db.scoped(statement, Delivery, actor))
    ]


def _endpoints(session: Session, actor: Actor) -> dict[str, int]:
    statement: Any = select(WebhookEndpoint.status, func.count(WebhookEndpoint.id)).group_by(WebhookEndpoint.status)
    return dict(session.execute(db.scoped(statement, WebhookEndpoint, actor)).all())
