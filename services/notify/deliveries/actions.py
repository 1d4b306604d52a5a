"""Queueing deliveries with their event, and settling what came of each try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, ids, outbox
from chassis.actor import Actor
from chassis.events import Envelope
from contracts.notify import kinds
from contracts.notify.events import DeliveryBounced, MessageDelivered, WebhookEndpointDisabled
from services.notify import settings
from services.notify.catalogue.notice import Notice
from services.notify.deliveries import domain, queries
from services.notify.deliveries.domain import Outcome
from services.notify.deliveries.models import Delivery, Suppression
from services.notify.webhooks import domain as endpoint_domain
from services.notify.webhooks.models import WebhookEndpoint

ANSWER_LIMIT = 300


def queue_mail(
    session: Session,
    *,
    notice: Notice,
    envelope: Envelope,
    facts: dict[str, Any],
    messages: Iterable[tuple[str, str]],
) -> None:
    """E-mail intents for ``(message id, account id)``; none where the district has no mail server."""
    if not settings.SMTP_URL.get():
        return
    rows = [
        {
            **_row(notice, envelope, facts),
            "channel": kinds.EMAIL,
            "target": account_id,
            "message_id": message_id,
            "account_id": account_id,
        }
        for message_id, account_id in messages
    ]
    _insert(session, rows)


def queue_webhooks(
    session: Session,
    *,
    notice: Notice,
    envelope: Envelope,
    facts: dict[str, Any],
    endpoints: Sequence[WebhookEndpoint],
) -> None:
    """Webhook intents; the body is frozen now, so every try posts the same bytes."""
    body = {
        "type": envelope.name,
        "timestamp": envelope.occurred_at.isoformat(),
        "event_id": envelope.id,
        "subject": envelope.subject,
        "trace_id": envelope.trace_id,
        "data": facts,
    }
    rows = [
        {
            **_row(notice, envelope, facts),
            "channel": kinds.WEBHOOK,
            "target": endpoint.id,
            "endpoint_id": endpoint.id,
            "body": body,
        }
        for endpoint in endpoints
    ]
    _insert(session, rows)


def _row(notice: Notice, envelope: Envelope, facts: dict[str, Any]) -> dict[str, Any]:
    now = clock.system_now()
    streets = facts.get("street_codes") or []
    return {
        "id": ids.new_id("dlv"),
        "version": 1,
        "created_at": now,
        "due_at": now,
        "district_code": envelope.district_code,
        "street_code": streets[0] if len(streets) == 1 else None,
        "status": "queued",
        "urgency": kinds.PRIORITIES.index(notice.priority),
        "event_id": envelope.id,
        "event_name": envelope.name,
        "subject": envelope.subject,
        "trace_id": envelope.trace_id,
        "tries": 0,
        "attempts": [],
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(Delivery).values(rows).on_conflict_do_nothing())


def claim(session: Session, channel: str, *, now: datetime, until: datetime, most: int) -> list[Delivery]:
    """Take due deliveries until ``until``; each claim has a version of its own, which :func:`settle` asks for."""
    rows = queries.lock_due(session, channel, now=now, most=most)
    for row in rows:
        if row.status == "sending":
            row.attempts = [*row.attempts, _attempt(now, "lost", "the sending process ended before it could say")]
        row.status = domain.next_status(row.status, "claim")
        row.lease_until = until
        row.tries += 1
    session.flush()
    return rows


def settle(session: Session, *, delivery_id: str, version: int, outcome: Outcome, now: datetime, chance: float) -> bool:
    """Write down what a try came to, with its event; ``False`` when the claim was lost to another process."""
    row = session.get(Delivery, delivery_id, with_for_update=True)
    if row is None or row.version != version:
        return False
    policy = retry_policy()
    action = domain.final_action(outcome, row.tries, policy)
    row.status = domain.next_status(row.status, action)
    row.lease_until = None
    row.due_at = None
    if action == "release":
        row.tries -= 1
        row.due_at = now + domain.back_off(1, policy, chance=chance)
        return True
    row.attempts = [*row.attempts, _attempt(now, action, outcome.answer)]
    row.reason = None if action == "succeed" else outcome.answer[:ANSWER_LIMIT]
    if action == "retry":
        row.due_at = now + domain.back_off(row.tries, policy, chance=chance, asked=outcome.wait)
    _follow_up(session, row, action, now, chance)
    session.flush()
    return True


def _follow_up(session: Session, row: Delivery, action: str, now: datetime, chance: float) -> None:
    if row.endpoint_id is not None:
        _judge_endpoint(session, row, action, now, chance)
    if action == "succeed":
        row.sent_at = now
        outbox.record(session, MessageDelivered(**_facts(row)))
    elif action == "bounce":
        if row.channel == kinds.EMAIL:
            _suppress(session, row, now)
        outbox.record(session, DeliveryBounced(**_facts(row), reason=row.reason or ""))


def _judge_endpoint(session: Session, row: Delivery, action: str, now: datetime, chance: float) -> None:
    """A receiver that works starts afresh, one that fails is paused, one that said 410 is switched off."""
    endpoint = session.get_one(WebhookEndpoint, row.endpoint_id, with_for_update=True)
    if action == "succeed":
        endpoint.failures, endpoint.resume_at = 0, None
    elif action in {"retry", "abandon"}:
        endpoint.failures += 1
        endpoint.resume_at = now + domain.back_off(endpoint.failures, retry_policy(), chance=chance)
    elif action == "bounce" and endpoint.status == "active":
        endpoint.status = endpoint_domain.next_status(endpoint.status, "disable")
        outbox.record(
            session,
            WebhookEndpointDisabled(
                endpoint_id=endpoint.id,
                reason=row.reason or "",
                organisation_id=endpoint.organisation_id,
                street_codes=endpoint.street_codes,
            ),
        )


def _suppress(session: Session, row: Delivery, now: datetime) -> None:
    values = {
        "id": ids.new_id("sup"),
        "district_code": row.district_code,
        "street_code": row.street_code,
        "channel": row.channel,
        "target": row.target,
        "reason": row.reason or "",
        "delivery_id": row.id,
        "since": now,
    }
    session.execute(insert(Suppression).values(values).on_conflict_do_nothing())


def requeue_delivery(session: Session, *, actor: Actor, delivery_id: str, now: datetime) -> dict[str, Any]:
    """Send again what had ended without success, with fresh tries; a suppression of its target is lifted."""
    row = queries.find_delivery(session, actor, delivery_id, lock=True)
    db.check_street(actor, row.street_code)
    row.status = domain.next_status(row.status, "requeue")
    row.tries, row.reason, row.due_at = 0, None, now
    session.execute(
        delete(Suppression).where(
            Suppression.district_code == row.district_code,
            Suppression.channel == row.channel,
            Suppression.target == row.target,
        )
    )
    session.flush()
    return queries.render(row)


def retry_policy() -> domain.RetryPolicy:
    """As configured."""
    return domain.RetryPolicy(
        base=settings.RETRY_BASE.get(), cap=settings.RETRY_CAP.get(), most=settings.MAX_ATTEMPTS.get()
    )


def _attempt(now: datetime, outcome: str, answer: str) -> dict[str, str]:
    return {"at": now.isoformat(timespec="seconds"), "outcome": outcome, "answer": answer[:ANSWER_LIMIT]}


def _facts(row: Delivery) -> dict[str, Any]:
    return {
        "delivery_id": row.id,
        "channel": row.channel,
        "cause_event_id": row.event_id,
        "cause_event_name": row.event_name,
        "message_id": row.message_id,
        "endpoint_id": row.endpoint_id,
        "street_codes": [row.street_code] if row.street_code else [],
    }
