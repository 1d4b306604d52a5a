"""Writes of uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, ids, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.resources.codes import ResourcesCode
from contracts.resources.events_stock import GiftUsed
from services.resources.allocations import steps
from services.resources.allocations.models import Allocation
from services.resources.gifts import domain, queries
from services.resources.gifts.models import GiftUse
from services.resources.known import queries as known


def record_gift_use(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int,
    unit: str,
    project_id: str | None,
    **asked: Any,
) -> dict[str, Any]:
    """The recipient, or who stands in for a resident, tells a use; the counter holds it within what was received."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    by = steps.check_recipient(session, actor, held, proxy_reason=asked["purpose"])
    domain.check_story(public=asked["story_public"], received_by=by)
    row = held.allocation
    count = steps.counted(session, held, quantity, unit) or 0
    domain.check_use(row.status, count, received=row.received, used=row.used)
    domain.check_day(asked["used_on"], clock.day_of(now))
    domain.check_open(_is_finished(session, row))
    project = _project(session, actor, row, project_id)
    row.used += count
    use = GiftUse(
        id=ids.new_id("gus"),
        district_code=row.district_code,
        street_code=row.street_code,
        allocation_id=row.id,
        offer_id=row.offer_id,
        recipient_organisation_id=row.recipient_organisation_id,
        project_id=project,
        quantity=count,
        unit=row.unit,
        created_at=now,
        **asked,
    )
    session.add(use)
    use.event_id = _tell(session, row, use)
    session.flush()
    return queries.render(use)


def _is_finished(session: Session, row: Allocation) -> bool:
    finished = select(GiftUse.id).where(GiftUse.allocation_id == row.id, GiftUse.last.is_(True)).limit(1)
    return session.scalar(finished) is not None


def _project(session: Session, actor: Actor, row: Allocation, project_id: str | None) -> str | None:
    """The recipient's own, by default the one the need was for."""
    if project_id is None:
        return row.project_id
    project = known.get_project(session, project_id, actor)
    if project.organisation_id != row.recipient_organisation_id:
        raise InvalidError(ResourcesCode.PROJECT_UNKNOWN, project_id=project_id)
    return project.id


def _tell(session: Session, row: Allocation, use: GiftUse) -> str:
    fact = GiftUsed(
        street_codes=[row.street_code] if row.street_code else [],
        allocation_id=row.id,
        offer_id=row.offer_id,
        need_id=row.need_id,
        provider_organisation_id=row.provider_organisation_id,
        recipient_organisation_id=row.recipient_organisation_id,
        recipient_account_id=row.recipient_account_id,
        quantity=use.quantity,
        unit=row.unit,
        gift_use_id=use.id,
        used_on=use.used_on.isoformat(),
        project_id=use.project_id,
        people_served=use.people_served,
        photos=use.photos,
        last=use.last,
    )
    return outbox.record(session, fact)
