"""The end of a key: its tokens are refused like those of an ended session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox, revocations
from contracts.registry.events import SessionRevoked
from contracts.registry.events_identity import ApiKeyRevoked
from services.registry.api_keys import domain
from services.registry.api_keys.models import ApiKey


def revoke_key(session: Session, row: ApiKey, *, now: datetime) -> None:
    """One that is locked."""
    row.status, row.revoked_at = domain.next_status(row.status, "revoke"), now
    session.flush()
    revocations.note(session, row.id)
    outbox.record(session, ApiKeyRevoked(api_key_id=row.id, account_id=row.account_id))
    outbox.record(session, SessionRevoked(session_id=row.id, account_id=row.account_id, reason="api_key_revoked"))


def revoke_keys(session: Session, *, account_id: str, now: datetime) -> None:
    """All of an account that ends."""
    active = select(ApiKey).where(ApiKey.account_id == account_id, ApiKey.status == "active")
    for row in session.scalars(active.order_by(ApiKey.id).with_for_update()):
        revoke_key(session, row, now=now)
