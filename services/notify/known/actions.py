"""Keeping what registry's events say, whatever order they arrive in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.events import Envelope
from services.notify.known.models import HeldNotice, KnownAccount, KnownOrganisation


def know_account(session: Session, envelope: Envelope, facts: dict[str, Any]) -> None:
    """Store an opened account; an older event changes nothing, and verification once seen stays."""
    streets = list(facts.get("account_streets") or [])
    values = {
        "id": facts["account_id"],
        "district_code": envelope.district_code,
        "street_code": streets[0] if len(streets) == 1 else None,
        "role": facts["role"],
        "organisation_id": facts.get("organisation_id"),
        "account_streets": streets,
        "community_code": facts.get("community_code"),
        "verified": bool(facts.get("verified")),
        "closed": False,
        "subject_version": envelope.subject_version,
    }
    statement = insert(KnownAccount).values(values)
    fresh = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={
                **{name: fresh[name] for name in ("role", "organisation_id", "subject_version")},
                "account_streets": fresh.account_streets,
                "street_code": fresh.street_code,
                "community_code": func.coalesce(fresh.community_code, KnownAccount.community_code),
                "verified": or_(KnownAccount.verified, fresh.verified),
            },
            where=KnownAccount.subject_version < envelope.subject_version,
        )
    )


def verify_account(session: Session, envelope: Envelope, facts: dict[str, Any]) -> None:
    """Store that a resident's place is verified, even when the account's opening has not arrived yet (version 0)."""
    street = facts.get("street_code")
    values = {
        "id": facts["account_id"],
        "district_code": envelope.district_code,
        "street_code": street,
        "role": "resident",
        "account_streets": [street] if street else [],
        "community_code": facts.get("community_code"),
        "verified": True,
        "closed": False,
        "subject_version": 0,
    }
    changed = {"verified": True, "community_code": facts.get("community_code")}
    session.execute(insert(KnownAccount).values(values).on_conflict_do_update(index_elements=["id"], set_=changed))


def know_organisation(session: Session, envelope: Envelope, facts: dict[str, Any]) -> None:
    """Store an organisation's facts unless newer ones are here already."""
    values = {
        "id": facts["organisation_id"],
        "district_code": envelope.district_code,
        "street_code": facts.get("street_code"),
        "name": facts["name"],
        "kind": facts["kind"],
        "hub_id": facts.get("hub_id"),
        "status": facts["status"],
        "subject_version": envelope.subject_version,
    }
    changed = {name: value for name, value in values.items() if name not in {"id", "district_code"}}
    session.execute(
        insert(KnownOrganisation)
        .values(values)
        .on_conflict_do_update(
            index_elements=["id"], set_=changed, where=KnownOrganisation.subject_version < envelope.subject_version
        )
    )


def wait_for_accounts(session: Session, organisation_id: str) -> None:
    """One at a time until commit: holding an event for an organisation, and opening an account of it.

    Otherwise each may miss what the other has not committed yet, and the event would wait for ever.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"accounts:{organisation_id}", 0))))


def hold(session: Session, envelope: Envelope, organisation_id: str, street_code: str | None) -> None:
    """Keep an event until the organisation has an account."""
    values = {
        "id": ids.new_id("hld"),
        "district_code": envelope.district_code,
        "street_code": street_code,
        "organisation_id": organisation_id,
        "event_id": envelope.id,
        "envelope": {"headers": envelope.to_headers(), "payload": envelope.payload},
        "held_at": clock.system_now(),
    }
    session.execute(insert(HeldNotice).values(values).on_conflict_do_nothing())


def prune_held(session: Session, *, now: datetime, days: int) -> None:
    """Forget what waited too long."""
    session.execute(delete(HeldNotice).where(HeldNotice.held_at < now - timedelta(days=days)))
