"""Ending projects: accepting and closing with everything in order, ending early with a settlement."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts import roles
from contracts.projects import events_endings as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_endings import EndingsCode
from services.projects.changes import actions as changes
from services.projects.changes.queries import policy_of
from services.projects.debarments import actions as debarments
from services.projects.delivery import domain as delivery_domain
from services.projects.delivery import queries as delivery
from services.projects.delivery import reviews, steps
from services.projects.delivery.models import Project
from services.projects.endings import domain, queries
from services.projects.endings.models import Termination
from services.projects.evaluations import results as evaluations
from services.projects.known import queries as known
from services.projects.reports import actions as reports

View = dict[str, Any]


def accept_project(
    session: Session, *, actor: Actor, now: datetime, project_id: str, expected_version: int | None = None
) -> View:
    """Reports that are due are accepted, flags are settled, and all that delivery asks; reports of days to come are not
    due any more."""
    project = steps.lock(session, actor, project_id, expected_version)
    delivery_domain.next_status(project.status, "accept")
    if queries.open_termination(session, project.id) is not None:
        raise ConflictError(EndingsCode.TERMINATION_OPEN)
    domain.check_reports(queries.due_reports(session, project, today=clock.day_of(now)))
    domain.check_flags(queries.unsettled_flags(session, project))
    reviews.accept_project(session, actor=actor, project_id=project_id)
    reports.drop_open(session, project, now=now)
    return _project(session, project)


def _project(session: Session, project: Project) -> View:
    return delivery.view(session, project)


def terminate_project(session: Session, *, actor: Actor, now: datetime, project_id: str, **given: Any) -> View:
    """At once, by the bureau with an amount of its own; not past an early end that is being heard."""
    project = steps.lock(session, actor, project_id, given.get("expected_version"))
    if queries.open_termination(session, project.id) is not None:
        raise ConflictError(EndingsCode.TERMINATION_OPEN)
    return _end(session, project, actor=actor, now=now, **given)


def _end(session: Session, project: Project, *, actor: Actor, now: datetime, **given: Any) -> View:
    """Nothing that belongs to the project stays without an end: changes, evaluations and reports are dropped."""
    reviews.terminate_project(session, actor=actor, now=now, project_id=project.id, **given)
    changes.drop_open(session, project, now=now)
    evaluations.cancel_running(session, project)
    reports.drop_open(session, project, now=now)
    return _project(session, project)


def _side(session: Session, actor: Actor, project: Project) -> str:
    """For whom the actor speaks."""
    if actor.role in (roles.BUREAU, roles.STREET_STAFF):
        return "funder"
    if not known.acts_for(session, actor, project.organisation_id):
        raise ForbiddenError(DeliveryCode.PROJECT_NOT_YOURS)
    return "organisation"


def propose_termination(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    cause: str,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """The project runs on until it is decided; the other side is heard."""
    project = steps.lock(session, actor, project_id, expected_version)
    side = _side(session, actor, project)
    delivery_domain.next_status(project.status, "terminate")
    domain.check_cause(cause=cause, side=side)
    if queries.open_termination(session, project.id) is not None:
        raise ConflictError(EndingsCode.TERMINATION_OPEN)
    days = policy_of(session, project.district_code)["hearing_days"]
    row = Termination(
        **steps.belonging(project),
        organisation_id=project.organisation_id,
        cause=cause,
        status="proposed",
        proposed_by=side,
        reason=reason,
        hear_until_on=clock.day_of(now) + timedelta(days=days),
        created_at=now,
    )
    session.add(row)
    session.flush()
    facts = {"cause": cause, "proposed_by": side, "hear_until_on": row.hear_until_on.isoformat()}
    steps.record(session, project, events.TerminationProposed, **_about(row), **facts)
    return _shown(session, row)


def _about(row: Termination) -> dict[str, Any]:
    return {"organisation_id": row.organisation_id, "termination_id": row.id}


def _shown(session: Session, row: Termination) -> View:
    return queries.render(session, [row])[0]


def _take(
    session: Session, actor: Actor, termination_id: str, action: str, expected_version: int | None
) -> tuple[Project, Termination, str]:
    """The project and the early end, locked in that order, and for whom the actor speaks."""
    row = queries.find_termination(session, termination_id, actor)
    project = steps.lock(session, actor, row.project_id)
    side = _side(session, actor, project)
    session.refresh(row, with_for_update=True)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return project, row, side


def answer_termination(
    session: Session,
    *,
    actor: Actor,
    termination_id: str,
    agrees: bool,
    statement: str,
    expected_version: int | None = None,
) -> View:
    """By the other side."""
    project, row, side = _take(session, actor, termination_id, "answer", expected_version)
    domain.check_answer(proposed_by=row.proposed_by, side=side)
    row.agrees, row.statement = agrees, statement
    steps.record(session, project, events.TerminationAnswered, **_about(row), agrees=agrees)
    return _shown(session, row)


def withdraw_termination(
    session: Session, *, actor: Actor, now: datetime, termination_id: str, expected_version: int | None = None
) -> View:
    """By whoever proposed it."""
    project, row, side = _take(session, actor, termination_id, "withdraw", expected_version)
    domain.check_withdrawal(proposed_by=row.proposed_by, side=side)
    row.decided_at = now
    steps.record(session, project, events.TerminationDropped, **_about(row), refused=False)
    return _shown(session, row)


def refuse_termination(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    termination_id: str,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """The project goes on."""
    project, row, _ = _take(session, actor, termination_id, "refuse", expected_version)
    row.note, row.decided_at = reason, now
    steps.record(session, project, events.TerminationDropped, **_about(row), refused=True)
    return _shown(session, row)


def approve_termination(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    termination_id: str,
    disallowed: list[dict[str, str]],
    recovery_plan: str,
    propose_debarment: bool,
    instalments: list[dict[str, Any]] | None = None,
    expected_version: int | None = None,
) -> View:
    """Heard and settled: what was never paid is free for the pool, what must come back is claimed by instalments."""
    project, row, _ = _take(session, actor, termination_id, "approve", expected_version)
    domain.check_heard(
        cause=row.cause,
        proposed_by=row.proposed_by,
        agrees=row.agrees,
        today=clock.day_of(now),
        hear_until_on=row.hear_until_on,
    )
    domain.check_debarment(cause=row.cause, asked=propose_debarment)
    row.settlement, row.decided_at = queries.settle(session, project, disallowed), now
    session.flush()
    recovery = {"recovery_plan": recovery_plan, "recover_fen": row.settlement["recover_fen"]}
    _end(session, project, actor=actor, now=now, reason=row.reason, instalments=instalments, **recovery)
    sums = {name: row.settlement[name] for name in ("paid_fen", "allowed_fen", "recover_fen", "released_fen")}
    steps.record(session, project, events.TerminationSettled, **_about(row), cause=row.cause, **sums)
    if propose_debarment:
        debarments.propose_debarment(
            session,
            actor=actor,
            now=now,
            organisation_id=row.organisation_id,
            reason=row.reason,
            award_id=project.award_id,
        )
    return _shown(session, row)
