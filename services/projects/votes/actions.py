"""Opening votes: now, or by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.projects import events, events_votes
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode
from services.projects.proposals import queries as proposals
from services.projects.rounds import actions as round_actions
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round
from services.projects.votes import casting, domain, queries
from services.projects.votes.models import Vote

STARTS = {"plan": "planned", "open": "open"}


def open_vote(
    session: Session, *, actor: Actor, now: datetime, round_id: str, closes_at: datetime, opens_at: datetime | None
) -> dict[str, Any]:
    """On the shortlist, once a round; again only after it was voided. Later than now: the clock opens it."""
    row = rounds.lock_round(session, round_id, actor)
    if not row.has_vote:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    later = opens_at is not None and opens_at > now
    opened_at = opens_at if opens_at is not None and later else now
    if closes_at <= opened_at:
        raise InvalidError(VoteCode.CLOSING_TIME)
    vote = _prepared(session, row, "plan" if later else "open", now)
    vote.opened_at, vote.closes_at = opened_at, closes_at
    if later:
        _plan(session, row, vote)
    else:
        _open(session, row, vote)
    return queries.render(session, row, vote)


def _prepared(session: Session, row: Round, action: str, now: datetime) -> Vote:
    """A new vote, or the voided one for another attempt."""
    vote = session.scalars(select(Vote).where(Vote.round_id == row.id).with_for_update()).one_or_none()
    if vote is not None:
        domain.next_status(vote.status, action)
        vote.attempt += vote.status == "cancelled"
    if row.status not in casting.DURING:
        raise ConflictError(ProjectsCode.VOTE_STATE, status=row.status, action=f"{action}_vote")
    if vote is None:
        vote = Vote(district_code=row.district_code, round_id=row.id, attempt=1, created_at=now)
        vote.withdrawn_ids, vote.cancelled = [], []
        session.add(vote)
    vote.street_code, vote.approvals_limit = row.street_code, row.approvals_limit
    vote.rules, vote.proposal_ids = queries.rules_of_round(row), []
    vote.status = STARTS[action]
    return vote


def _plan(session: Session, row: Round, vote: Vote) -> None:
    session.flush()
    _set_clock(session, row, "open_vote_on_time", vote.opened_at)
    outbox.record(
        session,
        events_votes.VotePlanned(
            round_id=row.id,
            opens_at=vote.opened_at.isoformat(),
            closes_at=vote.closes_at.isoformat(),
            street_codes=round_actions.streets(row),
        ),
    )


def _open(session: Session, row: Round, vote: Vote) -> None:
    candidates = [item.id for item in proposals.of_round(session, row.id, "shortlisted", "pitched")]
    if not candidates:
        raise ConflictError(VoteCode.NO_CANDIDATES)
    vote.status, vote.proposal_ids = "open", candidates
    session.flush()
    _set_clock(session, row, "close_vote_on_time", vote.closes_at)
    outbox.record(
        session,
        events.VoteOpened(
            round_id=row.id,
            name=row.name,
            closes_at=vote.closes_at.isoformat(),
            proposal_ids=candidates,
            street_codes=round_actions.streets(row),
        ),
    )


def _set_clock(session: Session, row: Round, name: str, due_at: datetime) -> None:
    timers.schedule(session, name, due_at=due_at, district_code=row.district_code, round_id=row.id)


def open_on_time(session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
    """The clock of a planned vote. It finds nothing to do where the vote was voided or the round went on; without
    candidates it stays planned, and staff decide."""
    row = rounds.lock_round(session, round_id, actor)
    vote = session.scalars(select(Vote).where(Vote.round_id == row.id).with_for_update()).one_or_none()
    if vote is None or vote.status != "planned" or now < vote.opened_at or row.status not in casting.DURING:
        return
    if proposals.of_round(session, row.id, "shortlisted", "pitched"):
        domain.next_status(vote.status, "open")
        _open(session, row, vote)
