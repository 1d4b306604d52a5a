"""An allocation's way from a proposal to its confirmation, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, timers
from chassis.actor import Actor
from chassis.codes import Code
from chassis.errors import ConflictError
from contracts.resources import events
from contracts.resources.codes import Exclusion, ResourcesCode
from services.resources.allocations import domain, proposing, queries, steps
from services.resources.allocations.models import Allocation
from services.resources.allocations.proposing import Proposal
from services.resources.matching import domain as rules
from services.resources.matching import queries as matching
from services.resources.needs import actions as needs
from services.resources.needs import domain as need_rules
from services.resources.needs import queries as need_queries
from services.resources.needs.models import Need
from services.resources.needs.rendering import beneficiary_of
from services.resources.offers import domain as offer_rules
from services.resources.offers import holding as offers
from services.resources.offers import queries as offer_queries
from services.resources.offers.models import Offer
from services.resources.policy.queries import get_policy
from services.resources.stock.domain import RELEASED, RESERVED, About
from services.resources.units import queries as units
from services.resources.venues import actions as venues


def propose_allocation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    offer_id: str,
    need_id: str,
    quantity: int,
    unit: str,
    windows: list[dict[str, datetime]],
) -> dict[str, Any]:
    """Staff suggest a match by hand; the same rules as a round's."""
    offer = offer_queries.find_offer(session, offer_id, actor)
    need = need_queries.find_need(session, need_id, actor)
    db.check_street(actor, need.street_code)
    at = matching.moment(now)
    facts, wanted = _check_fit(session, offer, need, at, exact=bool(windows))
    quantity = domain.within(_counted(session, offer, quantity, unit), rules.most(facts, wanted, at))
    parts = [{name: value.isoformat() for name, value in window.items()} for window in windows]
    if parts:
        domain.check_parts(offer_queries.windows_of(parts), quantity)
    weights = get_policy(session, actor.district_code).weights
    terms = rules.explain_terms(rules.terms(facts, wanted, at, weights))
    asked = Proposal(offer=offer, need=need, quantity=quantity, terms=terms, windows=parts)
    [row] = proposing.propose_many(session, [asked], now=now)
    return queries.render(session, row)


def _counted(session: Session, offer: Offer, quantity: int, unit: str) -> int:
    """In the offer's base unit."""
    pack = offer_rules.pack_of(offer.pack_size, offer.pack_unit)
    table = units.get_table(session, offer.district_code)
    return table.as_base(quantity, unit, offer.unit, pack, str(offer.entered.get("unit", "")))


def reserve_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None
) -> dict[str, Any]:
    """Set the quantity aside, all or nothing, until the policy's time is over."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_party(session, actor, held)
    row = held.allocation
    row.recipient_organisation_id = beneficiary_of(held.need)
    status = domain.next_status(row.status, "reserve")
    if clock.end_of(held.need.due_on) <= now:
        raise ConflictError(ResourcesCode.NEED_DEADLINE_PASSED)
    if row.kind == "venue":
        row.windows = _take_windows(session, held, matching.moment(now))
        venues.hold(session, row)
    but = (Exclusion.NOTHING_FREE,)
    _check_fit(session, held.offer, held.need, matching.moment(now), but=but, exact=_is_exact(row))
    _check_lots(held)
    offers.reserve(session, held.offer, row.quantity, About(kind=RESERVED, allocation_id=row.id))
    needs.allot(held.need, row.quantity)
    until = now + timedelta(hours=get_policy(session, row.district_code).reservation_hours)
    row.reserved_until = until
    row.timer_id = timers.schedule(
        session, "lapse_allocation", due_at=until, district_code=row.district_code, allocation_id=row.id
    )
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": row.quantity, "reserved_until": until.isoformat()}
    steps.record(session, row, events.AllocationReserved, **extra)
    return queries.render(session, row)


def confirm_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None
) -> dict[str, Any]:
    """The provider (or staff for it) promises; the clock stops."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_provider(session, actor, held)
    row = held.allocation
    status = domain.next_status(row.status, "confirm")
    domain.check_in_time(row.reserved_until, now)
    steps.check_apart(session, held)
    steps.check_fresh(held, now)
    _stop_clock(session, row)
    steps.record(session, row, events.AllocationConfirmed, status=status, at=now, quantity=row.quantity)
    return queries.render(session, row)


