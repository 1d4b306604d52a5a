"""An allocation on its way: handed over and received in one step or in several, reported, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts import roles
from contracts.resources import events
from contracts.resources.events_stock import AllocationPartReceived
from services.resources.allocations import domain, queries, steps
from services.resources.allocations.models import Allocation
from services.resources.needs import actions as needs
from services.resources.needs import domain as need_rules
from services.resources.needs import domain_residents as residents
from services.resources.offers import holding as offers
from services.resources.stock.domain import HANDED_OVER, RELEASED, About
from services.resources.venues import actions as venues


def hand_over_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int | None,
    unit: str,
    note: str,
) -> dict[str, Any]:
    """The provider gives all that is left of it, or a part; of batches, what expires first."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_provider(session, actor, held)
    row, offer = held.allocation, held.offer
    status = domain.next_status(row.status, "hand_over")
    steps.check_apart(session, held)
    steps.check_fresh(held, now)
    need_rules.check_whole(needs.counters(held.need), all_or_nothing=held.need.all_or_nothing)
    parcel = steps.parcel_of(row)
    count = domain.within(steps.counted(session, held, quantity, unit), parcel.outstanding)
    taken = offers.hand_over(session, offer, count, About(kind=HANDED_OVER, allocation_id=row.id, note=note))
    steps.apply(row, parcel.hand_over(count))
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": count, "note": note}
    steps.record(session, row, events.AllocationHandedOver, shown={"batches": taken} if taken else {}, **extra)
    return queries.render(session, row)


def receive_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    allocation_id: str,
    expected_version: int | None,
    quantity: int | None,
    unit: str,
    final: bool,
    note: str,
    proxy_reason: str | None,
    relation: str | None,
) -> dict[str, Any]:
    """The recipient, or who stands in for a resident, acknowledges what came. Unless more is to come (``final``
    false), what was never handed over becomes free and needed again.

    After a dispute the acknowledgement replaces those before it.
    """
    held = steps.hold(session, actor, allocation_id, expected_version)
    by = steps.check_recipient(session, actor, held, proxy_reason=proxy_reason)
    row, parcel = held.allocation, steps.parcel_of(held.allocation)
    asked = steps.counted(session, held, quantity, unit)
    if row.status == domain.DISPUTED:
        status, count = domain.next_status(row.status, "receive"), domain.within(asked, parcel.handed_over)
        after = parcel.acknowledge(count)
    else:
        status = domain.next_status(row.status, "receive" if final else "receive_part")
        count = parcel.loose if asked is None else asked
        after = parcel.receive(count, final=final)
    _settle(session, held, parcel, after, now)
    _note_receiver(row, actor, by, proxy_reason, relation)
    kind = events.AllocationReceived if after.settled else AllocationPartReceived
    steps.record(session, row, kind, status=status, at=now, quantity=count, note=note)
    return queries.render(session, row)


def _note_receiver(row: Allocation, actor: Actor, by: str, proxy_reason: str | None, relation: str | None) -> None:
    """Who said last that it came, and how a proxy stands to the resident where they do not say."""
    proxy = by == residents.PROXY
    row.received_by, row.proxy_reason = by, proxy_reason if proxy else None
    row.proxy_relation = (relation or ("hub" if actor.role == roles.HUB else "staff")) if proxy else None


def _settle(session: Session, held: steps.Held, before: domain.Parcel, after: domain.Parcel, now: datetime) -> None:
    """What the need and the offer count afterwards; the last word frees what was never handed over."""
    row = held.allocation
    if after.settled:
        offers.release(session, held.offer, before.outstanding, About(kind=RELEASED, allocation_id=row.id))
        row.received_at, row.windows = now, row.windows[: after.handed_over]
        venues.hold(session, row)
    gone = before.allotted - after.allotted
    needs.settle(session, held.need, allotted=gone, received=after.received - before.received)
    steps.apply(row, after)


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
    steps.check_recipient(session, actor, held, proxy_reason=report)
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
