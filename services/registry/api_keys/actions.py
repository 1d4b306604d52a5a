"""Writes of API keys: issue, rotate, revoke, exchange for a token."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, tokens
from chassis.actor import Actor
from chassis.errors import UnauthenticatedError
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.events_identity import ApiKeyIssued, ApiKeyRotated
from services.registry.accounts import queries as accounts
from services.registry.accounts.models import Account
from services.registry.api_keys import domain, ending, queries
from services.registry.api_keys.models import ApiKey
from services.registry.integrations import queries as integrations
from services.registry.places import queries as places
from services.registry.policies.queries import number
from services.registry.sessions.actions import acting, issue_token

_PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def issue_api_key(
    session: Session, *, actor: Actor, account_id: str, name: str, scopes: list[str], expires_on: date, now: datetime
) -> dict[str, Any]:
    """A key for a machine; the reply is the only place its secret is ever shown."""
    db.check_street(actor, None)
    account = accounts.find_account(session, actor, account_id)
    domain.check_account(account.role, account.status)
    wanted = list(dict.fromkeys(scopes))
    domain.check_scopes(wanted, queries.scopes_of(session, account.id))
    most = number(session, actor.district_code, "api_key_days")
    domain.check_expiry(expires_on, today=clock.day_of(now), most_days=most)
    secret = secrets.token_urlsafe(32)
    row = ApiKey(
        district_code=actor.district_code,
        account_id=account.id,
        name=name,
        prefix="".join(secrets.choice(_PREFIX_LETTERS) for _ in range(8)),
        secret_hash=_hash(secret),
        scopes=wanted,
        expires_on=expires_on,
        status="active",
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, ApiKeyIssued(api_key_id=row.id, account_id=row.account_id, scopes=wanted))
    return {**queries.render(row), "api_key": _key(row, secret)}


def rotate_api_key(session: Session, *, actor: Actor, api_key_id: str, now: datetime) -> dict[str, Any]:
    """A new secret under the same id and prefix; the old one works until the overlap of the policy is over."""
    row = queries.find_key(session, actor, api_key_id, lock=True)
    db.check_street(actor, None)
    row.status = domain.next_status(row.status, "rotate")
    secret = secrets.token_urlsafe(32)
    overlap = timedelta(hours=number(session, actor.district_code, "api_key_overlap_hours"))
    row.previous_hash, row.previous_until = row.secret_hash, now + overlap
    row.secret_hash, row.rotated_at = _hash(secret), now
    session.flush()
    outbox.record(session, ApiKeyRotated(api_key_id=row.id, account_id=row.account_id))
    return {**queries.render(row), "api_key": _key(row, secret)}


def revoke_api_key(session: Session, *, actor: Actor, api_key_id: str, now: datetime) -> dict[str, Any]:
    """At once: its tokens too."""
    row = queries.find_key(session, actor, api_key_id, lock=True)
    db.check_street(actor, None)
    ending.revoke_key(session, row, now=now)
    return queries.render(row)


def exchange_api_key(session: Session, *, actor: Actor, api_key: str, now: datetime) -> dict[str, Any]:
    """An access token within the key's scopes. The day of its last use is noted, not the instant."""
    _, prefix, secret = api_key.split("_", 2)
    row = session.scalars(
        select(ApiKey).where(ApiKey.prefix == prefix, ApiKey.district_code == actor.district_code)
    ).one_or_none()
    if row is None or row.status != "active" or row.expires_on < clock.day_of(now) or not _fits(row, secret, now):
        raise UnauthenticatedError(IdentityCode.API_KEY_INVALID)
    account = session.get_one(Account, row.account_id)
    if account.status != "active":
        raise UnauthenticatedError(IdentityCode.API_KEY_INVALID)
    if row.last_used_on != clock.day_of(now):  # no new version: several gateways may exchange at once
        used = update(ApiKey.__table__).where(ApiKey.__table__.c.id == row.id)  # type: ignore[arg-type]
        session.connection().execute(used.values(last_used_on=clock.day_of(now)))
    token = issue_token(places.widen(session, _actor(session, row, account)), row.id)
    return {"api_key_id": row.id, "access_token": token, "expires_in": tokens.LIFETIME_SECONDS}


def _actor(session: Session, row: ApiKey, account: Account) -> Actor:
    """The account itself; with a grant in force, the role, streets and organisation that it names."""
    allowed = queries.scopes_of(session, account.id)
    who = acting(account, scopes=tuple(scope for scope in row.scopes if scope in allowed))
    grant = integrations.active_of(session, account.id)
    if grant is None:
        return who
    streets = tuple(grant.street_codes)
    return replace(who, role=grant.acts_as, street_codes=streets, organisation_id=grant.organisation_id)


def _fits(row: ApiKey, secret: str, now: datetime) -> bool:
    return domain.is_valid(
        _hash(secret),
        secret_hash=row.secret_hash,
        previous_hash=row.previous_hash,
        previous_until=row.previous_until,
        now=now,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: ApiKey, secret: str) -> str:
    return f"fpk_{row.prefix}_{secret}"
