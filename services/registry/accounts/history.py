"""The steps of an account that decide what it may do: kept beside it, shown to who opens, guards or audits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.account_duties import AccountChangeView
from services.registry import scope
from services.registry.accounts import queries
from services.registry.accounts.models import Account, AccountChange

_VIEW = AccountChangeView()


def reach(row: Account) -> dict[str, Any]:
    """What the account may do, and to whose rows."""
    return {
        "role": row.role,
        "organisation_id": row.organisation_id,
        "street_codes": list(row.street_codes),
        "community_code": row.community_code,
    }


def remember(
    session: Session,
    actor: Actor,
    row: Account,
    step: str,
    *,
    now: datetime,
    was: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """One more step, of an account that has its id."""
    session.add(
        AccountChange(
            district_code=row.district_code,
            street_code=row.street_code,
            account_id=row.id,
            step=step,
            was=was,
            became=reach(row),
            reason=reason,
            changed_by=actor.account_id,
            changed_by_role=actor.role,
            changed_at=now,
        )
    )
    session.flush()


def forget_reasons(session: Session, account_id: str) -> None:
    """Of an erased account: somebody may have named the person."""
    session.execute(update(AccountChange).where(AccountChange.account_id == account_id).values(reason=None))


def list_account_changes(
    session: Session, *, actor: Actor, account_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Of an account the actor may see, newest first."""
    row = queries.find_account(session, actor, account_id)
    statement = select(AccountChange).where(AccountChange.account_id == row.id)
    return db.page(session, statement, by=AccountChange.id, render=_line, cursor=cursor, limit=limit)


def _line(row: AccountChange) -> dict[str, Any]:
    shown: dict[str, Any] = _VIEW.dump(scope.columns(row))
    return shown
