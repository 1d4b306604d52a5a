"""An allocation on its way: handed over, received, reported, closed; or disputed and returned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.resources import events
from services.resources.allocations import domain, queries, steps
from services.resources.needs import actions as needs
from services.resources.offers import actions as offers


def hand_over_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int | None,
    note: str,
) -> dict[str, Any]:
    """The provider gives all that is left of it, or a part."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_provider(session, actor, held)
    row, offer = held.allocation, held.offer
    status = domain.next_status(row.status, "hand_over")
    steps.check_apart(session, held)
    count = domain.within(quantity, row.quantity - row.handed_over)
    offers.apply(offer, offers.counters(offer).hand_over(count))
    row.handed_over += count
    steps.record(session, row, events.AllocationHandedOver, status=status, at=now, quantity=count, note=note)
    return queries.render(session, row)


def receive_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int | None,
    note: str,
) -> dict[str, Any]:
    """The recipient acknowledges; what was never handed over becomes free and needed again.

    After a dispute the acknowledgement replaces the one before it.
    """
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_recipient(session, actor, held)
    row = held.allocation
    status = domain.next_status(row.status, "receive")
    count = domain.within(quantity, row.handed_over)
    if row.received_at is None:
        offers.give_back(session, held.offer, reserved=row.quantity - row.handed_over)
    on_its_way = row.quantity if row.received_at is None else 0
    needs.settle(session, held.need, allotted=on_its_way, received=count - row.received)
    row.received, row.received_at, row.windows = count, now, row.windows[: row.handed_over]
    steps.record(session, row, events.AllocationReceived, status=status, at=now, quantity=count, note=note)
    return queries.render(session, row)


def report_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    report: str,
    evidence: list[str],
) -> dict[str, Any]:
    """The recipient tells what became of the gift."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_recipient(session, actor, held)
    row = held.allocation
    status = domain.next_status(row.status, "report")
    row.report, row.evidence = report, evidence
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": row.received, "evidence": evidence}
    steps.record(session, row, events.AllocationReported, **extra)
    return queries.render(session, row)


def close_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None
) -> dict[str, Any]:
    """Staff settle it."""
    row = steps.hold(session, actor, allocation_id, expected_version).allocation
    status = domain.next_status(row.status, "close")
    steps.record(session, row, events.AllocationClosed, status=status, at=now, quantity=row.received)
    return queries.render(session, row)


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


def return_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None, reason: str
) -> dict[str, Any]:
    """The provider (or staff) has it back: free again in the offer, lacking again in the need."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_provider(session, actor, held)
    row = held.allocation
    status = domain.next_status(row.status, "return")
    waiting = row.quantity - row.handed_over if row.received_at is None else 0
    offers.give_back(session, held.offer, reserved=waiting, handed_over=row.handed_over)
    on_its_way = row.quantity if row.received_at is None else 0
    needs.settle(session, held.need, allotted=on_its_way, received=-row.received)
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": row.handed_over, "note": reason, "reason": reason}
    row.handed_over, row.received = 0, 0
    steps.record(session, row, events.AllocationReturned, **extra)
    return queries.render(session, row)
