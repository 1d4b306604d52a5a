"""Reading the paper register and batches: counts and differences, never what is on a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.codes_votes import VoteCode
from contracts.projects.votes_paper import PaperBatchView, PaperVoterView
from services.projects.proposals.models import Proposal
from services.projects.rounds import queries as rounds
from services.projects.votes import domain_paper, queries, sheets
from services.projects.votes.models import PaperBatch, PaperEntry, PaperVoter


def has_paper(session: Session, round_id: str) -> bool:
    """Whether somebody took a paper ballot, or a batch is on its way."""
    return bool(count_paper_voters(session, round_id) or batches_of(session, round_id))


def count_paper_voters(session: Session, round_id: str) -> int:
    """Entries of the register that stand."""
    statement = select(func.count()).where(PaperVoter.round_id == round_id, PaperVoter.status == "marked")
    return session.scalar(statement) or 0


def batches_of(session: Session, round_id: str, *, lock: bool = False) -> list[PaperBatch]:
    """Every batch of a round that was not counted in an earlier attempt."""
    statement = select(PaperBatch).where(PaperBatch.round_id == round_id, PaperBatch.status.not_in(("void", "counted")))
    if lock:
        statement = statement.with_for_update()
    return list(session.scalars(statement.order_by(PaperBatch.id)))


def find_batch(session: Session, batch_id: str, actor: Actor, *, lock: bool = False) -> PaperBatch:
    """One batch in scope; raises ``paper_batch_not_found``."""
    row = db.get_scoped(session, PaperBatch, batch_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(VoteCode.BATCH_NOT_FOUND)
    return row


def find_voter(session: Session, paper_voter_id: str, actor: Actor) -> PaperVoter:
    """One entry of the register in scope, for a step; raises ``paper_voter_not_found``."""
    row = db.get_scoped(session, PaperVoter, paper_voter_id, actor, lock=True)
    if row is None:
        raise NotFoundError(VoteCode.PAPER_VOTER_NOT_FOUND)
    return row


def keys_of(session: Session, batch: PaperBatch) -> dict[int, dict[int, Mapping[str, Any]]]:
    """What was read: first, second and third key, each from sheet number to reading."""
    keys: dict[int, dict[int, Mapping[str, Any]]] = {
        key: {} for key in (domain_paper.FIRST, domain_paper.SECOND, domain_paper.THIRD)
    }
    for entry in session.scalars(select(PaperEntry).where(PaperEntry.batch_id == batch.id)):
        keys[entry.key][entry.number] = entry.reading
    return keys


def agreed(session: Session, batch: PaperBatch) -> dict[int, Mapping[str, Any]]:
    """The sheets that two people read alike."""
    return domain_paper.agreed(batch.sheets, *keys_of(session, batch).values())


def render(row: PaperBatch) -> dict[str, Any]:
    view: dict[str, Any] = PaperBatchView().dump(row)
    return view


def get_paper_batch(session: Session, *, actor: Actor, batch_id: str) -> dict[str, Any]:
    return render(find_batch(session, batch_id, actor))


def list_paper_batches(
    session: Session,
    *,
    actor: Actor,
    round_id: str,
    status: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    row = rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(PaperBatch), PaperBatch, actor).where(PaperBatch.round_id == row.id)
    if status is not None:
        statement = statement.where(PaperBatch.status == status)
    return db.page(session, statement, by=PaperBatch.id, render=render, cursor=cursor, limit=limit)


def list_paper_voters(
    session: Session, *, actor: Actor, round_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    row = rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(PaperVoter), PaperVoter, actor).where(PaperVoter.round_id == row.id)
    return db.page(session, statement, by=PaperVoter.id, render=PaperVoterView().dump, cursor=cursor, limit=limit)


def get_paper_form(session: Session, *, actor: Actor, round_id: str, format: str) -> dict[str, Any]:  # noqa: A002  its name at the edge
    """The form, with the candidates in the order of the vote, which is that of the paper."""
    _, vote = queries.find_vote(session, round_id, actor)
    found = select(Proposal.id, Proposal.title).where(Proposal.id.in_(vote.proposal_ids))
    titles = {row.id: row.title for row in session.execute(found)}
    return sheets.form([(one, titles[one]) for one in vote.proposal_ids], form=format)
