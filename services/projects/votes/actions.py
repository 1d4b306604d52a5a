"""Writing votes: open, cast, close."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects.known import queries as known
from services.projects.proposals import queries as proposals
from services.projects.rounds import domain as rounds_domain
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round
from services.projects.votes import domain, queries
from services.projects.votes.models import Ballot, Participation, Vote

DURING = ("reviewing", "roadshow")


def open_vote(session: Session, *, actor: Actor, now: datetime, round_id: str, closes_at: datetime) -> dict[str, Any]:
    """On the shortlist, once a round."""
    row = rounds.lock_round(session, round_id, actor)
    if not row.has_vote:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    candidates = [item.id for item in proposals.of_round(session, row.id, "shortlisted", "pitched")]
    ready = row.status in DURING and candidates and closes_at > now
    if not ready or queries.vote_of(session, row.id) is not None:
        raise ConflictError(ProjectsCode.VOTE_STATE, status=row.status, action="open_vote")
    vote = Vote(
        district_code=row.district_code,
        street_code=row.street_code,
        round_id=row.id,
        status="open",
        proposal_ids=candidates,
        approvals_limit=row.approvals_limit,
        opened_at=now,
        closes_at=closes_at,
        created_at=now,
    )
    session.add(vote)
    session.flush()
    timers.schedule(session, "close_vote_on_time", due_at=closes_at, district_code=row.district_code, round_id=row.id)
    outbox.record(
        session,
        events.VoteOpened(
            round_id=row.id,
            name=row.name,
            closes_at=closes_at.isoformat(),
            proposal_ids=candidates,
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )
    return queries.render(session, row, vote)


def cast_ballot(
    session: Session, *, actor: Actor, now: datetime, salt: str, round_id: str, proposal_ids: list[str]
) -> dict[str, Any]:
    """Who and what are written apart; no event, no log and no stored reply tells the choice."""
    row, vote = queries.find_vote(session, round_id, actor)
    # read again under the lock: whoever waited for the closing must see it, or a ballot would follow the commitment
    locked = select(Vote).where(Vote.id == vote.id).with_for_update(read=True)
    vote = session.scalars(locked.execution_options(populate_existing=True)).one()
    domain.next_status(vote.status, "cast")
    if now >= vote.closes_at or row.status not in DURING:
        raise ConflictError(ProjectsCode.VOTE_STATE, status="closed", action="cast")
    _check_entitled(session, row, actor)
    choice = domain.check_choice(proposal_ids, candidates=vote.proposal_ids, limit=vote.approvals_limit)
    who = {"district_code": row.district_code, "round_id": row.id, "account_id": actor.account_id}
    made = session.execute(
        upsert(Participation).values(**who).on_conflict_do_nothing().returning(Participation.account_id)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError(ProjectsCode.VOTER_VOTED)
    commitment = domain.commitment(salt, choice)
    session.add(
        Ballot(district_code=row.district_code, round_id=row.id, choice=choice, salt=salt, commitment=commitment)
    )
    session.flush()
    return {"round_id": row.id, "salt": salt, "commitment": commitment, "format": domain.FORMAT}


def _check_entitled(session: Session, row: Round, actor: Actor) -> None:
    """A verified resident of the round's street, or of the district."""
    voter = known.account(session, actor.account_id)
    of_place = voter is not None and voter.district_code == row.district_code
    if row.street_code is not None:
        of_place = voter is not None and voter.street_code == row.street_code
    if voter is None or voter.role != roles.RESIDENT or not voter.verified or not of_place:
        raise ForbiddenError(ProjectsCode.VOTER_NOT_ENTITLED)


def close_vote(session: Session, *, actor: Actor, now: datetime, round_id: str) -> dict[str, Any]:
    """Not before the published time."""
    row = rounds.lock_round(session, round_id, actor)
    vote = queries.vote_of(session, row.id)
    if vote is None:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    domain.next_status(vote.status, "close")
    rounds_domain.check_due(now=now, due_at=vote.closes_at)
    _close(session, row, now)
    return queries.render(session, row, vote)


def close_on_time(session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
    """The vote's clock, of a cancelled round too: its ballots must not stay as they were cast. Staff may be first."""
    row = rounds.lock_round(session, round_id, actor)
    vote = queries.vote_of(session, row.id)
    if vote is not None and vote.status == "open":
        _close(session, row, now)


def _close(session: Session, row: Round, now: datetime) -> None:
    vote = session.scalars(select(Vote).where(Vote.round_id == row.id).with_for_update()).one()
    vote.status = domain.next_status(vote.status, "close")
    vote.closed_at = now
    commitments = _rewrite_ballots(session, row.id)
    vote.participation = len(commitments)
    vote.commitment = domain.commitment_of_all(commitments)
    session.flush()
    outbox.record(
        session,
        events.VoteClosed(
            round_id=row.id,
            participation=vote.participation,
            commitment=vote.commitment,
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )


def _rewrite_ballots(session: Session, round_id: str) -> list[str]:
    """Write the ballots again in the order of their commitments: nothing stored follows the order of voting."""
    names = [column.name for column in Ballot.__table__.columns]
    found = session.execute(select(Ballot.__table__).where(Ballot.round_id == round_id)).mappings()
    rows = sorted(({name: row[name] for name in names} for row in found), key=lambda row: row["commitment"])
    session.execute(delete(Ballot).where(Ballot.round_id == round_id))
    if rows:
        session.execute(insert(Ballot), rows)
    return [row["commitment"] for row in rows]
