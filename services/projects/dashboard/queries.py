"""Counts by state and the money, of what the caller may see: each from the one place where its scope is applied."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.projects.awards import ProjectsDashboardView
from services.projects.delivery.models import Project
from services.projects.delivery.queries import visible as visible_projects
from services.projects.ledger import domain as money
from services.projects.ledger.models import LedgerEntry
from services.projects.orders.queries import count_orders
from services.projects.proposals.queries import visible as visible_proposals
from services.projects.rounds.queries import visible as visible_rounds


def get_projects_dashboard(session: Session, *, actor: Actor) -> dict[str, Any]:
    """``{rounds, proposals, projects, orders: {status: count}, money: {…}}``."""
    view: dict[str, Any] = ProjectsDashboardView().dump(
        {
            "rounds": _by_status(session, visible_rounds(actor)),
            "proposals": _by_status(session, visible_proposals(actor)),
            "projects": _by_status(session, visible_projects(select(Project), actor)),
            "orders": _orders(session, actor),
            "money": _money(session, actor),
        }
    )
    return view


def _by_status(session: Session, statement: Select[Any]) -> dict[str, int]:
    found = statement.subquery()
    counted = select(found.c.status, func.count()).group_by(found.c.status).order_by(found.c.status)
    return dict(session.execute(counted).all())


def _orders(session: Session, actor: Actor) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in count_orders(session, actor=actor)["items"]:
        counted[row["status"]] = counted.get(row["status"], 0) + row["count"]
    return counted


def _money(session: Session, actor: Actor) -> dict[str, int]:
    columns: Any = (LedgerEntry.kind, func.sum(LedgerEntry.amount_fen))
    statement = db.scoped(select(*columns), LedgerEntry, actor)
    totals = {kind: int(total) for kind, total in session.execute(statement.group_by(LedgerEntry.kind)).all()}
    return money.money(totals)
