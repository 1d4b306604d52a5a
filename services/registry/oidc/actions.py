"""Writes of single sign-on: begin, claim, finish."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor, system_actor
from chassis.errors import NotFoundError, UnauthenticatedError
from chassis.providers import Provider, known
from contracts import roles
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.events_identity import IdentityLinked
from contracts.registry.oidc import OidcBegunView
from services.registry.accounts import actions as accounts
from services.registry.accounts.domain import SEPARATED
from services.registry.accounts.models import Account
from services.registry.oidc import domain, verifying
from services.registry.oidc.models import AccountIdentity, OidcRequest
from services.registry.personal import blind
from services.registry.policies.queries import number
from services.registry.sessions.actions import Seen, begin_session

_BEGUN = OidcBegunView()


def begin_oidc_sign_in(
    session: Session, *, actor: Actor, provider: str, redirect_uri: str, now: datetime
) -> dict[str, Any]:
    """State, nonce and the verifier's challenge (S256); the verifier stays here until the code has come."""
    domain.check_redirect(_provider(provider), redirect_uri)
    state, binding, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    minutes = number(session, actor.district_code, "sign_in_oidc_minutes")
    row = OidcRequest(
        district_code=actor.district_code,
        provider=provider,
        state_digest=_digest(state),
        binding_digest=_digest(binding),
        nonce=secrets.token_urlsafe(32),
        verifier=verifier,
        redirect_uri=redirect_uri,
        begun_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    session.add(row)
    session.flush()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    begun: dict[str, Any] = _BEGUN.dump(
        {
            "provider": provider,
            "state": state,
            "nonce": row.nonce,
            "code_challenge": challenge,
            "binding": binding,
            "expires_at": row.expires_at,
        }
    )
    return begun


def claim_oidc_request(session: Session, *, actor: Actor, state: str, binding: str, now: datetime) -> dict[str, Any]:
    """For the exchange of the code, once."""
    row = _request(session, actor, state, binding)
    domain.check_step(expires_at=row.expires_at, done=row.claimed_at, needed=True, now=now)
    row.claimed_at = now
    session.flush()
    return {"provider": row.provider, "redirect_uri": row.redirect_uri, "code_verifier": row.verifier}


def finish_oidc_sign_in(
    session: Session, *, actor: Actor, state: str, binding: str, id_token: str, now: datetime, seen: Seen
) -> dict[str, Any]:
    """A session for whom the token names: signed by the provider, for us, for this request."""
    row = _request(session, actor, state, binding)
    claimed = row.claimed_at is not None
    domain.check_step(expires_at=row.expires_at, done=row.finished_at, needed=claimed, now=now)
    provider = _provider(row.provider)
    claims = verifying.claims_of(session, provider.name, id_token)
    leeway = number(session, actor.district_code, "sign_in_oidc_leeway_seconds")
    domain.check_claims(provider, claims, nonce=row.nonce, now=now, leeway=leeway)
    row.finished_at = now
    account = _account(session, actor, provider, claims, now)
    return begin_session(session, account, now=now, seen=seen)


def _account(session: Session, actor: Actor, provider: Provider, claims: dict[str, Any], now: datetime) -> Account:
    """Linked before, or named by a verified claim, or opened because a rule says so."""
    rules = domain.fitting(provider, claims)
    index = blind(f"{provider.issuer} {claims['sub']}", "oidc subject")
    linked = select(AccountIdentity.account_id).where(
        AccountIdentity.district_code == actor.district_code,
        AccountIdentity.provider == provider.name,
        AccountIdentity.subject_index == index,
    )
    account_id = session.scalar(linked)
    account = session.get(Account, account_id) if account_id else _matched(session, actor, provider, claims)
    if account is None:
        account = _opened(session, actor, provider, claims, index, now)
    if account.status != "active" or account.role == roles.API_CLIENT:
        raise UnauthenticatedError(IdentityCode.OIDC_NO_ACCOUNT)
    domain.check_role(provider, account.role, rules)
    if account_id is None:
        _link(session, account, provider, index, now)
    return account


def _matched(session: Session, actor: Actor, provider: Provider, claims: dict[str, Any]) -> Account | None:
    value = domain.match_of(provider, claims)
    if value is None or provider.match is None:
        return None
    column = Account.login_index if provider.match.to == "login" else Account.phone_index
    found = select(Account).where(
        Account.district_code == actor.district_code,
        column == blind(value, provider.match.to),
        Account.status == "active",
    )
    rows = list(session.scalars(found.limit(2)))
    return rows[0] if len(rows) == 1 else None  # several share a phone: nobody is guessed


def _opened(
    session: Session, actor: Actor, provider: Provider, claims: dict[str, Any], index: str, now: datetime
) -> Account:
    rule = domain.creating(domain.fitting(provider, claims), never=SEPARATED | {roles.API_CLIENT})
    name = str(claims.get("name") or claims.get("preferred_username") or provider.name)[:60]
    row = Account(role=rule.role, street_codes=list(rule.street_codes), verified=False)
    opener = system_actor("oidc", actor.district_code)
    person = {"login": f"{provider.name}-{index[:24]}", "password": secrets.token_urlsafe(32), "name": name}
    return accounts.create(session, actor=opener, now=now, row=row, **person)


def _link(session: Session, account: Account, provider: Provider, index: str, now: datetime) -> None:
    session.add(
        AccountIdentity(
            district_code=account.district_code,
            street_code=account.street_code,
            account_id=account.id,
            provider=provider.name,
            subject_index=index,
            linked_at=now,
        )
    )
    session.flush()
    outbox.record(
        session, IdentityLinked(account_id=account.id, provider=provider.name, street_codes=account.street_codes)
    )


def _provider(name: str) -> Provider:
    found = known().get(name)
    if found is None:
        raise NotFoundError(IdentityCode.PROVIDER_UNKNOWN)
    return found


def _request(session: Session, actor: Actor, state: str, binding: str) -> OidcRequest:
    row = session.scalars(
        select(OidcRequest)
        .where(OidcRequest.state_digest == _digest(state), OidcRequest.district_code == actor.district_code)
        .with_for_update()
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.binding_digest, _digest(binding)):
        raise UnauthenticatedError(IdentityCode.OIDC_REQUEST_INVALID)
    return row


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
