"""What notify adds to a trace: whom an event was told to, and what became of it outside. No address, no text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import ids
from chassis.tracing import Follower, Step, Thread, born
from services.notify.deliveries.models import Delivery
from services.notify.messages.models import Message


def find(session: Session, asked: str) -> str | None:
    """The trace id of a message or delivery, or of an event they tell of."""
    models: tuple[Any, ...] = (Message, Delivery)
    for prefix, model in zip(("msg", "dlv"), models, strict=True):
        if ids.is_id(prefix, asked):
            return _first(session, model, model.id == asked)
    if ids.is_id("evt", asked):
        return next((one for model in models if (one := _first(session, model, model.event_id == asked))), None)
    return None


def _first(session: Session, model: Any, condition: Any) -> str | None:
    found: str | None = session.scalar(select(model.trace_id).where(condition).limit(1))
    return found


def follow(session: Session, thread: Thread) -> list[Step]:
    """Messages and deliveries of the trace."""
    if not thread.trace_id:
        return []
    messages = session.scalars(select(Message).where(Message.trace_id == thread.trace_id))
    deliveries = session.scalars(select(Delivery).where(Delivery.trace_id == thread.trace_id))
    return [*map(_message, messages), *map(_delivery, deliveries)]


def _message(row: Message) -> Step:
    """Timed by its id: ``created_at`` and ``read_at`` are on the district's clock."""
    return Step(
        kind="message",
        id=row.id,
        name=row.template,
        service="notify",
        at=born("msg", row.id),
        status=row.status,
        cause=row.event_id,
        event=(row.event_id, row.event_name),
        details={"district": row.district_code, "account_id": row.account_id},
    )


def _delivery(row: Delivery) -> Step:
    """Outcomes of its tries, not the peer's words: these may quote an address."""
    attempts = [{"at": one["at"], "outcome": one["outcome"]} for one in row.attempts]
    details = {"district": row.district_code, "to": row.target, "tries": row.tries, "attempts": attempts}
    if row.due_at is not None:
        details["due_at"] = row.due_at.isoformat()
    return Step(
        kind="delivery",
        id=row.id,
        name=row.channel,
        service="notify",
        at=row.created_at,
        status=row.status,
        until=row.sent_at,
        cause=row.message_id or row.event_id,
        event=(row.event_id, row.event_name),
        details=details,
    )


FOLLOWER = Follower(find=find, follow=follow)
