"""What sign-in need not remember any longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import context
from services.registry.policies.queries import number
from services.registry.sessions.models import SignInAttempt, SignInSession, SpentRefreshToken

BATCH = 5000


def prune(session: Session, *, now: datetime) -> None:
    """Spent tokens of sessions that are over, the sessions some days later, and failures nobody added to since."""
    kept = number(session, context.of(session).actor.district_code, "session_kept_days")
    over = select(SignInSession.id).where(SignInSession.expires_at < now)
    spent = select(SpentRefreshToken.digest).where(SpentRefreshToken.session_id.in_(over)).limit(BATCH)
    session.execute(delete(SpentRefreshToken).where(SpentRefreshToken.digest.in_(spent)))
    old = SignInSession.expires_at < now - timedelta(days=kept)
    tokens_left = select(SpentRefreshToken.session_id).where(SpentRefreshToken.session_id == SignInSession.id)
    gone = select(SignInSession.id).where(old, ~tokens_left.exists()).limit(BATCH)
    session.execute(delete(SignInSession).where(SignInSession.id.in_(gone)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.locked_until < now - timedelta(days=1)))
