"""Ending a vote: the last moment to vote, the paper ballots that are still counted, the commitment, and voiding it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects import events, events_votes
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode
from services.projects.rounds import actions as round_actions
from services.projects.rounds import domain as rounds_domain
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round
from services.projects.votes import casting, domain, domain_paper, queries, queries_paper, storing
from services.projects.votes import rules as voting
from services.projects.votes.models import Ballot, PaperBatch, PaperEntry, PaperVoter, Participation, Vote


def lock_vote(session: Session, row: Round) -> Vote:
    """The vote of a round, for a step."""
    locked = select(Vote).where(Vote.round_id == row.id).with_for_update()
    vote = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if vote is None:
        raise NotFoundError(ProjectsCode.VOTE_NOT_FOUND)
    return vote


def close_vote(session: Session, *, actor: Actor, now: datetime, round_id: str) -> dict[str, Any]:
    """Not before the published time; and where there are paper ballots, once every batch agrees."""
    row = rounds.lock_round(session, round_id, actor)
    vote = lock_vote(session, row)
    domain.next_status(vote.status, "close")
    rounds_domain.check_due(now=now, due_at=vote.closes_at)
    if vote.status == "counting" or not _end(session, row, vote):
        _close(session, row, vote, now)
    return queries.render(session, row, vote)


def close_on_time(session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
    """The vote's clock, of a cancelled round too: its ballots must not stay as they were cast. Staff may be first, and
    the clock of a vote that was voided finds another one."""
    row = rounds.lock_round(session, round_id, actor)
    vote = lock_vote(session, row)
    if vote.status == "open" and now >= vote.closes_at and not _end(session, row, vote):
        _close(session, row, vote, now)


def _end(session: Session, row: Round, vote: Vote) -> bool:
    """Whether there is paper left to count; then nobody votes any more, and nothing is committed to yet. The paper of
    a cancelled round is counted no more."""
    if row.status == "cancelled":
        _void_paper(session, row)
        return False
    if not queries_paper.has_paper(session, row.id):
        return False
    vote.status = domain.next_status(vote.status, "end")
    session.flush()
    told = queries.count_participation(session, row.id)
    street_codes = round_actions.streets(row)
    outbox.record(session, events_votes.VoteCounting(round_id=row.id, participation=told, street_codes=street_codes))
    return True


def _close(session: Session, row: Round, vote: Vote, now: datetime) -> None:
    """Paper joins the other ballots, all are written again in no order, and the commitment is taken."""
    spoilt = _count_paper(session, row, vote)
    commitments = storing.write_ballots_again(session, row.id)
    vote.withdrawn_ids = sorted(queries.withdrawn(session, vote))
    vote.status = domain.next_status(vote.status, "close")
    vote.closed_at = now
    vote.participation = queries.count_participation(session, row.id)
    vote.ballots, vote.spoilt = len(commitments), spoilt
    vote.form = domain.TREE
    vote.commitment = queries.commitment_of(vote.form, commitments)
    vote.seal_salt = secrets.token_hex(32)
    session.flush()
    vote.seal = domain.seal_of(queries.ballots_of(session, vote), vote.seal_salt)
    session.flush()
    timers.schedule(session, "forget_order_of_voting", due_at=now, district_code=row.district_code, round_id=row.id)
    _tell_closed(session, row, vote)


def forget_order(session: Session, *, actor: Actor, round_id: str) -> None:
    """Right after the close; a vote that was voided meanwhile has nobody left to be sorted."""
    row = rounds.lock_round(session, round_id, actor)
    if lock_vote(session, row).status == "closed":
        storing.write_participation_again(session, row.id)


def _tell_closed(session: Session, row: Round, vote: Vote) -> None:
    outbox.record(
        session,
        events.VoteClosed(
            round_id=row.id,
            participation=vote.participation or 0,
            commitment=vote.commitment or "",
            form=vote.form or "",
            ballots=vote.ballots or 0,
            spoilt=vote.spoilt or 0,
            seal=vote.seal or "",
            attempt=vote.attempt,
            street_codes=round_actions.streets(row),
        ),
    )


def _count_paper(session: Session, row: Round, vote: Vote) -> int:
    """The sheets that two people read alike become ballots; how many were spoilt."""
    batches = queries_paper.batches_of(session, row.id, lock=True)
    left = [batch.id for batch in batches if batch.status not in {"agreed", "void"}]
    if left:
        raise ConflictError(VoteCode.PAPER_BATCHES_OPEN, batch_ids=left)
    agreed = [batch for batch in batches if batch.status == "agreed"]
    sheets, voters = sum(batch.agreed for batch in agreed), queries_paper.count_paper_voters(session, row.id)
    if sheets > voters:
        raise ConflictError(VoteCode.PAPER_EXCEEDS_REGISTER, sheets=sheets, voters=voters)
    spoilt = 0
    for batch in agreed:
        readings = queries_paper.agreed(session, batch)
        spoilt += domain_paper.spoilt(readings)
        _add_ballots(session, vote, domain_paper.choices(readings))
        _counted(session, batch)
    return spoilt


def _add_ballots(session: Session, vote: Vote, choices: list[voting.Choice]) -> None:
    for choice in choices:
        salt = secrets.token_hex(32)
        ballot = casting.ballot_of(vote.district_code, vote.round_id, choice=choice, salt=salt, channel="paper")
        session.add(Ballot(**ballot))
    session.flush()


def _counted(session: Session, batch: PaperBatch) -> None:
    batch.status = domain_paper.next_batch_status(batch.status, "count")
    session.flush()
    tell_batch(session, batch, "count")


def tell_batch(session: Session, batch: PaperBatch, action: str) -> None:
    """A step of a batch, in numbers."""
    outbox.record(
        session,
        events_votes.PaperBatchAdvanced(
            batch_id=batch.id,
            round_id=batch.round_id,
            action=action,
            status=batch.status,
            agreed=batch.agreed,
            differing=len(batch.differences),
            street_codes=[batch.street_code] if batch.street_code else [],
        ),
    )


def cancel_vote(session: Session, *, actor: Actor, now: datetime, round_id: str, reason: str) -> dict[str, Any]:
    """Void, until the round is determined. Ballots are destroyed, nobody has voted, and it may be held again."""
    row = rounds.lock_round(session, round_id, actor)
    vote = lock_vote(session, row)
    status = domain.next_status(vote.status, "cancel")
    if row.status not in casting.DURING:
        raise ConflictError(ProjectsCode.VOTE_STATE, status=row.status, action="cancel")
    _destroy(session, row)
    vote.status = status
    void = {"attempt": vote.attempt, "reason": reason, "cancelled_at": now.isoformat(timespec="seconds")}
    vote.cancelled = [*vote.cancelled, void]
    vote.participation = vote.ballots = vote.spoilt = vote.commitment = vote.form = vote.seal = vote.seal_salt = None
    vote.closed_at, vote.withdrawn_ids = None, []
    session.flush()
    outbox.record(
        session,
        events_votes.VoteCancelled(
            round_id=row.id,
            name=row.name,
            attempt=vote.attempt,
            reason=reason,
            street_codes=round_actions.streets(row),
        ),
    )
    return queries.render(session, row, vote)


def _void_paper(session: Session, row: Round) -> None:
    for batch in queries_paper.batches_of(session, row.id, lock=True):
        batch.status = domain_paper.next_batch_status(batch.status, "void")
        session.flush()
        tell_batch(session, batch, "void")


def _destroy(session: Session, row: Round) -> None:
    _void_paper(session, row)
    batches = select(PaperBatch.id).where(PaperBatch.round_id == row.id)
    session.execute(delete(PaperEntry).where(PaperEntry.batch_id.in_(batches)))
    for table in (Ballot, Participation, PaperVoter):
        session.execute(delete(table).where(table.round_id == row.id))
    session.flush()
