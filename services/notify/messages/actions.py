"""Telling people of an event, and what they do with their messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.actor import Actor
from chassis.errors import InvalidError
from chassis.events import Envelope
from contracts.notify import kinds
from services.notify.catalogue.notice import Notice
from services.notify.deliveries import actions as deliveries
from services.notify.known import actions as known_actions
from services.notify.known import queries as known
from services.notify.messages import domain, queries
from services.notify.messages.models import Message, Preference
from services.notify.messages.queries import Recipient
from services.notify.templates import queries as templates
from services.notify.templates import render
from services.notify.webhooks import queries as webhooks

log = structlog.get_logger(__name__)


def tell(session: Session, *, notice: Notice, envelope: Envelope, facts: dict[str, Any]) -> None:
    """Message rows, e-mail and webhook intents of one event, in the transaction that accepts it."""
    if not notice.concerns(facts):
        return
    audience = queries.audience_of(session, envelope.district_code, notice, facts)
    streets = facts.get("street_codes") or []
    if notice.hold and audience.absent:
        for organisation_id in sorted(audience.absent):
            known_actions.wait_for_accounts(session, organisation_id)
        audience = queries.audience_of(session, envelope.district_code, notice, facts)
    for organisation_id in sorted(audience.absent) if notice.hold else ():
        known_actions.hold(session, envelope, organisation_id, domain.street_of(streets, ()))
    tell_accounts(session, notice=notice, envelope=envelope, facts=facts, recipients=audience.recipients)
    endpoints = webhooks.subscribed(
        session,
        envelope.district_code,
        event_name=envelope.name,
        street_codes=streets,
        organisation_ids=audience.organisation_ids,
    )
    deliveries.queue_webhooks(session, notice=notice, envelope=envelope, facts=facts, endpoints=endpoints)


def tell_accounts(
    session: Session, *, notice: Notice, envelope: Envelope, facts: dict[str, Any], recipients: Sequence[Recipient]
) -> None:
    """One message per account, and an e-mail intent where the account did not switch that off."""
    if not recipients:
        return
    parts = _words(session, notice, envelope, facts)
    rows = [_row(session, notice, envelope, facts, parts, recipient) for recipient in recipients]
    made = session.execute(
        insert(Message).values(rows).on_conflict_do_nothing().returning(Message.id, Message.account_id)
    )
    fresh = list(made)
    if not notice.email:
        return
    muted: set[str] = set()
    if notice.kind not in kinds.MANDATORY_KINDS:
        muted = queries.muted_accounts(session, envelope.district_code, notice.kind, kinds.EMAIL)
    mail = [(message_id, account_id) for message_id, account_id in fresh if account_id not in muted]
    deliveries.queue_mail(session, notice=notice, envelope=envelope, facts=facts, messages=mail)


def _words(session: Session, notice: Notice, envelope: Envelope, facts: dict[str, Any]) -> dict[str, str]:
    """The district's wording; should it fail on a real event, the shipped one, so that nobody misses the message."""
    wanted = {str(value) for name, value in facts.items() if name.endswith(("organisation_id", "hub_id")) and value}
    names = known.names_of(session, envelope.district_code, wanted)
    words = templates.words_in_force(session, envelope.district_code, envelope.name)
    try:
        return render.render(words, facts, names)
    except InvalidError as error:
        if words == notice.words:
            raise
        log.warning("template_failed", event_name=envelope.name, **error.details)
        return render.render(notice.words, facts, names)


def _row(
    session: Session,
    notice: Notice,
    envelope: Envelope,
    facts: dict[str, Any],
    parts: dict[str, str],
    recipient: Recipient,
) -> dict[str, Any]:
    return {
        "id": ids.new_id("msg"),
        "version": 1,
        "created_at": clock.now(session, envelope.district_code),
        "district_code": envelope.district_code,
        "street_code": domain.street_of(facts.get("street_codes") or [], recipient.streets),
        "account_id": recipient.account_id,
        "organisation_id": recipient.organisation_id,
        "status": "unread",
        "kind": notice.kind,
        "priority": notice.priority,
        "template": notice.event,
        "event_id": envelope.id,
        "event_name": envelope.name,
        "subject": envelope.subject,
        "trace_id": envelope.trace_id,
        "occurred_at": envelope.occurred_at,
        **parts,
    }


def read_message(session: Session, *, actor: Actor, message_id: str, now: datetime) -> dict[str, Any]:
    """Mark a message of mine as read."""
    row = queries.lock_message(session, actor, message_id)
    row.status = domain.next_status(row.status, "read")
    row.read_at = now
    session.flush()
    return queries.render(row)


def set_preference(session: Session, *, actor: Actor, kind: str, channel: str, enabled: bool) -> dict[str, Any]:
    """Switch a kind of message on or off for me on a channel."""
    domain.check_preference(kind=kind, channel=channel, enabled=enabled, mandatory=kinds.MANDATORY_KINDS)
    values = {
        "id": ids.new_id("prf"),
        "district_code": actor.district_code,
        "account_id": actor.account_id,
        "kind": kind,
        "channel": channel,
        "enabled": enabled,
    }
    session.execute(
        insert(Preference)
        .values(values)
        .on_conflict_do_update(
            index_elements=["district_code", "account_id", "kind", "channel"], set_={"enabled": enabled}
        )
    )
    return queries.preference_view(kind, channel, enabled)
