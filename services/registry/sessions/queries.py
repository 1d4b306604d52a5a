"""Reads of sessions and lockouts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from chassis import db, revocations
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.sessions import LockoutView, SignInSessionView
from services.registry import scope
from services.registry.accounts import queries as accounts
from services.registry.accounts.models import Account
from services.registry.personal import masked
from services.registry.sessions.models import SignInAttempt, SignInSession

_VIEW = SignInSessionView()
_LOCKOUT = LockoutView()
WATCHERS = (roles.SECURITY, roles.AUDITOR)


def whose(session: Session, actor: Actor, account_id: str | None) -> str:
    """One's own account, or the one security names; raises for everybody else."""
    if account_id is None or account_id == actor.account_id:
        return str(actor.account_id)
    if actor.role not in WATCHERS:
        raise NotFoundError(RegistryCode.ACCOUNT_NOT_FOUND)
    return accounts.find_account(session, actor, account_id).id


def find_session(session: Session, actor: Actor, session_id: str, *, now: datetime) -> SignInSession:
    """An open session to end, locked: one's own, or anybody's for security."""
    statement = select(SignInSession).where(
        SignInSession.id == session_id, SignInSession.district_code == actor.district_code
    )
    if actor.role != roles.SECURITY:
        statement = statement.where(SignInSession.account_id == actor.account_id)
    row = session.scalars(statement.with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(IdentityCode.SESSION_NOT_FOUND)
    if row.revoked_at is not None or row.expires_at <= now:
        raise ConflictError(IdentityCode.SESSION_ENDED)
    return row


def list_sessions(
    session: Session,
    *,
    actor: Actor,
    account_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Newest first; where somebody was is shown to himself only."""
    account = whose(session, actor, account_id)
    own = account == actor.account_id

    def render(row: SignInSession) -> dict[str, Any]:
        facts = scope.columns(row) if own else masked(SignInSessionView, scope.columns(row))
        more = {"session_id": row.id, "ended_at": row.revoked_at, "current": row.id == actor.session_id}
        shown: dict[str, Any] = _VIEW.dump({**facts, **more})
        return shown

    statement = select(SignInSession).where(
        SignInSession.account_id == account, SignInSession.district_code == actor.district_code
    )
    return db.page(session, statement, by=SignInSession.id, render=render, cursor=cursor, limit=limit)


def list_lockouts(
    session: Session, *, actor: Actor, now: datetime, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Accounts that wait; logins that are nobody's are locked too, and are nobody's to unlock."""
    same = and_(SignInAttempt.district_code == Account.district_code, SignInAttempt.login_index == Account.login_index)
    locked = select(SignInAttempt).where(same, SignInAttempt.locked_until > now).correlate(Account)
    statement = accounts.visible(actor).where(locked.exists())

    def render(row: Account) -> dict[str, Any]:
        attempt = session.get_one(SignInAttempt, (row.district_code, row.login_index))
        shown: dict[str, Any] = _LOCKOUT.dump({**scope.columns(attempt), "account_id": row.id, "role": row.role})
        return shown

    return db.page(session, statement, by=Account.id, render=render, cursor=cursor, limit=limit)


def list_revoked_sessions(session: Session, *, now: datetime) -> dict[str, Any]:
    """Ids only, of the last ten minutes: a gateway that missed events asks for them."""
    return {"session_ids": revocations.current(session, now)}
