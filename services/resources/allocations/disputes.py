"""What goes wrong on the way: disputes and how they end, returns, losses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.resources import events, events_stock
from services.resources.allocations import domain, queries, steps
from services.resources.needs import actions as needs
from services.resources.offers import holding as offers
from services.resources.stock.domain import RELEASED, RETURNED, WRITTEN_OFF, About
from services.resources.venues import actions as venues


def dispute_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None, reason: str
) -> dict[str, Any]:
    """Giver, receiver or staff say that it is not as recorded; it ends received or returned."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_party(session, actor, held)
    row = held.allocation
    status = domain.next_status(row.status, "dispute")
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": row.handed_over, "note": reason, "reason": reason}
    steps.record(session, row, events.AllocationDisputed, **extra)
    return queries.render(session, row)


def resolve_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    received: int,
    rest: str,
    reason: str,
) -> dict[str, Any]:
    """Staff decide how much counts as received; the rest of what was handed over went back or is written off."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    row, before = held.allocation, steps.parcel_of(held.allocation)
    status = domain.next_status(row.status, "receive" if received else "return")
    after = before.resolve(received, rest_returned=rest == "returned")
    about = About(kind=RETURNED if rest == "returned" else WRITTEN_OFF, allocation_id=row.id, note=reason)
    freed = About(kind=RELEASED, allocation_id=row.id, note=reason)
    offers.release(session, held.offer, before.outstanding, freed)
    offers.take_back(session, held.offer, before.handed_over - received, about, restock=rest == "returned")
    needs.settle(session, held.need, allotted=before.allotted, received=received - before.received)
    row.received_at, row.windows = now, row.windows[:received]
    venues.hold(session, row)
    steps.apply(row, after)
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": received, "note": reason, "rest": rest}
    steps.record(session, row, events_stock.AllocationResolved, **extra)
    return queries.render(session, row)


def return_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int | None,
    unit: str,
    condition: str,
    reason: str,
) -> dict[str, Any]:
    """The provider (or staff) has all of it back, or a part: what is good is free again, the rest is written off; the
    need lacks it again either way."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_provider(session, actor, held)
    row, before = held.allocation, steps.parcel_of(held.allocation)
    count = domain.within(steps.counted(session, held, quantity, unit), before.handed_over)
    whole = count == before.handed_over and (quantity is None or not before.outstanding)
    status = domain.next_status(row.status, "return" if whole else "return_part")
    after = before.take_back(count)
    _bring_back(session, held, before, after, restock=condition == "good", whole=whole, note=reason)
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": count, "note": reason}
    shown = {"condition": condition}
    if whole:
        steps.record(session, row, events.AllocationReturned, reason=reason, shown=shown, **extra)
    else:
        told: dict[str, Any] = {"condition": condition, "restocked": condition == "good"}
        steps.record(session, row, events_stock.AllocationPartReturned, shown=shown, **told, **extra)
    return queries.render(session, row)


def _bring_back(
    session: Session,
    held: steps.Held,
    before: domain.Parcel,
    after: domain.Parcel,
    *,
    restock: bool,
    whole: bool,
    note: str,
) -> None:
    """Counters of offer and need; with the last of it what was never handed over is free, too."""
    row = held.allocation
    back = About(kind=RETURNED, allocation_id=row.id, note=note)
    offers.take_back(session, held.offer, after.returned - before.returned, back, restock=restock)
    left = before.allotted - after.allotted
    if whole:
        freed = About(kind=RELEASED, allocation_id=row.id, note=note)
        offers.release(session, held.offer, after.outstanding, freed)
        left = before.allotted
        row.windows = []
        venues.let_go(session, row)
    needs.settle(session, held.need, allotted=left, received=after.received - before.received)
    steps.apply(row, after)


def lose_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int,
    unit: str,
    cause: str,
    reason: str,
) -> dict[str, Any]:
    """On its way this much was lost, damaged or went past its day: written off at the offer, lacking at the need."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_party(session, actor, held)
    row, before = held.allocation, steps.parcel_of(held.allocation)
    status = domain.next_status(row.status, "lose")
    count = domain.within(steps.counted(session, held, quantity, unit), before.loose)
    after = before.lose(count)
    if not (after.handed_over or after.outstanding):
        status = domain.next_status(row.status, "return")  # nothing of it is left to come
    about = About(kind=WRITTEN_OFF, allocation_id=row.id, note=cause)
    offers.take_back(session, held.offer, count, about, restock=False)
    needs.settle(session, held.need, allotted=count, received=0)
    steps.apply(row, after)
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": count, "note": reason, "cause": cause}
    steps.record(session, row, events_stock.AllocationLost, shown={"cause": cause}, **extra)
    return queries.render(session, row)
