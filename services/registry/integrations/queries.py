"""Reads of integrations."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.broker_users import SERVICES
from contracts.registry.codes_integrations import IntegrationCode
from contracts.registry.integrations import IntegrationView
from services.registry import scope
from services.registry.integrations.models import Integration

_VIEW = IntegrationView()


@cache
def readable(role: str) -> frozenset[str]:
    """Every read of the authorisation table that names the role."""
    found = set()
    for service in SERVICES:
        for row in importlib.import_module(f"contracts.{service}").OPERATIONS:
            if row.kind == "rpc" and role in row.roles:
                found.add(f"{service}.{row.name}")
    return frozenset(found)


def find_integration(session: Session, actor: Actor, integration_id: str, *, lock: bool = False) -> Integration:
    """One grant of the district."""
    row = db.get_scoped(session, Integration, integration_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(IntegrationCode.NOT_FOUND)
    return row


def active_of(session: Session, account_id: str) -> Integration | None:
    """The grant in force of an account."""
    statement = select(Integration).where(Integration.account_id == account_id, Integration.status == "active")
    return session.scalars(statement).one_or_none()


def render(row: Integration) -> dict[str, Any]:
    """One grant."""
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "integration_id": row.id})
    return shown


def get_integration(session: Session, *, actor: Actor, integration_id: str) -> dict[str, Any]:
    """One grant."""
    return render(find_integration(session, actor, integration_id))


def list_integrations(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = db.scoped(select(Integration), Integration, actor).filter_by(**equal)
    return db.page(session, statement, by=Integration.id, render=render, cursor=cursor, limit=limit)
