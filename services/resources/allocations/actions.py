"""An allocation's way from a proposal to its confirmation, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, ids, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.resources import events
from contracts.resources.codes import Exclusion, ResourcesCode
from services.resources.allocations import domain, queries, steps
from services.resources.allocations.models import Allocation
from services.resources.matching import domain as rules
from services.resources.matching import queries as matching
from services.resources.needs import actions as needs
from services.resources.needs import domain as need_rules
from services.resources.needs import queries as need_queries
from services.resources.needs.models import Need
from services.resources.offers import actions as offers
from services.resources.offers import domain as offer_rules
from services.resources.offers import queries as offer_queries
from services.resources.offers.models import Offer
from services.resources.policy.queries import get_policy


def propose_allocation(
    session: Session, *, actor: Actor, now: datetime, offer_id: str, need_id: str, quantity: int
) -> dict[str, Any]:
    """Staff suggest a match by hand; the same rules as a round's."""
    offer = offer_queries.find_offer(session, offer_id, actor)
    need = need_queries.find_need(session, need_id, actor)
    db.check_street(actor, need.street_code)
    at = matching.moment(now)
    facts, wanted = _check_fit(session, offer, need, at)
    domain.within(quantity, rules.most(facts, wanted, at))
    weights = get_policy(session, actor.district_code).weights
    terms = rules.explain_terms(rules.terms(facts, wanted, at, weights))
    row = propose(session, offer=offer, need=need, now=now, quantity=quantity, terms=terms, windows=[])
    return queries.render(session, row)


def _parties(offer: Offer, need: Need) -> dict[str, Any]:
    """Who gives what to whom, for which project."""
    return {
        "project_id": need.project_id,
        "provider_organisation_id": offer.provider_organisation_id,
        "recipient_organisation_id": need.organisation_id,
        "kind": offer.kind,
        "unit": offer.unit,
    }


def propose(
    session: Session,
    *,
    offer: Offer,
    need: Need,
    now: datetime,
    quantity: int,
    terms: list[dict[str, Any]],
    windows: list[dict[str, Any]],
    matching_round_id: str | None = None,
) -> Allocation:
    """A proposal holds nothing yet."""
    row = Allocation(
        id=ids.new_id("alc"),
        district_code=need.district_code,
        street_code=need.street_code,
        offer_id=offer.id,
        need_id=need.id,
        matching_round_id=matching_round_id,
        **_parties(offer, need),
        quantity=quantity,
        handed_over=0,
        received=0,
        score=sum(term["points"] for term in terms),
        terms=terms,
        windows=windows,
        report="",
        evidence=[],
        steps=[],
        created_at=now,
    )
    session.add(row)
    extra: dict[str, Any] = {
        "status": domain.PROPOSED,
        "at": now,
        "quantity": quantity,
        "matching_round_id": matching_round_id,
    }
    steps.record(session, row, events.AllocationProposed, **extra)
    return row


def reserve_allocation(
    session: Session, *, actor: Actor, now: datetime, allocation_id: str, expected_version: int | None
) -> dict[str, Any]:
    """Set the quantity aside, all or nothing, until the policy's time is over."""
    held = steps.hold(session, actor, allocation_id, expected_version)
    steps.check_party(session, actor, held)
    row = held.allocation
    status = domain.next_status(row.status, "reserve")
    if clock.end_of(held.need.due_on) <= now:
        raise ConflictError(ResourcesCode.NEED_DEADLINE_PASSED)
    if row.kind == "venue":
        row.windows = _take_windows(session, held, matching.moment(now))
    _check_fit(session, held.offer, held.need, matching.moment(now), but=(Exclusion.NOTHING_FREE,))
    offers.reserve(session, held.offer, row.quantity)
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


def drop(session: Session, row: Allocation, reason: str) -> None:
    """A proposal, locked by the caller, is off the table; it held nothing."""
    status = domain.next_status(row.status, "release")
    now = clock.now(session, row.district_code)
    steps.record(
        session,
        row,
        events.AllocationReleased,
        status=status,
        at=now,
        quantity=row.quantity,
        note=reason,
        reason=reason,
    )


def _release(session: Session, held: steps.Held, now: datetime, reason: str) -> None:
    row = held.allocation
    status = domain.next_status(row.status, "release")
    if row.status in domain.HOLDING:
        offers.give_back(session, held.offer, reserved=row.quantity)
        needs.settle(session, held.need, allotted=row.quantity, received=0)
    _stop_clock(session, row)
    extra: dict[str, Any] = {"status": status, "at": now, "quantity": row.quantity, "note": reason, "reason": reason}
    steps.record(session, row, events.AllocationReleased, **extra)


def _stop_clock(session: Session, row: Allocation) -> None:
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
    row.timer_id, row.reserved_until = None, None


def _check_fit(
    session: Session, offer: Offer, need: Need, at: rules.Moment, *, but: tuple[Exclusion, ...] = ()
) -> tuple[rules.OfferFacts, rules.NeedFacts]:
    """Raise the first reason why this offer may not serve this need (``but`` left to the counters)."""
    if offer.status not in offer_rules.MATCHABLE and offer.status != offer_rules.EXHAUSTED:
        raise ConflictError(ResourcesCode.OFFER_WRONG_STATUS, status=offer.status, action="reserve")
    if need.status not in need_rules.MATCHABLE:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=need.status, action="allot")
    facts, wanted = matching.offer_facts(session, [offer])[0], matching.need_facts(need)
    interested = matching.interested_pairs(session, [offer.provider_organisation_id], [need.organisation_id])
    if interested:
        raise ConflictError(ResourcesCode.MATCH_INTERESTED_PARTY)
    reasons = rules.exclusions(facts, wanted, at, interested)
    if offer.kind != need.kind:
        reasons.insert(0, Exclusion.UNIT)
    left = [reason for reason in reasons if reason not in but and reason != Exclusion.NO_FREE_WINDOW]
    if left:
        raise ConflictError(ResourcesCode.MATCH_EXCLUDED, reasons=[str(reason) for reason in left])
    return facts, wanted


def _take_windows(session: Session, held: steps.Held, at: rules.Moment) -> list[dict[str, Any]]:
    """The proposed windows that are still free, then the earliest others; the offer's lock makes it final."""
    row, offer = held.allocation, held.offer
    facts = matching.offer_facts(session, [offer])[0]
    free = [offer.windows[index] for index in rules.free_windows(facts, matching.need_facts(held.need), at)]
    chosen = [window for window in free if window in row.windows]
    chosen += [window for window in free if window not in row.windows]
    if len(chosen) < row.quantity:
        raise ConflictError(ResourcesCode.OFFER_WINDOW_TAKEN, free=len(chosen))
    return sorted(chosen[: row.quantity], key=lambda window: str(window["starts_at"]))
