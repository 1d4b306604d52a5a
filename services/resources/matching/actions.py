"""Writes of matching rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import db, ids, jobs, outbox
from chassis.actor import Actor
from contracts.resources import events
from services.resources.allocations import actions as allocations
from services.resources.allocations.domain import PROPOSED
from services.resources.allocations.models import Allocation
from services.resources.known.domain import home_street
from services.resources.matching import domain, instance, queries
from services.resources.matching.instance import Instance, Match
from services.resources.matching.models import MatchingRound, NeedResult
from services.resources.matching.solver import Solution
from services.resources.needs.models import Need
from services.resources.offers.models import Offer

JOB = "solve_matching_round"


def create_matching_round(
    session: Session, *, actor: Actor, now: datetime, title: str, kind: str | None, street_code: str | None
) -> dict[str, Any]:
    """A round over a street, or, for district staff, over the district."""
    street = home_street(actor, street_code)
    db.check_street(actor, street)
    row = MatchingRound(
        id=ids.new_id("mrd"),
        district_code=actor.district_code,
        street_code=street,
        title=title,
        kind=kind,
        status=domain.CREATED,
        offers=0,
        needs=0,
        matches=0,
        unmet=0,
        created_at=now,
    )
    session.add(row)
    _tell(session, row, events.MatchingRoundCreated)
    return queries.render(session, row, actor)


def solve_matching_round(
    session: Session, *, actor: Actor, matching_round_id: str, expected_version: int | None
) -> dict[str, Any]:
    """Queue the solve; answers the job's view."""
    row = _hold(session, actor, matching_round_id, expected_version)
    row.status = domain.next_status(row.status, "solve")
    return jobs.enqueue(session, JOB, street_code=row.street_code, matching_round_id=row.id)


def close_matching_round(
    session: Session, *, actor: Actor, matching_round_id: str, expected_version: int | None
) -> dict[str, Any]:
    """What nobody took up is off the table."""
    row = _hold(session, actor, matching_round_id, expected_version)
    row.status = domain.next_status(row.status, "close")
    _drop_proposals(session, row, "round_closed")
    _tell(session, row, events.MatchingRoundClosed)
    return queries.render(session, row, actor)


def store_solution(session: Session, *, row: MatchingRound, now: datetime, made: Instance, found: Solution) -> None:
    """The job's answer: proposals, an explanation per need, the certificate. An earlier answer is replaced."""
    row.status = domain.next_status(row.status, "finish")
    _drop_proposals(session, row, "solved_again")
    session.execute(delete(NeedResult).where(NeedResult.matching_round_id == row.id))
    by_need = instance.matches(made, found)
    for need_id in sorted(made.needs):
        _store_need(session, row, now, made, found, need_id, by_need[need_id])
    unmet = sum(sum(match.quantity for match in by_need[need]) < wanted for need, wanted in made.needs.items())
    row.offers = len({node.partition("#")[0] for node in made.offers})
    row.needs, row.unmet = len(made.needs), unmet
    row.matches = sum(len(found_matches) for found_matches in by_need.values())
    row.certificate = {
        "primal": found.primal,
        "dual": found.dual,
        "offers": found.offer_prices,
        "needs": found.need_prices,
    }
    row.solved_at = now
    numbers = {"primal": found.primal, "dual": found.dual, "matches": row.matches, "unmet": unmet}
    _tell(session, row, events.MatchingRoundSolved, **numbers)


def _store_need(
    session: Session,
    row: MatchingRound,
    now: datetime,
    made: Instance,
    found: Solution,
    need_id: str,
    got: list[Match],
) -> None:
    need = session.get_one(Need, need_id)
    matched = sum(match.quantity for match in got)
    session.add(
        NeedResult(
            id=ids.new_id("nrs"),
            district_code=row.district_code,
            street_code=need.street_code,
            matching_round_id=row.id,
            need_id=need_id,
            wanted=made.needs[need_id],
            matched=matched,
            need_price=found.need_prices.get(need_id, 0),
            outcome=instance.outcome(made.needs[need_id], matched, has_candidates=bool(made.pairs[need_id])),
            matches=[_store_match(session, row, now, need, match) for match in got],
            alternatives=instance.alternatives(made, found, need_id, {match.pair.offer_id for match in got}),
            exclusions=[
                {**queries.text_of(code), "count": count} for code, count in made.excluded[need_id].most_common()
            ],
        )
    )


def _store_match(session: Session, row: MatchingRound, now: datetime, need: Need, match: Match) -> dict[str, Any]:
    offer = session.get_one(Offer, match.pair.offer_id)
    explained = domain.explain_terms(match.pair.terms)
    allocation = allocations.propose(
        session,
        offer=offer,
        need=need,
        now=now,
        quantity=match.quantity,
        terms=explained,
        windows=[offer.windows[index] for index in match.windows],
        matching_round_id=row.id,
    )
    return {
        "allocation_id": allocation.id,
        "offer_id": offer.id,
        "quantity": match.quantity,
        "utility": match.pair.utility,
        "offer_price": match.price,
        "terms": explained,
    }


def _drop_proposals(session: Session, row: MatchingRound, reason: str) -> None:
    statement = select(Allocation).where(Allocation.matching_round_id == row.id, Allocation.status == PROPOSED)
    for allocation in session.scalars(statement.order_by(Allocation.id).with_for_update()):
        allocations.drop(session, allocation, reason)


def _hold(session: Session, actor: Actor, matching_round_id: str, expected_version: int | None) -> MatchingRound:
    row = queries.find_round(session, matching_round_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def _tell(session: Session, row: MatchingRound, kind: type[events.MatchingRoundFact], **extra: Any) -> None:
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, kind(street_codes=streets, matching_round_id=row.id, **extra))
