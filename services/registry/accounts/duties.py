"""Who may do what changes: another role for an account, and the second pair of eyes over those that guard or audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.events_duties import AccountConfirmed, AccountRejected
from contracts.registry.events_organisations import AccountMoved
from services.registry.accounts import actions, domain, history, queries
from services.registry.accounts.models import Account
from services.registry.sessions.credentials import take_account
from services.registry.sessions.ending import end_sessions


def change_account_role(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    ended_at: datetime,
    account_id: str,
    role: str,
    street_codes: list[str],
    reason: str,
    organisation_id: str | None = None,
    community_code: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The same person in another duty. Its sessions end (``ended_at``: system clock) and with them its tokens."""
    row = _take(session, actor, account_id, expected_version)
    domain.check_not_own(row.id, actor.account_id)
    domain.check_role_change(actor.role, row.role, role)
    if row.status != "active":
        raise ConflictError(IdentityCode.ACCOUNT_STATE, status=row.status, action="change_role")
    domain.check_idle(queries.count_serving(session, row.id))
    place = {"organisation_id": organisation_id, "community_code": community_code}
    streets = actions.posting(session, actor, role=role, street_codes=street_codes, **place)
    was = history.reach(row)
    domain.check_differs(was, {"role": role, "street_codes": streets, **place})
    row.role, row.street_codes, row.street_code = role, streets, streets[0] if streets else None
    row.organisation_id, row.community_code = organisation_id, community_code
    row.verified, row.verified_by = False, None  # somebody saw that the resident lived where he lived then
    session.flush()
    history.remember(session, actor, row, "role_changed", now=now, was=was, reason=reason)
    end_sessions(session, account_id=row.id, reason="role_changed", now=ended_at)
    outbox.record(session, _moved(row, was["street_codes"]))
    return queries.render(row)


def _moved(row: Account, streets_before: list[str]) -> AccountMoved:
    return AccountMoved(
        account_id=row.id,
        role=row.role,
        organisation_id=row.organisation_id,
        account_streets=row.street_codes,
        community_code=row.community_code,
        verified=row.verified,
        ground="role",
        street_codes=sorted({*row.street_codes, *streets_before}),
    )


def confirm_account(
    session: Session, *, actor: Actor, now: datetime, account_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """It signs in from now on."""
    row = _second(session, actor, account_id, "confirm", expected_version)
    history.remember(session, actor, row, "confirmed", now=now)
    about: dict[str, Any] = {"role": row.role, "opened_by": row.opened_by, "street_codes": row.street_codes}
    outbox.record(session, AccountConfirmed(account_id=row.id, **about))
    actions.tell_opened(session, row)
    return queries.render(row)


def reject_account(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    account_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """It never signs in."""
    row = _second(session, actor, account_id, "reject", expected_version)
    row.closed_at = now
    history.remember(session, actor, row, "rejected", now=now, reason=reason)
    about: dict[str, Any] = {"role": row.role, "opened_by": row.opened_by, "street_codes": row.street_codes}
    outbox.record(session, AccountRejected(account_id=row.id, **about))
    return queries.render(row)


def _second(session: Session, actor: Actor, account_id: str, action: str, expected: int | None) -> Account:
    row = _take(session, actor, account_id, expected)
    domain.check_not_own(row.id, actor.account_id)
    after = domain.next_status(row.status, action)
    domain.check_second(row.opened_by, actor.account_id)
    row.status = after
    session.flush()
    return row


def _take(session: Session, actor: Actor, account_id: str, expected: int | None) -> Account:
    row = take_account(session, actor, account_id)
    db.check_version(row, expected)
    return row
