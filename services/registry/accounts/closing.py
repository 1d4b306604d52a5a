"""The end of an account: closed, opened again, erased. Its sessions and keys end in the same transaction."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts import roles
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.events_identity import AccountClosed, AccountErased, AccountReopened, ErasureRequested
from services.registry import scope
from services.registry.accounts import domain, passwords, queries
from services.registry.accounts.history import forget_reasons
from services.registry.accounts.models import Account
from services.registry.api_keys.ending import revoke_keys
from services.registry.oidc.models import AccountIdentity
from services.registry.privacy.actions import forget_person
from services.registry.privacy.free_text import forget_words
from services.registry.seed_groups.models import SeedMember
from services.registry.sessions.credentials import take_account
from services.registry.sessions.ending import end_sessions
from services.registry.sessions.models import SignInAttempt, SignInSession


def close_account(
    session: Session,
    *,
    actor: Actor,
    account_id: str,
    ground: str,
    now: datetime,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """It signs in no more."""
    row = _take(session, actor, account_id)
    db.check_version(row, expected_version)
    _end(session, row, "close", now)
    outbox.record(
        session, AccountClosed(account_id=row.id, role=row.role, ground=ground, street_codes=row.street_codes)
    )
    return queries.render(row)


def reopen_account(
    session: Session, *, actor: Actor, account_id: str, new_password: str, expected_version: int | None = None
) -> dict[str, Any]:
    """With a password to be changed at the next sign-in."""
    row = _take(session, actor, account_id)
    db.check_version(row, expected_version)
    row.status, row.closed_at = domain.next_status(row.status, "reopen"), None
    domain.check_resetter(actor.role, row.role)
    passwords.check_new(session, row.district_code, new_password, login=row.login)
    row.password_hash, row.must_change_password = passwords.hash_password(new_password), True
    session.flush()
    outbox.record(session, AccountReopened(account_id=row.id, role=row.role, street_codes=row.street_codes))
    return queries.render(row)


def request_erasure(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Of one's own data; an administrator carries it out."""
    row = queries.find_own(session, actor, lock=True)
    if row.erasure_requested_at is not None:
        raise ConflictError(IdentityCode.ERASURE_REQUESTED)
    row.erasure_requested_at = now
    session.flush()
    outbox.record(session, ErasureRequested(account_id=row.id, street_codes=row.street_codes))
    return {"account_id": row.id, "status": row.status}


def erase_account(session: Session, *, actor: Actor, account_id: str, ground: str, now: datetime) -> dict[str, Any]:
    """Every personal field goes, the id stays: trail entries and events name nothing else of a person."""
    row = _take(session, actor, account_id)
    domain.next_status(row.status, "erase")
    domain.check_erasable(row.status, row.erasure_requested_at is not None)
    attempts = (SignInAttempt.district_code == row.district_code) & (SignInAttempt.login_index == row.login_index)
    session.execute(delete(SignInAttempt).where(attempts))
    _end(session, row, "erase", now)
    row.login = row.name = row.phone = row.email = row.phone_index = None
    row.login_index = hashlib.sha256(f"erased {row.id}".encode()).hexdigest()
    row.password_hash = ""
    for one in session.scalars(select(SignInSession).where(SignInSession.account_id == row.id)):
        one.device = one.address_prefix = None
    forget_person(session, row.id)
    forget_words(session, row.id)
    session.execute(delete(AccountIdentity).where(AccountIdentity.account_id == row.id))
    _forget_memberships(session, row.id)
    forget_reasons(session, row.id)
    session.flush()
    outbox.record(session, AccountErased(account_id=row.id, ground=ground, street_codes=row.street_codes))
    return {"account_id": row.id, "status": row.status}


def _forget_memberships(session: Session, account_id: str) -> None:
    """A seed group keeps its count, not who it was."""
    for member in session.scalars(select(SeedMember).where(SeedMember.account_id == account_id).with_for_update()):
        member.name, member.phone, member.phone_index = "", None, None


def _take(session: Session, actor: Actor, account_id: str) -> Account:
    row = take_account(session, actor, account_id)
    domain.check_not_own(row.id, actor.account_id)
    return row


def _end(session: Session, row: Account, action: str, now: datetime) -> None:
    after = domain.next_status(row.status, action)
    if row.status == "active":
        domain.check_idle(queries.count_serving(session, row.id))
        scope.hold(session, f"administrators:{row.district_code}")
        domain.check_administrators_left(row.role, _administrators(session, row))
    row.status, row.closed_at = after, row.closed_at or now
    session.flush()
    end_sessions(session, account_id=row.id, reason="account_closed", now=now)
    revoke_keys(session, account_id=row.id, now=now)


def _administrators(session: Session, row: Account) -> int:
    others = select(func.count()).where(
        Account.district_code == row.district_code,
        Account.role == roles.ADMINISTRATOR,
        Account.status == "active",
        Account.id != row.id,
    )
    return session.scalar(others) or 0
