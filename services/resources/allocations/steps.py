"""What every step of an allocation shares: the locks in one order, who may take it, its record and its event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.codes import Code
from chassis.errors import ConflictError, ForbiddenError
from chassis.events import type_of
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_stock import StockCode
from services.resources.allocations import domain, queries
from services.resources.allocations.models import Allocation
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.needs import domain_residents as residents
from services.resources.needs.models import Need
from services.resources.needs.rendering import beneficiary_of, standing_of
from services.resources.offers import domain as offer_rules
from services.resources.offers.models import Offer
from services.resources.units import queries as units


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


def parcel_of(row: Allocation) -> domain.Parcel:
    """The row's quantities."""
    return domain.Parcel(
        quantity=row.quantity,
        handed_over=row.handed_over,
        received=row.received,
        returned=row.returned,
        lost=row.lost,
        used=row.used,
        settled=row.received_at is not None,
    )


def apply(row: Allocation, parcel: domain.Parcel) -> None:
    """Write quantities to the row."""
    row.handed_over, row.received = parcel.handed_over, parcel.received
    row.returned, row.lost, row.used = parcel.returned, parcel.lost, parcel.used


def counted(session: Session, held: Held, quantity: int | None, unit: str) -> int | None:
    """A quantity as it is asked for, in the base unit of the row: boxes are what is inside."""
    if quantity is None or not unit:
        return quantity
    offer, table = held.offer, units.get_table(session, held.offer.district_code)
    pack = offer_rules.pack_of(offer.pack_size, offer.pack_unit)
    return table.as_base(quantity, unit, offer.unit, pack, str(offer.entered.get("unit", "")))


def check_provider(session: Session, actor: Actor, held: Held) -> None:
    """Staff of the street, or who gives."""
    _check(session, actor, (held.allocation.provider_organisation_id,), ResourcesCode.ALLOCATION_NOT_PROVIDER)


def check_recipient(session: Session, actor: Actor, held: Held, *, proxy_reason: str | None = None) -> str:
    """Who receives: the organisation (a hub may for those in its care), the resident, or a proxy of theirs: which of
    them it is."""
    need = held.need
    if need.organisation_id is None:
        gives = known.acts_for(session, actor, held.allocation.provider_organisation_id)
        return residents.received_by(actor, standing_of(need), gives=gives, proxy_reason=proxy_reason)
    if not known.acts_for(session, actor, held.allocation.recipient_organisation_id):
        raise ForbiddenError(ResourcesCode.ALLOCATION_NOT_RECIPIENT)
    return "organisation"


def check_apart(session: Session, held: Held) -> None:
    """慈善法 (Charity Law) art. 40: who declared an interest after the reservation gives nothing either."""
    donor, taker = held.allocation.provider_organisation_id, beneficiary_of(held.need)
    if taker is not None and parties.is_interested(donor, taker, known.declared_interests(session, [donor])):
        raise ConflictError(ResourcesCode.MATCH_INTERESTED_PARTY)


def check_fresh(held: Held, now: datetime) -> None:
    """Promised or not, goods past their day are given to nobody. (Batches have days of their own.)"""
    until = held.offer.expires_on
    if held.offer.kind == "materials" and until is not None and until < clock.day_of(now):
        raise ConflictError(StockCode.GOODS_EXPIRED, expires_on=until.isoformat())


def check_party(session: Session, actor: Actor, held: Held) -> None:
    """Staff, giver or receiver; of a resident's need also the resident and who handles it."""
    row, need = held.allocation, held.need
    if need.organisation_id is None and not known.acts_for(session, actor, row.provider_organisation_id):
        residents.check_may(actor, standing_of(need), "give")
        return
    both = (row.provider_organisation_id, row.recipient_organisation_id)
    _check(session, actor, both, ResourcesCode.NOT_YOUR_ORGANISATION)


def _check(session: Session, actor: Actor, organisations: tuple[str | None, ...], code: Code) -> None:
    if parties.is_bound(actor) and not any(known.acts_for(session, actor, one) for one in organisations):
        raise ForbiddenError(code)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One step of a row. ``extra``: of the event; ``shown``: of the row's own story."""

    row: Allocation
    status: str
    at: datetime
    quantity: int
    note: str = ""
    shown: dict[str, Any] | None = None
    extra: dict[str, Any]


def record(
    session: Session,
    row: Allocation,
    kind: type[events.AllocationFact],
    *,
    status: str,
    at: datetime,
    quantity: int,
    note: str = "",
    shown: dict[str, Any] | None = None,
    **extra: Any,
) -> None:
    """Enter the status, record the event, and add the step with its event's id to the row's own story."""
    entry = Entry(row=row, status=status, at=at, quantity=quantity, note=note, shown=shown, extra=extra)
    record_many(session, kind, [entry])


def record_many(session: Session, kind: type[events.AllocationFact], entries: Sequence[Entry]) -> None:
    """The same for many rows, each of them once."""
    for entry in entries:
        entry.row.status = entry.status
    told = [outbox.envelope_of(session, _fact(kind, entry)) for entry in entries]
    for entry, envelope in zip(entries, told, strict=True):
        step = {
            "status": entry.status,
            "at": entry.at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
            "quantity": entry.quantity,
            "note": entry.note,
            "event": type_of(kind).name,
            "event_id": envelope.id,
            **(entry.shown or {}),
        }
        entry.row.steps = [*entry.row.steps, step]
    outbox.record_prepared(session, told)


def _fact(kind: type[events.AllocationFact], entry: Entry) -> events.AllocationFact:
    row = entry.row
    return kind(
        street_codes=[row.street_code] if row.street_code else [],
        allocation_id=row.id,
        offer_id=row.offer_id,
        need_id=row.need_id,
        provider_organisation_id=row.provider_organisation_id,
        recipient_organisation_id=row.recipient_organisation_id,
        recipient_account_id=row.recipient_account_id,
        quantity=entry.quantity,
        unit=row.unit,
        **entry.extra,
    )
