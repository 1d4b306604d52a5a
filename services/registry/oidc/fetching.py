"""The providers' public keys, fetched by the job process: never inside a transaction, never by a call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, config, logging
from chassis.providers import Provider, check_address, known
from chassis.runtime.execute import Executor
from services.registry.oidc.models import OidcRequest, ProviderKeys

EVERY = timedelta(hours=1)
AGAIN = timedelta(seconds=20)
SECONDS = 5.0
log = logging.get(__name__)


def fetch_provider_keys(executor: Executor) -> int:
    """A pump: those that are missing, an hour old, or older than a sign-in that has begun; returns how many came."""
    providers = known()
    if not providers:
        return 0
    with executor.system_session("fetch_provider_keys", config.DISTRICT.get()) as session:
        due = [provider for name, provider in providers.items() if _due(session, name, clock.system_now())]
    came = 0
    for provider in due:
        jwks = _fetch(provider)
        if jwks is not None:
            with executor.system_session("fetch_provider_keys", config.DISTRICT.get()) as session:
                _keep(session, provider.name, jwks)
            came += 1
    return came


def _due(session: Session, provider: str, now: datetime) -> bool:
    row = session.get(ProviderKeys, provider)
    if row is None or row.fetched_at < now - EVERY:
        return True
    begun = session.scalar(select(func.max(OidcRequest.begun_at)).where(OidcRequest.provider == provider))
    return begun is not None and begun > row.fetched_at and row.fetched_at < now - AGAIN


def _fetch(provider: Provider) -> dict[str, Any] | None:
    try:
        with httpx.Client(timeout=SECONDS, trust_env=False) as http:
            told = http.get(provider.discovery_url).raise_for_status().json()
            if told.get("issuer") != provider.issuer:
                raise ValueError("the provider says it is another one")
            jwks: dict[str, Any] = http.get(check_address(told["jwks_uri"])).raise_for_status().json()
    except (httpx.HTTPError, ValueError, KeyError, SystemExit) as error:
        log.warning("provider_keys_failed", provider=provider.name, error=repr(error))
        return None
    return jwks


def _keep(session: Session, provider: str, jwks: dict[str, Any]) -> None:
    values = {"jwks": jwks, "fetched_at": clock.system_now()}
    row = insert(ProviderKeys).values(provider=provider, **values)
    session.execute(row.on_conflict_do_update(index_elements=["provider"], set_=values))


def prune(session: Session, *, now: datetime) -> None:
    """Requests that came to nothing, or to a session, a day ago."""
    session.execute(delete(OidcRequest).where(OidcRequest.expires_at < now - timedelta(days=1)))
