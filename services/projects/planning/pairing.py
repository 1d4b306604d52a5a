"""Judges' assignments made to be what a plan says, with every conflict on record."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes_review import ReviewCode
from services.projects.planning import queries
from services.projects.planning.actions import streets
from services.projects.proposals.models import Proposal
from services.projects.review.models import JudgeAssignment, ScoreSheet
from services.projects.rounds.models import Round

Pairs = set[tuple[str, str]]


def pair_judges(
    session: Session, row: Round, wanted: Mapping[str, set[str]], conflicts: queries.Conflicts
) -> tuple[list[list[str]], list[list[str]]]:
    """``(added, removed)`` pairs. A pair with a locked sheet never goes; a conflict is kept as a recusal."""
    known = {
        (item.proposal_id, item.judge_account_id): item
        for item in queries.assignments_of(session, row.id)
        if item.proposal_id in wanted
    }
    papers = {name: session.get_one(Proposal, name) for name in wanted}
    target = {(paper, judge) for paper, judges in wanted.items() for judge in judges}
    clashing = {(paper, judge): why for paper, found in conflicts.items() for judge, why in found.items()}
    if target & clashing.keys() or locked_pairs(session, row.id) & known.keys() - target:
        raise ConflictError(ReviewCode.REVIEW_PLAN_OUTDATED)
    before = {pair for pair, item in known.items() if not item.recused}
    for pair in sorted(known.keys() - target - clashing.keys()):
        session.delete(known[pair])
    for pair in sorted(target | {pair for pair in clashing if pair[0] in wanted}):
        item = known.get(pair) or _new(row, papers[pair[0]], pair[1])
        item.recused, item.conflict = pair in clashing, clashing.get(pair)
        session.add(item)
    session.flush()
    _tell(session, row, target, {pair: why for pair, why in clashing.items() if pair[0] in wanted})
    return [list(pair) for pair in sorted(target - before)], [list(pair) for pair in sorted(before - target)]


def locked_pairs(session: Session, round_id: str) -> Pairs:
    """Pairs whose sheet is locked."""
    statement = select(ScoreSheet.proposal_id, ScoreSheet.judge_account_id)
    rows = session.execute(statement.where(ScoreSheet.round_id == round_id, ScoreSheet.status == "locked"))
    return {(paper, judge) for paper, judge in rows}


def _new(row: Round, paper: Proposal, judge: str) -> JudgeAssignment:
    return JudgeAssignment(
        district_code=row.district_code,
        street_code=paper.street_code,
        round_id=row.id,
        proposal_id=paper.id,
        judge_account_id=judge,
    )


def _tell(session: Session, row: Round, pairs: Pairs, recused: Mapping[tuple[str, str], str]) -> None:
    outbox.record(
        session,
        events.JudgesAssigned(
            round_id=row.id,
            assigned=len(pairs),
            recused=[[paper, judge, why] for (paper, judge), why in sorted(recused.items())],
            street_codes=streets(row),
        ),
    )
