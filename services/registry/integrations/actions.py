"""Writes of integrations: grant, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_integrations import IntegrationCode
from contracts.registry.events_integrations import IntegrationGranted, IntegrationWithdrawn
from services.registry import scope
from services.registry.accounts import domain as accounts_domain
from services.registry.accounts import queries as accounts
from services.registry.api_keys import ending
from services.registry.api_keys.models import ApiKey
from services.registry.integrations import domain, queries
from services.registry.integrations.models import Integration
from services.registry.organisations import queries as organisations
from services.registry.places import queries as places


def grant_integration(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    account_id: str,
    acts_as: str,
    street_codes: list[str],
    operations: list[str],
    purpose: str,
    organisation_id: str | None = None,
) -> dict[str, Any]:
    """Reads of a role, for its streets or its organisation; a key for them is security's to issue."""
    db.check_street(actor, None)
    scope.hold(session, f"integration:{account_id}")
    account = accounts.find_account(session, actor, account_id)
    domain.check_account(account.role, account.status)
    if queries.active_of(session, account.id) is not None:
        raise ConflictError(IntegrationCode.EXISTS)
    accounts_domain.check_streets(acts_as, street_codes, None)
    places.check_streets(session, actor.district_code, street_codes)
    organisation = organisations.find_organisation(session, actor, organisation_id) if organisation_id else None
    accounts_domain.check_organisation(acts_as, organisation.kind if organisation else None)
    domain.check_operations(operations, queries.readable(acts_as))
    row = Integration(
        district_code=actor.district_code,
        account_id=account.id,
        acts_as=acts_as,
        street_codes=list(dict.fromkeys(street_codes)),
        organisation_id=organisation.id if organisation else None,
        operations=list(dict.fromkeys(operations)),
        purpose=purpose,
        granted_by=actor.account_id,
        status="active",
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _granted(row))
    return queries.render(row)


def _granted(row: Integration) -> IntegrationGranted:
    return IntegrationGranted(
        integration_id=row.id,
        account_id=row.account_id,
        acts_as=row.acts_as,
        organisation_id=row.organisation_id,
        operations=row.operations,
    )


def withdraw_integration(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    integration_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Keys that used it end at once, with their tokens."""
    db.check_street(actor, None)
    row = queries.find_integration(session, actor, integration_id, lock=True)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, "withdraw")
    row.withdrawn_at, row.withdrawn_reason = now, reason
    active = select(ApiKey).where(ApiKey.account_id == row.account_id, ApiKey.status == "active")
    using = [key for key in session.scalars(active.with_for_update()) if set(key.scopes) & set(row.operations)]
    for key in using:
        ending.revoke_key(session, key, now=now)
    session.flush()
    fact = IntegrationWithdrawn(integration_id=row.id, account_id=row.account_id, keys=len(using))
    outbox.record(session, fact)
    return queries.render(row)
