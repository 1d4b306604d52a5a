"""Recording and revoking credentials."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.projects.events_orders import CredentialRecorded, CredentialRevoked
from services.projects.credentials import domain, queries
from services.projects.credentials.models import Credential
from services.projects.known import queries as known


def record_credential(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    valid_from: date,
    organisation_id: str | None = None,
    account_id: str | None = None,
    valid_until: date | None = None,
    **given: Any,
) -> dict[str, Any]:
    """By staff of the street, from what they have seen."""
    db.check_street(actor, street_code)
    domain.check_holder(organisation_id, account_id)
    domain.check_period(valid_from, valid_until)
    if organisation_id is not None:
        organisation_id = known.organisation(session, organisation_id).id
    row = Credential(
        district_code=actor.district_code,
        street_code=street_code,
        organisation_id=organisation_id,
        account_id=account_id,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=actor.account_id,
        created_at=now,
        **given,
    )
    keep(session, row)
    return queries.render(row)


def keep(session: Session, row: Credential) -> None:
    """On record from now on, and told."""
    session.add(row)
    session.flush()
    told = CredentialRecorded(
        credential_id=row.id,
        requirement=row.requirement,
        organisation_id=row.organisation_id,
        account_id=row.account_id,
        valid_until=row.valid_until.isoformat() if row.valid_until else None,
        street_codes=[row.street_code] if row.street_code else [],
    )
    outbox.record(session, told)


def revoke_credential(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    credential_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Orders that were accepted on it stay as they are."""
    row = queries.find_credential(session, credential_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    domain.check_not_revoked(revoked=row.revoked_at is not None)
    row.revoked_at, row.reason = now, reason
    session.flush()
    outbox.record(session, CredentialRevoked(credential_id=row.id, street_codes=[row.street_code or ""]))
    return queries.render(row)
