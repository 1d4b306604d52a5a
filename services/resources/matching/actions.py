"""Writes of matching rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, ids, jobs, outbox
from chassis.actor import Actor
from contracts.resources import events
from services.resources.allocations import proposing
from services.resources.allocations.domain import PROPOSED
from services.resources.allocations.models import Allocation
from services.resources.known.domain import home_street
from services.resources.matching import domain, queries
from services.resources.matching.models import MatchingRound

JOB, STEPS = "solve_matching_round", 100


def create_matching_round(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    title: str,
    kind: str | None,
    street_code: str | None,
    fairness_percent: int,
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
        fairness_percent=fairness_percent,
        status=domain.CREATED,
        offers=0,
        needs=0,
        matches=0,
        unmet=0,
        created_at=now,
    )
    session.add(row)
    tell(session, row, events.MatchingRoundCreated)
    return queries.render(session, row, actor)


def solve_matching_round(
    session: Session, *, actor: Actor, matching_round_id: str, expected_version: int | None
) -> dict[str, Any]:
    """Queue the solve; answers the job's view."""
    row = _hold(session, actor, matching_round_id, expected_version)
    row.status = domain.next_status(row.status, "solve")
    session.flush()  # the version that the job is for: after a cancellation there is another
    asked = {"matching_round_id": row.id, "version": row.version}
    return jobs.enqueue(session, JOB, street_code=row.street_code, total=STEPS, **asked)


def close_matching_round(
    session: Session, *, actor: Actor, matching_round_id: str, expected_version: int | None
) -> dict[str, Any]:
    """What nobody took up is off the table."""
    row = _hold(session, actor, matching_round_id, expected_version)
    row.status = domain.next_status(row.status, "close")
    drop_proposals(session, row, domain.ROUND_CLOSED)
    tell(session, row, events.MatchingRoundClosed)
    return queries.render(session, row, actor)


def cancel_matching_solution(
    session: Session, *, actor: Actor, matching_round_id: str, expected_version: int | None
) -> dict[str, Any]:
    """The job stops at its next look; an earlier answer stays."""
    row = _hold(session, actor, matching_round_id, expected_version)
    row.status = domain.next_status(row.status, "keep" if row.solved_at else "cancel")
    return queries.render(session, row, actor)


def drop_proposals(session: Session, row: MatchingRound, reason: str) -> None:
    """What nobody took up."""
    statement = select(Allocation).where(Allocation.matching_round_id == row.id, Allocation.status == PROPOSED)
    proposing.drop_many(session, list(session.scalars(statement.order_by(Allocation.id).with_for_update())), reason)


def _hold(session: Session, actor: Actor, matching_round_id: str, expected_version: int | None) -> MatchingRound:
    row = queries.find_round(session, matching_round_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def tell(session: Session, row: MatchingRound, kind: type[events.MatchingRoundFact], **extra: Any) -> None:
    """An event of the round."""
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, kind(street_codes=streets, matching_round_id=row.id, **extra))
