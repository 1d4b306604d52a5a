"""Reading the review: no points for anybody but their judge until the result is public."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.review import AssignmentView, CorrectionView, JudgeView, ScoreSheetView
from services.projects.review import domain
from services.projects.review.models import Judge, JudgeAssignment, ScoreCorrection, ScoreSheet
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round


def render_sheet(session: Session, row: ScoreSheet, actor: Actor) -> dict[str, Any]:
    view: dict[str, Any] = ScoreSheetView().dump(row)
    if row.judge_account_id != actor.account_id and not rounds.result_is_public(session.get_one(Round, row.round_id)):
        view["scores"] = view["comment"] = None
    return view


def judges_per_proposal(session: Session, round_id: str) -> dict[str, int]:
    """How many judges without a conflict each proposal has."""
    statement = (
        select(JudgeAssignment.proposal_id, func.count())
        .where(JudgeAssignment.round_id == round_id, JudgeAssignment.recused.is_(False))
        .group_by(JudgeAssignment.proposal_id)
    )
    return dict(session.execute(statement).all())


def assignment(session: Session, proposal_id: str, account_id: str | None) -> JudgeAssignment | None:
    """A judge's assignment to a proposal, locked: what a judge does about a proposal happens one after the other."""
    statement = select(JudgeAssignment).where(
        JudgeAssignment.proposal_id == proposal_id, JudgeAssignment.judge_account_id == account_id
    )
    statement = statement.with_for_update(of=JudgeAssignment)
    return session.scalars(statement).one_or_none()


def judges_of(session: Session, proposal_id: str) -> set[str]:
    """The judges who must score a proposal."""
    statement = select(JudgeAssignment.judge_account_id).where(
        JudgeAssignment.proposal_id == proposal_id, JudgeAssignment.recused.is_(False)
    )
    return set(session.scalars(statement))


def locked_sheets(session: Session, proposal_id: str) -> list[ScoreSheet]:
    """Locked sheets of judges who are not recused, by judge."""
    statement = select(ScoreSheet).where(ScoreSheet.proposal_id == proposal_id, ScoreSheet.status == "locked")
    judges = judges_of(session, proposal_id)
    rows = session.scalars(statement.order_by(ScoreSheet.judge_account_id))
    return [row for row in rows if row.judge_account_id in judges]


def scores_of(session: Session, row: Round, proposal_id: str) -> dict[str, Fraction]:
    """Each judge's score out of 100."""
    sheets = locked_sheets(session, proposal_id)
    return {sheet.judge_account_id: domain.weighted(row.rubric, sheet.scores) for sheet in sheets}


def judge_scores_of(session: Session, row: Round, proposal_ids: Iterable[str]) -> dict[str, Fraction]:
    """The judges' score of each proposal by the round's frozen normalisation: the same set gives the same scores."""
    scores = {proposal_id: scores_of(session, row, proposal_id) for proposal_id in proposal_ids}
    return domain.judge_scores(scores, row.allocation["normalisation"])


def unlocked_judges(session: Session, proposal_id: str) -> set[str]:
    """Judges who still have to lock a sheet."""
    return judges_of(session, proposal_id) - {sheet.judge_account_id for sheet in locked_sheets(session, proposal_id)}


def _sheets(actor: Actor) -> Select[Any]:
    statement = db.scoped(select(ScoreSheet), ScoreSheet, actor)
    if actor.role == roles.JUDGE:
        return statement.where(ScoreSheet.judge_account_id == actor.account_id)
    return statement


def find_sheet(session: Session, sheet_id: str, actor: Actor, *, lock: bool = False) -> ScoreSheet:
    """A judge's own sheet; staff any in scope."""
    statement = _sheets(actor).where(ScoreSheet.id == sheet_id)
    if lock:
        statement = statement.with_for_update(of=ScoreSheet)
    row: ScoreSheet | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.SCORE_SHEET_NOT_FOUND)
    return row


def _corrections(actor: Actor) -> Select[Any]:
    """Of a judge's own sheets; staff any in scope."""
    statement = db.scoped(select(ScoreCorrection), ScoreCorrection, actor)
    return statement.where(ScoreCorrection.sheet_id.in_(_sheets(actor).with_only_columns(ScoreSheet.id)))


def find_correction(session: Session, correction_id: str, actor: Actor, *, lock: bool = False) -> ScoreCorrection:
    statement = _corrections(actor).where(ScoreCorrection.id == correction_id)
    if lock:
        statement = statement.with_for_update(of=ScoreCorrection)
    row: ScoreCorrection | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.CORRECTION_NOT_FOUND)
    return row


def get_score_sheet(session: Session, *, actor: Actor, sheet_id: str) -> dict[str, Any]:
    return render_sheet(session, find_sheet(session, sheet_id, actor), actor)


def get_score_correction(session: Session, *, actor: Actor, correction_id: str) -> dict[str, Any]:
    view: dict[str, Any] = CorrectionView().dump(find_correction(session, correction_id, actor))
    return view


def list_score_corrections(session: Session, *, actor: Actor, round_id: str, **page: Any) -> dict[str, Any]:
    rounds.find_round(session, round_id, actor)
    sheets = _sheets(actor).where(ScoreSheet.round_id == round_id).with_only_columns(ScoreSheet.id)
    statement = _corrections(actor).where(ScoreCorrection.sheet_id.in_(sheets))
    return db.page(session, statement, by=ScoreCorrection.id, render=CorrectionView().dump, **page)


def list_score_sheets(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _sheets(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(ScoreSheet, name) == value)
    return db.page(
        session,
        statement,
        by=ScoreSheet.id,
        render=lambda row: render_sheet(session, row, actor),
        cursor=cursor,
        limit=limit,
    )


def list_judges(session: Session, *, actor: Actor, round_id: str, **page: Any) -> dict[str, Any]:
    rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(Judge), Judge, actor).where(Judge.round_id == round_id)
    return db.page(session, statement, by=Judge.id, render=JudgeView().dump, **page)


def list_assignments(session: Session, *, actor: Actor, round_id: str, **page: Any) -> dict[str, Any]:
    rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(JudgeAssignment), JudgeAssignment, actor).where(JudgeAssignment.round_id == round_id)
    if actor.role == roles.JUDGE:
        statement = statement.where(JudgeAssignment.judge_account_id == actor.account_id)
    return db.page(session, statement, by=JudgeAssignment.id, render=AssignmentView().dump, **page)
