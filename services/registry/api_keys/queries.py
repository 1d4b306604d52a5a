"""Reads of API keys."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import ANYONE, Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.broker_users import SERVICES
from contracts.registry.api_keys import ApiKeyView
from contracts.registry.codes_identity import IdentityCode
from services.registry import scope
from services.registry.api_keys.models import ApiKey
from services.registry.integrations import queries as integrations

_VIEW = ApiKeyView()


@cache
def allowed_scopes() -> frozenset[str]:
    """Every operation of the authorisation table that an API client may call."""
    found = set()
    for service in SERVICES:
        for row in importlib.import_module(f"contracts.{service}").OPERATIONS:
            if roles.API_CLIENT in row.roles or ANYONE in row.roles:
                found.add(f"{service}.{row.name}")
    return frozenset(found)


def scopes_of(session: Session, account_id: str) -> frozenset[str]:
    """What a key of the account may name: what is everybody's, and the reads that were granted to it."""
    grant = integrations.active_of(session, account_id)
    if grant is None:
        return allowed_scopes()
    own = frozenset(grant.operations) & integrations.readable(grant.acts_as)
    return own | (allowed_scopes() & everybodys())


@cache
def everybodys() -> frozenset[str]:
    """Reads that do not depend on the role: a machine that acts as another role writes nothing in its name."""
    found = set()
    for service in SERVICES:
        for row in importlib.import_module(f"contracts.{service}").OPERATIONS:
            if row.kind == "rpc" and (ANYONE in row.roles or set(roles.SIGNED_IN) <= row.roles):
                found.add(f"{service}.{row.name}")
    return frozenset(found)


def find_key(session: Session, actor: Actor, api_key_id: str, *, lock: bool = False) -> ApiKey:
    """One key of the district."""
    row = db.get_scoped(session, ApiKey, api_key_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(IdentityCode.API_KEY_NOT_FOUND)
    return row


def render(row: ApiKey) -> dict[str, Any]:
    """Without anything of the secret."""
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "api_key_id": row.id})
    return shown


def get_api_key(session: Session, *, actor: Actor, api_key_id: str) -> dict[str, Any]:
    """One key."""
    return render(find_key(session, actor, api_key_id))


def list_api_keys(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = db.scoped(select(ApiKey), ApiKey, actor).filter_by(**equal)
    return db.page(session, statement, by=ApiKey.id, render=render, cursor=cursor, limit=limit)
