"""Casting a ballot: who and what are written apart; no event, no log and no stored reply tells the choice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode
from services.projects.known.models import KnownAccount
from services.projects.rounds.models import Round
from services.projects.votes import domain, queries, storing
from services.projects.votes import rules as voting
from services.projects.votes.models import Ballot, Participation, random_ballot_id

DURING = ("reviewing", "roadshow")


def cast_ballot(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    salt: str,
    round_id: str,
    proposal_ids: list[str] | None = None,
    points: dict[str, int] | None = None,
    mark: str | None = None,
) -> dict[str, Any]:
    """One ballot each. The salt is not told: with it the voter could prove the choice, and be made to."""
    row, vote = queries.find_vote(session, round_id, actor)
    if queries.has_voted(session, row, actor.account_id) is not None:
        return _cast_before(session, row, actor, mark)
    vote = queries.share_vote(session, vote)  # a ballot that waited for the closing must not follow the commitment
    domain.next_status(vote.status, "cast")
    if now >= vote.closes_at or row.status not in DURING:
        raise ConflictError(ProjectsCode.VOTE_STATE, status="closed", action="cast")
    rules = queries.rules_of(vote)
    reasons = queries.reasons_against(session, row, rules, actor.account_id)
    if reasons:
        raise ForbiddenError(reasons[0], reasons=[reason.value for reason in reasons])
    standing = queries.standing(session, vote)
    choice = voting.check_choice(rules, standing, proposal_ids=proposal_ids, points=points)
    if not take_part(session, row, actor.account_id, "online"):
        return _cast_before(session, row, actor, mark)
    return _put(session, row, choice=choice, salt=salt, mark=mark)


def _cast_before(session: Session, row: Round, actor: Actor, mark: str | None) -> dict[str, Any]:
    """Who voted already gets the receipt of the mark again, whatever the choice sent with it, or is told so."""
    voted = queries.has_voted(session, row, actor.account_id)
    if voted is not None and voted.channel == "paper":
        raise ConflictError(VoteCode.VOTED_ON_PAPER)
    found = _of_mark(session, row, mark) if mark else None
    if found is None:
        raise ConflictError(ProjectsCode.VOTER_VOTED)
    return _receipt(row, found)


def _of_mark(session: Session, row: Round, mark: str) -> str | None:
    statement = select(Ballot.commitment).where(Ballot.round_id == row.id, Ballot.mark == domain.mark_of(mark))
    return session.scalars(statement).one_or_none()


def take_part(session: Session, row: Round, account_id: str | None, channel: str) -> bool:
    """That the account voted; ``False`` for whoever comes second."""
    voter = session.get(KnownAccount, account_id) if account_id else None
    place = voter.community_code or voter.street_code if voter else None
    who = {"district_code": row.district_code, "round_id": row.id, "account_id": account_id}
    statement = upsert(Participation).values(**who, channel=channel, place_code=place)
    made = session.execute(statement.on_conflict_do_nothing().returning(Participation.account_id)).scalar_one_or_none()
    return made is not None


def _put(session: Session, row: Round, *, choice: voting.Choice, salt: str, mark: str | None) -> dict[str, Any]:
    if mark and _of_mark(session, row, mark) is not None:
        raise ConflictError(VoteCode.MARK_TAKEN)
    ballot = ballot_of(row.district_code, row.id, choice=choice, salt=salt, channel="online")
    storing.put_ballot(session, {**ballot, "mark": domain.mark_of(mark) if mark else None})
    return _receipt(row, ballot["commitment"])


def ballot_of(district_code: str, round_id: str, *, choice: voting.Choice, salt: str, channel: str) -> dict[str, Any]:
    """A ballot's row."""
    return {
        "id": random_ballot_id(),
        "district_code": district_code,
        "round_id": round_id,
        "channel": channel,
        "choice": choice,
        "salt": salt,
        "commitment": domain.commitment(salt, choice),
        "mark": None,
    }


def _receipt(row: Round, commitment: str) -> dict[str, Any]:
    return {"round_id": row.id, "commitment": commitment, "format": domain.FORMAT}
