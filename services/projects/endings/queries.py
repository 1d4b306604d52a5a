"""Reading endings: the closing checklist, early ends and their settlements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects.codes_endings import EndingsCode
from contracts.projects.endings import ChecklistView, TerminationView
from services.projects.awards.models import Award
from services.projects.changes import queries as changes
from services.projects.changes.models import ProjectChange
from services.projects.delivery import money
from services.projects.delivery import queries as delivery
from services.projects.delivery.models import BudgetChange, Project, Spending
from services.projects.endings import domain
from services.projects.endings.models import Termination
from services.projects.flags import queries as flags
from services.projects.proposals.planning import yuan
from services.projects.reports import queries as reports
from services.projects.trail import guard

View = dict[str, Any]


def due_reports(session: Session, project: Project, *, today: date) -> list[int]:
    """Numbers of reports whose day has passed and that nobody accepted; none where the policy does not ask."""
    plan = reports.plan_of(session, project.id)
    if plan is None or not plan.rules["closing_needs_reports"]:
        return []
    return [slot.number for slot in reports.unreported(session, project.id) if slot.due_on < today]


def unsettled_flags(session: Session, project: Project) -> list[str]:
    """Flags of a severity that the district wants settled before a project is accepted."""
    severities = changes.policy_of(session, project.district_code)["closing_settles_flags"]
    return flags.unsettled_of(session, project.id, severities) if severities else []


def open_items(session: Session, project: Project, *, today: date) -> dict[str, list[str]]:
    """What is open of each item of the checklist."""
    unspent = money.unspent_fen(session, project)
    waiting = [row for row in delivery.milestones_of(session, project.id) if row.status != "accepted"]
    final = any(row.kind == "final" for row in delivery.evaluations_of(session, project.id))
    return {
        "status": [] if project.status in ("final_report", "acceptance") else [project.status],
        "milestones": [f"{row.number} {row.title}" for row in waiting],
        "reports": [str(number) for number in due_reports(session, project, today=today)],
        "evaluation": [] if final else ["final"],
        "unspent": [] if unspent == 0 else [yuan(unspent) if unspent > 0 else f"-{yuan(-unspent)}"],
        "changes": _waiting_changes(session, project.id),
        "flags": unsettled_flags(session, project),
        "termination": list(session.scalars(_open(project.id).with_only_columns(Termination.id))),
        "trail": _trail(session, project),
    }


def _waiting_changes(session: Session, project_id: str) -> list[str]:
    found: list[str] = []
    for model in (BudgetChange, ProjectChange):
        waiting = select(model.id).where(model.project_id == project_id, model.status == "requested")
        found += session.scalars(waiting)
    return found


def _trail(session: Session, project: Project) -> list[str]:
    try:
        guard.check_trail(session, subjects=[project.id, project.proposal_id, project.award_id])
    except ConflictError as error:
        return [error.code]
    return []


def get_closing_checklist(session: Session, *, actor: Actor, project_id: str) -> View:
    project = delivery.get_project(session, actor=actor, project_id=project_id)
    today = clock.today(session, project.district_code)
    items = domain.checklist(open_items(session, project, today=today))
    facts = {"project_id": project.id, "status": project.status, "ready": all(one["met"] for one in items)}
    view: View = ChecklistView().dump({**facts, "items": items})
    return view


def _open(project_id: str) -> Select[Any]:
    return select(Termination).where(Termination.project_id == project_id, Termination.status.in_(domain.OPEN))


def open_termination(session: Session, project_id: str) -> Termination | None:
    """The one that is under way."""
    row: Termination | None = session.scalars(_open(project_id)).one_or_none()
    return row


def visible(actor: Actor) -> Select[Any]:
    """Of projects the actor may see."""
    return delivery.visible(select(Termination).join(Project, Project.id == Termination.project_id), actor)


def find_termination(session: Session, termination_id: str, actor: Actor) -> Termination:
    """Raises ``termination_not_found``."""
    row: Termination | None = session.scalars(visible(actor).where(Termination.id == termination_id)).one_or_none()
    if row is None:
        raise NotFoundError(EndingsCode.TERMINATION_NOT_FOUND)
    return row


def settle(session: Session, project: Project, disallowed: Sequence[dict[str, str]]) -> dict[str, Any]:
    """As things stand."""
    return settlements(session, [project], {project.id: disallowed})[project.id]


def settlements(
    session: Session, projects: Sequence[Project], disallowed: dict[str, Sequence[dict[str, str]]]
) -> dict[str, dict[str, Any]]:
    """Of these projects, by id, in two queries."""
    ids = [project.id for project in projects]
    spendings: dict[str, list[tuple[str, str, int]]] = {project_id: [] for project_id in ids}
    for row in session.scalars(select(Spending).where(Spending.project_id.in_(ids)).order_by(Spending.id)):
        spendings[row.project_id].append((row.id, row.line, row.amount_fen))
    paid = session.execute(
        select(Award.project_id, Award.disbursed_fen, Award.returned_fen).where(Award.project_id.in_(ids))
    )
    money_of = {project_id: (disbursed, returned) for project_id, disbursed, returned in paid}
    return {
        project.id: domain.settlement(
            budget=project.budget,
            spendings=spendings[project.id],
            disallowed=disallowed.get(project.id, ()),
            award_fen=project.award_fen,
            paid_fen=money_of[project.id][0],
            returned_fen=money_of[project.id][1],
        )
        for project in projects
    }


def render(session: Session, rows: Sequence[Termination]) -> list[View]:
    """Those that are not settled yet with what a settlement would say today."""
    session.flush()
    drafts = [row.project_id for row in rows if row.settlement is None]
    projects = session.scalars(select(Project).where(Project.id.in_(drafts))).all() if drafts else []
    today = settlements(session, projects, {}) if projects else {}
    shown = []
    for row in rows:
        facts = {column.key: getattr(row, column.key) for column in Termination.__mapper__.column_attrs}
        facts["settlement"] = row.settlement or today[row.project_id]
        shown.append(TerminationView().dump(facts))
    return shown


def get_termination(session: Session, *, actor: Actor, termination_id: str) -> View:
    return render(session, [find_termination(session, termination_id, actor)])[0]


def list_terminations(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(Termination, name) == value)
    rows: list[Termination] = []

    def keep(row: Termination) -> View:
        rows.append(row)
        return {}

    page = db.page(session, statement, by=Termination.id, render=keep, cursor=cursor, limit=limit)
    return {**page, "items": render(session, rows)}
