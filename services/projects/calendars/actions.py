"""Opening and revoking secret addresses of calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.projects.calendars import queries
from services.projects.calendars.models import CalendarFeed


def open_calendar_feed(session: Session, *, actor: Actor, now: datetime, token: str) -> dict[str, Any]:
    """A new secret address; told once. Others of the same person stay."""
    row = CalendarFeed(
        district_code=actor.district_code,
        street_code=None,
        account_id=actor.account_id,
        token_hash=queries.hash_of(token),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return queries.render(row, token)


def revoke_calendar_feed(session: Session, *, actor: Actor, now: datetime, calendar_feed_id: str) -> dict[str, Any]:
    """The address is no more; one that was revoked before stays revoked since then."""
    row = queries.find_feed(session, calendar_feed_id, actor)
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()
    return queries.render(row)
