"""Reading endpoints: one's own; all of the district for those who supervise."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.notify.codes import NotifyCode
from contracts.notify.webhooks import WebhookEndpointView
from contracts.roles import ADMINISTRATOR, AUDITOR, BUREAU, OPERATOR
from services.notify.webhooks import domain
from services.notify.webhooks.models import WebhookEndpoint

SUPERVISORS = (BUREAU, ADMINISTRATOR, OPERATOR, AUDITOR)


def _visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    statement = db.scoped(statement, WebhookEndpoint, actor)
    if actor.role in SUPERVISORS:
        return statement
    mine = WebhookEndpoint.account_id == actor.account_id
    if actor.organisation_id is not None:
        mine = or_(mine, WebhookEndpoint.organisation_id == actor.organisation_id)
    return statement.where(mine)


def find_endpoint(session: Session, actor: Actor, endpoint_id: str, *, lock: bool = False) -> WebhookEndpoint:
    """One endpoint the actor may see."""
    statement = _visible(select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id), actor)
    row: WebhookEndpoint | None = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError(NotifyCode.WEBHOOK_ENDPOINT_NOT_FOUND, endpoint_id=endpoint_id)
    return row


def get_webhook_endpoint(session: Session, *, actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """One endpoint."""
    return render(find_endpoint(session, actor, endpoint_id))


def list_webhook_endpoints(session: Session, *, actor: Actor, status: str | None = None, **page: Any) -> dict[str, Any]:
    """Endpoints the actor may see, newest first."""
    statement = _visible(select(WebhookEndpoint), actor)
    if status is not None:
        statement = statement.where(WebhookEndpoint.status == status)
    return db.page(session, statement, by=WebhookEndpoint.id, render=render, **page)


def count_owned(session: Session, actor: Actor) -> int:
    """Endpoints in use of the actor's organisation, or of the account where it acts for none."""
    owner = (
        WebhookEndpoint.organisation_id == actor.organisation_id
        if actor.organisation_id
        else WebhookEndpoint.account_id == actor.account_id
    )
    statement = select(func.count(WebhookEndpoint.id)).where(
        WebhookEndpoint.district_code == actor.district_code, WebhookEndpoint.status != "removed", owner
    )
    return session.scalar(statement) or 0


def subscribed(
    session: Session,
    district_code: str,
    *,
    event_name: str,
    street_codes: Collection[str],
    organisation_ids: Collection[str],
) -> list[WebhookEndpoint]:
    """Active endpoints an event is posted to: the district's own, and those of the organisations it concerns."""
    concerned: ColumnElement[bool] = WebhookEndpoint.organisation_id.is_(None)
    if organisation_ids:
        concerned = or_(concerned, WebhookEndpoint.organisation_id.in_(organisation_ids))
    rows = session.scalars(
        select(WebhookEndpoint).where(
            WebhookEndpoint.district_code == district_code, WebhookEndpoint.status == "active", concerned
        )
    )
    return [
        row
        for row in rows
        if domain.wants(
            event_names=row.event_names,
            endpoint_streets=row.street_codes,
            event_name=event_name,
            event_streets=street_codes,
        )
    ]


def render(row: WebhookEndpoint) -> dict[str, Any]:
    """An endpoint without its secret."""
    shown: dict[str, Any] = WebhookEndpointView().dump(row)
    return shown
