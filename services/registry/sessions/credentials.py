"""Writes of passwords: one's own, a reset, a forced change; and the end of a lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.events_identity import PasswordChanged, SignInUnlocked
from services.registry.accounts import domain, passwords, queries
from services.registry.accounts.models import Account
from services.registry.sessions import attempts, ending
from services.registry.sessions.models import SignInAttempt


def set_password(
    session: Session, account: Account, new_password: str, *, now: datetime, how: str, old: str | None = None
) -> None:
    """By the rules, for an account that is locked or new."""
    if old is not None and new_password == old:
        raise InvalidError(IdentityCode.PASSWORD_SAME)
    passwords.check_new(session, account.district_code, new_password, login=account.login)
    account.password_hash = passwords.hash_password(new_password)
    account.password_changed_at, account.must_change_password = now, how != "own"
    session.flush()
    _tell(session, account, how)


def change_password(
    session: Session, *, actor: Actor, password: str, new_password: str, now: datetime
) -> dict[str, Any]:
    """One's own. Wrong guesses at the present one count like those at sign-in; other sessions end."""
    account = queries.find_own(session, actor)
    district, index = account.district_code, account.login_index
    attempts.take_turn(session, district, index, now)
    session.refresh(account, with_for_update=True)
    if not passwords.matches(account.password_hash, password):
        attempts.record_failure(session, district, index, now, account_id=account.id)
        raise ForbiddenError(IdentityCode.PASSWORD_WRONG)
    attempts.forget(session, district, index)
    set_password(session, account, new_password, now=now, how="own", old=password)
    ended = ending.end_sessions(
        session, account_id=account.id, reason="password_changed", now=now, besides=actor.session_id
    )
    return _view(account, ended)


def reset_password(
    session: Session, *, actor: Actor, account_id: str, new_password: str, now: datetime
) -> dict[str, Any]:
    """A first password for somebody who lost his; he changes it at the next sign-in."""
    account = _other(session, actor, account_id)
    domain.check_resetter(actor.role, account.role)
    set_password(session, account, new_password, now=now, how="reset")
    attempts.forget(session, account.district_code, account.login_index)
    return _view(account, ending.end_sessions(session, account_id=account.id, reason="password_reset", now=now))


def require_password_change(session: Session, *, actor: Actor, account_id: str, now: datetime) -> dict[str, Any]:
    """The present one is good for one more sign-in, which changes it."""
    account = _other(session, actor, account_id)
    account.must_change_password = True
    session.flush()
    _tell(session, account, "required")
    return _view(account, ending.end_sessions(session, account_id=account.id, reason="password_required", now=now))


def unlock_account(session: Session, *, actor: Actor, account_id: str, now: datetime) -> dict[str, Any]:
    """Ends the wait after too many wrong passwords."""
    account = take_account(session, actor, account_id)
    until = session.scalar(
        select(SignInAttempt.locked_until).where(
            SignInAttempt.district_code == account.district_code, SignInAttempt.login_index == account.login_index
        )
    )
    if until is None or until <= now:
        raise ConflictError(IdentityCode.ACCOUNT_NOT_LOCKED)
    attempts.forget(session, account.district_code, account.login_index)
    outbox.record(session, SignInUnlocked(account_id=account.id, street_codes=account.street_codes))
    return queries.render(account)


def take_account(session: Session, actor: Actor, account_id: str) -> Account:
    """Locked, with its sign-in: nobody guesses at it meanwhile."""
    account = queries.find_account(session, actor, account_id)
    attempts.hold(session, account.district_code, account.login_index)
    session.refresh(account, with_for_update=True)
    return account


def _other(session: Session, actor: Actor, account_id: str) -> Account:
    account = take_account(session, actor, account_id)
    if account.id == actor.account_id:
        raise ForbiddenError(IdentityCode.PASSWORD_NOT_OWN)
    if account.status != "active":
        raise ConflictError(IdentityCode.ACCOUNT_STATE, status=account.status)
    return account


def _tell(session: Session, account: Account, how: str) -> None:
    outbox.record(session, PasswordChanged(account_id=account.id, how=how, street_codes=account.street_codes))


def _view(account: Account, ended: int) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "must_change_password": account.must_change_password,
        "sessions_ended": ended,
    }
