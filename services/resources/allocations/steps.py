"""What every step of an allocation shares: the locks in one order, who may take it, its record and its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.codes import Code
from chassis.errors import ConflictError, ForbiddenError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from services.resources.allocations import queries
from services.resources.allocations.models import Allocation
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.needs.models import Need
from services.resources.offers.models import Offer


@dataclass(frozen=True)
class Held:
    """An allocation with its offer and need, all locked."""

    allocation: Allocation
    offer: Offer
    need: Need


def hold(session: Session, actor: Actor, allocation_id: str, expected_version: int | None) -> Held:
    """Lock allocation, then offer, then need: every step takes them in this order, so no two steps deadlock."""
    allocation = queries.find_allocation(session, allocation_id, actor, lock=True)
    db.check_street(actor, allocation.street_code)
    db.check_version(allocation, expected_version)
    return lock_rest(session, allocation)


def lock_rest(session: Session, allocation: Allocation) -> Held:
    """The offer, then the need, of a locked allocation."""
    offer = session.get_one(Offer, allocation.offer_id, with_for_update=True)
    need = session.get_one(Need, allocation.need_id, with_for_update=True)
    return Held(allocation, offer, need)


def check_provider(session: Session, actor: Actor, held: Held) -> None:
    """Staff of the street, or who gives."""
    _check(session, actor, (held.allocation.provider_organisation_id,), ResourcesCode.ALLOCATION_NOT_PROVIDER)


def check_recipient(session: Session, actor: Actor, held: Held) -> None:
    """Who receives; a hub may for those in its care."""
    _check(session, actor, (held.allocation.recipient_organisation_id,), ResourcesCode.ALLOCATION_NOT_RECIPIENT)


def check_apart(session: Session, held: Held) -> None:
    """慈善法 (Charity Law) art. 40: who declared an interest after the reservation gives nothing either."""
    row = held.allocation
    donor, taker = row.provider_organisation_id, row.recipient_organisation_id
    if parties.is_interested(donor, taker, known.declared_interests(session, [donor])):
        raise ConflictError(ResourcesCode.MATCH_INTERESTED_PARTY)


def check_party(session: Session, actor: Actor, held: Held) -> None:
    """Staff, giver or receiver."""
    row = held.allocation
    both = (row.provider_organisation_id, row.recipient_organisation_id)
    _check(session, actor, both, ResourcesCode.NOT_YOUR_ORGANISATION)


def _check(session: Session, actor: Actor, organisations: tuple[str, ...], code: Code) -> None:
    if parties.is_bound(actor) and not any(known.acts_for(session, actor, one) for one in organisations):
        raise ForbiddenError(code)


def record(
    session: Session,
    row: Allocation,
    kind: type[events.AllocationFact],
    *,
    status: str,
    at: datetime,
    quantity: int,
    note: str = "",
    **extra: Any,
) -> None:
    """Enter the status, add the step to the row's own story and record the event."""
    row.status = status
    step = {
        "status": status,
        "at": at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
        "quantity": quantity,
        "note": note,
    }
    row.steps = [*row.steps, step]
    fact = kind(
        street_codes=[row.street_code] if row.street_code else [],
        allocation_id=row.id,
        offer_id=row.offer_id,
        need_id=row.need_id,
        provider_organisation_id=row.provider_organisation_id,
        recipient_organisation_id=row.recipient_organisation_id,
        quantity=quantity,
        unit=row.unit,
        **extra,
    )
    outbox.record(session, fact)
