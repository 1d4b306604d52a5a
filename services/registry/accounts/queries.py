"""Reads of accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from chassis import db, logging
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.registry.accounts import AccountView
from contracts.registry.codes import RegistryCode
from services.registry import scope
from services.registry.accounts.models import Account
from services.registry.personal import masked
from services.registry.teams.models import HandOver, TeamAssignment

_VIEW = AccountView()
log = logging.get(__name__)


def render(row: Account) -> dict[str, Any]:
    """The view others see: personal fields masked."""
    shown: dict[str, Any] = _VIEW.dump({**masked(AccountView, scope.columns(row)), "account_id": row.id})
    return shown


def render_own(row: Account) -> dict[str, Any]:
    """The view of oneself."""
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "account_id": row.id})
    return shown


def visible(actor: Actor) -> Select[Any]:
    """Accounts of the district; for a street's people those of their streets, for a grid worker only residents."""
    statement = select(Account).where(Account.district_code == actor.district_code)
    if actor.street_codes:
        statement = statement.where(Account.street_codes.op("?|")(array(list(actor.street_codes))))
    if actor.role == roles.GRID_WORKER:
        statement = statement.where(Account.role == roles.RESIDENT)
    return statement


def find_account(session: Session, actor: Actor, account_id: str, *, lock: bool = False) -> Account:
    """One account the actor may see."""
    statement = visible(actor).where(Account.id == account_id)
    if lock:
        statement = statement.with_for_update()
    row: Account | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.ACCOUNT_NOT_FOUND)
    return row


def get_account(session: Session, *, actor: Actor, account_id: str) -> dict[str, Any]:
    """One account, masked."""
    return render(find_account(session, actor, account_id))


def list_accounts(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    erasure_requested: bool | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Masked, newest first. ``erasure_requested``: those who wait to be forgotten, or all others."""
    statement = visible(actor).filter_by(**equal)
    if erasure_requested is not None:
        waits = Account.erasure_requested_at.is_not(None) & (Account.status != "erased")
        statement = statement.where(waits if erasure_requested else ~waits)
    return db.page(session, statement, by=Account.id, render=render, cursor=cursor, limit=limit)


def find_own(session: Session, actor: Actor, *, lock: bool = False) -> Account:
    """The account of whoever is signed in."""
    statement = select(Account).where(Account.id == actor.account_id, Account.district_code == actor.district_code)
    row = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.ACCOUNT_NOT_FOUND)
    return row


def get_me(session: Session, *, actor: Actor) -> dict[str, Any]:
    """The account of whoever is signed in, unmasked."""
    return render_own(find_own(session, actor))


def get_addresses(session: Session, *, actor: Actor, account_ids: list[str]) -> dict[str, Any]:
    """Where people are reached; for the system's own senders. Who asked for how many is logged."""
    rows = session.scalars(
        select(Account).where(
            Account.district_code == actor.district_code,
            Account.id.in_(account_ids),
            Account.status == "active",
        )
    )
    items = [{"account_id": r.id, "email": r.email, "phone": r.phone, "locale": r.locale} for r in rows]
    log.info("addresses_revealed", asked_by=actor.name, reason="delivery", accounts=len(items))
    return {"items": items}


def count_serving(session: Session, account_id: str) -> int:
    """Cases that would be left without a specialist or steward."""
    serves = select(TeamAssignment.case_id).where(
        TeamAssignment.account_id == account_id, TeamAssignment.valid_until.is_(None)
    )
    will = select(HandOver.case_id).where(HandOver.account_id == account_id, HandOver.status == "planned")
    return session.scalar(select(func.count()).select_from(serves.union(will).subquery())) or 0
