"""Planning a project's reports: when the agreement binds, by staff, and further when the project lasts longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, timers, workdays
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_reports import ReportsCode
from contracts.projects.events_reports import ReportPolicyChanged, ReportsPlanned
from services.projects.delivery import domain as delivery_domain
from services.projects.delivery import queries as delivery
from services.projects.delivery import steps
from services.projects.delivery.models import Project
from services.projects.reports import domain, queries
from services.projects.reports.models import ReportPlan, ReportPolicy, ReportSlot
from services.projects.rounds import queries as rounds

View = dict[str, Any]


def set_report_policy(session: Session, *, actor: Actor, round_id: str | None = None, **given: Any) -> View:
    """Only what is given; plans that were made stay as they are."""
    db.check_street(actor, None)
    if round_id is not None:
        rounds.find_round(session, round_id, actor)
    key = (actor.district_code, round_id or queries.DISTRICT)
    made = insert(ReportPolicy).values(district_code=key[0], scope=key[1], rules={})
    session.execute(made.on_conflict_do_nothing())
    row = session.get_one(ReportPolicy, key, with_for_update=True)
    row.rules = {**row.rules, **given}
    session.flush()
    told = ReportPolicyChanged(district=actor.district_code, round_id=round_id, changed=sorted(given))
    outbox.record(session, told)
    return queries.get_report_policy(session, actor=actor, round_id=round_id)


def plan_reports(
    session: Session, *, actor: Actor, now: datetime, project_id: str, anchor_on: date | None = None
) -> View:
    """By staff: made, or made anew while nobody has handed anything in."""
    project = steps.lock(session, actor, project_id)
    check_running(project)
    slots = queries.slots_of(session, project.id)
    if any(slot.status not in ("expected", "overdue") for slot in slots):
        raise ConflictError(ReportsCode.PLAN_EXISTS)
    session.execute(delete(ReportSlot).where(ReportSlot.project_id == project.id))
    session.execute(delete(ReportPlan).where(ReportPlan.project_id == project.id))
    session.expire_all()
    plan = make_plan(session, project, anchor_on=anchor_on, now=now)
    return queries.render_plan(session, plan)


def check_running(project: Project) -> None:
    """A project that takes reports."""
    delivery_domain.next_status(project.status, "report")


def plan_at_start(session: Session, project_id: str, *, now: datetime) -> None:
    """In the transaction in which the agreement binds. Where the rules give no report at all (a project without dated
    milestones, or one that is over), it is left to staff: no signature fails for it."""
    project = session.get_one(Project, project_id)
    rules, _ = queries.rules_of(session, project.district_code, project.round_id)
    anchor, today = project.starts_on or clock.day_of(now), clock.day_of(now)
    try:
        domain.check_anchor(anchor, today=today)
        _counted(session, project, rules, anchor)
    except InvalidError:
        return
    make_plan(session, project, anchor_on=anchor, now=now)


def make_plan(session: Session, project: Project, *, anchor_on: date | None, now: datetime) -> ReportPlan:
    """The caller holds the project."""
    rules, source = queries.rules_of(session, project.district_code, project.round_id)
    today = clock.day_of(now)
    anchor = anchor_on or project.starts_on or today
    domain.check_anchor(anchor, today=today)
    plan = ReportPlan(**steps.belonging(project), anchor_on=anchor, source=source, rules=rules, created_at=now)
    session.add(plan)
    session.flush()
    _expect(session, project, plan, _counted(session, project, plan.rules, plan.anchor_on), now=now)
    return plan


def extend_plan(session: Session, project: Project, *, now: datetime) -> None:
    """The project lasts longer: periods that are new are added; no day that was given moves."""
    plan = queries.plan_of(session, project.id)
    if plan is None or plan.rules["rhythm"] == "milestones":
        return
    last = max((slot.number for slot in queries.slots_of(session, project.id)), default=0)
    counted = _counted(session, project, plan.rules, plan.anchor_on)
    for slot in queries.slots_of(session, project.id):
        same = next((one for one in counted if one.number == slot.number), None)
        if same is not None and slot.status in ("expected", "overdue"):
            slot.period_until = max(slot.period_until, same.period_until)
    _expect(session, project, plan, [one for one in counted if one.number > last], now=now)


def _counted(session: Session, project: Project, rules: dict[str, Any], anchor: date) -> list[domain.Slot]:
    milestones = [(row.id, row.due_on) for row in delivery.milestones_of(session, project.id) if row.due_on]
    return domain.slots(
        rules,
        anchor=anchor,
        ends_on=project.ends_on,
        milestones=milestones,
        works=workdays.is_workday,
    )


def _expect(
    session: Session, project: Project, plan: ReportPlan, counted: Iterable[domain.Slot], *, now: datetime
) -> None:
    made = []
    for one in counted:
        slot = ReportSlot(
            **steps.belonging(project),
            organisation_id=project.organisation_id,
            milestone_id=one.milestone_id,
            number=one.number,
            status="expected",
            period_from=one.period_from,
            period_until=one.period_until,
            original_due_on=one.due_on,
            due_on=one.due_on,
            calendar_confirmed=one.confirmed,
            late=False,
            extensions=[],
            created_at=now,
        )
        session.add(slot)
        made.append(slot)
    session.flush()
    for slot in made:
        set_clocks(session, slot, plan.rules["reminder_days"], now=now)
    if made:
        facts = {"organisation_id": project.organisation_id, "anchor_on": plan.anchor_on.isoformat()}
        days = [slot.due_on.isoformat() for slot in made]
        steps.record(session, project, ReportsPlanned, **facts, due_on=days)


def set_clocks(session: Session, slot: ReportSlot, reminder_days: Iterable[int], *, now: datetime) -> None:
    """Durable: a reminder for each of those days before, and the moment the due day is over. A clock whose day was
    moved finds another day on the report and does nothing."""
    about = {
        "district_code": slot.district_code,
        "report_slot_id": slot.id,
        "due_on": slot.due_on.isoformat(),
    }
    for days in sorted(set(reminder_days), reverse=True):
        due_at = clock.end_of(slot.due_on - timedelta(days=days + 1))  # the morning of that day
        if due_at > now:
            timers.schedule(session, "remind_report", due_at=due_at, **about)
    timers.schedule(session, "lapse_report", due_at=clock.end_of(slot.due_on), **about)