def release_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None, reason: str
) -> dict[str, Any]:
    """Either party or staff lets go; what was set aside is free again."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_party(session, actor, held)
    _release(session, held, now, reason)
    return queries.render(session, held.allocation)


def lapse_allocation(session: Session, *, now: datetime, allocation_id: str) -> None:
    """The reservation's time is over (timer); a confirmed one stays."""
    row = session.get(Allocation, allocation_id, with_for_update=True)
    if row is not None and row.status == domain.RESERVED:
        _release(session, steps.lock_rest(session, row), now, "lapsed")


def _release(session: Session, held: steps.Held, now: datetime, reason: str) -> None:
    row = held.allocation
    status = domain.next_status(row.status, "release")
    if row.status in domain.HOLDING:
        offers.release(session, held.offer, row.quantity, About(kind=RELEASED, allocation_id=row.id, note=reason))
        needs.settle(session, held.need, allotted=row.quantity, received=0)
    venues.let_go(session, row)
    _stop_clock(session, row)
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": row.quantity, "note": reason, "reason": reason}
    steps.record(session, row, events.AllocationReleased, **extra)


def _stop_clock(session: Session, row: Allocation) -> None:
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
    row.timer_id, row.reserved_until = None, None


def _is_exact(row: Allocation) -> bool:
    """A venue's allocation: somebody asked for these times and no others."""
    return bool(row.windows) and row.kind == "venue" and row.matching_round_id is None


def _check_fit(
    session: Session,
    offer: Offer,
    need: Need,
    at: rules.Moment,
    *,
    exact: bool,
    but: tuple[Exclusion, ...] = (),
) -> tuple[rules.OfferFacts, rules.NeedFacts]:
    """Raise the first reason why this offer may not serve this need (``but`` left to the counters). ``exact``: people
    named the windows, and may agree on other times of the week than the need asks for."""
    if offer.status not in offer_rules.MATCHABLE and offer.status != offer_rules.EXHAUSTED:
        raise ConflictError(ResourcesCode.OFFER_WRONG_STATUS, status=offer.status, action="reserve")
    if need.status not in need_rules.MATCHABLE:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=need.status, action="allot")
    facts = matching.offer_facts(session, [offer])[0]
    wanted = matching.need_facts(need, any_time=exact and offer.kind == "venue")
    interested = matching.interested_pairs(session, [offer.provider_organisation_id], [beneficiary_of(need)])
    if interested:
        raise ConflictError(ResourcesCode.MATCH_INTERESTED_PARTY)
    reasons = rules.exclusions(facts, wanted, at, interested)
    if offer.kind != need.kind:
        reasons.insert(0, Exclusion.UNIT)
    left: list[Code] = [reason for reason in reasons if reason not in but and reason != Exclusion.NO_FREE_WINDOW]
    if left:
        raise ConflictError(ResourcesCode.MATCH_EXCLUDED, reasons=[str(reason) for reason in left])
    return facts, wanted


def _check_lots(held: steps.Held) -> None:
    """Whole lots of the offer, and the need's wish for one provider or for all of it."""
    offer, need, count = held.offer, held.need, held.allocation.quantity
    if offer.kind != "venue":  # windows are given out one by one
        offer_rules.check_lot(count, offer.free, lot_size=offer.lot_size, minimum_lot=offer.minimum_lot)
    need_rules.check_split(needs.counters(need), count, all_or_nothing=need.all_or_nothing, splittable=need.splittable)


def _take_windows(session: Session, held: steps.Held, at: rules.Moment) -> list[dict[str, Any]]:
    """The proposed windows that are still free, then the earliest others; the offer's lock makes it final."""
    row, offer, exact = held.allocation, held.offer, _is_exact(held.allocation)
    wanted = matching.need_facts(held.need, any_time=exact)
    facts = matching.offer_facts(session, [offer])[0]
    free = [offer.windows[index] for index in rules.free_windows(facts, wanted, at)]
    venues.cut_windows(session, offer, free, row.windows)
    facts = matching.offer_facts(session, [offer])[0]
    free = [offer.windows[index] for index in rules.free_windows(facts, wanted, at)]
    chosen = [window for window in free if window in row.windows]
    if not exact:
        chosen += [window for window in free if window not in row.windows]
    if len(chosen) < row.quantity:
        raise ConflictError(ResourcesCode.OFFER_WINDOW_TAKEN, free=len(chosen))
    return sorted(chosen[: row.quantity], key=lambda window: str(window["starts_at"]))
