"""The end of sessions: the row, the event, and at once the service's own list of what is refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox, revocations
from contracts.registry.events import SessionRevoked
from services.registry.sessions.models import SignInSession


def end_session(session: Session, row: SignInSession, *, reason: str, now: datetime) -> None:
    """One that is locked and still open."""
    row.revoked_at, row.end_reason = now, reason
    session.flush()
    revocations.note(session, row.id)
    outbox.record(session, SessionRevoked(session_id=row.id, account_id=row.account_id, reason=reason))


def end_sessions(session: Session, *, account_id: str, reason: str, now: datetime, besides: str | None = None) -> int:
    """All open ones of the account, but the one named; returns how many."""
    open_ = select(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None), SignInSession.expires_at > now
    )
    rows = list(session.scalars(open_.order_by(SignInSession.id).with_for_update()))
    ended = [row for row in rows if row.id != besides]
    for row in ended:
        end_session(session, row, reason=reason, now=now)
    return len(ended)
