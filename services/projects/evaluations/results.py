"""An evaluation's result: announced, commented, appealed against, final."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, timers, workdays
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects import events_evaluations as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_evaluations import EvaluationsCode
from services.projects.delivery import domain as delivery_domain
from services.projects.delivery import queries as delivery
from services.projects.delivery import reviews, steps
from services.projects.delivery.models import Project
from services.projects.evaluations import domain, queries
from services.projects.evaluations.actions import take
from services.projects.evaluations.models import EvaluationRun
from services.projects.known import queries as known

View = dict[str, Any]


def announce_evaluation(
    session: Session, *, actor: Actor, now: datetime, evaluation_run_id: str, expected_version: int | None = None
) -> View:
    """Every sheet locked: combined by the rubric's rule, graded by the district's thresholds; the days for an appeal
    begin, or, after the one appeal, the result is final."""
    project, run = take(session, actor, evaluation_run_id, "announce", expected_version)
    able = [sheet for sheet in queries.sheets_of(session, [run.id], lock=True) if sheet.status != "recused"]
    domain.check_panel(able=len(able), evaluators_min=run.rubric["evaluators_min"])
    waiting = sum(sheet.status != "locked" for sheet in able)
    if waiting:
        raise ConflictError(EvaluationsCode.SHEETS_OPEN, open=waiting)
    run.score = domain.combined(run.rubric["criteria"], queries.counted(able), run.rubric["combination"])
    run.grade = delivery_domain.grade(run.score, **queries.thresholds(session, run.district_code))
    run.announced_at = now
    run.appeal_until_on, _ = workdays.after(clock.day_of(now), run.rubric["appeal_working_days"])
    timers.schedule(
        session,
        "conclude_evaluation_on_time",
        due_at=clock.end_of(run.appeal_until_on),
        district_code=run.district_code,
        evaluation_run_id=run.id,
        appeals=run.appeals,
    )
    steps.record(
        session,
        project,
        events.EvaluationAnnounced,
        organisation_id=run.organisation_id,
        **_result(run),
        appeal_until_on=run.appeal_until_on.isoformat(),
    )
    return queries.render(session, run, actor)


def _result(run: EvaluationRun) -> dict[str, Any]:
    return {"evaluation_run_id": run.id, "kind": run.kind, "score": run.score or 0, "grade": run.grade or ""}


def _check_own(session: Session, actor: Actor, run: EvaluationRun) -> None:
    if not known.acts_for(session, actor, run.organisation_id):
        raise ForbiddenError(DeliveryCode.PROJECT_NOT_YOURS)


def comment_evaluation(
    session: Session, *, actor: Actor, evaluation_run_id: str, reason: str, expected_version: int | None = None
) -> View:
    """The organisation's word stands beside the result."""
    project, run = take(session, actor, evaluation_run_id, "comment", expected_version)
    _check_own(session, actor, run)
    run.organisation_comment = reason
    steps.record(session, project, events.EvaluationCommented, evaluation_run_id=run.id)
    return queries.render(session, run, actor)


def accept_evaluation(
    session: Session, *, actor: Actor, now: datetime, evaluation_run_id: str, expected_version: int | None = None
) -> View:
    """The organisation accepts: nobody waits for the days to pass."""
    project, run = take(session, actor, evaluation_run_id, "accept", expected_version)
    _check_own(session, actor, run)
    _conclude(session, project, run, actor=actor, now=now)
    return queries.render(session, run, actor)


def appeal_evaluation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    evaluation_run_id: str,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """Within the days, once."""
    project, run = take(session, actor, evaluation_run_id, "appeal", expected_version)
    _check_own(session, actor, run)
    domain.check_appeal(appeals=run.appeals, today=clock.day_of(now), until=run.appeal_until_on or clock.day_of(now))
    run.appeals, run.appeal_grounds = run.appeals + 1, reason
    facts = {"organisation_id": run.organisation_id, "evaluation_run_id": run.id}
    steps.record(session, project, events.EvaluationAppealed, **facts)
    return queries.render(session, run, actor)


def settle_evaluation_appeal(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    evaluation_run_id: str,
    upheld: bool,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """By the bureau, and by nobody who scored. Upheld: the sheets are open again; else the result is final."""
    project, run = take(session, actor, evaluation_run_id, "uphold" if upheld else "reject", expected_version)
    sheets = queries.sheets_of(session, [run.id], lock=True)
    if any(sheet.account_id == actor.account_id and sheet.status == "locked" for sheet in sheets):
        raise ForbiddenError(EvaluationsCode.SETTLER_EVALUATED)
    run.finding = reason
    facts = {"organisation_id": run.organisation_id, "evaluation_run_id": run.id, "upheld": upheld}
    steps.record(session, project, events.EvaluationAppealSettled, **facts)
    if upheld:
        for sheet in sheets:
            if sheet.status == "locked":
                sheet.status = domain.next_sheet_status(sheet.status, "reopen")
        run.score = run.grade = run.appeal_until_on = None
    else:
        _conclude(session, project, run, actor=actor, now=now)
    return queries.render(session, run, actor)


def conclude_on_time(session: Session, *, actor: Actor, now: datetime, evaluation_run_id: str, appeals: int) -> None:
    """Timer: nobody appealed. An appeal, an acceptance or a new announcement made it void."""
    run = session.get(EvaluationRun, evaluation_run_id)
    if run is None or run.status != "announced" or run.appeals != appeals:
        return
    possible = _may_conclude(session, session.get_one(Project, run.project_id), run)
    project, run = take(session, actor, evaluation_run_id, "conclude" if possible else "cancel")
    if possible:
        _conclude(session, project, run, actor=actor, now=now)
    else:
        steps.record(session, project, events.EvaluationCancelled, evaluation_run_id=run.id)


def _may_conclude(session: Session, project: Project, run: EvaluationRun) -> bool:
    made = {row.kind for row in delivery.evaluations_of(session, project.id)}
    return project.status == domain.NEEDED_STATUS[run.kind] and run.kind not in made


def _conclude(session: Session, project: Project, run: EvaluationRun, *, actor: Actor, now: datetime) -> None:
    """The project's evaluation, as one that staff write down: mid-term back to work, final its grade."""
    run.concluded_at = now
    comment = f"由 {run.rubric['number']} 版标准综合评定 by version {run.rubric['number']} of the rubric"
    reviews.record_evaluation(
        session,
        actor=actor,
        now=now,
        project_id=project.id,
        kind=run.kind,
        score=run.score or 0,
        comment=comment,
    )
    measures = domain.measures_of(run.rubric["consequences"], run.grade or "")
    facts = {"organisation_id": run.organisation_id, **_result(run), "measures": measures}
    steps.record(session, project, events.EvaluationConcluded, **facts)


def cancel_evaluation(
    session: Session, *, actor: Actor, evaluation_run_id: str, reason: str, expected_version: int | None = None
) -> View:
    """Called off, with the reason; another one may be convened."""
    project, run = take(session, actor, evaluation_run_id, "cancel", expected_version)
    run.finding = reason
    steps.record(session, project, events.EvaluationCancelled, evaluation_run_id=run.id)
    return queries.render(session, run, actor)


def cancel_running(session: Session, project: Project) -> None:
    """The project ended early: nothing is evaluated any more. The caller holds the project."""
    for run in queries.running(session, project.id):
        run.status = domain.next_status(run.status, "cancel")
        steps.record(session, project, events.EvaluationCancelled, evaluation_run_id=run.id)
