"""What the rule decides on: every score locked, the roadshow sealed, the vote closed; and the inputs as hashed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode
from services.projects.decisions import domain
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import domain as scoring
from services.projects.review import queries as review
from services.projects.roadshows import queries as roadshows
from services.projects.rounds.models import Round
from services.projects.votes import queries as votes


def candidates(session: Session, row: Round) -> tuple[list[Proposal], list[domain.Candidate], int]:
    """The proposals in the running, as rows and as the rule sees them, and how many residents voted."""
    if row.has_roadshow:
        _check_sealed(session, row)
    running = proposals.of_round(session, row.id, "pitched" if row.has_roadshow else "shortlisted", lock=True)
    support, voters = _support(session, row)
    return running, [_candidate(session, row, item, support) for item in running], voters


def _check_sealed(session: Session, row: Round) -> None:
    roadshow = roadshows.roadshow_of(session, row.id, lock=True)
    if roadshow is None or roadshow.status != "sealed":
        raise ConflictError(ProjectsCode.ROUND_NEEDS_ROADSHOW)


def _support(session: Session, row: Round) -> tuple[dict[str, int], int]:
    vote = votes.vote_of(session, row.id)
    if not row.has_vote:
        return {}, 0
    if vote is None:
        raise ConflictError(ProjectsCode.VOTE_NOT_FOUND)
    return votes.support_of(session, vote), votes.count_participation(session, row.id)


def _candidate(session: Session, row: Round, proposal: Proposal, support: dict[str, int]) -> domain.Candidate:
    left = review.unlocked_judges(session, proposal.id)
    scores = list(review.scores_of(session, row, proposal.id).values())
    if left or len(scores) < row.judges_per_proposal:
        raise ConflictError(ProjectsCode.SCORES_OPEN, proposal_id=proposal.id, judges=sorted(left), locked=len(scores))
    return domain.Candidate(
        proposal_id=proposal.id,
        amount_fen=proposal.amount_fen,
        judge_score=scoring.normalised(scores, row.allocation["normalisation"]),
        support=support.get(proposal.id, 0),
        order=proposal.submitted_at.isoformat() if proposal.submitted_at else "",
    )


def inputs_of(row: Round, items: list[domain.Candidate], voters: int) -> dict[str, Any]:
    """What anybody needs to compute the result again."""
    return {
        "rules_hash": row.rules_hash,
        "allocation": row.allocation,
        "budget_fen": row.budget_fen,
        "cap_fen": row.cap_fen,
        "voters": voters,
        "candidates": [
            {
                "proposal_id": item.proposal_id,
                "amount_fen": item.amount_fen,
                "judge_score": str(item.judge_score),
                "support": item.support,
                "order": item.order,
            }
            for item in items
        ],
    }


def rows_of(
    row: Round, running: list[Proposal], items: list[domain.Candidate], outcomes: list[domain.Outcome]
) -> list[dict[str, Any]]:
    """Outcomes with their numbers and explanation, in the order of the ranking."""
    by_id = {proposal.id: proposal for proposal in running}
    seen = {item.proposal_id: item for item in items}
    rows = []
    for outcome in outcomes:
        proposal, item = by_id[outcome.proposal_id], seen[outcome.proposal_id]
        score = scoring.two_places(outcome.combined)
        rows.append(
            {
                "proposal_id": proposal.id,
                "organisation_id": proposal.organisation_id,
                "title": proposal.title,
                "street_code": proposal.street_code,
                "outcome": outcome.outcome,
                "rank": outcome.rank,
                "amount_fen": item.amount_fen,
                "judge_score": scoring.two_places(item.judge_score),
                "support": item.support,
                "combined": score,
                "explanation": domain.explain(
                    outcome, amount_fen=item.amount_fen, allocation=row.allocation, score=score
                ),
            }
        )
    return rows
