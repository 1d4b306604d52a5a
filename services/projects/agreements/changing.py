"""A later version: which terms it may change, and what it changes once it binds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.projects import fingerprint
from services.projects.agreements import domain
from services.projects.agreements.models import Agreement
from services.projects.awards import ledger
from services.projects.awards.models import Award
from services.projects.delivery import budget_versions
from services.projects.delivery import queries as delivery
from services.projects.delivery.models import Project


def hold_project(session: Session, project_id: str | None) -> Project | None:
    """The award's project, locked, once there is one."""
    statement = select(Project).where(Project.id == project_id).with_for_update(of=Project)
    found: Project | None = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    return found


def _project(session: Session, award: Award) -> Project:
    """Of an award whose agreement is in force; the caller holds it."""
    return session.get_one(Project, award.project_id)


def terms(
    session: Session,
    award: Award,
    before: Agreement,
    *,
    amount_fen: int | None = None,
    tranches: list[dict[str, Any]] | None = None,
    milestones: list[dict[str, Any]] | None = None,
    budget: list[dict[str, Any]] | None = None,
    ends_on: date | None = None,
) -> domain.Terms:
    """The terms as they would become; lists everything that is wrong with them."""
    project = _project(session, award)
    amount = amount_fen if amount_fen is not None else award.amount_fen
    settled = sum(row.amount_fen for row in award.tranches if row.status != "planned")
    domain.check_amount(amount_fen=amount, award_fen=award.amount_fen, settled_fen=settled)
    now = [{"number": row.number, "amount_fen": row.amount_fen, "status": row.status} for row in award.tranches]
    parts = domain.change_tranches(now, tranches or [], amount_fen=amount)
    steps = [
        {name: getattr(row, name) for name in ("number", "title", "due_on", "tranche_number", "status")}
        for row in delivery.milestones_of(session, project.id)
    ]
    lines = budget if budget is not None else project.budget
    budget_versions.check(session, project, lines, award_fen=amount)
    found: domain.Terms = fingerprint.plain(
        {
            **before.terms,
            "amount_fen": amount,
            "tranches": parts,
            "milestones": domain.change_milestones(steps, milestones or [], tranches=parts),
            "budget": [{"line": row["line"], "amount_fen": row["amount_fen"]} for row in lines],
            "ends_on": ends_on or project.ends_on or before.terms["ends_on"],
        }
    )
    domain.check_differs(before.terms, found)
    return found


def apply(session: Session, award: Award, row: Agreement, *, now: datetime) -> None:
    """Amount, tranches, milestones, dates and budget follow the terms, which are checked once more as things stand."""
    project, agreed = _project(session, award), row.terms
    settled = sum(one.amount_fen for one in award.tranches if one.status != "planned")
    domain.check_amount(amount_fen=agreed["amount_fen"], award_fen=award.amount_fen, settled_fen=settled)
    standing = [{"number": one.number, "amount_fen": one.amount_fen, "status": one.status} for one in award.tranches]
    domain.change_tranches(standing, agreed["tranches"], amount_fen=agreed["amount_fen"])
    budget_versions.check(session, project, agreed["budget"], award_fen=agreed["amount_fen"])
    ledger.release(session, award, award.amount_fen - agreed["amount_fen"], reference=row.id, now=now)
    award.amount_fen = project.award_fen = agreed["amount_fen"]
    _tranches(award, agreed)
    for milestone in delivery.milestones_of(session, project.id):
        wanted = next(one for one in agreed["milestones"] if one["number"] == milestone.number)
        if milestone.status != "accepted":
            milestone.due_on = date.fromisoformat(wanted["due_on"]) if wanted["due_on"] else None
            milestone.tranche_number = wanted["tranche_number"]
    if agreed["ends_on"]:
        project.ends_on = date.fromisoformat(agreed["ends_on"])
    budget_versions.adopt(session, project, agreed["budget"], source="agreement", source_id=row.id, now=now)
    session.flush()


def _tranches(award: Award, agreed: domain.Terms) -> None:
    amounts = {one["number"]: one["amount_fen"] for one in agreed["tranches"]}
    for tranche in award.tranches:
        if tranche.status == "planned":
            tranche.amount_fen = amounts[tranche.number]
            tranche.percent = tranche.amount_fen * 100 // award.amount_fen
