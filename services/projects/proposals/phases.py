"""Steps of a round that move its proposals along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects.codes import ProjectsCode
from services.projects.awards import refunding
from services.projects.proposals import actions, domain, eligible, rivalry
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import queries as review
from services.projects.rounds import actions as rounds
from services.projects.rounds import domain as rounds_domain
from services.projects.rounds import queries

SETTLED = frozenset({"closed", "terminated"})


def start_screening(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Screening starts once the round is closed: every proposal is in, and judged by the facts of the deadline."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    rounds.advance(session, row, "start_screening")
    for proposal in proposals.of_round(session, row.id, "submitted", "more_info", lock=True):
        proposal.flags = rivalry.double_funding(session, proposal)
        eligible.evaluate(session, proposal, now)
    session.flush()
    return queries.render(row)


def start_review(
    session: Session, *, actor: Actor, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Every proposal is screened and has at least k judges without a conflict."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    rounds_domain.next_status(row.status, "start_review")
    _none_left(session, row.id, "submitted", "more_info")
    eligible = proposals.of_round(session, row.id, "eligible", lock=True)
    judges = review.judges_per_proposal(session, row.id)
    short = [item.id for item in eligible if judges.get(item.id, 0) < row.judges_per_proposal]
    if short:
        raise ConflictError(ProjectsCode.JUDGES_TOO_FEW, proposal_ids=short, needed=row.judges_per_proposal)
    for proposal in eligible:
        actions.advance(session, proposal, "start_review")
    rounds.advance(session, row, "start_review")
    return queries.render(row)


def shortlist_proposals(
    session: Session,
    *,
    actor: Actor,
    round_id: str,
    expected_version: int | None = None,
    proposal_ids: list[str] | None = None,
) -> dict[str, Any]:
    """The named proposals go on, the others under review are passed over; without names all go on."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    if row.status != "reviewing":
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.status, action="shortlist")
    under_review = proposals.of_round(session, row.id, "under_review", lock=True)
    chosen = set(proposal_ids or [item.id for item in under_review])
    if chosen - {item.id for item in under_review}:
        raise NotFoundError(ProjectsCode.PROPOSAL_NOT_FOUND)
    for proposal in under_review:
        actions.advance(session, proposal, "shortlist" if proposal.id in chosen else "pass_over")
    session.flush()
    return queries.render(row)


def start_roadshow_phase(
    session: Session, *, actor: Actor, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """On to the roadshow with the shortlist."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    rounds_domain.next_status(row.status, "start_roadshow")
    if not row.has_roadshow:
        raise ConflictError(ProjectsCode.ROUND_WITHOUT_ROADSHOW)
    _none_left(session, row.id, "under_review")
    rounds.advance(session, row, "start_roadshow")
    return queries.render(row)


def cancel_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Cancelled with notice to all: its proposals lapse, so that they stand in no other round's way."""
    view = rounds.cancel_round(
        session, actor=actor, now=now, round_id=round_id, reason=reason, expected_version=expected_version
    )
    running = {status for status, action in domain.TRANSITIONS if action == "lapse"}
    for proposal in proposals.of_round(session, view["round_id"], *sorted(running), lock=True):
        actions.advance(session, proposal, "lapse")
    session.flush()
    return view


def evaluate_round(
    session: Session, *, actor: Actor, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The round's projects are evaluated as a whole."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    rounds.advance(session, row, "evaluate")
    return queries.render(row)


def archive_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Archived once every project of the round is closed or terminated and no claim is open; the rest is refunded."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    rounds_domain.next_status(row.status, "archive")
    running = set(domain.STATUSES) - domain.LOST - SETTLED
    _none_left(session, row.id, *running)
    refunding.refund_pool(session, row, now=now)
    rounds.advance(session, row, "archive")
    return queries.render(row)


def _none_left(session: Session, round_id: str, *statuses: str) -> None:
    left = session.scalars(
        select(Proposal.id).where(Proposal.round_id == round_id, Proposal.status.in_(statuses)).limit(20)
    ).all()
    if left:
        raise ConflictError(ProjectsCode.ROUND_PROPOSALS_PENDING, proposal_ids=list(left))
