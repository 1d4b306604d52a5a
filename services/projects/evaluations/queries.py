"""Reading evaluations: staff of the streets, the organisation that is evaluated, and the evaluators themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_evaluations import EvaluationsCode
from contracts.projects.evaluations import RubricView, RunView
from services.projects.delivery import reviews
from services.projects.delivery.models import EvaluationPolicy
from services.projects.evaluations import domain
from services.projects.evaluations.models import EvaluationRubric, EvaluationRun, EvaluationSheet
from services.projects.known import queries as known

View = dict[str, Any]
OVERSEERS = (*roles.STAFF, roles.AUDITOR)
SHOWN = ("announced", "appealed", "final")


def rubric_of(session: Session, district_code: str, kind: str) -> dict[str, Any]:
    """In force, with its number; the default where the district set none."""
    statement = (
        select(EvaluationRubric)
        .where(EvaluationRubric.district_code == district_code, EvaluationRubric.kind == kind)
        .order_by(EvaluationRubric.number.desc())
        .limit(1)
    )
    row = session.scalars(statement).one_or_none()
    return {**row.rules, "number": row.number} if row else domain.DEFAULT_RUBRIC


def thresholds(session: Session, district_code: str) -> dict[str, int]:
    """From which score A and B: the district's row, or what it starts with."""
    row = session.get(EvaluationPolicy, district_code)
    if row is None:
        return reviews.DEFAULT_POLICY
    return {"grade_a_from": row.grade_a_from, "grade_b_from": row.grade_b_from}


def get_evaluation_rubric(session: Session, *, actor: Actor, kind: str) -> View:
    district = actor.district_code
    found = {**rubric_of(session, district, kind), **thresholds(session, district)}
    view: View = RubricView().dump({**found, "kind": kind, "district_code": district})
    return view


def visible(actor: Actor) -> Select[Any]:
    """Runs of the actor's streets; outside supervision of one's organisation, of those in care, or as evaluator."""
    statement = db.scoped(select(EvaluationRun), EvaluationRun, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    mine = select(EvaluationSheet.evaluation_run_id).where(EvaluationSheet.account_id == actor.account_id)
    parts: list[Any] = [EvaluationRun.id.in_(mine)]
    if actor.role == roles.HUB:
        parts.append(known.in_care(EvaluationRun.organisation_id, actor))
    elif actor.organisation_id is not None and actor.role == roles.CSO:
        parts.append(EvaluationRun.organisation_id == actor.organisation_id)
    return statement.where(or_(*parts))


def find_run(session: Session, run_id: str, actor: Actor) -> EvaluationRun:
    """Raises ``evaluation_not_found``."""
    row: EvaluationRun | None = session.scalars(visible(actor).where(EvaluationRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError(EvaluationsCode.RUN_NOT_FOUND)
    return row


def running(session: Session, project_id: str, kind: str | None = None) -> Sequence[EvaluationRun]:
    """Evaluations of a project that are not over."""
    statement = select(EvaluationRun).where(
        EvaluationRun.project_id == project_id, EvaluationRun.status.in_(domain.RUNNING)
    )
    if kind is not None:
        statement = statement.where(EvaluationRun.kind == kind)
    return session.scalars(statement.order_by(EvaluationRun.id)).all()


def sheets_of(session: Session, run_ids: Iterable[str], *, lock: bool = False) -> Sequence[EvaluationSheet]:
    """By evaluator, for all of these at once."""
    statement = select(EvaluationSheet).where(EvaluationSheet.evaluation_run_id.in_(list(run_ids)))
    statement = statement.order_by(EvaluationSheet.account_id)
    return session.scalars(statement.with_for_update() if lock else statement).all()


def counted(sheets: Iterable[EvaluationSheet]) -> list[dict[str, int]]:
    """The points that count."""
    return [sheet.scores for sheet in sheets if sheet.status == "locked"]


def render(session: Session, row: EvaluationRun, actor: Actor) -> View:
    session.flush()
    return _render(row, sheets_of(session, [row.id]), actor)


def _render(row: EvaluationRun, sheets: Sequence[EvaluationSheet], actor: Actor) -> View:
    shown = row.status in SHOWN
    able = [sheet for sheet in sheets if sheet.status != "recused"]
    facts = {column.key: getattr(row, column.key) for column in EvaluationRun.__mapper__.column_attrs}
    facts |= {
        "rubric_number": row.rubric["number"],
        "criteria": row.rubric["criteria"],
        "combination": row.rubric["combination"],
        "evaluators": len(able),
        "locked": sum(sheet.status == "locked" for sheet in able),
        "score": row.score if shown else None,
        "grade": row.grade if shown else None,
        "by_criterion": domain.by_criterion(row.rubric["criteria"], counted(sheets)) if shown else [],
        "measures": domain.measures_of(row.rubric["consequences"], row.grade) if shown and row.grade else [],
        "sheets": [_sheet(sheet, shown, actor) for sheet in sheets if _may_see(sheet, actor)],
    }
    view: View = RunView().dump(facts)
    return view


def _may_see(sheet: EvaluationSheet, actor: Actor) -> bool:
    """Who evaluated is for staff and the evaluator; the organisation hears the result only."""
    return actor.is_system or actor.role in OVERSEERS or sheet.account_id == actor.account_id


def _sheet(sheet: EvaluationSheet, shown: bool, actor: Actor) -> dict[str, Any]:
    open_to = shown or sheet.account_id == actor.account_id
    return {
        "account_id": sheet.account_id,
        "status": sheet.status,
        "conflict": sheet.conflict,
        "scores": sheet.scores if open_to else None,
        "comment": sheet.comment if open_to else None,
    }


def get_evaluation(session: Session, *, actor: Actor, evaluation_run_id: str) -> View:
    return render(session, find_run(session, evaluation_run_id, actor), actor)


def keep_in(rows: list[EvaluationRun]) -> Callable[[EvaluationRun], View]:
    """A page's rows, to be rendered together."""

    def keep(row: EvaluationRun) -> View:
        rows.append(row)
        return {}

    return keep


def list_evaluations(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(EvaluationRun, name) == value)
    rows: list[EvaluationRun] = []
    page = db.page(session, statement, by=EvaluationRun.id, render=keep_in(rows), cursor=cursor, limit=limit)
    sheets: dict[str, list[EvaluationSheet]] = {row.id: [] for row in rows}
    for sheet in sheets_of(session, sheets):
        sheets[sheet.evaluation_run_id].append(sheet)
    return {**page, "items": [_render(row, sheets[row.id], actor) for row in rows]}
