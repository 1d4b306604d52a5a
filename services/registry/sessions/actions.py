"""Sign in, refresh, sign out, end sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import config, tokens
from chassis.actor import Actor
from chassis.errors import UnauthenticatedError
from contracts import roles
from contracts.registry.accounts import SessionView
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_identity import IdentityCode
from services.registry.accounts import passwords, queries
from services.registry.accounts.models import Account
from services.registry.personal import blind
from services.registry.places import queries as places
from services.registry.policies.queries import number
from services.registry.sessions import attempts, credentials, ending, refreshing
from services.registry.sessions.models import SignInSession
from services.registry.sessions.queries import find_session, whose

_VIEW = SessionView()


@dataclass(frozen=True)
class Seen:
    """What the gateway saw of whoever signs in; ``method``: password or oidc."""

    device: str | None = None
    address_prefix: str | None = None
    method: str = "password"


def sign_in(
    session: Session,
    *,
    actor: Actor,
    login: str,
    password: str,
    now: datetime,
    seen: Seen,
    new_password: str | None = None,
) -> dict[str, Any]:
    """Tokens for a login and its password; who fails too often waits, longer each time."""
    district, index = actor.district_code, blind(login, "login")
    attempts.take_turn(session, district, index, now)
    account = _account(session, district, index)
    if not passwords.matches(account.password_hash if account else None, password) or account is None:
        attempts.record_failure(session, district, index, now, account_id=account.id if account else None)
        raise UnauthenticatedError(RegistryCode.SIGN_IN_FAILED)
    attempts.forget(session, district, index)
    if new_password is not None:
        credentials.set_password(session, account, new_password, now=now, how="own", old=password)
    elif account.must_change_password:
        raise UnauthenticatedError(IdentityCode.PASSWORD_CHANGE_REQUIRED)
    elif passwords.outdated(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    return begin_session(session, account, now=now, seen=seen)


def begin_session(session: Session, account: Account, *, now: datetime, seen: Seen) -> dict[str, Any]:
    """A new session of somebody whose identity is proved."""
    refresh = refreshing.new_token()
    row = SignInSession(
        district_code=account.district_code,
        street_code=account.street_code,
        account_id=account.id,
        refresh_digest=refreshing.digest_of(refresh),
        started_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=number(session, account.district_code, "session_days")),
        method=seen.method,
        device=seen.device,
        address_prefix=seen.address_prefix,
    )
    session.add(row)
    session.flush()
    return _answer(session, row, account, refresh)


def refresh_session(session: Session, *, actor: Actor, refresh_token: str, now: datetime, seen: Seen) -> dict[str, Any]:
    """New tokens for old; a refresh token that was used before ends its session."""
    row, refresh = refreshing.rotate(session, district_code=actor.district_code, refresh_token=refresh_token, now=now)
    account = session.get_one(Account, row.account_id)
    if account.status != "active" or account.must_change_password:
        raise UnauthenticatedError(RegistryCode.SESSION_INVALID)
    row.device, row.address_prefix = seen.device or row.device, seen.address_prefix or row.address_prefix
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
    ending.end_session(session, row, reason="signed_out", now=now)
    return {"session_id": row.id, "status": "ended"}


def revoke_session(session: Session, *, actor: Actor, session_id: str, now: datetime) -> dict[str, Any]:
    """One of one's own; security ends anybody's."""
    row = find_session(session, actor, session_id, now=now)
    reason = "revoked" if row.account_id == actor.account_id else "revoked_by_security"
    ending.end_session(session, row, reason=reason, now=now)
    return {"session_id": row.id, "status": "ended"}


def revoke_sessions(
    session: Session, *, actor: Actor, now: datetime, keep_current: bool, account_id: str | None = None
) -> dict[str, Any]:
    """All of one's own, or of the account security names."""
    account = whose(session, actor, account_id)
    reason = "revoked" if account == actor.account_id else "revoked_by_security"
    besides = actor.session_id if keep_current else None
    return {"ended": ending.end_sessions(session, account_id=account, reason=reason, now=now, besides=besides)}


def _account(session: Session, district_code: str, login_index: str) -> Account | None:
    """An API client has keys, not sessions: a session would know no scopes."""
    return session.scalars(
        select(Account).where(
            Account.district_code == district_code,
            Account.login_index == login_index,
            Account.status == "active",
            Account.role != roles.API_CLIENT,
        )
    ).one_or_none()


def acting(account: Account, **more: Any) -> Actor:
    """Whoever signs in with the account."""
    return Actor(
        account_id=account.id,
        role=account.role,
        district_code=account.district_code,
        street_codes=tuple(account.street_codes),
        organisation_id=account.organisation_id,
        **more,
    )


def issue_token(who: Actor, session_id: str) -> str:
    """An access token, which lives :data:`chassis.tokens.LIFETIME_SECONDS`."""
    return tokens.issue(_signing_key(config.TOKEN_SIGNING_KEY_FILE.get()), who, session_id=session_id)


def _answer(session: Session, row: SignInSession, account: Account, refresh: str) -> dict[str, Any]:
    """The token names the streets with what they became and what they were: other services know no successors."""
    who = places.widen(session, acting(account))
    shown: dict[str, Any] = _VIEW.dump(
        {
            "session_id": row.id,
            "access_token": issue_token(who, row.id),
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
