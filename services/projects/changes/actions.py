"""Writing changes: told at once, or asked for and decided while the project waits in ``changing``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from contracts import roles
from contracts.projects import events_endings as events
from services.projects import fingerprint
from services.projects.changes import domain, queries
from services.projects.changes.models import DeliveryPolicy, ProjectChange, ProjectPlan
from services.projects.delivery import money, steps
from services.projects.delivery.models import Project
from services.projects.reports import planning as reports

View = dict[str, Any]


def change_delivery_policy(session: Session, *, actor: Actor, **given: Any) -> View:
    """Only what is given; it holds for what happens from now on."""
    db.check_street(actor, None)
    made = insert(DeliveryPolicy).values(district_code=actor.district_code, rules={})
    session.execute(made.on_conflict_do_nothing())
    row = session.get_one(DeliveryPolicy, actor.district_code, with_for_update=True)
    if "deciders" in given:
        named = {one["kind"]: one["decider"] for one in given["deciders"]}
        given["deciders"] = {**row.rules.get("deciders", {}), **named}
    row.rules = {**row.rules, **given}
    session.flush()
    outbox.record(session, events.DeliveryPolicyChanged(district=actor.district_code, changed=sorted(given)))
    return queries.get_delivery_policy(session, actor=actor)


def request_project_change(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    kind: str,
    after: dict[str, Any],
    reason: str,
    plan_number: int,
    expected_version: int | None = None,
) -> View:
    """By the policy of the district: told and in force at once, or waiting for the street or the bureau."""
    project = steps.lock_own(session, actor, project_id, expected_version)
    policy = queries.policy_of(session, project.district_code)
    decider = policy["deciders"][kind]
    money.move(session, project, "notify_change" if decider == "told" else "request_change")
    plan = _kept(session, project)
    domain.check_newest(plan_number=plan_number, newest=plan[-1].number)
    changed = domain.difference(kind, queries.in_force(project, plan[-1]), fingerprint.plain(after))
    _check_end(plan, after, policy, now)
    action = "tell" if decider == "told" else "request"
    row = ProjectChange(
        **steps.belonging(project),
        organisation_id=project.organisation_id,
        kind=kind,
        status=domain.next_status("new", action),
        decider=decider,
        plan_number=plan[-1].number,
        changed=changed,
        reason=reason,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, project, plan, row, now=now)
    return queries.render(session, row)


def _tell(session: Session, project: Project, plan: list[ProjectPlan], row: ProjectChange, *, now: datetime) -> None:
    facts = {"project_change_id": row.id, "kind": row.kind}
    if row.decider == "told":
        number = _adopt(session, project, plan, row, now=now)
        steps.record(session, project, events.ProjectChangeTold, **facts, plan_number=number)
    else:
        steps.record(session, project, events.ProjectChangeRequested, **facts, decider=row.decider)


def _kept(session: Session, project: Project) -> list[ProjectPlan]:
    """Every version; the first is written down when something is about to change it."""
    found = queries.versions(session, project)
    if not found:
        found = [queries.awarded_plan(session, project)]
        session.add(found[0])
        session.flush()
    return found


def _check_end(plan: list[ProjectPlan], after: dict[str, Any], policy: dict[str, Any], now: datetime) -> None:
    if "ends_on" in after:
        first = plan[0].parts["ends_on"]
        domain.check_extension(
            first_end=date.fromisoformat(first) if first else None,
            ends_on=after["ends_on"],
            today=clock.day_of(now),
            days_max=policy["extension_days_max"],
        )


def _adopt(session: Session, project: Project, plan: list[ProjectPlan], row: ProjectChange, *, now: datetime) -> int:
    """A new version is in force; a new end is the project's, and reports are due until then."""
    parts = {**queries.in_force(project, plan[-1]), **{one["part"]: one["after"] for one in row.changed}}
    made = ProjectPlan(
        **steps.belonging(project),
        number=plan[-1].number + 1,
        source=row.kind,
        project_change_id=row.id,
        parts=parts,
        made_at=now,
    )
    session.add(made)
    row.decided_at = now
    if row.kind == "time":
        project.ends_on = date.fromisoformat(parts["ends_on"])
        reports.extend_plan(session, project, now=now)
    session.flush()
    return made.number


def _take(
    session: Session, actor: Actor, change_id: str, expected_version: int | None, *, own: bool
) -> tuple[Project, ProjectChange]:
    found = queries.find_change(session, change_id, actor)
    project = (steps.lock_own if own else steps.lock)(session, actor, found.project_id)
    session.refresh(found, with_for_update=True)
    db.check_version(found, expected_version)
    return project, found


def decide_project_change(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_change_id: str,
    approved: bool,
    note: str,
    expected_version: int | None = None,
) -> View:
    """By whom the policy named when it was asked; either way the project goes on."""
    project, row = _take(session, actor, project_change_id, expected_version, own=False)
    domain.check_decider(decider=row.decider, is_bureau=actor.role == roles.BUREAU)
    row.status = domain.next_status(row.status, "approve" if approved else "refuse")
    money.move(session, project, "decide_change")
    plan = _kept(session, project)
    row.note, row.decided_at = note or None, now
    number = _adopt(session, project, plan, row, now=now) if approved else plan[-1].number
    steps.record(
        session,
        project,
        events.ProjectChangeDecided,
        organisation_id=project.organisation_id,
        project_change_id=row.id,
        kind=row.kind,
        approved=approved,
        plan_number=number,
    )
    return queries.render(session, row)


def withdraw_project_change(
    session: Session, *, actor: Actor, now: datetime, project_change_id: str, expected_version: int | None = None
) -> View:
    """The organisation goes on as before."""
    project, row = _take(session, actor, project_change_id, expected_version, own=True)
    row.status = domain.next_status(row.status, "withdraw")
    money.move(session, project, "decide_change")
    row.decided_at = now
    facts = {"project_change_id": row.id, "kind": row.kind}
    steps.record(session, project, events.ProjectChangeWithdrawn, **facts)
    return queries.render(session, row)


def drop_open(session: Session, project: Project, *, now: datetime) -> None:
    """The project ended before they were decided. The caller holds the project."""
    waiting = select(ProjectChange).where(ProjectChange.project_id == project.id, ProjectChange.status == "requested")
    for row in session.scalars(waiting.with_for_update()):
        row.status, row.decided_at = domain.next_status(row.status, "withdraw"), now
        facts = {"project_change_id": row.id, "kind": row.kind}
        steps.record(session, project, events.ProjectChangeWithdrawn, **facts)
