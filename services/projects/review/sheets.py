"""Score sheets: filling, locking, and corrections that two people sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts import roles
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_review import ReviewCode
from contracts.projects.review import CorrectionView
from services.projects import fingerprint
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import domain, queries
from services.projects.review.models import ScoreCorrection, ScoreSheet
from services.projects.roadshows import queries as roadshows
from services.projects.rounds.models import Round

SCORED = ("reviewing", "roadshow")


def _streets(row: ScoreSheet) -> list[str]:
    return [row.street_code] if row.street_code else []


def fill_score_sheet(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    salt: str,
    proposal_id: str,
    scores: dict[str, int],
    comment: str,
    lock: bool,
) -> dict[str, Any]:
    """Points for every criterion, by a judge who is assigned and not recused, while scoring is open."""
    proposal = proposals.find_proposal(session, proposal_id, actor)
    _check_judge(session, proposal, actor)
    _check_open(session, proposal)
    domain.check_scores(proposal.round.rubric, scores)
    row = _sheet_of(session, proposal, actor) or ScoreSheet(
        district_code=proposal.district_code,
        street_code=proposal.street_code,
        round_id=proposal.round_id,
        proposal_id=proposal.id,
        judge_account_id=actor.account_id,
        status="open",
        salt=salt,
        corrected=False,
        created_at=now,
    )
    row.status = domain.next_sheet_status(row.status, "fill")
    row.scores, row.comment = scores, comment or None
    session.add(row)
    session.flush()
    if lock:
        _lock(session, row, now)
    return queries.render_sheet(session, row, actor)


def _check_judge(session: Session, proposal: Proposal, actor: Actor) -> None:
    found = queries.assignment(session, proposal.id, actor.account_id)
    if found is None:
        raise ForbiddenError(ProjectsCode.JUDGE_NOT_ASSIGNED)
    if found.recused:
        raise ForbiddenError(ProjectsCode.JUDGE_RECUSED, conflict=found.conflict)


def _check_open(session: Session, proposal: Proposal) -> None:
    """With a roadshow, while the pitch is being scored; without, once shortlisted and until it is decided."""
    row = proposal.round
    if not row.has_roadshow:
        if row.status != "reviewing" or proposal.status not in {"under_review", "shortlisted"}:
            raise ConflictError(ProjectsCode.ROUND_STATE, status=row.status, action="score")
        return
    pitch = roadshows.pitch_of(session, proposal.id, share=True)
    if pitch is None or pitch.status != "scoring" or row.status != "roadshow":
        raise ConflictError(ProjectsCode.PITCH_STATE, status=pitch.status if pitch else None, action="score")


def _sheet_of(session: Session, proposal: Proposal, actor: Actor) -> ScoreSheet | None:
    statement = select(ScoreSheet).where(
        ScoreSheet.proposal_id == proposal.id, ScoreSheet.judge_account_id == actor.account_id
    )
    return session.scalars(statement.with_for_update()).one_or_none()


def lock_score_sheet(session: Session, *, actor: Actor, now: datetime, sheet_id: str) -> dict[str, Any]:
    row = queries.find_sheet(session, sheet_id, actor, lock=True)
    proposal = proposals.find_proposal(session, row.proposal_id, actor)
    _check_judge(session, proposal, actor)
    _lock(session, row, now)
    return queries.render_sheet(session, row, actor)


def _lock(session: Session, row: ScoreSheet, now: datetime) -> None:
    row.status = domain.next_sheet_status(row.status, "lock")
    row.locked_at = now
    row.sheet_hash = sheet_hash(row)
    session.flush()
    outbox.record(
        session,
        events.ScoreSheetLocked(
            proposal_id=row.proposal_id, sheet_id=row.id, sheet_hash=row.sheet_hash, street_codes=_streets(row)
        ),
    )


def sheet_hash(row: ScoreSheet) -> str:
    """Commits to the points without telling them."""
    return fingerprint.of({"sheet_id": row.id, "salt": row.salt, "scores": row.scores})


def correct_score(
    session: Session, *, actor: Actor, now: datetime, sheet_id: str, scores: dict[str, int], reason: str
) -> dict[str, Any]:
    """The first signature: the judge, or staff."""
    row = queries.find_sheet(session, sheet_id, actor, lock=True)
    if actor.role != roles.JUDGE:
        db.check_street(actor, row.street_code)
    _check_correctable(session, row)
    domain.check_scores(session.get_one(Round, row.round_id).rubric, scores)
    correction = ScoreCorrection(
        district_code=row.district_code,
        street_code=row.street_code,
        sheet_id=row.id,
        status="asked",
        scores_before=row.scores,
        scores_after=scores,
        reason=reason,
        first_signer=actor.account_id,
        created_at=now,
    )
    session.add(correction)
    session.flush()
    outbox.record(
        session,
        events.ScoreCorrectionAsked(
            proposal_id=row.proposal_id,
            sheet_id=row.id,
            correction_id=correction.id,
            first_signer=correction.first_signer,
            street_codes=_streets(row),
        ),
    )
    view: dict[str, Any] = CorrectionView().dump(correction)
    return view


def _check_correctable(session: Session, row: ScoreSheet) -> None:
    """A locked sheet, until the tally is sealed or the round decided."""
    if row.status != "locked":
        raise ConflictError(ProjectsCode.SCORES_OPEN, status=row.status)
    shared = select(Round).where(Round.id == row.round_id).with_for_update(of=Round, read=True)
    status = session.scalars(shared.execution_options(populate_existing=True)).one().status
    if status not in SCORED:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=status, action="correct_score")
    roadshow = roadshows.roadshow_of(session, row.round_id, lock=True)
    if roadshow is not None and roadshow.status in {"sealed", "published"}:
        raise ConflictError(ProjectsCode.ROADSHOW_STATE, status=roadshow.status, action="correct_score")


def sign_score_correction(session: Session, *, actor: Actor, correction_id: str) -> dict[str, Any]:
    """The second signature, by somebody else: only now the sheet changes."""
    correction = queries.find_correction(session, correction_id, actor, lock=True)
    if correction.first_signer == actor.account_id:
        raise ConflictError(ProjectsCode.CORRECTION_SAME_SIGNER)
    row = queries.find_sheet(session, correction.sheet_id, actor, lock=True)
    if actor.role != roles.JUDGE:
        db.check_street(actor, row.street_code)
    correction.status = domain.next_correction_status(correction.status, "sign")
    _check_correctable(session, row)
    if row.scores != correction.scores_before:
        raise ConflictError(ReviewCode.CORRECTION_OUTDATED)
    correction.second_signer = actor.account_id
    row.scores, row.corrected = correction.scores_after, True
    row.sheet_hash = sheet_hash(row)
    session.flush()
    outbox.record(
        session,
        events.ScoreCorrected(
            proposal_id=row.proposal_id,
            sheet_id=row.id,
            correction_id=correction.id,
            first_signer=correction.first_signer,
            second_signer=correction.second_signer or "",
            sheet_hash=row.sheet_hash,
            street_codes=_streets(row),
        ),
    )
    view: dict[str, Any] = CorrectionView().dump(correction)
    return view
