"""What is personal in a resident's need, unmasked, for a reason that is logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts import roles
from contracts.resources.codes_needs import NeedCode
from contracts.resources.events_need_requests import NeedRequesterDisclosed
from services.resources.allocations.domain import CONFIRMED, HANDED_OVER
from services.resources.allocations.models import Allocation
from services.resources.known import queries as known
from services.resources.needs import domain_residents as residents
from services.resources.needs import queries
from services.resources.needs.models import Need, NeedCaller
from services.resources.needs.rendering import standing_of
from services.resources.needs.telling import tell
from services.resources.one_list.actions import log_reading


def disclose_need_requester(
    session: Session, *, actor: Actor, now: datetime, need_id: str, reason: str
) -> dict[str, Any]:
    """To staff and grid workers of the street, who handles it, and who has promised to bring something."""
    need = queries.find_need(session, need_id, actor)
    if need.organisation_id is not None:
        raise ConflictError(NeedCode.NOT_OF_A_RESIDENT)
    if not _may_read(session, need, actor):
        raise ForbiddenError(NeedCode.NOT_YOURS, action="disclose")
    found = _personal(session, need)
    log_id = log_reading(session, actor=actor, now=now, subject=need, wanted=list(found), reason=reason)
    tell(session, need, NeedRequesterDisclosed, fields=list(found))
    items = [{"field": name, "value": value} for name, value in found.items()]
    return {"disclosure_id": log_id, "need_id": need.id, "items": items}


def _personal(session: Session, need: Need) -> dict[str, str]:
    caller = session.get_one(NeedCaller, need.caller_id) if need.caller_id is not None else None
    who = {"name": caller.name, "phone": caller.phone} if caller is not None else {}
    said = {"text": need.resident_text, "place": need.resident_place}
    return {name: value for name, value in {**who, **said}.items() if value is not None}


def _may_read(session: Session, need: Need, actor: Actor) -> bool:
    part = residents.part_of(actor, standing_of(need))
    if actor.role in (*roles.STAFF, roles.GRID_WORKER):
        db.check_street(actor, need.street_code)
        return True
    return part is not None or _brings(session, need, actor)


def _brings(session: Session, need: Need, actor: Actor) -> bool:
    promised = select(Allocation.provider_organisation_id).where(
        Allocation.need_id == need.id, Allocation.status.in_((CONFIRMED, HANDED_OVER))
    )
    return any(known.acts_for(session, actor, one) for one in session.scalars(promised))
