"""The face of delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.delivery import actions, budgets, queries, reviews

View = dict[str, Any]


class Delivery:
    """Mixed into the projects service. ``given``: the operation's loaded input (contracts/projects/delivery.py)."""

    @rpc
    def get_project(self, session: Session, *, actor: Actor, project_id: str) -> View:
        return queries.view(session, queries.get_project(session, actor=actor, project_id=project_id))

    @rpc
    def list_projects(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_projects(session, actor=actor, **given)

    @rpc
    def get_milestone(self, session: Session, *, actor: Actor, project_id: str, milestone_id: str) -> View:
        project = queries.get_project(session, actor=actor, project_id=project_id)
        return queries.milestone_view(session, queries.get_milestone(session, project, milestone_id))

    @rpc
    def list_spendings(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_spendings(session, actor=actor, **given)

    @rpc
    def list_reports(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_reports(session, actor=actor, **given)

    @rpc
    def list_budget_changes(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_budget_changes(session, actor=actor, **given)

    @command
    def submit_milestone(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.submit_milestone(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def accept_milestone(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.accept_milestone(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def return_milestone(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.return_milestone(session, actor=actor, **given)

    @command
    def record_spending(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.record_spending(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def submit_report(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.submit_report(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def begin_mid_review(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return reviews.begin_mid_review(session, actor=actor, **given)

    @command
    def request_budget_change(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return budgets.request_budget_change(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def decide_budget_change(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return budgets.decide_budget_change(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def withdraw_budget_change(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return budgets.withdraw_budget_change(session, actor=actor, now=now_of(session, actor), **given)

    @rpc
    def list_budget_versions(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_budget_versions(session, actor=actor, **given)

    @command
    def submit_final_report(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return reviews.submit_final_report(session, actor=actor, now=now_of(session, actor), **given)

    @command
    def close_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return reviews.close_project(session, actor=actor, now=now_of(session, actor), **given)


def now_of(session: Session, actor: Actor) -> datetime:
    """The district clock."""
    return clock.now(session, actor.district_code)
