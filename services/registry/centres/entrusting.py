"""Writes of entrustments: a hub and its street, by an award."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import EntrustmentEnded, HubEntrusted
from services.registry import scope
from services.registry.centres import domain, queries
from services.registry.centres.models import Entrustment, KnownAward
from services.registry.organisations.queries import find_organisation
from services.registry.places import queries as places


def entrust_hub(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    hub_id: str,
    award_id: str,
    goals: str,
    from_on: date,
    until_on: date,
) -> dict[str, Any]:
    """One hub per street at a time, by an award of its own that has not ended."""
    db.check_street(actor, street_code)
    places.check_streets(session, actor.district_code, [street_code])
    hub = find_organisation(session, actor, hub_id)
    if hub.kind != "hub" or hub.status != "active":
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)
    award = _award(session, actor.district_code, award_id, hub.id)
    domain.check_period(from_on, until_on)
    _refuse_another(session, actor.district_code, street_code, from_on, until_on)
    row = Entrustment(
        district_code=actor.district_code,
        street_code=street_code,
        hub_id=hub.id,
        award_id=award.id,
        round_id=award.round_id,
        goals=goals,
        from_on=from_on,
        until_on=until_on,
        status="agreed",
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _entrusted(row, street_code))
    return queries.render_entrustment(session, row)


def _award(session: Session, district_code: str, award_id: str, hub_id: str) -> KnownAward:
    found = session.get(KnownAward, award_id)
    if found is None or found.district_code != district_code or found.organisation_id != hub_id or found.ended:
        raise ConflictError(BaseCode.ENTRUSTMENT_AWARD_INVALID)
    return found


def _refuse_another(session: Session, district_code: str, street_code: str, from_on: date, until_on: date) -> None:
    scope.hold(session, f"entrustment:{street_code}")
    standing = session.execute(
        select(Entrustment.from_on, Entrustment.until_on).where(
            Entrustment.district_code == district_code,
            Entrustment.street_code == street_code,
            Entrustment.status != "annulled",
        )
    )
    if domain.overlaps([(row.from_on, row.until_on) for row in standing], from_on, until_on):
        raise ConflictError(BaseCode.ENTRUSTMENT_OVERLAPS, street_code=street_code)


def _entrusted(row: Entrustment, street_code: str) -> HubEntrusted:
    return HubEntrusted(
        entrustment_id=row.id,
        hub_id=row.hub_id,
        street_code=street_code,
        award_id=row.award_id,
        round_id=row.round_id,
        from_on=row.from_on.isoformat(),
        until_on=row.until_on.isoformat(),
        street_codes=[street_code],
    )


def end_entrustment(
    session: Session,
    *,
    actor: Actor,
    entrustment_id: str,
    until_on: date,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Earlier than agreed; before it began it never did."""
    row = queries.find_entrustment(session, actor, entrustment_id, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    action = domain.ending(row.from_on, row.until_on, until_on)
    row.status = domain.next_agreement_status(row.status, action, ended=BaseCode.ENTRUSTMENT_ENDED)
    row.reason = reason
    if action == "end":
        row.until_on = until_on
    session.flush()
    street_code = row.street_code or ""
    outbox.record(
        session,
        EntrustmentEnded(
            entrustment_id=row.id,
            hub_id=row.hub_id,
            street_code=street_code,
            until_on=until_on.isoformat(),
            street_codes=[street_code],
        ),
    )
    return queries.render_entrustment(session, row)
