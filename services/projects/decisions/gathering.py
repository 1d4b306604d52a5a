"""What the rule decides on: every score locked, the roadshow sealed, the vote closed; and the inputs as hashed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode
from services.projects.known import queries as known
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import queries as review
from services.projects.roadshows import queries as roadshows
from services.projects.rounds.models import Round
from services.projects.votes import queries as votes


def inputs_of(session: Session, row: Round) -> tuple[list[Proposal], dict[str, Any]]:
    """The proposals in the running, and what anybody needs to compute the result again: ids, scores, ballots, rules."""
    if row.has_roadshow:
        _check_sealed(session, row)
    running = proposals.of_round(session, row.id, "pitched" if row.has_roadshow else "shortlisted", lock=True)
    ballots, full = _ballots(session, row)
    support = {item.id: sum(ballot.get(item.id, 0) for ballot in ballots) for item in running}
    judged = review.judge_scores_of(session, row, [item.id for item in running])
    return running, {
        "rules_hash": row.rules_hash,
        "allocation": row.allocation,
        "budget_fen": row.budget_fen,
        "cap_fen": row.cap_fen,
        "voters": len(ballots),
        "full_points": full // len(ballots) if ballots else 1,
        "candidates": [_candidate(session, row, item, support[item.id], judged[item.id]) for item in running],
        "ballots": ballots,
    }


def _check_sealed(session: Session, row: Round) -> None:
    roadshow = roadshows.roadshow_of(session, row.id, lock=True)
    if roadshow is None or roadshow.status != "sealed":
        raise ConflictError(ProjectsCode.ROUND_NEEDS_ROADSHOW)


def _ballots(session: Session, row: Round) -> tuple[list[dict[str, int]], int]:
    """Ballots without ids, in an order that comes from what they say; and the most points a proposal could have."""
    if not row.has_vote:
        return [], 0
    vote = votes.vote_of(session, row.id)
    if vote is None:
        raise ConflictError(ProjectsCode.VOTE_NOT_FOUND)
    return votes.ballots_of(session, vote), votes.full_support(session, vote)


def _candidate(session: Session, row: Round, proposal: Proposal, support: int, judged: Fraction) -> dict[str, Any]:
    left = review.unlocked_judges(session, proposal.id)
    scores = review.scores_of(session, row, proposal.id)
    if left or len(scores) < row.judges_per_proposal:
        raise ConflictError(ProjectsCode.SCORES_OPEN, proposal_id=proposal.id, judges=sorted(left), locked=len(scores))
    breach = row.eligibility["exclude_breach"] and known.organisation(session, proposal.organisation_id).in_breach
    return {
        "proposal_id": proposal.id,
        "amount_fen": proposal.amount_fen,
        "judge_score": str(judged),
        "support": support,
        "order": proposal.submitted_at.isoformat() if proposal.submitted_at else "",
        "field": proposal.field,
        "street_code": proposal.street_code,
        "barred": "organisation_in_breach" if breach else None,
    }


def described(running: list[Proposal], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes with what people know a proposal by."""
    by_id = {proposal.id: proposal for proposal in running}
    return [
        {
            **row,
            "organisation_id": by_id[row["proposal_id"]].organisation_id,
            "title": by_id[row["proposal_id"]].title,
            "street_code": by_id[row["proposal_id"]].street_code,
        }
        for row in rows
    ]
