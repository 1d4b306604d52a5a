"""Reads of allocations, each inside the caller's scope, and what became of an offer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.resources.allocations import AllocationView
from contracts.resources.codes import ResourcesCode
from services.resources.allocations.models import Allocation
from services.resources.funds.models import PoolLine
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.needs import queries as needs
from services.resources.needs.models import Need
from services.resources.offers import queries as offers


def visible(actor: Actor) -> Select[Any]:
    """Staff: their streets. A provider or CSO: what it gives or receives; a hub also what those in its care do, and
    for the needs it handles. A resident: for their own needs."""
    statement = db.scoped(select(Allocation), Allocation, actor)
    if actor.role == roles.RESIDENT:
        return statement.where(Allocation.need_id.in_(select(Need.id).where(needs.of_person(actor))))
    if not parties.is_bound(actor):
        return statement
    columns = (Allocation.provider_organisation_id, Allocation.recipient_organisation_id)
    sides = [known.theirs(side, actor) for side in columns]
    if actor.role == roles.HUB:
        sides.append(Allocation.need_id.in_(select(Need.id).where(needs.handled(actor))))
    return statement.where(or_(*sides))


def _of(organisation_id: str) -> Any:
    return or_(
        Allocation.provider_organisation_id == organisation_id,
        Allocation.recipient_organisation_id == organisation_id,
    )


def find_allocation(session: Session, allocation_id: str, actor: Actor, *, lock: bool = False) -> Allocation:
    """One allocation the actor may see; raises NotFoundError."""
    statement = visible(actor).where(Allocation.id == allocation_id)
    if lock:
        statement = statement.with_for_update(of=Allocation).execution_options(populate_existing=True)
    found: Allocation | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError(ResourcesCode.ALLOCATION_NOT_FOUND, allocation_id=allocation_id)
    return found


def get_allocation(session: Session, *, actor: Actor, allocation_id: str) -> dict[str, Any]:
    """The view of one allocation."""
    return render(session, find_allocation(session, allocation_id, actor))


def list_allocations(
    session: Session,
    *,
    actor: Actor,
    status: str | None = None,
    offer_id: str | None = None,
    need_id: str | None = None,
    matching_round_id: str | None = None,
    organisation_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of allocations."""
    statement = visible(actor)
    filters: tuple[tuple[Any, Any], ...] = (
        (Allocation.status, status),
        (Allocation.offer_id, offer_id),
        (Allocation.need_id, need_id),
        (Allocation.matching_round_id, matching_round_id),
    )
    for column, value in filters:
        if value is not None:
            statement = statement.where(column == value)
    if organisation_id is not None:
        statement = statement.where(_of(organisation_id))
    return db.page(
        session, statement, by=Allocation.id, render=lambda row: render(session, row), cursor=cursor, limit=limit
    )


def render(session: Session, row: Allocation) -> dict[str, Any]:
    """The view."""
    session.flush()
    shown = {column.key: getattr(row, column.key) for column in Allocation.__table__.columns}
    shown["windows"] = offers.windows_of(row.windows)
    view: dict[str, Any] = AllocationView().dump(shown)
    return view


def list_offer_uses(
    session: Session, *, actor: Actor, offer_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Each use of an offer to its last state. Lines of round pools, few per offer, head the first page."""
    offer = offers.find_offer(session, offer_id, actor)
    statement = visible(actor).where(Allocation.offer_id == offer.id)
    page = db.page(
        session, statement, by=Allocation.id, render=lambda row: _use(session, row), cursor=cursor, limit=limit
    )
    if cursor is None:
        lines = db.scoped(select(PoolLine).where(PoolLine.offer_id == offer.id), PoolLine, actor)
        if parties.is_bound(actor) and not known.acts_for(session, actor, offer.provider_organisation_id):
            lines = lines.where(false())
        heads = [_line(row) for row in session.scalars(lines.order_by(PoolLine.id.desc()))]
        page["items"] = [*heads, *page["items"]]
    return page


def _use(session: Session, row: Allocation) -> dict[str, Any]:
    need = session.get_one(Need, row.need_id)
    return {
        "use": "allocation",
        "allocation_id": row.id,
        "line_id": None,
        "round_id": None,
        "need_id": row.need_id,
        "need_title": need.title,
        "project_id": row.project_id,
        "recipient_organisation_id": row.recipient_organisation_id,
        "recipient_name": known.name_of(session, row.recipient_organisation_id),
        "status": row.status,
        "quantity": row.quantity,
        "unit": row.unit,
        "handed_over": row.handed_over,
        "received": row.received,
        "report": row.report,
        "evidence": row.evidence,
        "steps": row.steps,
    }


def _line(row: PoolLine) -> dict[str, Any]:
    step = {
        "status": row.status,
        "at": row.decided_at.isoformat(),
        "quantity": row.amount_fen,
        "note": row.reason or "",
    }
    return {
        "use": "pool_line",
        "allocation_id": None,
        "line_id": row.id,
        "round_id": row.round_id,
        "need_id": None,
        "need_title": None,
        "project_id": None,
        "recipient_organisation_id": None,
        "recipient_name": None,
        "status": row.status,
        "quantity": row.amount_fen,
        "unit": "fen",
        "handed_over": row.used_fen or 0,
        "received": row.used_fen or 0,
        "report": "",
        "evidence": [],
        "steps": [step],
    }
