"""Sign in, refresh, sign out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from chassis import config, outbox, tokens
from chassis.actor import Actor
from chassis.errors import UnauthenticatedError
from contracts.registry.accounts import SessionView
from contracts.registry.codes import RegistryCode
from contracts.registry.events import SessionRevoked
from services.registry.accounts import passwords, queries
from services.registry.accounts.models import Account
from services.registry.personal import blind
from services.registry.places import queries as places
from services.registry.policies.queries import number
from services.registry.sessions import attempts
from services.registry.sessions.models import SignInAttempt, SignInSession

_VIEW = SessionView()


def sign_in(session: Session, *, actor: Actor, login: str, password: str, now: datetime) -> dict[str, Any]:
    """Tokens for a login and its password; who fails too often waits, longer each time."""
    district, index = actor.district_code, blind(login, "login")
    attempts.check_unlocked(session, district, index, now)
    account = session.scalars(
        select(Account).where(
            Account.district_code == district, Account.login_index == index, Account.status == "active"
        )
    ).one_or_none()
    if not passwords.matches(account.password_hash if account else None, password) or account is None:
        attempts.record_failure(session, district, index, now)
        raise UnauthenticatedError(RegistryCode.SIGN_IN_FAILED)
    session.execute(
        delete(SignInAttempt).where(SignInAttempt.district_code == district, SignInAttempt.login_index == index)
    )
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    refresh = secrets.token_urlsafe(32)
    row = SignInSession(
        district_code=district,
        street_code=account.street_code,
        account_id=account.id,
        refresh_digest=_digest(refresh),
        started_at=now,
        expires_at=now + timedelta(days=number(session, district, "session_days")),
    )
    session.add(row)
    session.flush()
    return _answer(session, row, account, refresh)


def refresh_session(session: Session, *, actor: Actor, refresh_token: str, now: datetime) -> dict[str, Any]:
    """New tokens for old; a refresh token that was used before ends its session."""
    digest = _digest(refresh_token)
    row = session.scalars(
        select(SignInSession)
        .where(or_(SignInSession.refresh_digest == digest, SignInSession.previous_digest == digest))
        .where(SignInSession.district_code == actor.district_code)
        .with_for_update()
    ).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)
    if row.refresh_digest != digest:
        attempts.revoke_stolen(session, row, now)
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)
    account = session.get_one(Account, row.account_id)
    if account.status != "active":
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)
    refresh = secrets.token_urlsafe(32)
    row.previous_digest, row.refresh_digest = digest, _digest(refresh)
    session.flush()
    return _answer(session, row, account, refresh)


def sign_out(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Ends the session the token belongs to; ending an ended one is an error."""
    row = session.scalars(
        select(SignInSession)
        .where(SignInSession.id == actor.session_id, SignInSession.account_id == actor.account_id)
        .with_for_update()
    ).one_or_none()
    if row is None or row.revoked_at is not None:
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)
    row.revoked_at = now
    outbox.record(session, SessionRevoked(session_id=row.id, account_id=row.account_id, reason="signed_out"))
    return {"session_id": row.id, "status": "ended"}


def _answer(session: Session, row: SignInSession, account: Account, refresh: str) -> dict[str, Any]:
    """The token names the streets with what they became and what they were: other services know no successors."""
    acting = Actor(
        account_id=account.id,
        role=account.role,
        district_code=account.district_code,
        street_codes=tuple(account.street_codes),
        organisation_id=account.organisation_id,
    )
    acting = places.widen(session, acting)
    shown: dict[str, Any] = _VIEW.dump(
        {
            "session_id": row.id,
            "access_token": tokens.issue(_signing_key(config.TOKEN_SIGNING_KEY_FILE.get()), acting, session_id=row.id),
            "token_type": "Bearer",
            "expires_in": tokens.LIFETIME_SECONDS,
            "refresh_token": refresh,
            "refresh_expires_at": row.expires_at,
        }
    )
    return {**shown, "account": queries.render_own(account)}


@cache
def _signing_key(path: str) -> OKPKey:
    if not path:
        raise SystemExit("TOKEN_SIGNING_KEY_FILE is not set: nobody could sign in.")
    return tokens.load_key(path)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
