"""A project's turning points: mid-term review, final report, acceptance, closing, termination."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects import events_delivery as steps_events
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.delivery import domain, money, queries, steps
from services.projects.delivery.actions import add_report
from services.projects.delivery.models import Evaluation, EvaluationPolicy
from services.projects.trail import guard

View = dict[str, Any]
DEFAULT_POLICY = {"grade_a_from": 85, "grade_b_from": 60}


def begin_mid_review(session: Session, *, actor: Actor, project_id: str, expected_version: int | None = None) -> View:
    """The mid-term review begins; once, because a second one could never be evaluated and so never end."""
    project = steps.lock(session, actor, project_id, expected_version)
    if any(made.kind == "mid_term" for made in queries.evaluations_of(session, project.id)):
        raise ConflictError(DeliveryCode.PROJECT_STATE, action="begin_mid_review", status=project.status)
    money.move(session, project, "begin_mid_review")
    steps.record(session, project, steps_events.MidReviewOpened, organisation_id=project.organisation_id)
    return queries.view(session, project)


def record_evaluation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    kind: str,
    score: int,
    comment: str,
    expected_version: int | None = None,
) -> View:
    """Mid-term: back to work. Final: the project's grade."""
    project = steps.lock(session, actor, project_id, expected_version)
    money.move(session, project, f"evaluate_{kind}")
    if any(made.kind == kind for made in queries.evaluations_of(session, project.id)):
        raise ConflictError(DeliveryCode.PROJECT_STATE, action=f"evaluate_{kind}", status=project.status)
    policy = evaluation_policy(session, project.district_code)
    grade = domain.grade(score, grade_a_from=policy.grade_a_from, grade_b_from=policy.grade_b_from)
    made = Evaluation(
        **steps.belonging(project), kind=kind, score=score, grade=grade, comment=comment, evaluated_at=now
    )
    session.add(made)
    session.flush()
    if kind == "final":
        project.grade = grade
    facts = {"evaluation_id": made.id, "kind": kind, "score": score, "grade": grade}
    steps.record(session, project, steps_events.EvaluationRecorded, **facts)
    return queries.view(session, project)


def evaluation_policy(session: Session, district_code: str) -> EvaluationPolicy:
    """The district's thresholds; the defaults become its row on first use."""
    row = {"district_code": district_code, **DEFAULT_POLICY}
    session.execute(insert(EvaluationPolicy).values(**row).on_conflict_do_nothing())
    return session.get_one(EvaluationPolicy, district_code)


def submit_final_report(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    expected_version: int | None = None,
    **content: Any,
) -> View:
    """After the mid-term evaluation."""
    project = steps.lock_own(session, actor, project_id, expected_version)
    money.move(session, project, "submit_final_report")
    if not any(made.kind == "mid_term" for made in queries.evaluations_of(session, project.id)):
        raise ConflictError(DeliveryCode.EVALUATION_MISSING, kind="mid_term")
    add_report(session, project, now=now, kind="final", **content)
    return queries.view(session, project)


def accept_project(session: Session, *, actor: Actor, project_id: str, expected_version: int | None = None) -> View:
    """Milestones accepted, evaluated, unspent money returned, and the trail has caught up and verifies."""
    project = steps.lock(session, actor, project_id, expected_version)
    domain.next_status(project.status, "accept")
    domain.check_acceptance(
        milestone_statuses=[row.status for row in queries.milestones_of(session, project.id)],
        evaluations={row.kind for row in queries.evaluations_of(session, project.id)},
        unspent_fen=money.unspent_fen(session, project),
    )
    guard.check_trail(session, subjects=[project.id, project.proposal_id, project.award_id])
    money.move(session, project, "accept")
    facts = {"organisation_id": project.organisation_id, "grade": project.grade or ""}
    steps.record(session, project, steps_events.ProjectAccepted, **facts)
    return queries.view(session, project)


def close_project(
    session: Session, *, actor: Actor, now: datetime, project_id: str, expected_version: int | None = None
) -> View:
    """Closed: what was committed and never paid is free again; what was paid since the acceptance is not forgotten."""
    project = steps.lock(session, actor, project_id, expected_version)
    money.move(session, project, "close")
    money.close_award(session, project, action="close", now=now)
    domain.check_returned(money.unspent_fen(session, project))
    project.closed_at = now
    steps.record(
        session,
        project,
        events.ProjectClosed,
        proposal_id=project.proposal_id,
        round_id=project.round_id,
        organisation_id=project.organisation_id,
        title=project.title,
        street_code=project.street_code,
    )
    return queries.view(session, project)


def terminate_project(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    reason: str,
    recovery_plan: str,
    recover_fen: int,
    instalments: list[dict[str, Any]] | None = None,
    expected_version: int | None = None,
) -> View:
    """Ended early; the award pays nothing more and the plan says how money comes back, and until when."""
    project = steps.lock(session, actor, project_id, expected_version)
    money.move(session, project, "terminate")
    money.close_award(session, project, action="terminate", now=now)
    domain.check_recovery(recover_fen=recover_fen, outstanding_fen=money.outstanding_fen(session, project))
    project.reason, project.recovery_plan, project.recover_fen = reason, recovery_plan, recover_fen
    project.closed_at = now
    money.claim(session, project, recover_fen, plan=recovery_plan, instalments=instalments, now=now)
    facts = {"organisation_id": project.organisation_id, "recover_fen": recover_fen}
    steps.record(session, project, steps_events.ProjectTerminated, **facts)
    return queries.view(session, project)
