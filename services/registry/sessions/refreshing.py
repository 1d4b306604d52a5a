"""Rotation of refresh tokens. At any instant one token of a session is good, and every other one ever issued betrays.

A used token that comes again ends the session: it was copied. One case is excused, once: the reply got lost, so that
the client repeats the token while its successor was never used. Then the successor is spent in its place and a new one
issued. A thief gains nothing by it: whichever of the two acts second with a spent token ends the session for both.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chassis.errors import UnauthenticatedError
from contracts.registry.codes import RegistryCode
from services.registry.policies.queries import number
from services.registry.sessions import attempts
from services.registry.sessions.models import SignInSession, SpentRefreshToken


def new_token() -> str:
    """256 random bits; only the digest is kept."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def rotate(session: Session, *, district_code: str, refresh_token: str, now: datetime) -> tuple[SignInSession, str]:
    """The session, locked, and its next refresh token; raises :class:`UnauthenticatedError`."""
    digest = digest_of(refresh_token)
    row = _of(session, district_code, SignInSession.refresh_digest == digest)
    if row is not None:
        _check_open(row, now)
        return row, _succeed(session, row, digest, now)
    spent = session.get(SpentRefreshToken, digest)
    row = _of(session, district_code, SignInSession.id == spent.session_id) if spent else None
    row = row or _of(session, district_code, SignInSession.previous_digest == digest)  # spent before release 0007
    if row is None:
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)
    _check_open(row, now)
    if spent is not None:
        session.refresh(spent)  # another use of it may have ended while this one waited for the row
        grace = timedelta(seconds=number(session, district_code, "session_grace_seconds"))
        if not spent.final and spent.successor_digest == row.refresh_digest and now - spent.spent_at <= grace:
            return row, _repeat(session, row, spent, now)
    attempts.revoke_stolen(session, row, now)
    raise UnauthenticatedError(RegistryCode.SESSION_INVALID)


def _of(session: Session, district_code: str, condition: ColumnElement[bool]) -> SignInSession | None:
    statement = select(SignInSession).where(condition, SignInSession.district_code == district_code)
    return session.scalars(statement.with_for_update().execution_options(populate_existing=True)).first()


def _check_open(row: SignInSession, now: datetime) -> None:
    if row.revoked_at is not None or row.expires_at <= now:
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)


def _succeed(session: Session, row: SignInSession, digest: str, now: datetime, *, final: bool = False) -> str:
    token = new_token()
    session.add(
        SpentRefreshToken(
            digest=digest, session_id=row.id, successor_digest=digest_of(token), spent_at=now, final=final
        )
    )
    row.previous_digest, row.refresh_digest, row.last_seen_at = digest, digest_of(token), now
    session.flush()
    return token


def _repeat(session: Session, row: SignInSession, spent: SpentRefreshToken, now: datetime) -> str:
    """The reply with the successor got lost: it is spent, unused, and neither may come again."""
    spent.final = True
    return _succeed(session, row, row.refresh_digest, now, final=True)
