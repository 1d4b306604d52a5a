"""Writes of credit facts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from chassis.actor import Actor, system_actor
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.events_organisations import CreditFactEnded, CreditFactRecorded
from services.registry import scope
from services.registry.credit import domain, queries
from services.registry.credit.models import CreditFact
from services.registry.organisations import domain as organisation_rules
from services.registry.organisations import history
from services.registry.organisations import queries as organisations
from services.registry.organisations.models import Organisation
from services.registry.policies.queries import words


def record_credit_fact(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    kind: str,
    as_of: date,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **stated: Any,
) -> dict[str, Any]:
    """A kind the policy names puts the organisation in breach while it is in force. ``stated``: source, statement, …"""
    owner = organisations.take(session, actor, organisation_id)
    organisation_rules.next_status(owner.status, "change")
    begins = starts_on or as_of
    domain.check_dates(as_of=as_of, starts_on=begins, ends_on=ends_on, today=clock.day_of(now))
    row = CreditFact(
        district_code=owner.district_code,
        street_code=owner.street_code,
        organisation_id=owner.id,
        kind=kind,
        status="in_force",
        as_of=as_of,
        starts_on=begins,
        ends_on=ends_on,
        recorded_by=actor.account_id,
        sets_breach=_sets_breach(session, owner, kind),
        created_at=now,
        **stated,
    )
    session.add(row)
    session.flush()
    _expire_later(session, row)
    _record(session, row)
    if row.sets_breach:
        history.change(session, actor, owner, f"信用信息 {row.id}", now, in_breach=True)
    return queries.render(row)


def _sets_breach(session: Session, owner: Organisation, kind: str) -> bool:
    blocks = kind in words(session, owner.district_code, "credit_breach_kinds")
    others = queries.is_held(session, owner.id)
    return domain.sets_breach(blocks=blocks, in_breach=owner.in_breach, others_set_it=others)


def revoke_credit_fact(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    credit_fact_id: str,
    revoked_on: date,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The authority took it back: repaired, removed from the list, or stated in error."""
    code, column = OrganisationCode.CREDIT_FACT_NOT_FOUND, CreditFact.organisation_id
    row = scope.take(session, CreditFact, credit_fact_id, actor, code, column=column, expected=expected_version)
    domain.next_status(row.status, "revoke")
    domain.check_revoked(revoked_on, starts_on=row.starts_on, today=clock.day_of(now))
    row.revoked_on, row.revoked_by, row.revocation = revoked_on, actor.account_id, reason
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
    _end(session, actor, row, "revoke", now)
    return queries.render(row)


def expire_credit_fact(session: Session, *, credit_fact_id: str, now: datetime) -> None:
    """Its time ran out. A fact that ended otherwise meanwhile is left alone."""
    wanted = select(CreditFact).where(CreditFact.id == credit_fact_id).with_for_update()
    row = session.scalars(wanted).one_or_none()
    if row is None or row.status != "in_force":
        return
    _end(session, system_actor("expire_credit_fact", row.district_code), row, "expire", now)


def _end(session: Session, actor: Actor, row: CreditFact, action: str, now: datetime) -> None:
    owner = session.scalars(select(Organisation).where(Organisation.id == row.organisation_id).with_for_update()).one()
    row.status, row.ended_at = domain.next_status(row.status, action), now
    session.flush()
    fact = CreditFactEnded(
        credit_fact_id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        status=row.status,
        street_codes=_streets(row),
    )
    outbox.record(session, fact)
    if row.sets_breach and not queries.is_held(session, owner.id):
        history.change(session, actor, owner, f"信用信息 {row.id}", now, in_breach=False)


def _expire_later(session: Session, row: CreditFact) -> None:
    if row.ends_on is not None:
        due = clock.end_of(row.ends_on)
        row.timer_id = timers.schedule(
            session, "expire_credit_fact", due_at=due, district_code=row.district_code, credit_fact_id=row.id
        )
        session.flush()


def _record(session: Session, row: CreditFact) -> None:
    fact = CreditFactRecorded(
        credit_fact_id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        as_of=row.as_of.isoformat(),
        in_force_until=row.ends_on.isoformat() if row.ends_on else None,
        street_codes=_streets(row),
    )
    outbox.record(session, fact)


def _streets(row: CreditFact) -> list[str]:
    return [row.street_code] if row.street_code else []
