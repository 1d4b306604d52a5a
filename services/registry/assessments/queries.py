"""Reads of assessments; what is closed until its time is left out here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.registry.assessments import AssessmentDetail, AssessmentView, SheetView
from contracts.registry.codes_assess import AssessCode
from services.registry import scope
from services.registry.assessments import domain
from services.registry.assessments.models import (
    Assessment,
    AssessmentAppeal,
    AssessmentCorrection,
    AssessmentScore,
    AssessmentSheet,
)

_VIEW, _DETAIL, _SHEET = AssessmentView(), AssessmentDetail(), SheetView()
_STAFF = {roles.BUREAU, roles.SPECIALIST, roles.AUDITOR}


def visible(actor: Actor) -> Select[Any]:
    """By street and care; whoever assesses sees that too, wherever it is, and a judge nothing else."""
    theirs = scope.visible(Assessment, Assessment.organisation_id, actor)
    if actor.role not in {roles.JUDGE, roles.STREET_STAFF, roles.HUB}:
        return theirs
    sheets_ = select(AssessmentSheet.assessment_id).where(AssessmentSheet.account_id == actor.account_id)
    mine: ColumnElement[bool] = Assessment.id.in_(sheets_)
    if actor.role != roles.JUDGE:
        mine = or_(mine, Assessment.id.in_(theirs.with_only_columns(Assessment.id)))
    return select(Assessment).where(Assessment.district_code == actor.district_code, mine)


def find(session: Session, actor: Actor, assessment_id: str) -> Assessment:
    """One to read."""
    row: Assessment | None = session.scalars(visible(actor).where(Assessment.id == assessment_id)).one_or_none()
    if row is None:
        raise NotFoundError(AssessCode.ASSESSMENT_NOT_FOUND)
    return row


def sheets(session: Session, assessment_id: str) -> list[AssessmentSheet]:
    """The panel, in the order of assignment."""
    statement = select(AssessmentSheet).where(AssessmentSheet.assessment_id == assessment_id)
    return list(session.scalars(statement.order_by(AssessmentSheet.id)))


def scores(session: Session, assessment_sheet_id: str) -> dict[str, int]:
    """``{criterion: score}``."""
    statement = select(AssessmentScore.criterion, AssessmentScore.score).where(
        AssessmentScore.assessment_sheet_id == assessment_sheet_id
    )
    return dict(session.execute(statement).all())


def render(session: Session, actor: Actor, row: Assessment) -> dict[str, Any]:
    """With all that belongs to it and may be shown."""
    session.flush()
    staff = actor.role in _STAFF
    open_ = _is_open(actor, row)
    panel = [_sheet(session, actor, sheet, scored=False) for sheet in sheets(session, row.id)]
    shown: dict[str, Any] = _DETAIL.dump(
        {
            **_columns(row, open_),
            "sheets": panel if staff else [{**sheet, "account_id": None} for sheet in panel],
            "criteria": row.criteria if open_ else [],
            "corrections": _parts(session, AssessmentCorrection, row, "correction_id") if staff else [],
            "appeals": _parts(session, AssessmentAppeal, row, "appeal_id"),
        }
    )
    return shown


def _is_open(actor: Actor, row: Assessment) -> bool:
    return row.status in (domain.SHOWN_TO_STAFF if actor.role in _STAFF else domain.SHOWN_TO_ALL)


def _columns(row: Assessment, open_: bool) -> dict[str, Any]:
    closed = {} if open_ else {"score_hundredths": None, "grade": None}
    return {**scope.columns(row), "assessment_id": row.id, **closed}


def _parts(session: Session, model: Any, row: Assessment, name: str) -> list[dict[str, Any]]:
    rows = session.scalars(select(model).where(model.assessment_id == row.id).order_by(model.id))
    return [{**scope.columns(part), name: part.id} for part in rows]


def _sheet(session: Session, actor: Actor, row: AssessmentSheet, *, scored: bool) -> dict[str, Any]:
    told = None
    if scored:
        rows = session.scalars(select(AssessmentScore).where(AssessmentScore.assessment_sheet_id == row.id))
        told = [scope.columns(score) for score in sorted(rows, key=lambda score: score.criterion)]
    return {**scope.columns(row), "assessment_sheet_id": row.id, "scores": told}


def render_sheet(session: Session, actor: Actor, row: AssessmentSheet) -> dict[str, Any]:
    """One's own with its scores; another's once the tally is made."""
    session.flush()
    own = row.account_id == actor.account_id
    done = session.get_one(Assessment, row.assessment_id).status in domain.SHOWN_TO_STAFF
    shown: dict[str, Any] = _SHEET.dump(_sheet(session, actor, row, scored=own or done))
    return shown


def visible_sheets(actor: Actor) -> Select[Any]:
    """One's own, whatever the street; those who organise see every sheet of the district."""
    statement = select(AssessmentSheet).where(AssessmentSheet.district_code == actor.district_code)
    if actor.role in {roles.BUREAU, roles.SPECIALIST}:
        return db.scoped(statement, AssessmentSheet, actor)
    return statement.where(AssessmentSheet.account_id == actor.account_id)


def find_sheet(
    session: Session, actor: Actor, assessment_sheet_id: str, *, own: bool = False, lock: bool = False
) -> Any:
    """One sheet; ``own``: only the assessor's."""
    statement = visible_sheets(actor).where(AssessmentSheet.id == assessment_sheet_id)
    if own:
        statement = statement.where(AssessmentSheet.account_id == actor.account_id)
    if lock:
        statement = statement.with_for_update(of=AssessmentSheet)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(AssessCode.SHEET_NOT_FOUND)
    return row


def get_assessment(session: Session, *, actor: Actor, assessment_id: str) -> dict[str, Any]:
    """One assessment."""
    return render(session, actor, find(session, actor, assessment_id))


def get_assessment_sheet(session: Session, *, actor: Actor, assessment_sheet_id: str) -> dict[str, Any]:
    """One sheet."""
    return render_sheet(session, actor, find_sheet(session, actor, assessment_sheet_id))


def list_assessments(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first; a grade is searched for only among results that may be shown."""
    statement = visible(actor).filter_by(**equal)
    if "grade" in equal:
        shown = domain.SHOWN_TO_STAFF if actor.role in _STAFF else domain.SHOWN_TO_ALL
        statement = statement.where(Assessment.status.in_(shown))

    def line(row: Assessment) -> dict[str, Any]:
        view: dict[str, Any] = _VIEW.dump(_columns(row, _is_open(actor, row)))
        return view

    return db.page(session, statement, by=Assessment.id, render=line, cursor=cursor, limit=limit)


def list_assessment_sheets(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Those one has to fill in, newest first."""
    statement = select(AssessmentSheet).where(
        AssessmentSheet.district_code == actor.district_code, AssessmentSheet.account_id == actor.account_id
    )

    def line(row: AssessmentSheet) -> dict[str, Any]:
        return render_sheet(session, actor, row)

    return db.page(
        session, statement.filter_by(**equal), by=AssessmentSheet.id, render=line, cursor=cursor, limit=limit
    )
