"""Reading votes: turnout always, support only when the result is public."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects.codes import ProjectsCode
from contracts.projects.votes import VoteView
from services.projects.known import queries as known
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round
from services.projects.votes import domain
from services.projects.votes.models import Ballot, Participation, Vote


def vote_of(session: Session, round_id: str) -> Vote | None:
    """The vote of a round, whoever asks."""
    return session.scalars(select(Vote).where(Vote.round_id == round_id)).one_or_none()


def find_vote(session: Session, round_id: str, actor: Actor) -> tuple[Round, Vote]:
    """A round the actor may see, with its vote."""
    row = rounds.find_round(session, round_id, actor)
    vote = session.scalars(db.scoped(select(Vote), Vote, actor).where(Vote.round_id == row.id)).one_or_none()
    if vote is None:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    return row, vote


def count_participation(session: Session, round_id: str) -> int:
    """How many voted."""
    statement = select(func.count()).select_from(Participation).where(Participation.round_id == round_id)
    return session.scalar(statement) or 0


def support_of(session: Session, vote: Vote) -> dict[str, int]:
    """Approvals per proposal; only once the vote is closed."""
    if vote.status != "closed":
        raise ConflictError(ProjectsCode.VOTE_OPEN)
    choices = session.scalars(select(Ballot.choice).where(Ballot.round_id == vote.round_id))
    return domain.count(choices, vote.proposal_ids)


def render(session: Session, row: Round, vote: Vote) -> dict[str, Any]:
    view: dict[str, Any] = VoteView().dump(vote)
    view["participation"] = count_participation(session, row.id)
    closed = vote.status == "closed" and rounds.result_is_public(row)
    view["support"] = support_of(session, vote) if closed else None
    return view


def get_vote(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row, vote = find_vote(session, round_id, actor)
    return render(session, row, vote)


def get_turnout(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row, vote = find_vote(session, round_id, actor)
    entitled = known.count_entitled(session, district_code=row.district_code, street_code=row.street_code)
    return {
        "round_id": row.id,
        "status": vote.status,
        "participation": count_participation(session, row.id),
        "entitled": entitled,
    }


def get_ballot_inclusion(session: Session, *, actor: Actor, round_id: str, commitment: str) -> dict[str, Any]:
    """Whether a receipt's commitment is among those the published one was taken of; all are listed to check it."""
    row, vote = find_vote(session, round_id, actor)
    if vote.status != "closed":
        raise ConflictError(ProjectsCode.VOTE_OPEN)
    commitments = list(
        session.scalars(select(Ballot.commitment).where(Ballot.round_id == row.id).order_by(Ballot.commitment))
    )
    included = commitment in commitments
    return {
        "round_id": row.id,
        "included": included,
        "position": commitments.index(commitment) if included else None,
        "participation": len(commitments),
        "commitments": commitments,
        "commitment": vote.commitment,
    }
