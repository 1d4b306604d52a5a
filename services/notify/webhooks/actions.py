"""Adding, resuming and removing endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.notify.events import WebhookEndpointAdded, WebhookEndpointRemoved, WebhookEndpointResumed
from contracts.notify.webhooks import NewWebhookEndpointView
from contracts.roles import CSO, HUB, PROVIDER
from services.notify import settings
from services.notify.catalogue import NOTICES
from services.notify.webhooks import domain, queries
from services.notify.webhooks.models import WebhookEndpoint

BOUND_ROLES = (PROVIDER, HUB, CSO)


def add_webhook_endpoint(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    random: bytes,
    url: str,
    event_names: list[str],
    street_codes: list[str],
    note: str,
) -> dict[str, Any]:
    """Add an endpoint for the actor's organisation, or for the district; the answer alone shows its secret."""
    _check_new(session, actor, url=url, event_names=event_names, street_codes=street_codes)
    streets = sorted(set(street_codes)) or list(actor.street_codes)
    row = WebhookEndpoint(
        district_code=actor.district_code,
        street_code=streets[0] if len(streets) == 1 else None,
        created_at=now,
        status="active",
        account_id=actor.account_id,
        organisation_id=actor.organisation_id,
        url=url,
        secret=domain.new_secret(random),
        event_names=sorted(set(event_names)),
        street_codes=streets,
        note=note,
        failures=0,
    )
    session.add(row)
    session.flush()
    outbox.record(session, WebhookEndpointAdded(**_facts(row)))
    shown: dict[str, Any] = NewWebhookEndpointView().dump(row)
    return shown


def _check_new(session: Session, actor: Actor, *, url: str, event_names: list[str], street_codes: list[str]) -> None:
    domain.check_owner(actor.role, actor.organisation_id, BOUND_ROLES)
    domain.split_url(url, allow_loopback=settings.ALLOW_LOOPBACK.get())
    domain.check_events(event_names, NOTICES)
    for street in street_codes:
        db.check_street(actor, street)
    domain.check_count(queries.count_owned(session, actor), settings.ENDPOINTS_PER_OWNER.get())


def resume_webhook_endpoint(session: Session, *, actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """Switch a disabled endpoint on again; what it missed is not sent after."""
    row = _lock_for_write(session, actor, endpoint_id)
    row.status = domain.next_status(row.status, "resume")
    row.failures, row.resume_at = 0, None
    outbox.record(session, WebhookEndpointResumed(**_facts(row)))
    session.flush()
    return queries.render(row)


def remove_webhook_endpoint(session: Session, *, actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """Remove an endpoint and forget its secret; the row stays for its deliveries to point at."""
    row = _lock_for_write(session, actor, endpoint_id)
    row.status = domain.next_status(row.status, "remove")
    row.secret = ""
    outbox.record(session, WebhookEndpointRemoved(**_facts(row)))
    session.flush()
    return queries.render(row)


def _lock_for_write(session: Session, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    """One's own, or one that the actor supervises within its streets."""
    row = queries.find_endpoint(session, actor, endpoint_id, lock=True)
    if row.account_id != actor.account_id and (
        row.organisation_id is None or row.organisation_id != actor.organisation_id
    ):
        db.check_street(actor, row.street_code)
    return row


def _facts(row: WebhookEndpoint) -> dict[str, Any]:
    return {"endpoint_id": row.id, "organisation_id": row.organisation_id, "street_codes": row.street_codes}
